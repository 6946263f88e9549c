/**
 * Disjunctive proofs of the suite (Cramer–Damgård–Schoenmakers; belenios-format §3): of several branches "(α, β)
 * encrypts M" at least one holds, without telling which. 0/1, interval and blank proofs are all of this form; branches
 * may speak of different ciphertexts.
 *
 * Branch j has commitments A_j = g^z_j·α^c_j and B_j = y^z_j·(β/g^M_j)^c_j; the proof holds iff
 * H(prefix; A_0,B_0,A_1,B_1,…) = Σ c_j mod q. The statement must be bound by the prefix, which the caller builds. The
 * number of branches comes from the statement, never from the proof (row C-05).
 */
import { assert } from "#base/assert.js";
import type { Ciphertext } from "../elgamal.js";
import { combinePublic, GENERATOR, IDENTITY, multiplySecret, type Point } from "../group.js";
import { suiteHash } from "../hash.js";
import { mod, type ScalarSource } from "../scalar.js";
import type { Proof } from "./knowledge.js";

/** The claim that `ciphertext` encrypts `message`. */
export interface Branch {
  readonly ciphertext: Ciphertext;
  readonly message: bigint;
}

/** A branch as its prover sees it: what the ciphertext really holds, and with which randomness. */
export interface SecretBranch {
  /** M, the message claimed. */
  readonly claimed: bigint;
  /** m, the message inside: α = g^r, β = y^r·g^m. */
  readonly actual: bigint;
  /** r. */
  readonly randomness: bigint;
}

/** Secret exponents of a point g^generator·y^key. Which of them a point has is public; their values are not. */
export interface Exponents {
  readonly generator?: bigint;
  readonly key?: bigint;
}

/** The first half of a proof: exponents of A_0,B_0,A_1,B_1,… and what is needed to answer the challenge. */
export interface OpenedDisjunction {
  readonly commitments: readonly Exponents[];
  readonly branches: readonly SecretBranch[];
  /** Index of the true branch. */
  readonly real: number;
  readonly nonce: bigint;
  /** For each branch its simulated proof; `undefined` at the true one. */
  readonly simulated: readonly (Proof | undefined)[];
}

/**
 * Commits. Scalars are drawn in this order: for each simulated branch in turn challenge and response, then the nonce
 * of the true branch (the first one that holds). Because the prover knows r, every commitment is a power of g and y:
 * a simulated A = g^(z+rc), B = y^(z+rc)·g^((m−M)c).
 */
export function openDisjunction(branches: readonly SecretBranch[], next: ScalarSource): OpenedDisjunction {
  const real = branches.findIndex((branch) => branch.actual === branch.claimed);
  assert(real >= 0, "no branch holds: a false statement cannot be proved");
  const simulated = branches.map((_, index) => {
    if (index === real) return undefined;
    const challenge = next();
    return { challenge, response: next() };
  });
  const nonce = next();
  const commitments = branches.flatMap((branch, index): Exponents[] => {
    const proof = simulated[index];
    if (proof === undefined) return [{ generator: nonce }, { key: nonce }];
    const power = mod(proof.response + branch.randomness * proof.challenge);
    return [{ generator: power }, { generator: mod((branch.actual - branch.claimed) * proof.challenge), key: power }];
  });
  return { commitments, branches, real, nonce, simulated };
}

/** Answers the challenge `hash` = H(prefix; commitments): the complete proof, one (challenge, response) per branch. */
export function closeDisjunction(opened: OpenedDisjunction, hash: bigint): readonly Proof[] {
  let rest = hash;
  for (const proof of opened.simulated) rest -= proof?.challenge ?? 0n;
  const challenge = mod(rest);
  const { randomness } = opened.branches[opened.real] as SecretBranch;
  const real = { challenge, response: mod(opened.nonce - randomness * challenge) };
  return opened.simulated.map((proof) => proof ?? real);
}

/** Proves in one go; see {@link openDisjunction} for the order in which scalars are drawn. */
export function proveDisjunction(
  prefix: string,
  key: Point,
  branches: readonly SecretBranch[],
  next: ScalarSource,
): readonly Proof[] {
  const opened = openDisjunction(branches, next);
  const points = opened.commitments.map((power) => powerOf(GENERATOR, key, power));
  return closeDisjunction(opened, suiteHash(prefix, points));
}

/** g^generator·y^key for secret exponents; bases may be tabled. An exponent that happens to be 0 takes the same time. */
export function powerOf(generator: Point, key: Point, power: Exponents): Point {
  const first = power.generator === undefined ? IDENTITY : evenPower(generator, power.generator);
  return power.key === undefined ? first : first.add(evenPower(key, power.key));
}

function evenPower(base: Point, exponent: bigint): Point {
  const power = multiplySecret(base, exponent === 0n ? 1n : exponent);
  return exponent === 0n ? IDENTITY : power;
}

/** A_0,B_0,A_1,B_1,… recomputed from statement and proof, which must have the same number of branches. */
export function disjunctionCommitments(
  key: Point,
  branches: readonly Branch[],
  proofs: readonly Proof[],
): readonly Point[] {
  assert(branches.length === proofs.length, "one proof per branch");
  return branches.flatMap((branch, index) => {
    const { challenge, response } = proofs[index] as Proof;
    const { alpha, beta } = branch.ciphertext;
    const a = combinePublic([GENERATOR, alpha], [response, challenge]);
    const b = combinePublic([key, beta, GENERATOR], [response, challenge, mod(-branch.message * challenge)]);
    return [a, b];
  });
}

/** Whether the proof holds. Challenges and responses must be canonical scalars (their readers see to it). */
export function verifyDisjunction(
  prefix: string,
  key: Point,
  branches: readonly Branch[],
  proofs: readonly Proof[],
): boolean {
  if (branches.length !== proofs.length) return false;
  const hash = suiteHash(prefix, disjunctionCommitments(key, branches, proofs));
  let total = 0n;
  for (const proof of proofs) total += proof.challenge;
  return hash === mod(total);
}
