/**
 * Batch verification of the objects of a program: decodes, hashes, and sums all linear equations, each with its own
 * coefficient, into one multi-scalar multiplication. What fails is found equation by equation.
 */
import { msm, setSummand } from "./msm";
import {
  addBases,
  addFixed,
  addFixedToSum,
  addPieces,
  beginSum,
  endSum,
  PIECE_TABLE,
  setBase,
  setPieces,
} from "./multiply";
import {
  AFFINE,
  padd,
  pdecompress,
  pfromAffine,
  pidentity,
  pisIdentity,
  pnormalise,
  POINT,
  preadAffine,
  ptimesEight,
} from "./point";
import * as Program from "./program";
import { SUMMAND } from "./lanes";
import { saccumulate, sadd, sread, sreduce } from "./scalar";
import { fequal, fisZero, fmul, ftoBytes } from "./field";
import { pinSubgroup } from "./subgroup";
import { allPoints, decodePoints4, space4, summandsOf4, unpack } from "./decode4";
import {
  STATUS_CREDENTIAL,
  STATUS_ENVELOPE,
  STATUS_IDENTITY,
  STATUS_NEUTRAL,
  STATUS_POINT,
  STATUS_SCALAR,
} from "./status";
import { run } from "./transcript";

/** Objects worked on at a time: one inversion for all of them, and everything stays in the cache. */
export const CHUNK = 32;

/**
 * Working space of one chunk, by object: points in lanes (with SIMD), extended points, affine points (with SIMD of one
 * object only), coordinates, compressed points, slots, digests.
 */
let lanes: usize = 0;
let points: usize = 0;
let affines: usize = 0;
let forms: usize = 0;
let compressed: usize = 0;
let slots: usize = 0;
let digests: usize = 0;

/** Objects whose extended and affine points are kept. */
function unpacked(count: i32): usize {
  return ASC_FEATURE_SIMD ? 1 : usize(count);
}

/** Bytes of working space for `count` objects (at most {@link CHUNK}). */
export function chunkSpace(program: usize, count: i32): usize {
  const total = usize(allPoints(program));
  const inLanes = ASC_FEATURE_SIMD ? space4(program, count) : 0;
  const each = total * 96 + ((usize(Program.slotCount(program)) + usize(Program.digestCount(program))) << 5);
  return inLanes + unpacked(count) * total * (POINT + AFFINE) + usize(count) * each;
}

function layOut(program: usize, space: usize, count: i32): void {
  const total = usize(count) * usize(allPoints(program));
  const few = unpacked(count) * usize(allPoints(program));
  lanes = space;
  points = lanes + (ASC_FEATURE_SIMD ? space4(program, count) : 0);
  affines = points + few * POINT;
  forms = affines + few * AFFINE;
  compressed = forms + (total << 6);
  slots = compressed + (total << 5);
  digests = slots + ((usize(count) * usize(Program.slotCount(program))) << 5);
}

/** Reads one object's credential, scalars and points. 0, or status with the position of what is wrong. */
function decode(program: usize, input: usize, at: i32, members: bool): i32 {
  const count = Program.pointCount(program);
  const inputs = Program.inputCount(program);
  const scalars = input + (usize(count) << 6);
  const mine = points + usize(at * allPoints(program)) * POINT;
  const affine = affines + usize(at * allPoints(program)) * AFFINE;
  const mySlots = slots + ((usize(at) * usize(Program.slotCount(program))) << 5);
  for (let i = 0; i < allPoints(program); i++) pidentity(mine + usize(i) * POINT);
  if (!pdecompress(affine, scalars + (usize(inputs) << 5)) || !(members || pinSubgroup(affine)))
    return STATUS_CREDENTIAL;
  const neutral = fisZero(affine);
  pfromAffine(mine + usize(allPoints(program) - 1) * POINT, affine);
  for (let i = 0; i < inputs; i++) {
    if (!sread(mySlots + (usize(i) << 5), scalars + (usize(i) << 5)) && i < inputs - 1) return STATUS_SCALAR | (i << 8);
  }
  for (let i = 0; i < count; i++) {
    const point = mine + usize(i) * POINT;
    if (!preadAffine(affine, input + (usize(i) << 6))) return (i < count - 1 ? STATUS_POINT : STATUS_ENVELOPE) | (i << 8);
    pfromAffine(point, affine);
    ptimesEight(point, point);
  }
  if (!sread(mySlots + (usize(inputs - 1) << 5), scalars + (usize(inputs - 1) << 5))) return STATUS_ENVELOPE;
  return neutral ? STATUS_IDENTITY : 0;
}

