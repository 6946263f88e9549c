/** Public data: the kernel's values are the plain ones, for every input that the plain implementation takes. */

import { ed25519 } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { bigintFromBytes, bigintToBytes, concat, toHex, utf8 } from "#base/bytes.js";
import { ed25519Key, ed25519Sign, ed25519Verify } from "./ed25519.js";
import {
  generatorTimes,
  IDENTITY,
  multiplyPublic,
  ORDER,
  type Point,
  pointEquals,
  pointFromTrustedAffine,
  pointToAffine,
  pointToBytes,
  pointToEighth,
} from "./group.js";
import { sha256 } from "./hash.js";
import { swiftArithmetic } from "./kernel/swift.js";
import {
  addSummands,
  plainArithmetic,
  publicEd25519Verify,
  publicSha256,
  publicTimesEight,
  usePublicArithmetic,
} from "./public-data.js";

const both = [plainArithmetic, swiftArithmetic(), swiftArithmetic((bytes) => sha256(bytes))] as const;

afterEach(() => usePublicArithmetic());

test("the kernel is there, and is another implementation than the plain one", () => {
  expect(both[1]).not.toBe(plainArithmetic);
});

test("law: SHA-256 of any length, and its value is an array of its own", () => {
  const lengths = [0, 1, 55, 56, 63, 64, 65, 119, 120, 255, 256, 257, 4095, 4096, 4097, 70_000];
  for (const arithmetic of both) {
    usePublicArithmetic(arithmetic);
    const kept = lengths.map((length) => publicSha256(new Uint8Array(length).fill(length)));
    for (const [i, length] of lengths.entries())
      expect(toHex(kept[i] as Uint8Array), `${length}`).toBe(toHex(sha256(new Uint8Array(length).fill(length))));
  }
});

/** One by one, as it is written in a book. */
function naive(
  sums: readonly Point[],
  summands: readonly { readonly point: Point; readonly weight: number }[],
): Point[] {
  return sums.map((sum, place) =>
    summands.reduce((total, { point, weight }) => {
      const own = point.add(generatorTimes(BigInt(place)));
      const term = multiplyPublic(own, BigInt(Math.abs(weight)));
      return weight < 0 ? total.subtract(term) : total.add(term);
    }, sum),
  );
}

test("law: sums place by place are those of a naive implementation: weights, ballots taken out, the neutral element", () => {
  const weight = fc.oneof(
    fc.constant(1),
    fc.integer({ min: -10_000_000, max: 10_000_000 }).filter((w) => w !== 0),
  );
  const summand = fc.record({ scalar: fc.bigInt({ min: 0n, max: 1n << 64n }), weight });
  const units = fc.record({ scalar: fc.bigInt({ min: 0n, max: 9n }), weight: fc.constantFrom(1, -1) });
  for (const arithmetic of both) {
    usePublicArithmetic(arithmetic);
    fc.assert(
      fc.property(
        fc.oneof(fc.array(summand, { maxLength: 6 }), fc.array(units, { maxLength: 6 })),
        fc.integer({ min: 0, max: 3 }),
        (rows, places) => {
          const given = rows.map((row) => ({ point: generatorTimes(row.scalar), weight: row.weight }));
          const summands = given.map((row) => ({
            points: concat(
              ...Array.from({ length: places }, (_, place) =>
                pointToAffine(row.point.add(generatorTimes(BigInt(place)))),
              ),
            ),
            weight: row.weight,
          }));
          const sums = Array.from({ length: places }, (_, place) => (place === 0 ? IDENTITY : generatorTimes(7n)));
          const found = addSummands(sums.map(pointToAffine), summands).map(pointFromTrustedAffine);
          const expected = naive(sums, given);
          expect(found.every((sum, i) => pointEquals(sum, expected[i] as Point))).toBe(true);
        },
      ),
      { numRuns: 12 },
    );
  }
});

