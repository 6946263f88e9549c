import fc from "fast-check";
import { expect, test } from "vitest";
import { discreteLogs } from "./discrete-log.js";
import { GENERATOR, generatorTimes, IDENTITY, multiplyPublic, ORDER } from "./group.js";

const OUT = { ok: false, error: "out-of-range" };

test("finds every exponent of a small range, and nothing else", () => {
  for (const bound of [0, 1, 2, 9, 63, 64, 65]) {
    const points = Array.from({ length: bound + 3 }, (_, exponent) => generatorTimes(BigInt(exponent)));
    const logs = discreteLogs(points, bound);
    expect(logs).toEqual(points.map((_, exponent) => (exponent <= bound ? { ok: true, value: exponent } : OUT)));
  }
});

test("T-12: counts up to the documented maximum of 10^7, both ends included, and one above refused", () => {
  const bound = 10_000_000;
  const exponents = [0, 1, 3162, 3163, 1_234_567, bound - 1, bound, bound + 1];
  const logs = discreteLogs(
    exponents.map((exponent) => generatorTimes(BigInt(exponent))),
    bound,
  );
  expect(logs).toEqual(exponents.map((exponent) => (exponent <= bound ? { ok: true, value: exponent } : OUT)));
});

test("T-13: an unsolvable logarithm is 'out-of-range', never zero", () => {
  const hidden = multiplyPublic(GENERATOR, ORDER - 1n);
  expect(discreteLogs([hidden, IDENTITY, hidden.add(hidden)], 1000)).toEqual([OUT, { ok: true, value: 0 }, OUT]);
  expect(discreteLogs([hidden], 0)).toEqual([OUT]);
});

test("random exponents, many at once", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 200_000 }),
      fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 6 }),
      (bound, exponents) => {
        const logs = discreteLogs(
          exponents.map((exponent) => generatorTimes(BigInt(exponent))),
          bound,
        );
        expect(logs).toEqual(exponents.map((exponent) => (exponent <= bound ? { ok: true, value: exponent } : OUT)));
      },
    ),
    { numRuns: 25 },
  );
});