function addSums(program: usize, at: i32): void {
  const mine = points + usize(at * allPoints(program)) * POINT;
  let next = Program.sumsOf(program);
  for (let sum = 0; sum < Program.sumCount(program); sum++) {
    const out = mine + usize(Program.pointCount(program) + sum) * POINT;
    const members = load<i32>(next);
    next += 4;
    for (let i = 0; i < members; i++) {
      const member = mine + usize(load<i32>(next)) * POINT;
      if (i == 0) memory.copy(out, member, POINT);
      else padd(out, out, member);
      next += 4;
    }
  }
}

/** Position of a neutral output at an even position, or −1. */
function neutralOutput(program: usize, form: usize): i32 {
  for (let i = 0; i < Program.outputCount(program); i += 2) {
    const at = form + (usize(load<i32>(Program.outputsOf(program) + (usize(i) << 2))) << 6);
    if (load<u64>(at, 32) != 1) continue;
    let rest: u64 = load<u64>(at, 40) | load<u64>(at, 48) | load<u64>(at, 56);
    for (let k: usize = 0; k < 32; k += 8) rest |= load<u64>(at + k);
    if (rest == 0) return i;
  }
  return -1;
}

/** Tracker, then the outputs as canonical x, y. */
function writeOutput(program: usize, output: usize, at: i32): void {
  const digest = digests + ((usize(at * Program.digestCount(program)) + usize(Program.trackerDigest(program))) << 5);
  memory.copy(output, digest, 32);
  const form = forms + (usize(at * allPoints(program)) << 6);
  for (let i = 0; i < Program.outputCount(program); i++) {
    const point = usize(load<i32>(Program.outputsOf(program) + (usize(i) << 2)));
    memory.copy(output + 32 + (usize(i) << 6), form + (point << 6), 64);
  }
}

/** Points, statuses and slots of all objects, one by one. */
function decodePoints(program: usize, input: usize, count: i32, members: bool, status: usize): void {
  const total = allPoints(program);
  for (let i = 0; i < count; i++) {
    store<i32>(status + (usize(i) << 2), decode(program, input + usize(i) * Program.stride(program), i, members));
    addSums(program, i);
  }
  pnormalise(affines, points, count * total);
  for (let i = 0; i < count * total; i++) {
    const affine = affines + usize(i) * AFFINE;
    const form = forms + (usize(i) << 6);
    ftoBytes(form, affine);
    ftoBytes(form + 32, affine + 40);
    const bytes = compressed + (usize(i) << 5);
    memory.copy(bytes, form + 32, 32);
    store<u8>(bytes, load<u8>(bytes, 31) | (load<u8>(form) << 7), 31);
  }
}

/**
 * Decodes and hashes `count` (at most CHUNK) objects into the working space; writes a status word and an output of
 * 32 + 64·outputs bytes for each. `members`: the credentials are known to lie in the prime-order subgroup.
 */
export function decodeChunk(
  program: usize,
  space: usize,
  input: usize,
  count: i32,
  members: bool,
  status: usize,
  output: usize,
): void {
  layOut(program, space, count);
  const total = allPoints(program);
  if (ASC_FEATURE_SIMD) decodePoints4(program, lanes, input, count, members, status, slots, forms, compressed);
  else decodePoints(program, input, count, members, status);
  for (let i = 0; i < count; i++) {
    if (load<i32>(status + (usize(i) << 2)) != 0) continue;
    const own = input + usize(i + 1) * Program.stride(program) - usize(Program.ownBytes(program));
    const mySlots = slots + (usize(i * Program.slotCount(program)) << 5);
    const myDigests = digests + (usize(i * Program.digestCount(program)) << 5);
    run(program, mySlots, myDigests, compressed + (usize(i * total) << 5), own);
    writeOutput(program, output + usize(i) * (32 + (usize(Program.outputCount(program)) << 6)), i);
    const neutral = neutralOutput(program, forms + (usize(i * total) << 6));
    if (neutral >= 0) store<i32>(status + (usize(i) << 2), STATUS_NEUTRAL | (neutral << 8));
  }
}

