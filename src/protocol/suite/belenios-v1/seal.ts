/**
 * Sealing: from a voter's choices to an encrypted, proved and signed ballot; and the second device's check that a ballot
 * holds what the voter chose.
 *
 * Every point of a fresh ballot is a known power of g and y, so it is made as Q = g^(a/8)·y^(b/8) and doubled three
 * times: wire and canonical form cost the same multiplications. All scalars come from one hedged source.
 */
import { bigintToBytes, utf8 } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { encrypt } from "#crypto/elgamal.js";
import {
  EIGHTH,
  GENERATOR,
  IDENTITY,
  multiplySecret,
  type Point,
  pointEquals,
  pointToText,
  tabled,
  timesEight,
} from "#crypto/group.js";
import { suiteHashTexts } from "#crypto/hash.js";
import {
  closeDisjunction,
  type Exponents,
  type OpenedDisjunction,
  openDisjunction,
  powerOf,
  type SecretBranch,
} from "#crypto/proofs/disjunction.js";
import { ballotSignaturePrefix } from "#crypto/proofs/knowledge.js";
import { hedgedScalars, mod, type Random, type ScalarSource, scalarToBytes } from "#crypto/scalar.js";
import type { Ballot } from "./ballot-object.js";
import { signedHash } from "./ballot-text.js";
import { answerOf, type CommittedBallot, completePoints, unsignedOf } from "./committed.js";
import { choiceCount, type ElectionObject, type HomomorphicQuestion, homomorphicQuestions } from "./election.js";
import { ballotPrefix, type Layout, layoutOf, type QuestionPlace } from "./layout.js";
import { canonicalOf, encodeWire, proofHash } from "./wire.js";

/** For each question its vector of 0 and 1, with a leading blank position where blank is allowed. */
export type Choices = readonly (readonly number[])[];

/** For each question the r of each choice. Together with the choices it opens the ballot; never the nonces of proofs. */
export type Randomness = readonly (readonly bigint[])[];

export interface Sealed {
  readonly ballot: CommittedBallot;
  /** Canonical text, its tracker (Base64 and bytes), and the wire form. */
  readonly text: string;
  readonly tracker: string;
  readonly trackerBytes: Uint8Array;
  readonly wire: Uint8Array;
  /** Secret. For the test on a second device only, and only for a ballot that is spoiled. */
  readonly randomness: Randomness;
}

export type ChoiceFaultCode =
  | "unsupported-question"
  | "answer-count"
  | "choice-count"
  | "not-zero-or-one"
  | "blank-with-choices"
  | "too-few"
  | "too-many";

export interface ChoiceFault {
  readonly code: ChoiceFaultCode;
  readonly detail: string;
  readonly question?: number;
}

/** Bases with tables, for sealing many ballots or for a quick one: building them takes about 60 ms at first use. */
export interface SealingTables {
  readonly generator: Point;
  readonly key: Point;
}

export function sealingTables(election: ElectionObject): SealingTables {
  return { generator: TABLED_GENERATOR, key: tabled(election.publicKey) };
}

const TABLED_GENERATOR = tabled(GENERATOR);

/** What is wrong with a selection; null if it may be cast. */
export function choicesFault(questions: readonly HomomorphicQuestion[], choices: Choices): ChoiceFault | null {
  if (choices.length !== questions.length) {
    return { code: "answer-count", detail: `${choices.length} answers to ${questions.length} questions` };
  }
  for (const [question, vector] of choices.entries()) {
    const fault = vectorFault(questions[question] as HomomorphicQuestion, vector);
    if (fault !== null) return { ...fault, detail: `question ${question + 1}: ${fault.detail}`, question };
  }
  return null;
}

