/**
 * The part of {@link decodeChunk} (batch.ts) that works on points, for four objects at a time: one in each lane. What it
 * finds is the same as one by one, in the same order of precedence. Only in the build with SIMD.
 */
import { STATUS_CREDENTIAL, STATUS_ENVELOPE, STATUS_IDENTITY, STATUS_POINT, STATUS_SCALAR } from "./status";
import { AFFINE, pfromAffine, POINT } from "./point";
import { add4, decompress4, normalise4, POINTS, setNeutral, summands4, timesEight } from "./points4";
import * as Program from "./program";
import { sread } from "./scalar";
import { ffromBytes } from "./field";
import { vlaneIsZero, vread, vwrite } from "./field4";
import { SUMMAND } from "./lanes";

/** Number of points of an object, sums and credential included. */
export function allPoints(program: usize): i32 {
  return Program.pointCount(program) + Program.sumCount(program) + 1;
}

/** Bytes that the points of `count` objects take in lanes. */
export function space4(program: usize, count: i32): usize {
  return usize(((count + 3) >> 2) * allPoints(program)) * POINTS;
}

/** Whether 32 bytes are a number below the prime, top bit 0. */
function belowPrime(bytes: usize): bool {
  const top = load<u64>(bytes, 24);
  if (top < 0x7fffffffffffffff) return true;
  if (top > 0x7fffffffffffffff) return false;
  return (load<u64>(bytes, 16) & load<u64>(bytes, 8)) != u64.MAX_VALUE || load<u64>(bytes) < 0xffffffffffffffed;
}

/** Number of the first scalar of an object that is not below q, or of all but the last one −1; `last`: whether that is. */
function readScalars(mySlots: usize, scalars: usize, inputs: i32): i32 {
  let fault = -1;
  for (let i = inputs - 1; i >= 0; i--) if (!sread(mySlots + (usize(i) << 5), scalars + (usize(i) << 5))) fault = i;
  return fault;
}

const FAULTS: usize = memory.data(16, 16);
const EMPTY: usize = memory.data(64, 16);

/** Decodes up to four objects from `input` on into lanes of `points`; statuses and slots of each. */
function decodeGroup(
  program: usize,
  points: usize,
  input: usize,
  lanes: i32,
  members: bool,
  status: usize,
  slots: usize,
): void {
  const count = Program.pointCount(program);
  const inputs = Program.inputCount(program);
  const stride = Program.stride(program);
  v128.store(FAULTS, i32x4.splat(-1));
  store<u8>(EMPTY, 1, 32);
  for (let i = 0; i < count; i++) {
    const point = points + usize(i) * POINTS;
    let bad = 0;
    for (let lane = 0; lane < 4; lane++) {
      let from = lane < lanes ? input + usize(lane) * stride + (usize(i) << 6) : EMPTY;
      if (!belowPrime(from) || !belowPrime(from + 32)) {
        bad |= 1 << lane;
        from = EMPTY;
      }
      vread(point, lane, from);
      vread(point + 160, lane, from + 32);
    }
    bad |= ~timesEight(point) & 15;
    for (let lane = 0; lane < lanes; lane++)
      if ((bad >> lane) & 1 && load<i32>(FAULTS + (usize(lane) << 2)) < 0) store<i32>(FAULTS + (usize(lane) << 2), i);
  }
  const from = input + (usize(count) << 6) + (usize(inputs) << 5);
  const credential = points + usize(allPoints(program) - 1) * POINTS;
  const elements = decompress4(
    credential,
    members,
    from,
    lanes > 1 ? from + stride : 0,
    lanes > 2 ? from + 2 * stride : 0,
    lanes > 3 ? from + 3 * stride : 0,
  );
  for (let lane = 0; lane < lanes; lane++) {
    const mySlots = slots + ((usize(lane) * usize(Program.slotCount(program))) << 5);
    const scalar = readScalars(mySlots, input + usize(lane) * stride + (usize(count) << 6), inputs);
    const fault = load<i32>(FAULTS + (usize(lane) << 2));
    let found = 0;
    if (!((elements >> lane) & 1)) found = STATUS_CREDENTIAL;
    else if (scalar >= 0 && scalar < inputs - 1) found = STATUS_SCALAR | (scalar << 8);
    else if (fault >= 0) found = (fault < count - 1 ? STATUS_POINT : STATUS_ENVELOPE) | (fault << 8);
    else if (scalar >= 0) found = STATUS_ENVELOPE;
    else if (vlaneIsZero(credential, lane)) found = STATUS_IDENTITY;
    store<i32>(status + (usize(lane) << 2), found);
  }
}