/** Where a batch keeps its summands and scalars. Each object has `longs` and `equations` of them. */
const ACCUMULATORS: usize = memory.data(64 * 3, 16);

/**
 * Turns the chunk that {@link decodeChunk} has just worked on into summands and scalars. `coefficients`: 16 bytes for each
 * equation. `wide`: space of 64 bytes for each long summand. `fixed`: 64 bytes for each object, the scalars of generator
 * and key. Objects with a status count as nothing.
 */
export function weighChunk(
  program: usize,
  count: i32,
  status: usize,
  coefficients: usize,
  wide: usize,
  longSummands: usize,
  longScalars: usize,
  shortSummands: usize,
  shortScalars: usize,
  fixed: usize,
): void {
  const total = allPoints(program);
  const longs = Program.longCount(program);
  const equations = Program.equationCount(program);
  if (ASC_FEATURE_SIMD) summandsOf4(program, lanes, count, longSummands, shortSummands);
  for (let i = 0; i < count; i++) {
    const first = usize(i * equations);
    if (!ASC_FEATURE_SIMD) {
      const affine = affines + usize(i * total) * AFFINE;
      summandsOf(program, affine, longSummands + usize(i * longs) * SUMMAND, shortSummands + first * SUMMAND);
    }
    if (load<i32>(status + (usize(i) << 2)) != 0) {
      memory.fill(longScalars + (usize(i * longs) << 5), 0, usize(longs) << 5);
      memory.fill(shortScalars + (first << 4), 0, usize(equations) << 4);
      memory.fill(fixed + (usize(i) << 6), 0, 64);
      continue;
    }
    memory.copy(shortScalars + (first << 4), coefficients + (first << 4), usize(equations) << 4);
    memory.fill(wide, 0, usize(longs) << 6);
    memory.fill(ACCUMULATORS, 0, 128);
    weigh(program, slots + (usize(i * Program.slotCount(program)) << 5), coefficients + (first << 4), wide);
    for (let k = 0; k < longs; k++) sreduce(longScalars + (usize(i * longs + k) << 5), wide + (usize(k) << 6));
    sreduce(fixed + (usize(i) << 6), ACCUMULATORS);
    sreduce(fixed + (usize(i) << 6) + 32, ACCUMULATORS + 64);
  }
}

function summandsOf(program: usize, affine: usize, longSummands: usize, shortSummands: usize): void {
  for (let point = 0; point < allPoints(program); point++) {
    const long = Program.longOf(program, point);
    if (long >= 0) setSummand(longSummands + usize(long) * SUMMAND, affine + usize(point) * AFFINE);
  }
  let next = Program.equationsOf(program);
  for (let equation = 0; equation < Program.equationCount(program); equation++) {
    setSummand(shortSummands + usize(equation) * SUMMAND, affine + usize(load<i32>(next)) * AFFINE);
    next += 8 + (usize(load<i32>(next, 4)) << 3);
  }
}

function weigh(program: usize, mySlots: usize, coefficients: usize, wide: usize): void {
  let next = Program.equationsOf(program);
  for (let equation = 0; equation < Program.equationCount(program); equation++) {
    const terms = load<i32>(next, 4);
    next += 8;
    for (let term = 0; term < terms; term++, next += 8)
      weighTerm(program, load<i32>(next), mySlots + (usize(load<i32>(next, 4)) << 5), coefficients, wide);
    coefficients += 16;
  }
}

function weighTerm(program: usize, target: i32, scalar: usize, coefficient: usize, wide: usize): void {
  if (target == Program.TARGET_GENERATOR) return saccumulate(ACCUMULATORS, scalar, coefficient);
  if (target == Program.TARGET_KEY) return saccumulate(ACCUMULATORS + 64, scalar, coefficient);
  const first = Program.pointCount(program);
  if (target < first || target >= first + Program.sumCount(program))
    return saccumulate(wide + (usize(Program.longOf(program, target)) << 6), scalar, coefficient);
  let next = Program.sumsOf(program);
  for (let sum = first; sum < target; sum++) next += 4 + (usize(load<i32>(next)) << 2);
  const members = load<i32>(next);
  for (let i = 0; i < members; i++) {
    next += 4;
    saccumulate(wide + (usize(Program.longOf(program, load<i32>(next))) << 6), scalar, coefficient);
  }
}

const TOTAL: usize = memory.data(160, 16);
const FIXED_SUM: usize = memory.data(64, 16);

