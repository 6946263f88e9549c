import fc from "fast-check";
import { expect, test } from "vitest";
import { bigintFromBytes, bigintToBytes, fromHex } from "#base/bytes.js";
import {
  combinePublic,
  compressAffine,
  EIGHTH,
  GENERATOR,
  generatorTimes,
  IDENTITY,
  multiplyPublic,
  multiplySecret,
  normalize,
  ORDER,
  pointFromBytes,
  pointFromEighth,
  pointFromText,
  pointFromTrustedAffine,
  pointFromTrustedBytes,
  pointToAffine,
  pointToBytes,
  pointToEighth,
  pointToText,
  sum,
  tabled,
} from "./group.js";
import {
  hashToScalar,
  invert,
  mod,
  randomScalar,
  scalarFromBytes,
  scalarFromText,
  scalarToBytes,
  scalarToText,
} from "./scalar.js";

const scalar = fc.bigInt(0n, ORDER - 1n);
const few = { numRuns: 15 };
const FIELD = 2n ** 255n - 19n;

test("law: decode ∘ encode is the identity in each form, and all forms agree", () => {
  fc.assert(
    fc.property(scalar, (k) => {
      const point = generatorTimes(k);
      expect(pointFromBytes(pointToBytes(point))?.equals(point)).toBe(true);
      expect(pointFromTrustedBytes(pointToBytes(point)).equals(point)).toBe(true);
      expect(pointFromText(pointToText(point))?.equals(point)).toBe(true);
      expect(pointFromEighth(pointToEighth(point))?.equals(point)).toBe(true);
      expect(pointFromTrustedAffine(pointToAffine(point)).equals(point)).toBe(true);
      expect(compressAffine(pointToAffine(point))).toEqual(pointToBytes(point));
    }),
    few,
  );
});

test("law: all ways to multiply agree", () => {
  const base = GENERATOR.multiply(31337n);
  const table = tabled(base);
  fc.assert(
    fc.property(scalar, scalar, (k, l) => {
      const expected = multiplyPublic(base, k);
      expect(multiplySecret(base, k).equals(expected)).toBe(true);
      expect(multiplySecret(table, k).equals(expected)).toBe(true);
      expect(combinePublic([base, GENERATOR], [k, l]).equals(expected.add(generatorTimes(l)))).toBe(true);
      expect(sum([expected, base, base]).equals(multiplyPublic(base, mod(k + 2n)))).toBe(true);
      const [first, second] = normalize([expected.add(base), IDENTITY]);
      expect(first?.equals(expected.add(base))).toBe(true);
      expect(second?.equals(IDENTITY)).toBe(true);
      expect(multiplyPublic(multiplyPublic(base, EIGHTH), 8n).equals(base)).toBe(true);
    }),
    few,
  );
});

test("C-09: encodings that decode elsewhere, but are not canonical, are refused", () => {
  // y and y + p, for every y where both fit in 255 bits; and the neutral element with the sign bit.
  for (let y = 0n; y < 19n; y++) {
    const bytes = bigintToBytes(y + FIELD, 32).reverse();
    expect(pointFromBytes(bytes)).toBeUndefined();
    bytes[31] = (bytes[31] as number) | 0x80;
    expect(pointFromBytes(bytes)).toBeUndefined();
  }
  const signed = pointToBytes(IDENTITY);
  signed[31] = 0x80;
  expect(pointFromBytes(signed)).toBeUndefined();
  for (const length of [0, 31, 33, 64]) expect(pointFromBytes(new Uint8Array(length))).toBeUndefined();
  expect(pointFromBytes(pointToBytes(IDENTITY))?.equals(IDENTITY)).toBe(true);
});

test("C-06: points of small and mixed order are no elements; as eighths they give elements", () => {
  const small = [
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  ];
  for (const hex of small) expect(pointFromBytes(fromHex(hex) as Uint8Array), hex).toBeUndefined();
  const order8 = pointFromTrustedBytes(fromHex(small[4] as string) as Uint8Array);
  const mixed = GENERATOR.add(order8);
  expect(pointFromBytes(pointToBytes(mixed))).toBeUndefined();
  expect(pointFromEighth(pointToAffine(mixed))?.equals(multiplyPublic(GENERATOR, 8n))).toBe(true);
  expect(pointFromEighth(pointToAffine(order8))?.equals(IDENTITY)).toBe(true);
});

test("C-09: an eighth off the curve, with a coordinate from p up, or of another length is refused", () => {
  const good = pointToEighth(GENERATOR);
  for (let at = 0; at < 64; at++) {
    const bytes = good.slice();
    bytes[at] = (bytes[at] as number) ^ 1;
    expect(pointFromEighth(bytes)).toBeUndefined();
  }
  const neutral = pointToAffine(IDENTITY);
  expect(pointFromEighth(neutral)?.equals(IDENTITY)).toBe(true);
  neutral.set(bigintToBytes(FIELD, 32).reverse(), 0);
  expect(pointFromEighth(neutral)).toBeUndefined();
  neutral.set(bigintToBytes(0n, 32), 0);
  neutral.set(bigintToBytes(FIELD + 1n, 32).reverse(), 32);
  expect(pointFromEighth(neutral)).toBeUndefined();
  for (const length of [0, 32, 63, 65]) expect(pointFromEighth(new Uint8Array(length))).toBeUndefined();
});

test("law: scalars have one text and one byte form", () => {
  fc.assert(
    fc.property(scalar, (k) => {
      expect(scalarFromText(scalarToText(k))).toBe(k);
      expect(scalarFromBytes(scalarToBytes(k))).toBe(k);
      expect(scalarFromBytes(bigintToBytes(k + ORDER, 32))).toBeUndefined();
      if (k !== 0n) expect(mod(k * invert(k))).toBe(1n);
    }),
  );
  expect(() => invert(0n)).toThrow("inverse");
  expect(() => invert(ORDER)).toThrow("inverse");
});

test("C-17: the framed hash tells (ab, c) from (a, bc), and one domain from another", () => {
  const bytes = (...codes: readonly number[]) => Uint8Array.from(codes);
  const hashes = [
    hashToScalar("d", bytes(1, 2), bytes(3)),
    hashToScalar("d", bytes(1), bytes(2, 3)),
    hashToScalar("d", bytes(1, 2, 3)),
    hashToScalar("e", bytes(1, 2), bytes(3)),
  ];
  expect(new Set(hashes).size).toBe(4);
});

test("C-14: random scalars are drawn from 512 bits", () => {
  const all = new Uint8Array(64).fill(255);
  expect(randomScalar(() => all)).toBe(bigintFromBytes(all) % ORDER);
  expect(() => randomScalar(() => new Uint8Array(32))).toThrow("wrong number");
});
