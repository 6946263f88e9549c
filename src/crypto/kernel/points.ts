/** Group operations of the kernel over byte forms; same values as group.ts, for public data. */
import { assert } from "#base/assert.js";
import type { PointForms } from "../public-data.js";
import type { Kernel, Space } from "./kernel.js";

const POINT = 160;
const AFFINE = 80;
/** Bytes of a point's table (assembly/multiply.ts). */
const PIECE_TABLE = 5120;

/** Strict decoding of compressed points (canonical, on the curve, in the subgroup): x, y of each, or `undefined`. */
export function decompressPoints(kernel: Kernel, compressed: readonly Uint8Array[]): (Uint8Array | undefined)[] {
  const count = compressed.length;
  return kernel.within((space) => {
    const bytes = space.reserve(32 * count);
    for (const [i, each] of compressed.entries()) if (each.length === 32) space.write(bytes + 32 * i, each);
    const out = space.reserve(64 * count);
    const flags = space.reserve(count);
    kernel.exports.decompress(out, flags, bytes, count);
    const ok = space.read(flags, count);
    return compressed.map((each, i) => (ok[i] === 1 && each.length === 32 ? space.read(out + 64 * i, 64) : undefined));
  });
}

function writeForms(kernel: Kernel, space: Space, points: number, count: number): PointForms {
  const affine = space.reserve(64 * count);
  const compressed = space.reserve(32 * count);
  kernel.exports.writePoints(affine, compressed, space.reserve(AFFINE * count), points, count);
  return { affine: space.read(affine, 64 * count), compressed: space.read(compressed, 32 * count) };
}

/** 8·Q of eighths (x, y; 64 bytes each in a row); `undefined` if one is not below the prime or not on the curve. */
export function timesEightForms(kernel: Kernel, eighths: Uint8Array): PointForms | undefined {
  const count = eighths.length / 64;
  return kernel.within((space) => {
    const points = space.reserve(POINT * count);
    const flags = space.reserve(count);
    kernel.exports.readPoints(points, flags, space.put(eighths), count, 1);
    return space.read(flags, count).includes(0) ? undefined : writeForms(kernel, space, points, count);
  });
}

/** For each list of numbers (at least one each) the sum of these points, as x, y. Points: x, y, 64 bytes each in a row. */
export function sumsOfForms(kernel: Kernel, affines: Uint8Array, lists: readonly (readonly number[])[]): Uint8Array {
  const count = affines.length / 64;
  return kernel.within((space) => {
    const points = space.reserve(POINT * count);
    const flags = space.reserve(count);
    kernel.exports.readPoints(points, flags, space.put(affines), count, 0);
    assert(!space.read(flags, count).includes(0), "what is summed was checked before");
    const sums = space.reserve(POINT * lists.length);
    const words = space.putWords(lists.flatMap((list) => [list.length, ...list]));
    kernel.exports.sumPoints(sums, words, lists.length, points);
    return writeForms(kernel, space, sums, lists.length).affine;
  });
}

/** X·g^h for each of many X (x, y; 64 bytes each in a row) and h (32 bytes each, big-endian, below q). */
export function timesGeneratorPowers(kernel: Kernel, affines: Uint8Array, scalars: Uint8Array): PointForms | undefined {
  const count = affines.length / 64;
  return kernel.within((space) => {
    const points = space.reserve(POINT * count);
    const flags = space.reserve(count);
    const words = space.reserve(32 * count);
    kernel.exports.readPoints(points, flags, space.put(affines), count, 0);
    if (kernel.exports.readScalars(words, space.put(scalars), count) === 0) return undefined;
    if (space.read(flags, count).includes(0)) return undefined;
    kernel.exports.addGenerator(points, words, count, kernel.generatorTable);
    return writeForms(kernel, space, points, count);
  });
}

/** Targets of terms that are no numbered points. */
export const GENERATOR_TARGET = -1;
export const KEY_TARGET = -2;

