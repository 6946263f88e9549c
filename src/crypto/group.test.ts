import { ed25519 } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bigintToBytes, fromHex, toHex } from "#base/bytes.js";
import {
  combinePublic,
  EIGHTH,
  GENERATOR,
  generatorTimes,
  IDENTITY,
  isIdentity,
  multiplyPublic,
  multiplySecret,
  multiplySecretMany,
  normalize,
  ORDER,
  type Point,
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
  timesEight,
} from "./group.js";
import { mod } from "./scalar.js";

const FIELD = 2n ** 255n - 19n;
const scalar = fc.bigInt({ min: 0n, max: ORDER - 1n });
const point = scalar.map((k) => generatorTimes(k));

/** 32 little-endian bytes of y with a sign bit. */
function encoded(y: bigint, sign = 0): Uint8Array {
  const bytes = bigintToBytes(y, 32).reverse();
  bytes[31] = (bytes[31] as number) | (sign << 7);
  return bytes;
}

function affine(x: bigint, y: bigint): Uint8Array {
  const out = new Uint8Array(64);
  out.set(bigintToBytes(x, 32).reverse(), 0);
  out.set(bigintToBytes(y, 32).reverse(), 32);
  return out;
}

/** The eight points of small order, compressed (RFC 8032 curve): order 1, 2, 4, 4, 8, 8, 8, 8. */
const SMALL_ORDER = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
].map((hex) => fromHex(hex) as Uint8Array);

