/**
 * Discrete logarithms of small exponents by baby steps and giant steps: the last step from a decrypted sum to a count
 * (belenios-format §11). Public values only.
 *
 * The table of baby steps is keyed by 48 bits of the y coordinate and built once for all logarithms of a call; points
 * are normalised in batches, one inversion each. A logarithm outside 0..bound is a value of its own, never a zero
 * (row T-13).
 */

import { normalizeZ } from "@noble/curves/abstract/curve.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { assert } from "#base/assert.js";
import { fail, ok, type Result } from "#base/result.js";
import { GENERATOR, generatorTimes, IDENTITY, type Point } from "./group.js";

/** Largest bound accepted: 10^11 needs about 10^6 table entries for the usual handful of logarithms. */
export const MAX_LOG_BOUND = 100_000_000_000;

/** Points normalised together. Large enough to make the shared inversion vanish, small enough for memory. */
const BATCH = 512;

const KEY_BITS = (1n << 48n) - 1n;

/** For every point P the exponent e with P = g^e and 0 ≤ e ≤ bound, or `out-of-range`. */
export function discreteLogs(points: readonly Point[], bound: number): Result<number, "out-of-range">[] {
  assert(Number.isSafeInteger(bound) && bound >= 0 && bound <= MAX_LOG_BOUND, "bound of a discrete logarithm");
  if (points.length === 0) return [];
  const size = tableSize(bound, points.length);
  const table = babySteps(size);
  const step = generatorTimes(BigInt(size)).negate();
  return points.map((point) => giantSteps(point, bound, size, step, table));
}

/** Baby steps 0..size−1: balances size additions against bound/size per logarithm. */
function tableSize(bound: number, logarithms: number): number {
  return Math.min(bound + 1, Math.ceil(Math.sqrt((bound + 1) * logarithms)));
}

/** Key of a y coordinate → the exponents having it (nearly always one). */
type Table = ReadonlyMap<number, readonly number[]>;

function babySteps(size: number): Table {
  const table = new Map<number, number[]>();
  let next = IDENTITY;
  for (let start = 0; start < size; start += BATCH) {
    const batch: Point[] = [];
    for (let i = start; i < Math.min(start + BATCH, size); i++) {
      batch.push(next);
      next = next.add(GENERATOR);
    }
    for (const [offset, point] of normalise(batch).entries()) {
      const key = keyOf(point);
      const known = table.get(key);
      if (known === undefined) table.set(key, [start + offset]);
      else known.push(start + offset);
    }
  }
  return table;
}

function giantSteps(
  point: Point,
  bound: number,
  size: number,
  step: Point,
  table: Table,
): Result<number, "out-of-range"> {
  let next = point;
  // Most counts are small, so batches start small and grow.
  for (let giant = 0, length = 8; giant * size <= bound; length = Math.min(2 * length, BATCH)) {
    const batch: Point[] = [];
    for (let i = 0; i < length && (giant + i) * size <= bound; i++) {
      batch.push(next);
      next = next.add(step);
    }
    for (const candidate of normalise(batch)) {
      for (const baby of table.get(keyOf(candidate)) ?? []) {
        const exponent = giant * size + baby;
        if (exponent <= bound && generatorTimes(BigInt(exponent)).equals(point)) return ok(exponent);
      }
      giant++;
    }
  }
  return fail("out-of-range");
}

function normalise(points: Point[]): Point[] {
  return normalizeZ(ed25519.Point, points);
}

/** Of a normalised point: 48 low bits of y. P and −P share it; the caller checks the candidate. */
function keyOf(normalised: Point): number {
  return Number(normalised.Y & KEY_BITS);
}