/** Whether the weighted equations of `count` objects sum to the neutral element; arrays begin at the first of them. */
export function sumsToNothing(
  program: usize,
  count: i32,
  space: usize,
  longSummands: usize,
  longScalars: usize,
  shortSummands: usize,
  shortScalars: usize,
  fixed: usize,
  generatorTable: usize,
  keyTable: usize,
): bool {
  const longs = count * Program.longCount(program);
  const shorts = count * Program.equationCount(program);
  msm(TOTAL, space, longSummands, longScalars, longs, shortSummands, shortScalars, shorts);
  memory.fill(FIXED_SUM, 0, 64);
  for (let i = 0; i < count; i++) {
    sadd(FIXED_SUM, FIXED_SUM, fixed + (usize(i) << 6));
    sadd(FIXED_SUM + 32, FIXED_SUM + 32, fixed + (usize(i) << 6) + 32);
  }
  addFixed(TOTAL, generatorTable, FIXED_SUM);
  addFixed(TOTAL, keyTable, FIXED_SUM + 32);
  return pisIdentity(TOTAL);
}

const LEFT_X: usize = memory.data(40, 16);
const RESULT: usize = memory.data(160, 16);

/** r = right side of the equation at `equation`. `points`: extended, by number; `scalars`: slots. */
export function evaluate(
  r: usize,
  equation: usize,
  extended: usize,
  scalars: usize,
  generatorTable: usize,
  keyTable: usize,
): void {
  const terms = load<i32>(equation, 4);
  let bases = 0;
  for (let term = 0; term < terms; term++) {
    const target = load<i32>(equation + 8 + (usize(term) << 3));
    const scalar = scalars + (usize(load<i32>(equation + 12 + (usize(term) << 3))) << 5);
    if (target >= 0) setBase(bases++, extended + usize(target) * POINT, scalar);
  }
  beginSum();
  addBases(bases);
  addFixedTerms(equation, scalars, generatorTable, keyTable);
  endSum(r);
}

/** The same with the points given by tables of pieces, one after the other. */
export function evaluatePieces(
  r: usize,
  equation: usize,
  tables: usize,
  scalars: usize,
  generatorTable: usize,
  keyTable: usize,
): void {
  const terms = load<i32>(equation, 4);
  let bases = 0;
  for (let term = 0; term < terms; term++) {
    const target = load<i32>(equation + 8 + (usize(term) << 3));
    const scalar = scalars + (usize(load<i32>(equation + 12 + (usize(term) << 3))) << 5);
    if (target >= 0) setPieces(bases++, tables + usize(target) * PIECE_TABLE, scalar);
  }
  beginSum();
  if (bases > 0) addPieces(bases);
  addFixedTerms(equation, scalars, generatorTable, keyTable);
  endSum(r);
}

function addFixedTerms(equation: usize, scalars: usize, generatorTable: usize, keyTable: usize): void {
  const terms = load<i32>(equation, 4);
  for (let term = 0; term < terms; term++) {
    const target = load<i32>(equation + 8 + (usize(term) << 3));
    const scalar = scalars + (usize(load<i32>(equation + 12 + (usize(term) << 3))) << 5);
    if (target == Program.TARGET_GENERATOR) addFixedToSum(generatorTable, scalar);
    else if (target == Program.TARGET_KEY) addFixedToSum(keyTable, scalar);
  }
}

/**
 * First equation from number `from` on that does not hold for the only object of the last {@link decodeChunk}; −1 if all
 * hold.
 */
export function firstFault(program: usize, from: i32, to: i32, generatorTable: usize, keyTable: usize): i32 {
  if (ASC_FEATURE_SIMD) unpack(points, affines, forms, allPoints(program));
  let next = Program.equationsOf(program);
  for (let equation = 0; equation < to; equation++) {
    if (equation >= from) {
      evaluate(RESULT, next, points, slots, generatorTable, keyTable);
      const left = affines + usize(load<i32>(next)) * AFFINE;
      fmul(LEFT_X, left, RESULT + 80);
      if (!fequal(LEFT_X, RESULT)) return equation;
      fmul(LEFT_X, left + 40, RESULT + 80);
      if (!fequal(LEFT_X, RESULT + 40)) return equation;
    }
    next += 8 + (usize(load<i32>(next, 4)) << 3);
  }
  return -1;
}