function addSums(program: usize, points: usize): void {
  let next = Program.sumsOf(program);
  for (let sum = 0; sum < Program.sumCount(program); sum++) {
    const out = points + usize(Program.pointCount(program) + sum) * POINTS;
    const members = load<i32>(next);
    next += 4;
    for (let i = 0; i < members; i++) {
      const member = points + usize(load<i32>(next)) * POINTS;
      if (i == 0) memory.copy(out, member, POINTS);
      else add4(out, member);
      next += 4;
    }
    if (members == 0) setNeutral(out, 15);
  }
}

/**
 * Decodes `count` objects: affine points in lanes at `points`, their coordinates (64 bytes, object by object) at `forms`,
 * compressed (32 bytes) at `compressed`.
 */
export function decodePoints4(
  program: usize,
  points: usize,
  input: usize,
  count: i32,
  members: bool,
  status: usize,
  slots: usize,
  forms: usize,
  compressed: usize,
): void {
  const total = allPoints(program);
  const groups = (count + 3) >> 2;
  for (let group = 0; group < groups; group++) {
    const first = group << 2;
    const mine = points + usize(group * total) * POINTS;
    const from = input + usize(first) * Program.stride(program);
    const mySlots = slots + ((usize(first) * usize(Program.slotCount(program))) << 5);
    decodeGroup(program, mine, from, min<i32>(4, count - first), members, status + (usize(first) << 2), mySlots);
    addSums(program, mine);
  }
  normalise4(points, groups * total);
  for (let i = 0; i < count; i++) {
    const lane = i & 3;
    for (let k = 0; k < total; k++) {
      const point = points + usize((i >> 2) * total + k) * POINTS;
      const form = forms + (usize(i * total + k) << 6);
      const bytes = compressed + (usize(i * total + k) << 5);
      vwrite(form, point, lane);
      vwrite(form + 32, point + 160, lane);
      memory.copy(bytes, form + 32, 32);
      store<u8>(bytes, load<u8>(bytes, 31) | (load<u8>(form) << 7), 31);
    }
  }
}

/** Summands of what {@link decodePoints4} has decoded, object by object. */
export function summandsOf4(program: usize, points: usize, count: i32, longSummands: usize, shortSummands: usize): void {
  const total = allPoints(program);
  const longStride = usize(Program.longCount(program)) * SUMMAND;
  const shortStride = usize(Program.equationCount(program)) * SUMMAND;
  for (let first = 0; first < count; first += 4) {
    const lanes = min<i32>(4, count - first);
    const mine = points + usize((first >> 2) * total) * POINTS;
    const longs = longSummands + usize(first) * longStride;
    const shorts = shortSummands + usize(first) * shortStride;
    for (let point = 0; point < total; point++) {
      const long = Program.longOf(program, point);
      if (long >= 0) summands4(longs + usize(long) * SUMMAND, longStride, lanes, mine + usize(point) * POINTS);
    }
    let next = Program.equationsOf(program);
    for (let equation = 0; equation < Program.equationCount(program); equation++) {
      const point = mine + usize(load<i32>(next)) * POINTS;
      summands4(shorts + usize(equation) * SUMMAND, shortStride, lanes, point);
      next += 8 + (usize(load<i32>(next, 4)) << 3);
    }
  }
}

/** The points of one object from their coordinates: affine and extended, as evaluate (batch.ts) wants them. */
export function unpack(points: usize, affines: usize, forms: usize, total: i32): void {
  for (let k = 0; k < total; k++) {
    const affine = affines + usize(k) * AFFINE;
    ffromBytes(affine, forms + (usize(k) << 6));
    ffromBytes(affine + 40, forms + (usize(k) << 6) + 32);
    pfromAffine(points + usize(k) * POINT, affine);
  }
}