test("law: compressed, text, affine and eighth forms decode to what was encoded, and each point has one form", () => {
  fc.assert(
    fc.property(point, (p) => {
      const bytes = pointToBytes(p);
      expect((pointFromBytes(bytes) as Point).equals(p)).toBe(true);
      expect(pointToBytes(pointFromBytes(bytes) as Point)).toEqual(bytes);
      expect(pointToText(p)).toBe(toHex(bytes.slice().reverse()));
      expect((pointFromText(pointToText(p)) as Point).equals(p)).toBe(true);
      expect(pointFromTrustedBytes(bytes).equals(p)).toBe(true);
      expect(pointFromTrustedAffine(pointToAffine(p)).equals(p)).toBe(true);
      expect(pointToAffine(p).slice(32, 63)).toEqual(bytes.slice(0, 31));
      expect((pointFromEighth(pointToEighth(p)) as Point).equals(p)).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test("law: multiplication, sums, tables and combinations agree", () => {
  fc.assert(
    fc.property(point, scalar, scalar, (p, a, b) => {
      const expected = a === 0n ? IDENTITY : p.multiplyUnsafe(a);
      expect(multiplySecret(p, a).equals(expected)).toBe(true);
      expect(multiplyPublic(p, a).equals(expected)).toBe(true);
      expect(generatorTimes(a).equals(multiplySecret(GENERATOR, a))).toBe(true);
      expect(multiplyPublic(p, mod(a + b)).equals(multiplyPublic(p, a).add(multiplyPublic(p, b)))).toBe(true);
      expect(combinePublic([p, GENERATOR], [a, b]).equals(sum([multiplyPublic(p, a), generatorTimes(b)]))).toBe(true);
      const [normal] = normalize([p.add(GENERATOR)]);
      expect((normal as Point).equals(p.add(GENERATOR))).toBe(true);
      expect(timesEight(multiplyPublic(p, EIGHTH)).equals(p)).toBe(true);
    }),
    { numRuns: 15 },
  );
  expect(multiplySecret(tabled(GENERATOR), 12345n).equals(generatorTimes(12345n))).toBe(true);
  expect(isIdentity(sum([]))).toBe(true);
  expect(isIdentity(multiplySecret(GENERATOR, 0n))).toBe(true);
  const points = [GENERATOR, GENERATOR.double(), IDENTITY];
  for (const k of [0n, 1n, 15n, 16n, 31n, 32n, 2n ** 252n, ORDER - 1n, 0x1234567890abcdefn ** 3n]) {
    const expected = points.map((point) => (isIdentity(point) ? IDENTITY : multiplySecret(point, k)));
    expect(multiplySecretMany(points, k).every((point, i) => point.equals(expected[i] as Point))).toBe(true);
  }
});

test("C-06: points of small order, and points with a small-order part, are no elements", () => {
  for (const [i, bytes] of SMALL_ORDER.entries()) {
    if (i === 0) expect(isIdentity(pointFromBytes(bytes) as Point)).toBe(true);
    else expect(pointFromBytes(bytes), `small order ${i}`).toBeUndefined();
    const torsion = ed25519.Point.fromBytes(bytes, true);
    const mixed = GENERATOR.add(torsion);
    if (i > 0) expect(pointFromBytes(mixed.toBytes()), `g + torsion ${i}`).toBeUndefined();
    if (i > 0) expect(pointFromText(pointToText(mixed as Point))).toBeUndefined();
    // As an eighth a small-order part vanishes: what comes out is always an element.
    expect((pointFromEighth(pointToAffine(mixed)) as Point).equals(timesEight(GENERATOR))).toBe(true);
    expect(isIdentity(pointFromEighth(pointToAffine(torsion)) as Point)).toBe(true);
  }
});

test("C-06: bytes that are no point of the curve are refused in every form", () => {
  let off = 0;
  for (let y = 2n; off < 20; y++) {
    let onCurve = true;
    try {
      ed25519.Point.fromBytes(encoded(y), true);
    } catch {
      onCurve = false;
    }
    if (onCurve) continue;
    off++;
    for (const sign of [0, 1]) expect(pointFromBytes(encoded(y, sign))).toBeUndefined();
    expect(() => pointFromTrustedBytes(encoded(y))).toThrow(RangeError);
  }
  const { x, y } = GENERATOR.toAffine();
  expect(pointFromEighth(affine(x + 1n, y))).toBeUndefined();
  expect(pointFromEighth(affine(y, x))).toBeUndefined();
  expect(pointFromEighth(affine(0n, 0n))).toBeUndefined();
});

test("C-09: non-canonical encodings are refused: y ≥ p, a sign on x = 0, coordinates ≥ p, wrong lengths", () => {
  // All of RFC 8032's 19 non-canonical y (p … 2^255 − 1) and both signs: among them second forms of the neutral element.
  for (let y = FIELD; y < 2n ** 255n; y++)
    for (const sign of [0, 1]) expect(pointFromBytes(encoded(y, sign))).toBeUndefined();
  expect(pointFromBytes(encoded(1n, 1))).toBeUndefined();
  expect(pointFromBytes(encoded(FIELD - 1n, 1))).toBeUndefined();
  const { x, y } = GENERATOR.toAffine();
  expect(pointFromEighth(affine(x, y))).toBeDefined();
  expect(pointFromEighth(affine(x + FIELD, y))).toBeUndefined();
  expect(pointFromEighth(affine(0n, FIELD + 1n))).toBeUndefined();
  for (const length of [0, 31, 33, 64]) expect(pointFromBytes(new Uint8Array(length).fill(1))).toBeUndefined();
  for (const length of [0, 32, 63, 65]) expect(pointFromEighth(new Uint8Array(length).fill(1))).toBeUndefined();
});

test("C-09: text forms are 64 lower-case hex digits and nothing else", () => {
  const text = pointToText(generatorTimes(2n));
  expect(text).toMatch(/[a-f]/);
  for (const bad of [text.toUpperCase(), `0${text}`, text.slice(1), `${text}\n`, ` ${text}`, `0x${text.slice(2)}`, ""])
    expect(pointFromText(bad)).toBeUndefined();
  expect(pointFromText(text)).toBeDefined();
});

test("C-08: the neutral element decodes only where a ciphertext may contain it, in one form", () => {
  const neutral = pointFromBytes(pointToBytes(IDENTITY));
  expect(neutral !== undefined && isIdentity(neutral)).toBe(true);
  // The ristretto form of the neutral element, 32 zero bytes, is a point of order 4 here.
  expect(pointFromBytes(new Uint8Array(32))).toBeUndefined();
});

test("law: any 32 or 64 bytes give a value, never a throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const decoded = pointFromBytes(bytes);
      if (decoded !== undefined) expect(pointToBytes(decoded)).toEqual(bytes);
    }),
    { numRuns: 200 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => void pointFromEighth(bytes)),
    { numRuns: 200 },
  );
});

test("decoding leaves the caller's bytes alone, Node Buffers included", () => {
  const eighth = Buffer.from(pointToEighth(GENERATOR));
  const before = Buffer.from(eighth);
  expect(pointFromEighth(eighth)?.equals(GENERATOR)).toBe(true);
  expect(pointFromEighth(eighth)?.equals(GENERATOR)).toBe(true);
  const affine = Buffer.from(pointToAffine(GENERATOR));
  const kept = Buffer.from(affine);
  pointFromTrustedAffine(affine);
  pointFromBytes(Buffer.from(pointToBytes(GENERATOR)));
  expect([eighth.equals(before), affine.equals(kept)]).toEqual([true, true]);
});
