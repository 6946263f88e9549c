/**
 * The prime-order subgroup of Ed25519, as Belenios version 1 uses it (plain implementation on noble, the oracle).
 *
 * Two byte forms exist. *Compressed*: the 32 little-endian bytes of RFC 8032 §5.1.2; Belenios writes the same bytes
 * reversed as 64 hex digits (belenios-format §2.1). *Eighth*: x then y, 32 little-endian bytes each, of a point Q with
 * P = 8·Q; whatever curve point Q is, P lies in the subgroup, so no order check is needed (belenios-format §16).
 */
import { mulAddUnsafe, normalizeZ } from "@noble/curves/abstract/curve.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { bigintFromBytes, bigintToBytes, copyOf, fromHex, toHex } from "#base/bytes.js";

/** A point of the prime-order subgroup. Values of this type have been checked, or were computed from checked ones. */
export type Point = InstanceType<typeof ed25519.Point>;

/** Order of the subgroup: 2^252 + 27742317777372353535851937790883648493. */
export const ORDER: bigint = ed25519.Point.Fn.ORDER;

/** The field prime, 2^255 − 19. */
const FIELD: bigint = ed25519.Point.Fp.ORDER;

/** Inverse of the cofactor modulo {@link ORDER}: Q = P·EIGHTH has 8·Q = P. */
export const EIGHTH: bigint = ed25519.Point.Fn.inv(8n);

/** Standard base point g. */
export const GENERATOR: Point = ed25519.Point.BASE;

/** Neutral element. */
export const IDENTITY: Point = ed25519.Point.ZERO;

/** Name of the group in election objects and key proofs. */
export const GROUP_NAME = "Ed25519";

/** P·k for a **secret** scalar 0 ≤ k < q, through noble's safe ladder. */
export function multiplySecret(point: Point, scalar: bigint): Point {
  return scalar === 0n ? IDENTITY : point.multiply(scalar);
}

/** Bits of a digit of {@link multiplySecretMany}; digits run from −16 to 15. */
const DIGIT_BITS = 5;
const DIGIT_COUNT = 51;
const HALF_DIGIT = 16n;

/**
 * P·k of many points for one **secret** scalar 0 ≤ k < q, by noble's doublings and additions in a sequence that depends on
 * nothing: per point a table of its small multiples, then five doublings and one addition (maybe of the neutral element)
 * for each signed digit. A quarter faster than {@link multiplySecret} one by one, which makes a wider table anew.
 */
export function multiplySecretMany(points: readonly Point[], scalar: bigint): Point[] {
  const digits = signedDigits(scalar);
  return points.map((point) => {
    const multiples = smallMultiples(point);
    let sum = IDENTITY;
    for (let i = DIGIT_COUNT - 1; i >= 0; i--) {
      for (let bit = 0; bit < DIGIT_BITS; bit++) sum = sum.double();
      sum = sum.add(multiples[(digits[i] as number) + Number(HALF_DIGIT)] as Point);
    }
    return sum;
  });
}

/** Lowest first: Σ digits[i]·32^i = scalar. Adding half a digit everywhere makes all of them unsigned. */
function signedDigits(scalar: bigint): number[] {
  const shifted = scalar + DIGIT_OFFSET;
  return Array.from({ length: DIGIT_COUNT }, (_, i) =>
    Number(((shifted >> BigInt(DIGIT_BITS * i)) & 31n) - HALF_DIGIT),
  );
}

const DIGIT_OFFSET = Array.from({ length: DIGIT_COUNT }, (_, i) => HALF_DIGIT << BigInt(DIGIT_BITS * i)).reduce(
  (sum, each) => sum + each,
);

/** −16·P … 16·P. */
function smallMultiples(point: Point): Point[] {
  const positive = [point];
  for (let i = 2; i <= Number(HALF_DIGIT); i++) {
    const half = positive[i / 2 - 1];
    positive.push(half === undefined ? (positive[i - 2] as Point).add(point) : half.double());
  }
  return [...positive.map((each) => each.negate()).reverse(), IDENTITY, ...positive];
}

/** P·k for **public** values; faster, leaks k through time. */
export function multiplyPublic(point: Point, scalar: bigint): Point {
  return scalar === 0n ? IDENTITY : point.multiplyUnsafe(scalar);
}

/** g·k for a public k. */
export function generatorTimes(scalar: bigint): Point {
  return scalar === 0n ? IDENTITY : GENERATOR.multiply(scalar);
}

/** Σ scalars[i]·points[i] for **public** values, all sharing one chain of doublings; meant for a handful of terms. */
export function combinePublic(points: readonly Point[], scalars: readonly bigint[]): Point {
  return mulAddUnsafe(ed25519.Point, points as Point[], scalars as bigint[]);
}

/**
 * A fixed base for many **secret** multiplications: an equal point with a table of its own (window of 8 bits, 4,224
 * entries, about 30 ms and 1.5 MB at first use), 7 times faster than without. Constant sequence of point operations, but
 * unlike g itself its scalars are not blinded: for values that live for one ballot, not for long-lived keys.
 */
