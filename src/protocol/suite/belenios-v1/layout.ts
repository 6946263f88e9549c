/**
 * Which ciphertexts and proofs the ballots of an election consist of, and in which order: the one table that sealing,
 * verification and the wire form share. It follows from the questions alone, never from a ballot (rows C-05, T-06).
 *
 * Points are numbered. Numbers 0 … pointCount−1 are on the wire:
 *
 *     for each question:  α, β of each choice (a leading one where blank is allowed)
 *                         A, B of each branch of each proof: individual proofs, overall proof, blank proof
 *     at the end:         commitment of the ballot signature
 *
 * Numbers from pointCount on are sums of wire points, two for each question (αΣ, βΣ over the answers without the blank
 * position), which every verifier computes itself (belenios-format §16, condition 5).
 */
import { choiceCount, type HomomorphicQuestion } from "./election.js";

export type ProofKind = "individual" | "overall" | "blank";

/** Numbers of the two points of a ciphertext. */
export interface CiphertextPlace {
  readonly alpha: number;
  readonly beta: number;
}

/** One branch "(α, β) encrypts expected" with the numbers of its commitments A and B. */
export interface BranchPlace {
  readonly ciphertext: CiphertextPlace;
  readonly expected: number;
  readonly a: number;
  readonly b: number;
}

export interface ProofPlace {
  readonly kind: ProofKind;
  /** Position of the choice, for individual proofs. */
  readonly choice?: number;
  readonly branches: readonly BranchPlace[];
}

export interface QuestionPlace {
  readonly choices: readonly CiphertextPlace[];
  readonly sum: CiphertextPlace;
  readonly proofs: readonly ProofPlace[];
}

export interface Layout {
  readonly questions: readonly QuestionPlace[];
  /** Number of the signature's commitment: the last point of the wire. */
  readonly signature: number;
  readonly pointCount: number;
  /** For each number from pointCount on, the wire points it is the sum of. */
  readonly sums: readonly (readonly number[])[];
  /** Branches of all proofs together, and number of proofs. */
  readonly branchCount: number;
  readonly proofCount: number;
}

/** The layout of ballots on these questions. */
export function layoutOf(questions: readonly HomomorphicQuestion[]): Layout {
  const pointCount = questions.reduce((total, question) => total + pointsOf(question), 1);
  const places: QuestionPlace[] = [];
  const sums: (readonly number[])[] = [];
  let next = 0;
  for (const question of questions) {
    const sum = { alpha: pointCount + sums.length, beta: pointCount + sums.length + 1 };
    const place = placeOf(question, next, sum);
    const summed = question.blank ? place.choices.slice(1) : place.choices;
    sums.push(summed.map((choice) => choice.alpha));
    sums.push(summed.map((choice) => choice.beta));
    places.push(place);
    next += pointsOf(question);
  }
  const proofs = places.flatMap((place) => place.proofs);
  return {
    questions: places,
    signature: pointCount - 1,
    pointCount,
    sums,
    branchCount: proofs.reduce((total, proof) => total + proof.branches.length, 0),
    proofCount: proofs.length,
  };
}

/** Branches of the overall proof: one per permitted number of marks, one more for the blank vote. */
export function overallBranches(question: HomomorphicQuestion): number {
  return question.max - question.min + 1 + (question.blank ? 1 : 0);
}

function pointsOf(question: HomomorphicQuestion): number {
  const choices = choiceCount(question);
  return 2 * choices + 2 * (2 * choices + overallBranches(question) + (question.blank ? 2 : 0));
}

function placeOf(question: HomomorphicQuestion, first: number, sum: CiphertextPlace): QuestionPlace {
  const choices: CiphertextPlace[] = [];
  for (let index = 0; index < choiceCount(question); index++) {
    choices.push({ alpha: first + 2 * index, beta: first + 2 * index + 1 });
  }
  let next = first + 2 * choices.length;
  const branch = (ciphertext: CiphertextPlace, expected: number): BranchPlace => {
    next += 2;
    return { ciphertext, expected, a: next - 2, b: next - 1 };
  };
  const proofs: ProofPlace[] = choices.map((ciphertext, choice) => ({
    kind: "individual",
    choice,
    branches: [branch(ciphertext, 0), branch(ciphertext, 1)],
  }));
  const overall = question.blank ? [branch(choices[0] as CiphertextPlace, 1)] : [];
  for (let marks = question.min; marks <= question.max; marks++) overall.push(branch(sum, marks));
  proofs.push({ kind: "overall", branches: overall });
  if (question.blank) {
    proofs.push({ kind: "blank", branches: [branch(choices[0] as CiphertextPlace, 0), branch(sum, 0)] });
  }
  return { choices, sum, proofs };
}

/** Prefix S0 of every proof of a ballot: `φ|enc(credential)`. */
export function ballotPrefix(fingerprint: string, credential: string): string {
  return `${fingerprint}|${credential}`;
}

/** The hash prefix of a proof (belenios-format §3); `texts` are the text forms of all points by number. */
export function proofPrefix(
  prefix: string,
  question: QuestionPlace,
  proof: ProofPlace,
  hasBlank: boolean,
  texts: readonly string[],
): string {
  const pair = (place: CiphertextPlace): string => `${texts[place.alpha]},${texts[place.beta]}`;
  if (proof.kind === "individual") {
    return `prove|${prefix}|${pair((proof.branches[0] as BranchPlace).ciphertext)}|`;
  }
  const all = `${prefix}|${question.choices.map(pair).join(",")}`;
  if (!hasBlank) return `prove|${all}|${pair(question.sum)}|`;
  return proof.kind === "blank" ? `bproof0|${all}|` : `bproof1|${all}|`;
}
