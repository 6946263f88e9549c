/**
 * Ballots together with the commitments of all their proofs: the common form of the wire and of canonical ballots, over
 * which verification is a list of hashes and linear equations (belenios-format §16).
 */
import { assert } from "#base/assert.js";
import { fail, ok, type Result } from "#base/result.js";
import { isIdentity, normalize, type Point, pointToText, sum } from "#crypto/group.js";
import { type Branch, disjunctionCommitments } from "#crypto/proofs/disjunction.js";
import { knowledgeCommitment, type Proof } from "#crypto/proofs/knowledge.js";
import type { Answer, Ballot } from "./ballot-object.js";
import { signedHash, type UnsignedText, unsignedText } from "./ballot-text.js";
import { choiceCount, type ElectionObject, type HomomorphicQuestion, homomorphicQuestions } from "./election.js";
import { type BallotFault, ballotFault } from "./faults.js";
import { type CiphertextPlace, type Layout, layoutOf, overallBranches, type QuestionPlace } from "./layout.js";

/**
 * A ballot with its commitments. Made only by `decodeWire`, `committedFromBallot` and `seal`, which see to it that
 * points, texts and layout agree, that all points lie in the prime-order subgroup and that all scalars are canonical.
 */
export interface CommittedBallot extends Ballot {
  readonly election: ElectionObject;
  readonly layout: Layout;
  /** Points by number, affine: those of the wire, then the sums. */
  readonly points: readonly Point[];
  /** Canonical text forms of {@link points}. */
  readonly texts: readonly string[];
  readonly credentialText: string;
}

/** The proofs of an answer in the order of the layout: individual, overall, blank. */
export function proofsOf(answer: Answer): readonly (readonly Proof[])[] {
  const proofs = [...answer.individualProofs, answer.overallProof];
  return answer.blankProof === undefined ? proofs : [...proofs, answer.blankProof];
}

/** Inverse of {@link proofsOf}, with the answer's ciphertexts. */
export function answerOf(
  place: QuestionPlace,
  points: readonly Point[],
  proofs: readonly (readonly Proof[])[],
): Answer {
  const count = place.choices.length;
  const blankProof = proofs[count + 1];
  return {
    choices: place.choices.map((choice) => ciphertextAt(points, choice)),
    individualProofs: proofs.slice(0, count),
    overallProof: proofs[count] as readonly Proof[],
    ...(blankProof && { blankProof }),
  };
}

export function ciphertextAt(points: readonly Point[], place: CiphertextPlace): { alpha: Point; beta: Point } {
  return { alpha: points[place.alpha] as Point, beta: points[place.beta] as Point };
}

/** The signed part in text forms, from texts that are at hand. */
export function unsignedOf(
  ballot: Pick<CommittedBallot, "electionUuid" | "electionHash" | "credentialText" | "answers" | "layout" | "texts">,
): UnsignedText {
  const { layout, texts } = ballot;
  return {
    electionUuid: ballot.electionUuid,
    electionHash: ballot.electionHash,
    credential: ballot.credentialText,
    answers: ballot.answers.map((answer, index) => ({
      ...answer,
      choices: (layout.questions[index] as QuestionPlace).choices.map(({ alpha, beta }) => ({
        alpha: texts[alpha] as string,
        beta: texts[beta] as string,
      })),
    })),
  };
}

/** Wire points followed by their sums, all affine, with their texts. */
export function completePoints(
  layout: Layout,
  wirePoints: readonly Point[],
): Pick<CommittedBallot, "points" | "texts"> {
  assert(wirePoints.length === layout.pointCount, "one point per number");
  const sums = layout.sums.map((numbers) => sum(numbers.map((number) => wirePoints[number] as Point)));
  const points = normalize([...wirePoints, ...sums]);
  return { points, texts: points.map(pointToText) };
}

/**
 * Recomputes the commitments of a canonical ballot; fails with the first fault that needs no group operation (a wrong
 * signed hash only with `hashFirst`). The equations of the outcome hold by construction, its hashes are still to be
 * checked.
 */
export function committedFromBallot(
  election: ElectionObject,
  ballot: Ballot,
  options: { readonly hashFirst: boolean } = { hashFirst: true },
): Result<CommittedBallot, BallotFault> {
  return recommit(election, ballot, options, (layout) =>
    completePoints(layout, recomputedPoints(election, layout, ballot)),
  );
}

/** {@link committedFromBallot} with another way to recompute: points and texts by number, or texts alone. */
export function recommit<T extends Pick<CommittedBallot, "texts">>(
  election: ElectionObject,
  ballot: Ballot,
  options: { readonly hashFirst: boolean },
  recompute: (layout: Layout, questions: readonly HomomorphicQuestion[]) => T,
): Result<Omit<CommittedBallot, "points" | "texts"> & T, BallotFault> {
  const questions = homomorphicQuestions(election.questions);
  if (!questions.ok) {
    return fail(ballotFault("unsupported-question", questions.error.reason, { question: questions.error.question }));
  }
  const fault = shapeFault(election, questions.value, ballot) ?? (options.hashFirst ? signedHashFault(ballot) : null);
  if (fault !== null) return fail(fault);
  const layout = layoutOf(questions.value);
  const credentialText = pointToText(ballot.credential);
  return ok({ ...ballot, election, layout, credentialText, ...recompute(layout, questions.value) });
}

