/**
 * Σ s_i·P_i − Σ t_j·Q_j for many points: Pippenger's buckets with signed windows. s_i have 256 bits (below q), t_j 128.
 * With SIMD one point lives in four lanes (lanes.ts), without it the plain formulas are used; same result.
 */
import { SUMMAND, vadd, vaddNiels, vsetNiels, videntity, vtoPoint } from "./lanes";
import { padd, paddNiels, pdouble, pidentity, POINT, ptoNiels } from "./point";

/** Stores the summand of an affine point. */
export function setSummand(summand: usize, affine: usize): void {
  if (ASC_FEATURE_SIMD) vsetNiels(summand, affine);
  else ptoNiels(summand, affine);
}

/** `width` bits from bit `at` of a little-endian integer of `size` bits; bits beyond it are 0. */
// @ts-ignore: decorator
@inline
function bitsOf(scalar: usize, size: i32, at: i32, width: i32): i32 {
  if (at >= size) return 0;
  const kept = min<i32>(width, size - at);
  return i32((load<u32>(scalar + (usize(at) >> 3)) >> u32(at & 7)) & ((1 << kept) - 1));
}

/** Signed digits in [−2^(c−1), 2^(c−1)], window by window: digits[window·count + i], two bytes each. */
function recode(digits: usize, scalars: usize, count: i32, size: i32, c: i32, windows: i32): void {
  const half = 1 << (c - 1);
  for (let i = 0; i < count; i++) {
    const scalar = scalars + usize(i) * (usize(size) >> 3);
    let carry = 0;
    for (let window = 0; window < windows; window++) {
      let digit = bitsOf(scalar, size, window * c, c) + carry;
      carry = 0;
      if (digit > half) {
        digit -= 1 << c;
        carry = 1;
      }
      store<i16>(digits + (usize(window * count + i) << 1), i16(digit));
    }
  }
}

/** Puts one window's summands into their buckets. */
function fill(buckets: usize, summands: usize, digits: usize, count: i32, negate: i32): void {
  for (let i = 0; i < count; i++) {
    const digit = i32(load<i16>(digits + (usize(i) << 1)));
    if (digit == 0) continue;
    const sign = digit >> 31;
    const bucket = buckets + usize((digit ^ sign) - sign - 1) * POINT;
    const summand = summands + usize(i) * SUMMAND;
    if (ASC_FEATURE_SIMD) vaddNiels(bucket, summand, sign ^ negate);
    else paddNiels(bucket, bucket, summand, (sign ^ negate) != 0);
  }
}

const RUN: usize = memory.data(160, 16);
const SUM: usize = memory.data(160, 16);

/** r = Σ (k + 1)·bucket_k. */
function collect(r: usize, buckets: usize, count: i32): void {
  if (ASC_FEATURE_SIMD) {
    videntity(RUN);
    videntity(SUM);
  } else {
    pidentity(RUN);
    pidentity(SUM);
  }
  for (let k = count - 1; k >= 0; k--) {
    const bucket = buckets + usize(k) * POINT;
    if (ASC_FEATURE_SIMD) {
      vadd(RUN, bucket);
      vadd(SUM, RUN);
    } else {
      padd(RUN, RUN, bucket);
      padd(SUM, SUM, RUN);
    }
  }
  if (ASC_FEATURE_SIMD) vtoPoint(r, SUM);
  else memory.copy(r, SUM, POINT);
}

/** Additions that a window size costs. */
function cost(c: i32, longs: i32, shorts: i32): i32 {
  const long = 253 / c + 1;
  return long * longs + (128 / c + 1) * shorts + (3 << (c - 1)) * long;
}

/** The cheapest window size. */
export function windowFor(longs: i32, shorts: i32): i32 {
  let best = 2;
  for (let c = 3; c <= 13; c++) if (cost(c, longs, shorts) < cost(best, longs, shorts)) best = c;
  return best;
}

/** Bytes of working space that {@link msm} needs. */
export function msmSpace(longs: i32, shorts: i32): usize {
  const c = windowFor(longs, shorts);
  const digits = usize((253 / c + 1) * longs + (128 / c + 1) * shorts) << 1;
  return (((digits + 15) >> 4) << 4) + (usize(1) << (c - 1)) * POINT;
}

const WINDOW: usize = memory.data(160, 16);

/** r = Σ long scalars·summands − Σ short scalars·summands; scalars little-endian, 32 and 16 bytes. */
export function msm(
  r: usize,
  space: usize,
  longSummands: usize,
  longScalars: usize,
  longs: i32,
  shortSummands: usize,
  shortScalars: usize,
  shorts: i32,
): void {
  const c = windowFor(longs, shorts);
  const longWindows = 253 / c + 1;
  const shortWindows = 128 / c + 1;
  const longDigits = space;
  const shortDigits = space + (usize(longWindows * longs) << 1);
  const digits = usize(longWindows * longs + shortWindows * shorts) << 1;
  const buckets = space + (((digits + 15) >> 4) << 4);
  const bucketCount = 1 << (c - 1);
  recode(longDigits, longScalars, longs, 256, c, longWindows);
  recode(shortDigits, shortScalars, shorts, 128, c, shortWindows);
  pidentity(r);
  for (let window = longWindows - 1; window >= 0; window--) {
    for (let i = 0; i < c; i++) pdouble(r, r, i == c - 1);
    for (let k = 0; k < bucketCount; k++) {
      if (ASC_FEATURE_SIMD) videntity(buckets + usize(k) * POINT);
      else pidentity(buckets + usize(k) * POINT);
    }
    fill(buckets, longSummands, longDigits + (usize(window * longs) << 1), longs, 0);
    if (window < shortWindows)
      fill(buckets, shortSummands, shortDigits + (usize(window * shorts) << 1), shorts, -1);
    collect(WINDOW, buckets, bucketCount);
    padd(r, r, WINDOW);
  }
}