export function tabled(point: Point): Point {
  return ed25519.Point.fromAffine(point.toAffine()).precompute(8);
}

/** The same points with their coordinates made affine by one shared inversion, so that encoding each is cheap. */
export function normalize(points: readonly Point[]): readonly Point[] {
  return normalizeZ(ed25519.Point, points as Point[]);
}

/** RFC 8032 bytes of a point (32, little-endian). */
export function pointToBytes(point: Point): Uint8Array {
  return point.toBytes();
}

/** Belenios' string form: 64 lower-case hex digits, most significant first. */
export function pointToText(point: Point): string {
  return toHex(point.toBytes().reverse());
}

/**
 * Strict decoding of 32 bytes: canonical, on the curve, in the prime-order subgroup. The neutral element is accepted
 * here (a ciphertext may contain it); keys and credentials refuse it where they are read.
 */
export function pointFromBytes(bytes: Uint8Array): Point | undefined {
  const point = decompress(bytes);
  return point?.isTorsionFree() === true ? point : undefined;
}

/** Strict decoding of Belenios' string form: exactly 64 lower-case hex digits, then {@link pointFromBytes}. */
export function pointFromText(text: string): Point | undefined {
  if (text.length !== 64) return undefined;
  const bytes = fromHex(text);
  return bytes === undefined ? undefined : pointFromBytes(bytes.reverse());
}

/**
 * Canonical bytes of any point of the curve, in the subgroup or not: only where what is computed with it is compared with
 * a point that is in the subgroup.
 */
export function curvePointFromBytes(bytes: Uint8Array): Point | undefined {
  return decompress(bytes);
}

/** Like {@link pointFromBytes} without the subgroup check: only for bytes that were checked when they were stored. */
export function pointFromTrustedBytes(bytes: Uint8Array): Point {
  const point = decompress(bytes);
  if (point === undefined) throw new RangeError("stored point is not on the curve");
  return point;
}

function decompress(bytes: Uint8Array): Point | undefined {
  if (bytes.length !== 32) return undefined;
  const y = copyOf(bytes).reverse();
  const sign = (y[0] as number) >> 7;
  y[0] = (y[0] as number) & 0x7f;
  if (bigintFromBytes(y) >= FIELD) return undefined;
  try {
    const point = ed25519.Point.fromBytes(bytes, false);
    // x = 0 with the sign bit set is a second encoding of the same point (RFC 8032 §5.1.3, step 4).
    if (sign === 1 && point.toAffine().x === 0n) return undefined;
    return point;
  } catch {
    return undefined;
  }
}

/** Affine coordinates of any point: x, then y, 32 little-endian bytes each. */
export function pointToAffine(point: Point): Uint8Array {
  const { x, y } = point.toAffine();
  const out = new Uint8Array(64);
  out.set(bigintToBytes(x, 32).reverse(), 0);
  out.set(bigintToBytes(y, 32).reverse(), 32);
  return out;
}

/** A point P in eighth form: Q = P/8 as 64 bytes. */
export function pointToEighth(point: Point): Uint8Array {
  return pointToAffine(multiplySecret(point, EIGHTH));
}

/** P = 8·Q of 64 bytes: coordinates below the field prime, Q on the curve (any order). `undefined` otherwise. */
export function pointFromEighth(bytes: Uint8Array): Point | undefined {
  if (bytes.length !== 64) return undefined;
  const x = bigintFromBytes(copyOf(bytes, 0, 32).reverse());
  const y = bigintFromBytes(copyOf(bytes, 32).reverse());
  if (x >= FIELD || y >= FIELD || !onCurve(x, y)) return undefined;
  return timesEight(ed25519.Point.fromAffine({ x, y }));
}

/** 8·Q: in the prime-order subgroup, whatever curve point Q is. */
export function timesEight(point: Point): Point {
  return point.double().double().double();
}

/** Inverse of {@link pointToAffine} for bytes that this program made itself: nothing is checked. */
export function pointFromTrustedAffine(bytes: Uint8Array): Point {
  return ed25519.Point.fromAffine({
    x: bigintFromBytes(copyOf(bytes, 0, 32).reverse()),
    y: bigintFromBytes(copyOf(bytes, 32).reverse()),
  });
}

const D: bigint = ed25519.Point.CURVE().d;

/** −x² + y² = 1 + d·x²·y². */
function onCurve(x: bigint, y: bigint): boolean {
  const xx = (x * x) % FIELD;
  const yy = (y * y) % FIELD;
  return (yy - xx - 1n - ((D * xx) % FIELD) * yy) % FIELD === 0n;
}

export function pointEquals(a: Point, b: Point): boolean {
  return a.equals(b);
}

export function isIdentity(point: Point): boolean {
  return point.equals(IDENTITY);
}

/** Sum of points; the neutral element for none. */
export function sum(points: Iterable<Point>): Point {
  let total = IDENTITY;
  for (const point of points) total = total.add(point);
  return total;
}
