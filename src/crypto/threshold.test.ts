import fc from "fast-check";
import { expect, test } from "vitest";
import { GENERATOR, generatorTimes, multiplyPublic, ORDER, pointToText } from "./group.js";
import { mod } from "./scalar.js";
import {
  combineFactorShares,
  commitToCoefficients,
  evaluateCommitments,
  evaluatePolynomial,
  lagrangeAtZero,
  shareKey,
  shareMatches,
} from "./threshold.js";

const scalar = fc.bigInt({ min: 0n, max: ORDER - 1n });
const sharing = fc.integer({ min: 1, max: 5 }).chain((t) =>
  fc.record({
    coefficients: fc.array(scalar, { minLength: t, maxLength: t }),
    indices: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: t, maxLength: t + 3 }),
    exponent: scalar,
  }),
);

test("any t shares give the same bytes as the secret itself; t−1 are refused", () => {
  fc.assert(
    fc.property(sharing, ({ coefficients, indices, exponent }) => {
      const threshold = coefficients.length;
      const alpha = generatorTimes(exponent);
      const shares = indices.map((index) => ({
        index,
        factor: multiplyPublic(alpha, evaluatePolynomial(coefficients, index)),
      }));
      const expected = pointToText(multiplyPublic(alpha, coefficients[0] as bigint));
      for (let skip = 0; skip + threshold <= shares.length; skip++) {
        const combined = combineFactorShares(shares.slice(skip, skip + threshold), threshold);
        expect(combined.ok && pointToText(combined.value)).toBe(expected);
      }
      expect(combineFactorShares([...shares].reverse(), threshold)).toEqual(combineFactorShares(shares, threshold));
      expect(combineFactorShares(shares.slice(0, threshold - 1), threshold)).toEqual({
        ok: false,
        error: "too-few-shares",
      });
    }),
    { numRuns: 20 },
  );
});

test("t−1 factors combined as if they were enough do not give the secret's factor", () => {
  const coefficients = [11n, 22n, 33n];
  const shares = [1, 2].map((index) => ({ index, factor: generatorTimes(evaluatePolynomial(coefficients, index)) }));
  const combined = combineFactorShares(shares, 2);
  expect(combined.ok && combined.value.equals(generatorTimes(11n))).toBe(false);
});

test("commitments evaluate to g^f(j), and a share off by one does not match", () => {
  fc.assert(
    fc.property(
      fc.array(scalar, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 20 }),
      (coefficients, j) => {
        const commitments = commitToCoefficients(coefficients);
        const share = evaluatePolynomial(coefficients, j);
        expect(evaluateCommitments(commitments, j).equals(generatorTimes(share))).toBe(true);
        expect(shareMatches(share, commitments, j)).toBe(true);
        expect(shareMatches(mod(share + 1n), commitments, j)).toBe(false);
      },
    ),
    { numRuns: 15 },
  );
});

test("sums of dealers are shares of the sum", () => {
  const first = [3n, 5n];
  const second = [7n, 11n];
  const key = shareKey([commitToCoefficients(first), commitToCoefficients(second)], 4);
  expect(key.equals(generatorTimes(evaluatePolynomial(first, 4) + evaluatePolynomial(second, 4)))).toBe(true);
});

test("Lagrange coefficients at zero: known values, and their sum is one", () => {
  expect(lagrangeAtZero([1, 2])).toEqual([2n, ORDER - 1n]);
  expect(lagrangeAtZero([1, 2, 3])).toEqual([3n, ORDER - 3n, 1n]);
  expect(lagrangeAtZero([7])).toEqual([1n]);
  expect(mod(lagrangeAtZero([2, 5, 9, 11]).reduce((total, next) => total + next))).toBe(1n);
  expect(() => lagrangeAtZero([2, 2])).toThrow("distinct");
});

test("GENERATOR sanity: combining shares of the generator itself", () => {
  const combined = combineFactorShares([{ index: 3, factor: GENERATOR }], 1);
  expect(combined.ok && combined.value.equals(GENERATOR)).toBe(true);
});