function vectorFault(question: HomomorphicQuestion, vector: readonly number[]): ChoiceFault | null {
  const expected = choiceCount(question);
  if (vector.length !== expected) {
    return { code: "choice-count", detail: `${vector.length} positions, expected ${expected}` };
  }
  if (vector.some((value) => value !== 0 && value !== 1)) {
    return { code: "not-zero-or-one", detail: "every position must be 0 or 1" };
  }
  const marks = (question.blank ? vector.slice(1) : vector).reduce((total, value) => total + value, 0);
  if (question.blank && vector[0] === 1) {
    return marks === 0 ? null : { code: "blank-with-choices", detail: "a blank vote has no other mark" };
  }
  if (marks < question.min) return { code: "too-few", detail: `${marks} marked, at least ${question.min} are needed` };
  if (marks > question.max) return { code: "too-many", detail: `${marks} marked, at most ${question.max} are allowed` };
  return null;
}

/**
 * Seals `choices` under the credential secret x (1 ≤ x < q). `random` is the device's secure generator; should it be
 * broken, scalars still differ with the secret, the election and the choices.
 */
export function seal(
  election: ElectionObject,
  secret: bigint,
  choices: Choices,
  random: Random,
  tables?: SealingTables,
): Result<Sealed, ChoiceFault> {
  const next = hedgedScalars(
    "psephos/seal",
    random,
    scalarToBytes(secret),
    utf8(election.fingerprint),
    ...choices.map((vector) => utf8(vector.join(","))),
    bigintToBytes(BigInt(choices.length), 8),
  );
  return sealWith(election, secret, choices, next, tables);
}

/**
 * {@link seal} with the source of scalars given. They are used question by question: r of each choice; then proof by
 * proof (individual, overall, blank) the simulated branches' challenges and responses in branch order and the nonce;
 * last of all the nonce of the signature (belenios-format §18).
 */
export function sealWith(
  election: ElectionObject,
  secret: bigint,
  choices: Choices,
  next: ScalarSource,
  tables: SealingTables = { generator: GENERATOR, key: election.publicKey },
): Result<Sealed, ChoiceFault> {
  const questions = homomorphicQuestions(election.questions);
  if (!questions.ok) {
    const { question, reason } = questions.error;
    return fail({ code: "unsupported-question", detail: reason, question });
  }
  const fault = choicesFault(questions.value, choices);
  if (fault !== null) return fail(fault);
  const layout = layoutOf(questions.value);
  const drafts = layout.questions.map((place, index) => draftAnswer(place, choices[index] as readonly number[], next));
  const nonce = next();
  const eighths = eighthsOf(layout, drafts, nonce, tables);
  const ballot = close(election, secret, layout, drafts, nonce, eighths);
  const { text, tracker, trackerBytes } = canonicalOf(ballot);
  const randomness = drafts.map((draft) => draft.randomness);
  return ok({ ballot, text, tracker, trackerBytes, wire: encodeWire(ballot, eighths), randomness });
}

/** An answer before its challenges are known. */
interface Draft {
  readonly place: QuestionPlace;
  readonly choices: readonly number[];
  readonly randomness: readonly bigint[];
  readonly proofs: readonly OpenedDisjunction[];
}

function draftAnswer(place: QuestionPlace, choices: readonly number[], next: ScalarSource): Draft {
  const randomness = choices.map(() => next());
  // The sum leaves out the blank position exactly where the layout does: where more proofs than choices + 1 exist.
  const from = place.proofs.length > place.choices.length + 1 ? 1 : 0;
  const total = {
    actual: BigInt(choices.slice(from).reduce((sum, value) => sum + value, 0)),
    randomness: mod(randomness.slice(from).reduce((sum, value) => sum + value, 0n)),
  };
  const proofs = place.proofs.map((proof) => {
    const branches = proof.branches.map((branch): SecretBranch => {
      const claimed = BigInt(branch.expected);
      if (branch.ciphertext === place.sum) return { claimed, ...total };
      const choice = place.choices.indexOf(branch.ciphertext);
      return { claimed, actual: BigInt(choices[choice] as number), randomness: randomness[choice] as bigint };
    });
    return openDisjunction(branches, next);
  });
  return { place, choices, randomness, proofs };
}

/** g/8: what a mark adds to the eighth of β. */
const MARK = multiplySecret(GENERATOR, EIGHTH);

