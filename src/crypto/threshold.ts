/**
 * Shamir sharing over the exponents (belenios-format §5, §11): polynomials of degree t−1, the public commitments to
 * their coefficients, and the combination of any t shares. Indices are the positions 1, 2, … of the trustees.
 */
import { assert } from "#base/assert.js";
import { fail, ok, type Result } from "#base/result.js";
import { GENERATOR, generatorTimes, IDENTITY, multiplyPublic, multiplySecret, type Point, sum } from "./group.js";
import { invert, mod } from "./scalar.js";

/** f(index) mod q, coefficients from the constant term upwards. */
export function evaluatePolynomial(coefficients: readonly bigint[], index: number): bigint {
  assert(Number.isSafeInteger(index) && index > 0, "shares are numbered from 1");
  let value = 0n;
  for (let k = coefficients.length - 1; k >= 0; k--) value = mod(value * BigInt(index) + (coefficients[k] as bigint));
  return value;
}

/** A_k = g^(a_k) for secret coefficients. */
export function commitToCoefficients(coefficients: readonly bigint[]): Point[] {
  return coefficients.map((coefficient) => multiplySecret(GENERATOR, coefficient));
}

/** Π A_k^(index^k) = g^f(index), from public commitments (Horner's scheme). */
export function evaluateCommitments(commitments: readonly Point[], index: number): Point {
  assert(Number.isSafeInteger(index) && index > 0, "shares are numbered from 1");
  let value = IDENTITY;
  for (let k = commitments.length - 1; k >= 0; k--) {
    value = multiplyPublic(value, BigInt(index)).add(commitments[k] as Point);
  }
  return value;
}

/** Commitments of the sum of all dealers' polynomials: coefficient by coefficient. All dealers have the same number. */
export function sumCommitments(dealers: readonly (readonly Point[])[]): Point[] {
  return (dealers[0] ?? []).map((_, k) => sum(dealers.map((commitments) => commitments[k] as Point)));
}

/** Public key of trustee `index`'s share: g^(Σ_i f_i(index)). */
export function shareKey(dealers: readonly (readonly Point[])[], index: number): Point {
  return evaluateCommitments(sumCommitments(dealers), index);
}

/** Whether a received share is the one the dealer committed to: g^share = Π A_k^(index^k). */
export function shareMatches(share: bigint, commitments: readonly Point[], index: number): boolean {
  return generatorTimes(share).equals(evaluateCommitments(commitments, index));
}

/**
 * Lagrange coefficients at zero, λ_j = Π_{i≠j} i/(i−j) mod q, in the order of `indices`, which must be distinct and
 * positive.
 */
export function lagrangeAtZero(indices: readonly number[]): bigint[] {
  assert(new Set(indices).size === indices.length, "shares must have distinct indices");
  return indices.map((j) => {
    let numerator = 1n;
    let denominator = 1n;
    for (const i of indices) {
      if (i === j) continue;
      numerator = mod(numerator * BigInt(i));
      denominator = mod(denominator * BigInt(i - j));
    }
    return mod(numerator * invert(denominator));
  });
}

/** One trustee's factor α^(S_j), already verified. */
export interface FactorShare {
  readonly index: number;
  readonly factor: Point;
}

/**
 * α^(f(0)) out of the first `threshold` shares in index order. Any `threshold` of them give the same point; fewer are
 * refused.
 */
export function combineFactorShares(
  shares: readonly FactorShare[],
  threshold: number,
): Result<Point, "too-few-shares"> {
  if (shares.length < threshold) return fail("too-few-shares");
  const used = [...shares].sort((a, b) => a.index - b.index).slice(0, threshold);
  const coefficients = lagrangeAtZero(used.map((share) => share.index));
  return ok(sum(used.map((share, at) => multiplyPublic(share.factor, coefficients[at] as bigint))));
}
