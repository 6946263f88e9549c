/**
 * How public data is computed where there is much of it: hashes of trees and transactions, sums of ballots, keys of a
 * roll. The plain implementation is noble's; a process that judges many ballots may install a faster one with the same
 * values (`kernel/swift.ts`). No secret may come here: the faster ones take different times for different values.
 */
import { joined } from "#base/bytes.js";
import { ed25519Verify } from "./ed25519.js";
import {
  IDENTITY,
  normalize,
  type Point,
  pointFromEighth,
  pointFromTrustedAffine,
  pointToAffine,
  pointToBytes,
} from "./group.js";
import { sha256 } from "./hash.js";

/** Points in both byte forms. */
export interface PointForms {
  /** x, y: 64 bytes each, in a row. */
  readonly affine: Uint8Array;
  /** 32 bytes each, in a row. */
  readonly compressed: Uint8Array;
}

export interface PublicArithmetic {
  /** SHA-256: 32 bytes, an array of their own. */
  sha256(bytes: Uint8Array): Uint8Array;
  /**
   * For each list of numbers (at least one each) the sum of these points, affine. Points: x, y, 64 bytes each in a row,
   * of the prime-order subgroup, checked before.
   */
  sums(affines: Uint8Array, lists: readonly (readonly number[])[]): Uint8Array;
  /** 8·Q of eighths (x, y; 64 bytes each in a row); `undefined` if one is not below the prime or not on the curve. */
  timesEight(eighths: Uint8Array): PointForms | undefined;
  /** Whether an Ed25519 signature holds, as `ed25519Verify` says. Meant for few keys that sign much: a ledger's node. */
  ed25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

export const plainArithmetic: PublicArithmetic = {
  sha256,
  sums: plainSums,
  timesEight: plainTimesEight,
  ed25519: ed25519Verify,
};

let installed: PublicArithmetic = plainArithmetic;

/** From now on this implementation computes; without one the plain one does. Its values must be the same. */
export function usePublicArithmetic(arithmetic: PublicArithmetic = plainArithmetic): void {
  installed = arithmetic;
}

/** SHA-256 of public bytes. */
export function publicSha256(bytes: Uint8Array): Uint8Array {
  return installed.sha256(bytes);
}

/** See {@link PublicArithmetic.timesEight}. */
export function publicTimesEight(eighths: Uint8Array): PointForms | undefined {
  return installed.timesEight(eighths);
}

/** See {@link PublicArithmetic.ed25519}. */
export function publicEd25519Verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return installed.ed25519(key, message, signature);
}

/** One summand of many places: an affine point of each (64 bytes, in a row), taken `weight` times, or `-weight` times. */
export interface Summand {
  readonly points: Uint8Array;
  /** Any integer but 0, below 2^31. */
  readonly weight: number;
}

/** Summands taken at a time: what bounds the memory of a sum. */
const TOGETHER = 256;

/**
 * Place by place: the sum so far (x, y; 64 bytes) and all summands. Weights are taken apart into bits, so that summands of
 * one bit are added up first and doubled together; where all weights are one, nothing but additions is left.
 */
export function addSummands(sums: readonly Uint8Array[], summands: readonly Summand[]): readonly Uint8Array[] {
  let out = sums;
  for (let from = 0; from < summands.length && sums.length > 0; from += TOGETHER) {
    const some = summands.slice(from, from + TOGETHER);
    out = some.every(({ weight }) => weight === 1 || weight === -1) ? addUnits(out, some) : addWeighted(out, some);
  }
  return out;
}

function addUnits(sums: readonly Uint8Array[], summands: readonly Summand[]): Uint8Array[] {
  const places = sums.length;
  const affines = joined([...sums, ...summands.map(({ points }) => points)]);
  for (const [i, { weight }] of summands.entries())
    for (let place = 0; weight < 0 && place < places; place++) negate(affines, 64 * (places * (i + 1) + place));
  const lists = sums.map((_, place) => Array.from({ length: summands.length + 1 }, (_, i) => places * i + place));
  const added = installed.sums(affines, lists);
  return sums.map((_, place) => added.slice(64 * place, 64 * place + 64));
}

/** Turns the point at `at` into its inverse: p − x for x. */
function negate(affines: Uint8Array, at: number): void {
  let borrow = 0;
  let zero = true;
  for (let i = 0; i < 32; i++) zero &&= affines[at + i] === 0;
  for (let i = 0; i < 32 && !zero; i++) {
    const difference = (PRIME[i] as number) - (affines[at + i] as number) - borrow;
    borrow = difference < 0 ? 1 : 0;
    affines[at + i] = difference & 255;
  }
}

/** 2^255 − 19, little-endian. */
const PRIME: Uint8Array = new Uint8Array(32).fill(255).fill(0xed, 0, 1).fill(0x7f, 31);

interface Bucket {
  readonly place: number;
  readonly bit: number;
  readonly negative: boolean;
  readonly members: number[];
}

function addWeighted(before: readonly Uint8Array[], summands: readonly Summand[]): Uint8Array[] {
  const places = before.length;
  const all = bucketsOf(places, summands);
  const affines = joined(summands.map(({ points }) => points));
  const added = installed.sums(
    affines,
    all.map((bucket) => bucket.members),
  );
  const totals: Point[] = new Array(places).fill(IDENTITY);
  let bit = all[0]?.bit ?? 0;
  for (const [k, bucket] of all.entries()) {
    for (; bit > bucket.bit; bit--) for (let place = 0; place < places; place++) totals[place] = doubled(totals, place);
    const sum = pointFromTrustedAffine(added.subarray(64 * k, 64 * k + 64));
    const total = totals[bucket.place] as Point;
    totals[bucket.place] = bucket.negative ? total.subtract(sum) : total.add(sum);
  }
  for (; bit > 0; bit--) for (let place = 0; place < places; place++) totals[place] = doubled(totals, place);
  const after = before.map((sum, place) => pointFromTrustedAffine(sum).add(totals[place] as Point));
  return normalize(after).map(pointToAffine);
}

/** Summands by place, bit of their weight and sign; the highest bits first. */
function bucketsOf(places: number, summands: readonly Summand[]): Bucket[] {
  const buckets = new Map<string, Bucket>();
  for (const [i, { weight }] of summands.entries()) {
    const negative = weight < 0;
    for (let bit = 0, rest = Math.abs(weight); rest > 0; bit++, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue;
      for (let place = 0; place < places; place++) {
        const name = `${place} ${bit} ${negative}`;
        const bucket = buckets.get(name) ?? { place, bit, negative, members: [] };
        buckets.set(name, bucket);
        bucket.members.push(places * i + place);
      }
    }
  }
  return [...buckets.values()].sort((a, b) => b.bit - a.bit);
}

function doubled(points: readonly Point[], place: number): Point {
  return (points[place] as Point).double();
}

function plainSums(affines: Uint8Array, lists: readonly (readonly number[])[]): Uint8Array {
  const point = (number: number): Point => pointFromTrustedAffine(affines.subarray(64 * number, 64 * number + 64));
  const sums = lists.map((list) => list.reduce((total, number) => total.add(point(number)), IDENTITY));
  return joined(normalize(sums).map(pointToAffine));
}

function plainTimesEight(eighths: Uint8Array): PointForms | undefined {
  const points: Point[] = [];
  for (let at = 0; at < eighths.length; at += 64) {
    const point = pointFromEighth(eighths.subarray(at, at + 64));
    if (point === undefined) return undefined;
    points.push(point);
  }
  const even = normalize(points);
  return { affine: joined(even.map(pointToAffine)), compressed: joined(even.map(pointToBytes)) };
}