test("sums of more than are taken at a time", () => {
  const points = pointToAffine(generatorTimes(3n));
  for (const arithmetic of both) {
    usePublicArithmetic(arithmetic);
    const [sum] = addSummands([pointToAffine(IDENTITY)], new Array(600).fill({ points, weight: 1 }));
    expect(sum).toEqual(pointToAffine(generatorTimes(1800n)));
    const many = Array.from({ length: 300 }, (_, i) => pointToAffine(generatorTimes(BigInt(i + 1))));
    const taken = many.map((each) => ({ points: each, weight: -1 }));
    expect(addSummands([pointToAffine(generatorTimes(45_150n))], taken)).toEqual([pointToAffine(IDENTITY)]);
    const [none] = addSummands([sum as Uint8Array], new Array(600).fill({ points, weight: -1 }));
    expect(none).toEqual(pointToAffine(IDENTITY));
  }
});

test("C-06, C-09: eighths: elements by construction, the neutral one told apart; what is no curve point is none", () => {
  const good = [1n, 2n, 12345n].map((scalar) => pointToEighth(generatorTimes(scalar)));
  const neutral = pointToAffine(IDENTITY);
  const off = pointToEighth(generatorTimes(5n)).map((byte, i) => (i === 0 ? byte ^ 1 : byte));
  const large = new Uint8Array(64).fill(255);
  for (const arithmetic of both) {
    usePublicArithmetic(arithmetic);
    expect(publicTimesEight(concat(...good, neutral))).toEqual(plainArithmetic.timesEight(concat(...good, neutral)));
    expect(publicTimesEight(new Uint8Array(0))).toEqual({ affine: new Uint8Array(0), compressed: new Uint8Array(0) });
    for (const bad of [off, large, new Uint8Array(64)])
      expect(publicTimesEight(concat(good[0] as Uint8Array, bad))).toBeUndefined();
  }
});

test("Ed25519: what holds and what does not is what noble says, on odd keys and signatures too", () => {
  const secret = sha256(utf8("node"));
  const key = ed25519Key(secret);
  const message = utf8("a header");
  const good = ed25519Sign(secret, message);
  const neutral = pointToBytes(IDENTITY);
  const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  const later = concat(good.subarray(0, 32), plusOrder(good.subarray(32)));
  const order4 = new Uint8Array(32);
  const torsion = concat(pointToBytes(withTorsion(good.subarray(0, 32))), good.subarray(32));
  const rows: readonly (readonly [Uint8Array, Uint8Array, Uint8Array])[] = [
    [key, message, good],
    ...[0, 31, 32, 63].map((at) => [key, message, flipped(good, at)] as const),
    [flipped(key, 3), message, good],
    [key, utf8("another"), good],
    [key, message, later],
    [key, message, torsion],
    [neutral, message, concat(neutral, new Uint8Array(32))],
    [order4, message, concat(neutral, new Uint8Array(32))],
    [key, message, concat(neutral, new Uint8Array(32))],
    [key, message, good.subarray(1)],
    [new Uint8Array(0), message, good],
  ];
  for (const arithmetic of both) {
    usePublicArithmetic(arithmetic);
    for (const [i, row] of rows.entries()) expect(publicEd25519Verify(...row), `row ${i}`).toBe(ed25519Verify(...row));
    for (let i = 0; i < 20; i++) {
      const each = utf8(`message ${i}`);
      expect(publicEd25519Verify(key, each, ed25519Sign(secret, each))).toBe(true);
    }
  }
});

function plusOrder(scalar: Uint8Array): Uint8Array {
  return bigintToBytes(bigintFromBytes(scalar.slice().reverse()) + ORDER, 32).reverse();
}

/** A point plus one of order two. */
function withTorsion(bytes: Uint8Array): Point {
  const two = ed25519.Point.fromAffine({ x: 0n, y: ed25519.Point.Fp.ORDER - 1n });
  return ed25519.Point.fromBytes(bytes).add(two);
}

test("hashes of trees do not depend on who computes them", () => {
  for (const arithmetic of both) {
    usePublicArithmetic(arithmetic);
    expect(toHex(publicSha256(utf8("abc")))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
});
