/**
 * The encrypted tally of Belenios version 1 (belenios-format §8): for every question and choice the product of the
 * counted ballots' ciphertexts, each raised to its voter's weight. It is kept incrementally: a cast adds, a revote takes
 * the old ballot out and puts the new one in, so closing costs nothing.
 */
import { assert } from "#base/assert.js";
import { MAX_ANSWERS, MAX_QUESTIONS, MAX_TOTAL_WEIGHT } from "#base/limits.js";
import type { Result } from "#base/result.js";
import {
  addCiphertexts,
  type Ciphertext,
  ciphertextEquals,
  EMPTY_CIPHERTEXT,
  subtractCiphertexts,
  weigh,
} from "#crypto/elgamal.js";
import { pointToText } from "#crypto/group.js";
import { ciphertextOf } from "./ballot.js";
import { choiceCount, type HomomorphicQuestion } from "./election.js";
import {
  arrayOf,
  countOf,
  countValue,
  fields,
  hashOf,
  integerOf,
  type JsonFault,
  readJson,
  writeJson,
} from "./json.js";

/** Ciphertexts by question, then by choice (a leading one where blank is allowed). A ballot's choices have this shape too. */
export type EncryptedTally = readonly (readonly Ciphertext[])[];

/** A running sum with what it is the sum of. */
export interface RunningTally {
  readonly ciphertexts: EncryptedTally;
  /** Ballots counted, and their weight together. */
  readonly ballots: number;
  readonly weight: number;
}

/** `sized_encrypted_tally`: the tally's SHA-256 (hex) with its two numbers. */
export interface SizedTally {
  readonly numTallied: number;
  readonly totalWeight: number;
  readonly encryptedTally: string;
}

/** The tally of no ballots. */
export function emptyTally(questions: readonly HomomorphicQuestion[]): RunningTally {
  const ciphertexts = questions.map((question) =>
    Array.from({ length: choiceCount(question) }, () => EMPTY_CIPHERTEXT),
  );
  return { ciphertexts, ballots: 0, weight: 0 };
}

/** Puts a ballot in. Its shape is the tally's (its proofs were checked); 1 ≤ weight. */
export function addBallot(tally: RunningTally, choices: EncryptedTally, weight: number): RunningTally {
  assert(tally.weight + weight <= MAX_TOTAL_WEIGHT, "the roll's total weight is limited when it is sealed");
  return {
    ciphertexts: combine(tally.ciphertexts, choices, weight, addCiphertexts),
    ballots: tally.ballots + 1,
    weight: tally.weight + weight,
  };
}

/** Takes a ballot out that was put in before with the same weight. */
export function subtractBallot(tally: RunningTally, choices: EncryptedTally, weight: number): RunningTally {
  assert(tally.ballots > 0 && tally.weight >= weight, "only what was counted can be taken out");
  return {
    ciphertexts: combine(tally.ciphertexts, choices, weight, subtractCiphertexts),
    ballots: tally.ballots - 1,
    weight: tally.weight - weight,
  };
}

function combine(
  tally: EncryptedTally,
  choices: EncryptedTally,
  weight: number,
  operation: (a: Ciphertext, b: Ciphertext) => Ciphertext,
): EncryptedTally {
  assert(Number.isSafeInteger(weight) && weight >= 1, "weight of a ballot");
  assert(choices.length === tally.length, "shape of a ballot");
  return tally.map((row, question) => {
    const added = choices[question] as readonly Ciphertext[];
    assert(added.length === row.length, "shape of an answer");
    return row.map((sum, choice) => operation(sum, weigh(added[choice] as Ciphertext, BigInt(weight))));
  });
}

export function tallyEquals(a: EncryptedTally, b: EncryptedTally): boolean {
  if (a.length !== b.length) return false;
  return a.every((row, question) => {
    const other = b[question] as readonly Ciphertext[];
    return (
      row.length === other.length && row.every((each, choice) => ciphertextEquals(each, other[choice] as Ciphertext))
    );
  });
}

export function encryptedTallyToText(tally: EncryptedTally): string {
  return writeJson(
    tally.map((row) => row.map(({ alpha, beta }) => ({ alpha: pointToText(alpha), beta: pointToText(beta) }))),
  );
}

/** Strict inverse of {@link encryptedTallyToText}. */
export function encryptedTallyFromText(text: string): Result<EncryptedTally, JsonFault> {
  return readJson(text, "canonical", (node) =>
    arrayOf(node, (row) => arrayOf(row, ciphertextOf, 1, MAX_ANSWERS + 1), 1, MAX_QUESTIONS),
  );
}

export function sizedTallyToText(sized: SizedTally): string {
  return writeJson({
    num_tallied: sized.numTallied,
    total_weight: countValue(BigInt(sized.totalWeight)),
    encrypted_tally: sized.encryptedTally,
  });
}

/** Strict inverse of {@link sizedTallyToText}. */
export function sizedTallyFromText(text: string): Result<SizedTally, JsonFault> {
  return readJson(text, "canonical", (node) => {
    const read = fields(node, "num_tallied", "total_weight", "encrypted_tally");
    return {
      numTallied: integerOf(read.num_tallied),
      totalWeight: Number(countOf(read.total_weight, BigInt(Number.MAX_SAFE_INTEGER))),
      encryptedTally: hashOf(read.encrypted_tally),
    };
  });
}