/** One factor target^scalar: number of a point, or one of the targets above; number of a scalar. */
export interface Term {
  readonly target: number;
  readonly scalar: number;
}

/** Sums of up to so many points are taken as products of their members' powers, whose tables are there anyway. */
const UNFOLDED = 3;

function unfold({ target, scalar }: Term, sums: readonly (readonly number[])[], given: number): readonly Term[] {
  const members = sums[target - given];
  if (members === undefined || members.length > UNFOLDED) return [{ target, scalar }];
  return members.map((member) => ({ target: member, scalar }));
}

export interface Powers {
  /** x, y of the numbered points: 64 bytes each, in a row. */
  readonly affines: Uint8Array;
  /** Points with the numbers that follow: sums of the ones before (at least one each). */
  readonly sums: readonly (readonly number[])[];
  /** 32 bytes each, big-endian, below q. */
  readonly scalars: Uint8Array;
  /** x, y of the second fixed base, if a term has it. */
  readonly key?: Uint8Array;
}

/** The sums, then products of powers: one for each list of terms (at most four numbered points in one). */
export function combinePowers(
  kernel: Kernel,
  { affines, sums, scalars, key }: Powers,
  products: readonly (readonly Term[])[],
): PointForms | undefined {
  const { exports, generatorTable } = kernel;
  const given = affines.length / 64;
  const all = given + sums.length + products.length;
  const keyTable = key === undefined ? generatorTable : kernel.keyTable(key);
  return kernel.within((space) => {
    const points = space.reserve(POINT * all);
    const flags = space.reserve(given);
    const words = space.reserve(scalars.length);
    exports.readPoints(points, flags, space.put(affines), given, 0);
    if (space.read(flags, given).includes(0)) return undefined;
    if (exports.readScalars(words, space.put(scalars), scalars.length / 32) === 0) return undefined;
    const lists = space.putWords(sums.flatMap((members) => [members.length, ...members]));
    exports.sumPoints(points + POINT * given, lists, sums.length, points);
    const flat = products.map((terms) => terms.flatMap((term) => unfold(term, sums, given)));
    const tabled = sums.some((members) => members.length > UNFOLDED) ? given + sums.length : given;
    const equations = space.putWords(
      flat.flatMap((terms) => [0, terms.length, ...terms.flatMap(({ target, scalar }) => [target, scalar])]),
    );
    const out = points + POINT * (given + sums.length);
    const tables = space.reserve(PIECE_TABLE * tabled);
    exports.combine(out, equations, products.length, points, tabled, tables, words, generatorTable, keyTable);
    return writeForms(kernel, space, points + POINT * given, sums.length + products.length);
  });
}

/**
 * Σ long scalars·points − Σ short scalars·points, compressed. Points: x, y, the long ones first; long scalars 32 bytes,
 * short ones 16 bytes, little-endian.
 */
export function multiScalar(
  kernel: Kernel,
  affines: Uint8Array,
  longScalars: Uint8Array,
  shortScalars: Uint8Array,
): Uint8Array | undefined {
  const { exports } = kernel;
  const longs = longScalars.length / 32;
  const shorts = shortScalars.length / 16;
  const count = longs + shorts;
  return kernel.within((space) => {
    const points = space.reserve(POINT * count);
    const flags = space.reserve(count);
    exports.readPoints(points, flags, space.put(affines), count, 0);
    if (space.read(flags, count).includes(0)) return undefined;
    const r = space.reserve(POINT);
    const coordinates = space.reserve(AFFINE * count);
    const summands = space.reserve(exports.summandBytes.value * count);
    const work = space.reserve(exports.msmSpace(longs, shorts));
    const [long, short] = [space.put(longScalars), space.put(shortScalars)];
    exports.multiScalar(r, coordinates, summands, work, points, longs, long, shorts, short);
    return writeForms(kernel, space, r, 1).compressed;
  });
}
