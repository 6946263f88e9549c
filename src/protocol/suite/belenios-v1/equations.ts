/**
 * What makes a committed ballot valid (belenios-format §16, conditions 2 and 4): hashes over canonical texts, and linear
 * equations over numbered points. Both are plain data, so that they can be judged here one by one, or by a kernel for
 * many ballots at once; verdicts must be the same.
 */
import { combinePublic, GENERATOR, type Point, pointEquals } from "#crypto/group.js";
import { suiteHashTexts } from "#crypto/hash.js";
import { ballotSignaturePrefix, type Proof } from "#crypto/proofs/knowledge.js";
import { mod } from "#crypto/scalar.js";
import type { Answer } from "./ballot-object.js";
import { type CommittedBallot, proofsOf } from "./committed.js";
import type { HomomorphicQuestion } from "./election.js";
import { type BallotFault, type BallotFaultCode, ballotFault, type FaultPlace } from "./faults.js";
import { ballotPrefix, type ProofKind, type ProofPlace, proofPrefix, type QuestionPlace } from "./layout.js";

/** The claim SHA-256(prefix ‖ texts joined with commas) mod q = challenge. */
export interface HashCheck {
  readonly code: BallotFaultCode;
  readonly place: FaultPlace;
  readonly prefix: string;
  /** Text forms of the commitments, in order. */
  readonly texts: readonly string[];
  /** Σ c_j mod q. */
  readonly challenge: bigint;
}

/** The claim points[commitment] = g^generator · y^key · credential^credential · Π points[number]^scalar. */
export interface Equation {
  readonly code: BallotFaultCode;
  readonly place: FaultPlace;
  /** Number of the point on the left. */
  readonly commitment: number;
  readonly generator: bigint;
  readonly key: bigint;
  readonly credential: bigint;
  readonly terms: readonly { readonly point: number; readonly scalar: bigint }[];
}

/** What a failing proof of each kind is called. */
export const CODES: Readonly<Record<ProofKind, BallotFaultCode>> = {
  individual: "bad-individual-proof",
  overall: "bad-overall-proof",
  blank: "bad-blank-proof",
};

/** What is hashed of a committed ballot: texts, not points. */
export type HashedBallot = Omit<CommittedBallot, "points">;

/** All hash checks: the signature's, then proof by proof in the order of the layout. */
export function hashChecksOf(ballot: HashedBallot): readonly HashCheck[] {
  const { layout, texts } = ballot;
  const { hash, proof } = ballot.signature;
  const checks: HashCheck[] = [
    {
      code: "bad-signature",
      place: {},
      prefix: ballotSignaturePrefix(hash),
      texts: [texts[layout.signature] as string],
      challenge: proof.challenge,
    },
  ];
  const prefix = ballotPrefix(ballot.electionHash, ballot.credentialText);
  forEachProof(ballot, (question, proofPlace, proofs, index) => {
    const hasBlank = (ballot.election.questions[index] as HomomorphicQuestion).blank;
    let total = 0n;
    for (const each of proofs) total += each.challenge;
    checks.push({
      code: CODES[proofPlace.kind],
      place: placeOf(index, proofPlace),
      prefix: proofPrefix(prefix, question, proofPlace, hasBlank, texts),
      texts: commitmentTexts(proofPlace, texts),
      challenge: mod(total),
    });
  });
  return checks;
}

/** A_0,B_0,A_1,B_1,… of a proof in text form: what is hashed. */
export function commitmentTexts(proof: ProofPlace, texts: readonly string[]): readonly string[] {
  return proof.branches.flatMap((branch) => [texts[branch.a] as string, texts[branch.b] as string]);
}

/** All equations: the signature's, then A and B of each branch in the order of the layout. */
export function equationsOf(ballot: CommittedBallot): readonly Equation[] {
  const { challenge, response } = ballot.signature.proof;
  const signature = { code: "bad-signature" as const, place: {}, commitment: ballot.layout.signature };
  const equations: Equation[] = [{ ...signature, generator: response, key: 0n, credential: challenge, terms: [] }];
  forEachProof(ballot, (_question, proofPlace, proofs, index) => {
    const code = CODES[proofPlace.kind];
    for (const [number, branch] of proofPlace.branches.entries()) {
      const { challenge: c, response: z } = proofs[number] as Proof;
      const place = { ...placeOf(index, proofPlace), branch: number };
      const { alpha, beta } = branch.ciphertext;
      const left = { code, place, credential: 0n };
      equations.push({ ...left, commitment: branch.a, generator: z, key: 0n, terms: [{ point: alpha, scalar: c }] });
      const generator = mod(-BigInt(branch.expected) * c);
      equations.push({ ...left, commitment: branch.b, generator, key: z, terms: [{ point: beta, scalar: c }] });
    }
  });
  return equations;
}

function forEachProof(
  ballot: HashedBallot,
  visit: (question: QuestionPlace, place: ProofPlace, proofs: readonly Proof[], index: number) => void,
): void {
  for (const [index, question] of ballot.layout.questions.entries()) {
    const proofs = proofsOf(ballot.answers[index] as Answer);
    for (const [number, place] of question.proofs.entries()) {
      visit(question, place, proofs[number] as readonly Proof[], index);
    }
  }
}

export function placeOf(question: number, proof: ProofPlace): FaultPlace {
  return proof.choice === undefined ? { question } : { question, choice: proof.choice };
}

/** {@link suiteHashTexts}, or something with the same outcome. */
export type SuiteHasher = (prefix: string, texts: readonly string[]) => bigint;

/** First hash that does not agree with its challenges. */
export function hashFault(ballot: HashedBallot, hash: SuiteHasher = suiteHashTexts): BallotFault | null {
  for (const check of hashChecksOf(ballot)) {
    const fault = faultOf(check, hash);
    if (fault !== null) return fault;
  }
  return null;
}

/** All hashes that do not agree with their challenges. */
export function hashFaults(ballot: HashedBallot, hash: SuiteHasher = suiteHashTexts): readonly BallotFault[] {
  return hashChecksOf(ballot).flatMap((check) => faultOf(check, hash) ?? []);
}

function faultOf(check: HashCheck, hash: SuiteHasher): BallotFault | null {
  if (hash(check.prefix, check.texts) === check.challenge) return null;
  return ballotFault(check.code, "the challenge is not the hash of the commitments", check.place);
}

/** First equation that does not hold, judged one by one. */
export function equationFault(ballot: CommittedBallot): BallotFault | null {
  for (const equation of equationsOf(ballot)) {
    if (!equationHolds(ballot, equation)) {
      return misfit(equation);
    }
  }
  return null;
}

/** The fault of an equation that does not hold. */
export function misfit({ code, place }: Pick<Equation, "code" | "place">): BallotFault {
  return ballotFault(code, "the commitment does not fit the response", place);
}

export function equationHolds(ballot: CommittedBallot, equation: Equation): boolean {
  const points: Point[] = [];
  const scalars: bigint[] = [];
  const add = (point: Point, scalar: bigint): void => {
    if (scalar === 0n) return;
    points.push(point);
    scalars.push(scalar);
  };
  add(GENERATOR, equation.generator);
  add(ballot.election.publicKey, equation.key);
  add(ballot.credential, equation.credential);
  for (const term of equation.terms) add(ballot.points[term.point] as Point, term.scalar);
  return pointEquals(combinePublic(points, scalars), ballot.points[equation.commitment] as Point);
}
