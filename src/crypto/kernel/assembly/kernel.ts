/** What the module offers its host. Everything is public data, at addresses that the host hands out. */
import { BASE_X, BASE_Y } from "./constants";
import { ffromBytes, finv, fmul, fsq, fsub, fadd, ftoBytes } from "./field";
import { vadd4, vmul, vread, vsqn, vsub4, vwrite } from "./field4";
import { vinit } from "./lanes";
import { msm, setSummand } from "./msm";
import { addFixed, buildPieces, buildTable, PIECE_TABLE } from "./multiply";
import {
  AFFINE,
  padd,
  pcompress,
  pdecompress,
  pfromAffine,
  pidentity,
  pnormalise,
  POINT,
  preadAffine,
  ptimesEight,
} from "./point";
import { carry4, decompress4, init4, invert4 } from "./points4";
import { sfromBigEndian, sread } from "./scalar";
import { sha256Begin, sha256End, sha512 } from "./sha2";
import { pinSubgroup } from "./subgroup";
import { evaluatePieces } from "./batch";

export { chunkSpace, decodeChunk, firstFault, sumsToNothing, weighChunk } from "./batch";
export { msmSpace } from "./msm";
export { stride } from "./program";
export { sha512 } from "./sha2";

export const heapBase: usize = __heap_base;
/** Sizes that the host reserves by. */
export const summandBytes: usize = ASC_FEATURE_SIMD ? 160 : 120;
export const tableBytes: usize = ASC_FEATURE_SIMD ? 655360 : 491520;

const ONE_AFFINE: usize = memory.data(80, 16);

/** Once, before anything else. `table` of the base point is filled. */
export function begin(table: usize): void {
  if (ASC_FEATURE_SIMD) {
    vinit();
    init4();
  }
  memory.copy(ONE_AFFINE, BASE_X, 40);
  memory.copy(ONE_AFFINE + 40, BASE_Y, 40);
  buildTable(table, ONE_AFFINE);
}

/** Table of a fixed base, from x, y (64 bytes); whether it is a curve point. */
export function tableOf(table: usize, bytes: usize): bool {
  if (!preadAffine(ONE_AFFINE, bytes)) return false;
  buildTable(table, ONE_AFFINE);
  return true;
}

function writeAffine(out: usize, affine: usize): void {
  ftoBytes(out, affine);
  ftoBytes(out + 32, affine + 40);
}

const FOUR_POINTS: usize = memory.data(640, 16);

/** Strict decoding of compressed points, subgroup included: flag (1: a member) and x, y for each. */
export function decompress(out: usize, flags: usize, bytes: usize, count: i32): void {
  if (ASC_FEATURE_SIMD) return decompressByFour(out, flags, bytes, count);
  for (let i = 0; i < count; i++) {
    const holds = pdecompress(ONE_AFFINE, bytes + (usize(i) << 5)) && pinSubgroup(ONE_AFFINE);
    store<u8>(flags + usize(i), holds ? 1 : 0);
    if (holds) writeAffine(out + (usize(i) << 6), ONE_AFFINE);
  }
}

function decompressByFour(out: usize, flags: usize, bytes: usize, count: i32): void {
  for (let i = 0; i < count; i += 4, bytes += 128) {
    const members = decompress4(
      FOUR_POINTS,
      false,
      bytes,
      i + 1 < count ? bytes + 32 : 0,
      i + 2 < count ? bytes + 64 : 0,
      i + 3 < count ? bytes + 96 : 0,
    );
    for (let lane = 0; lane < 4 && i + lane < count; lane++) {
      store<u8>(flags + usize(i + lane), (members >> lane) & 1);
      vwrite(out + (usize(i + lane) << 6), FOUR_POINTS, lane);
      vwrite(out + (usize(i + lane) << 6) + 32, FOUR_POINTS + 160, lane);
    }
  }
}

/** Extended points of x, y; flag 0: not below the prime or not on the curve (then the neutral element). `cubed`: times 8. */
export function readPoints(points: usize, flags: usize, bytes: usize, count: i32, eight: i32): void {
  for (let i = 0; i < count; i++) {
    const point = points + usize(i) * POINT;
    const holds = preadAffine(ONE_AFFINE, bytes + (usize(i) << 6));
    store<u8>(flags + usize(i), holds ? 1 : 0);
    if (holds) pfromAffine(point, ONE_AFFINE);
    else pidentity(point);
    if (holds && eight != 0) ptimesEight(point, point);
  }
}

/** Writes points as x, y (64 bytes) and compressed (32 bytes). `affines`: 80 bytes of space each. */
export function writePoints(out: usize, compressed: usize, affines: usize, points: usize, count: i32): void {
  pnormalise(affines, points, count);
  for (let i = 0; i < count; i++) {
    writeAffine(out + (usize(i) << 6), affines + usize(i) * AFFINE);
    pcompress(compressed + (usize(i) << 5), affines + usize(i) * AFFINE);
  }
}

/** Σ scalars (32 bytes, little-endian, below q)·points − Σ scalars (16 bytes)·points; all points extended. */
export function multiScalar(
  r: usize,
  affines: usize,
  summands: usize,
  space: usize,
  points: usize,
  longs: i32,
  longScalars: usize,
  shorts: i32,
  shortScalars: usize,
): void {
  pnormalise(affines, points, longs + shorts);
  for (let i = 0; i < longs + shorts; i++) setSummand(summands + usize(i) * summandBytes, affines + usize(i) * AFFINE);
  msm(r, space, summands, longScalars, longs, summands + usize(longs) * summandBytes, shortScalars, shorts);
}