/** Q of every wire point. */
function eighthsOf(layout: Layout, drafts: readonly Draft[], nonce: bigint, tables: SealingTables): readonly Point[] {
  const eighths: Point[] = new Array(layout.pointCount);
  const power = (exponents: Exponents): Point => powerOf(tables.generator, tables.key, eighth(exponents));
  for (const draft of drafts) {
    for (const [choice, { alpha, beta }] of draft.place.choices.entries()) {
      const r = draft.randomness[choice] as bigint;
      eighths[alpha] = power({ generator: r });
      // One addition whether marked or not, so that time does not tell.
      eighths[beta] = power({ key: r }).add(draft.choices[choice] === 1 ? MARK : IDENTITY);
    }
    for (const [index, proof] of draft.place.proofs.entries()) {
      const { commitments } = draft.proofs[index] as OpenedDisjunction;
      for (const [branch, { a, b }] of proof.branches.entries()) {
        eighths[a] = power(commitments[2 * branch] as Exponents);
        eighths[b] = power(commitments[2 * branch + 1] as Exponents);
      }
    }
  }
  eighths[layout.signature] = power({ generator: nonce });
  return eighths;
}

function eighth({ generator, key }: Exponents): Exponents {
  return {
    ...(generator !== undefined && { generator: mod(generator * EIGHTH) }),
    ...(key !== undefined && { key: mod(key * EIGHTH) }),
  };
}

/** Hashes the commitments, answers the challenges, signs. */
function close(
  election: ElectionObject,
  secret: bigint,
  layout: Layout,
  drafts: readonly Draft[],
  nonce: bigint,
  eighths: readonly Point[],
): CommittedBallot {
  const { points, texts } = completePoints(layout, eighths.map(timesEight));
  const credential = multiplySecret(GENERATOR, secret);
  const credentialText = pointToText(credential);
  const prefix = ballotPrefix(election.fingerprint, credentialText);
  const answers = drafts.map(({ place, proofs }, index) => {
    const hasBlank = (election.questions[index] as HomomorphicQuestion).blank;
    const closed = place.proofs.map((proof, number) => {
      const hash = proofHash(prefix, place, proof, hasBlank, texts);
      return closeDisjunction(proofs[number] as OpenedDisjunction, hash);
    });
    return answerOf(place, points, closed);
  });
  const unsigned = {
    election,
    layout,
    points,
    texts,
    credential,
    credentialText,
    electionUuid: election.uuid,
    electionHash: election.fingerprint,
    answers,
  };
  const hash = signedHash(unsignedOf(unsigned));
  const challenge = suiteHashTexts(ballotSignaturePrefix(hash), [texts[layout.signature] as string]);
  return { ...unsigned, signature: { hash, proof: { challenge, response: mod(nonce - secret * challenge) } } };
}

/**
 * Whether a ballot encrypts exactly `choices` with `randomness`: recomputes α = g^r and β = y^r·g^m of every choice. For
 * the second device, which got the ballot from the ledger and choices and randomness from the booth; never throws, on
 * any values. Proofs are not judged here.
 */
export function checkOpening(
  election: ElectionObject,
  ballot: Ballot,
  choices: Choices,
  randomness: Randomness,
): boolean {
  const questions = homomorphicQuestions(election.questions);
  if (!questions.ok || choicesFault(questions.value, choices) !== null) return false;
  if (ballot.electionHash !== election.fingerprint) return false;
  if (ballot.answers.length !== choices.length || randomness.length !== choices.length) return false;
  return ballot.answers.every((answer, question) => {
    const vector = choices[question] as readonly number[];
    const scalars = randomness[question] as readonly bigint[];
    if (answer.choices.length !== vector.length || scalars.length !== vector.length) return false;
    return answer.choices.every((ciphertext, choice) => {
      const expected = encrypt(election.publicKey, BigInt(vector[choice] as number), mod(scalars[choice] as bigint));
      return pointEquals(ciphertext.alpha, expected.alpha) && pointEquals(ciphertext.beta, expected.beta);
    });
  });
}