function recomputedPoints(election: ElectionObject, layout: Layout, ballot: Ballot): readonly Point[] {
  const points: Point[] = new Array(layout.pointCount);
  for (const [index, place] of layout.questions.entries()) {
    const answer = ballot.answers[index] as Answer;
    for (const [choice, { alpha, beta }] of place.choices.entries()) {
      const ciphertext = answer.choices[choice] as Answer["choices"][number];
      points[alpha] = ciphertext.alpha;
      points[beta] = ciphertext.beta;
    }
    const sumAt = (number: number): Point =>
      points[number] ??
      sum((layout.sums[number - layout.pointCount] as readonly number[]).map((n) => points[n] as Point));
    const total = { alpha: sumAt(place.sum.alpha), beta: sumAt(place.sum.beta) };
    for (const [proof, proofs] of proofsOf(answer).entries()) {
      const branches = (place.proofs[proof] as QuestionPlace["proofs"][number]).branches;
      const statement = branches.map(
        (branch): Branch => ({
          ciphertext: branch.ciphertext === place.sum ? total : ciphertextAt(points, branch.ciphertext),
          message: BigInt(branch.expected),
        }),
      );
      const commitments = disjunctionCommitments(election.publicKey, statement, proofs);
      for (const [number, branch] of branches.entries()) {
        points[branch.a] = commitments[2 * number] as Point;
        points[branch.b] = commitments[2 * number + 1] as Point;
      }
    }
  }
  points[layout.signature] = knowledgeCommitment(ballot.credential, ballot.signature.proof);
  return points;
}

/** First fault that needs no group operation: {@link shapeFault}, then the signature's hash. */
export function formFault(
  election: ElectionObject,
  questions: readonly HomomorphicQuestion[],
  ballot: Ballot,
): BallotFault | null {
  return shapeFault(election, questions, ballot) ?? signedHashFault(ballot);
}

/** Whether the signature speaks of this ballot: its `hash` is recomputed, never trusted. */
export function signedHashFault(ballot: Ballot): BallotFault | null {
  if (signedHash(unsignedText(ballot)) === ballot.signature.hash) return null;
  return ballotFault("bad-hash", "the signature's hash is not that of the ballot");
}

/** First fault of identifiers, counts and neutral elements. */
export function shapeFault(
  election: ElectionObject,
  questions: readonly HomomorphicQuestion[],
  ballot: Ballot,
): BallotFault | null {
  if (ballot.electionUuid !== election.uuid) return ballotFault("wrong-election", "the ballot names another election");
  if (ballot.electionHash !== election.fingerprint) {
    return ballotFault("wrong-fingerprint", "the ballot was made for another version of this election");
  }
  if (isIdentity(ballot.credential)) return ballotFault("identity-credential", "the credential is the neutral element");
  if (ballot.answers.length !== questions.length) {
    const reason = `${ballot.answers.length} answers to ${questions.length} questions`;
    return ballotFault("answer-count", reason);
  }
  for (const [index, question] of questions.entries()) {
    const fault = answerFault(question, ballot.answers[index] as Answer, index);
    if (fault !== null) return fault;
  }
  return null;
}

/** Counts follow from the question alone (rows C-05, T-05, T-06). */
function answerFault(question: HomomorphicQuestion, answer: Answer, index: number): BallotFault | null {
  const place = { question: index };
  const choices = choiceCount(question);
  if (answer.choices.length !== choices) {
    return ballotFault("choice-count", `${answer.choices.length} choices, expected ${choices}`, place);
  }
  if (answer.individualProofs.length !== choices) {
    return ballotFault(
      "proof-count",
      `${answer.individualProofs.length} individual proofs, expected ${choices}`,
      place,
    );
  }
  for (const [choice, proofs] of answer.individualProofs.entries()) {
    if (proofs.length !== 2) {
      return ballotFault("proof-count", `${proofs.length} branches, expected 2`, { question: index, choice });
    }
  }
  const overall = overallBranches(question);
  if (answer.overallProof.length !== overall) {
    return ballotFault(
      "proof-count",
      `overall proof of ${answer.overallProof.length} branches, expected ${overall}`,
      place,
    );
  }
  const blank = question.blank ? 2 : undefined;
  if (answer.blankProof?.length !== blank) {
    return ballotFault(
      "proof-count",
      question.blank ? "the blank proof needs 2 branches" : "a blank proof, but no blank vote",
      place,
    );
  }
  for (const [choice, { alpha }] of answer.choices.entries()) {
    if (isIdentity(alpha)) return neutralAlpha(index, choice);
  }
  return null;
}

/** The fault of an α that hides nothing. */
export function neutralAlpha(question: number, choice: number): BallotFault {
  return ballotFault("identity-alpha", "alpha is the neutral element", { question, choice });
}
