/**
 * How public data is computed where there is much of it: hashes of trees and transactions, sums of ballots, keys of a
 * roll. The plain implementation is noble's; a process that judges many ballots may install a faster one with the same
 * values (`kernel/swift.ts`). No secret may come here: the faster ones take different times for different values.
 */
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
 * Place by place: the sum so far, and all summands. Weights are taken apart into bits, so that summands of one bit are
 * added up first and doubled together.
 */
export function addSummands(sums: readonly Point[], summands: readonly Summand[]): Point[] {
  const out = [...sums];
  for (let from = 0; from < summands.length; from += TOGETHER) addSome(out, summands.slice(from, from + TOGETHER));
  return out;
}

interface Bucket {
  readonly place: number;
  readonly bit: number;
  readonly negative: boolean;
  readonly members: number[];
}

function addSome(sums: Point[], summands: readonly Summand[]): void {
  const places = sums.length;
  const affines = new Uint8Array(64 * places * summands.length);
  const buckets = new Map<string, Bucket>();
  for (const [i, { points, weight }] of summands.entries()) {
    affines.set(points, 64 * places * i);
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
  const all = [...buckets.values()].sort((a, b) => b.bit - a.bit);
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
  for (let place = 0; place < places; place++) sums[place] = (sums[place] as Point).add(totals[place] as Point);
}

function doubled(points: readonly Point[], place: number): Point {
  return (points[place] as Point).double();
}

function plainSums(affines: Uint8Array, lists: readonly (readonly number[])[]): Uint8Array {
  const point = (number: number): Point => pointFromTrustedAffine(affines.subarray(64 * number, 64 * number + 64));
  const sums = lists.map((list) => list.reduce((total, number) => total.add(point(number)), IDENTITY));
  return joined(normalize(sums).map(pointToAffine), 64);
}

function plainTimesEight(eighths: Uint8Array): PointForms | undefined {
  const points: Point[] = [];
  for (let at = 0; at < eighths.length; at += 64) {
    const point = pointFromEighth(eighths.subarray(at, at + 64));
    if (point === undefined) return undefined;
    points.push(point);
  }
  const even = normalize(points);
  return { affine: joined(even.map(pointToAffine), 64), compressed: joined(even.map(pointToBytes), 32) };
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const out = new Uint8Array(size * parts.length);
  for (const [i, part] of parts.entries()) out.set(part, size * i);
  return out;
}