/** Big-endian scalars (32 bytes) to little-endian words; whether all are below q. */
export function readScalars(out: usize, bytes: usize, count: i32): bool {
  let all = true;
  for (let i = 0; i < count; i++) if (!sread(out + (usize(i) << 5), bytes + (usize(i) << 5))) all = false;
  return all;
}

/** Right sides of equations (program.ts) over `pointCount` extended points, with space for their tables, and scalars. */
export function combine(
  r: usize,
  equations: usize,
  count: i32,
  points: usize,
  pointCount: i32,
  tables: usize,
  scalars: usize,
  generatorTable: usize,
  keyTable: usize,
): void {
  for (let i = 0; i < pointCount; i++) buildPieces(tables + usize(i) * PIECE_TABLE, points + usize(i) * POINT);
  let next = equations;
  for (let i = 0; i < count; i++) {
    evaluatePieces(r + usize(i) * POINT, next, tables, scalars, generatorTable, keyTable);
    next += 8 + (usize(load<i32>(next, 4)) << 3);
  }
}

/** points[i] += g·scalars[i] (extended points, little-endian scalars). */
export function addGenerator(points: usize, scalars: usize, count: i32, table: usize): void {
  for (let i = 0; i < count; i++) addFixed(points + usize(i) * POINT, table, scalars + (usize(i) << 5));
}

/** r[k] = sum of the points whose numbers list k holds (how many, then the numbers; at least one). */
export function sumPoints(r: usize, lists: usize, count: i32, points: usize): void {
  let next = lists;
  for (let k = 0; k < count; k++, r += POINT) {
    const members = load<i32>(next);
    next += 4;
    for (let i = 0; i < members; i++, next += 4) {
      const member = points + usize(load<i32>(next)) * POINT;
      if (i == 0) memory.copy(r, member, POINT);
      else padd(r, r, member);
    }
  }
}

/** Coefficients: SHA-512(seed ‖ counter), 64 bytes at a time. `block` holds the 64-byte seed and 8 bytes of counter. */
export function expand(out: usize, block: usize, from: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    store<u64>(block, u64(from + i), 64);
    sha512(out + (usize(i) << 6), block, 72);
  }
}

const F0: usize = memory.data(40, 16);
const F1: usize = memory.data(40, 16);
const DIGEST: usize = memory.data(32, 16);

/** For tests: 32-byte operands; 0 a+b, 1 a−b, 2 a·b, 3 a², 4 1/a. */
export function fieldOperation(operation: i32, out: usize, a: usize, b: usize): void {
  ffromBytes(F0, a);
  ffromBytes(F1, b);
  if (operation == 0) fadd(F0, F0, F1);
  else if (operation == 1) fsub(F0, F0, F1);
  else if (operation == 2) fmul(F0, F0, F1);
  else if (operation == 3) fsq(F0, F0);
  else finv(F0, F0);
  ftoBytes(out, F0);
}

const SIX: usize = memory.data<u32>([6, 0, 0, 0, 0, 0, 0, 0], 16);
const V0: usize = memory.data(160, 16);
const V1: usize = memory.data(160, 16);
const V2: usize = memory.data(160, 16);

/**
 * For tests: four elements at once (32 bytes each); 0 a·b, 1 a², 2 (−2a)·(3b), the most units that a product takes, 3 1/a.
 * Without SIMD one after the other.
 */
export function fieldOperation4(operation: i32, out: usize, a: usize, b: usize): void {
  if (!ASC_FEATURE_SIMD) {
    for (let at: usize = 0; at < 128; at += 32) {
      ffromBytes(F0, a + at);
      ffromBytes(F1, b + at);
      if (operation == 1) fsq(F0, F0);
      else if (operation == 3) finv(F0, F0);
      else fmul(F0, F0, F1);
      if (operation == 2) {
        ffromBytes(F1, SIX);
        fmul(F0, F0, F1);
        fsub(F1, F0, F0);
        fsub(F0, F1, F0);
      }
      ftoBytes(out + at, F0);
    }
    return;
  }
  for (let lane = 0; lane < 4; lane++) {
    vread(V0, lane, a + (usize(lane) << 5));
    vread(V1, lane, b + (usize(lane) << 5));
  }
  if (operation == 2) {
    carry4(V0, V0);
    carry4(V1, V1);
    vsub4(V2, V0, V0);
    vsub4(V2, V2, V0);
    vsub4(V0, V2, V0);
    vadd4(V2, V1, V1);
    vadd4(V1, V2, V1);
  }
  if (operation == 1) vsqn(V0, V0, 1);
  else if (operation == 3) {
    carry4(V0, V0);
    invert4(V0, V0);
  } else vmul(V0, V0, V1);
  for (let lane = 0; lane < 4; lane++) vwrite(out + (usize(lane) << 5), V0, lane);
}

/** For tests: a 64-byte integer mod q, little-endian words. */
export function reduceWide(out: usize, bytes: usize): void {
  sfromBigEndian(out, bytes, 64);
}

export function sha256(out: usize, bytes: usize, length: i32): void {
  sha256Begin(DIGEST);
  sha256End(out, DIGEST, bytes, length, u32(length));
}
