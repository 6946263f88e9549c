/**
 * One point in the four lanes of SIMD registers: (Y − X, T, Z, Y + X), ten limbs of 16 bytes, radix and bounds as in
 * field.ts. Four field products cost little more than two, and a mixed addition is two of those steps. Only in the build
 * with SIMD.
 */
import { D2 } from "./constants";
import { fadd, fsub } from "./field";
import { NIELS, ptoNiels } from "./point";

/** Bytes of a point in lanes. */
export const LANES: usize = 160;

const SUM_A: usize = memory.data(160, 16);
const SUM_B: usize = memory.data(160, 16);
const EVEN: usize = memory.data(160, 16);
const ODD: usize = memory.data(160, 16);
const MIXED: usize = memory.data(160, 16);
const WIDE: usize = memory.data(320, 16);

// @ts-ignore: decorator
@inline
function times19(x: v128): v128 {
  return i64x2.add(i64x2.add(x, i64x2.shl(x, 1)), i64x2.shl(x, 4));
}

// @ts-ignore: decorator
@inline
function low(a: v128, b: v128): v128 {
  return i64x2.extmul_low_i32x4_s(a, b);
}

// @ts-ignore: decorator
@inline
function high(a: v128, b: v128): v128 {
  return i64x2.extmul_high_i32x4_s(a, b);
}

// @ts-ignore: decorator
@inline
function plus(a: v128, b: v128): v128 {
  return i64x2.add(a, b);
}

/** Product of two polynomials of degree 4 modulo y^5 = 19, lanes 0 and 1; limbs 32 bytes apart. */
function polynomialLow(out: usize, a: usize, b: usize): void {
  const a0 = v128.load(a), a1 = v128.load(a, 32), a2 = v128.load(a, 64), a3 = v128.load(a, 96), a4 = v128.load(a, 128);
  const b0 = v128.load(b), b1 = v128.load(b, 32), b2 = v128.load(b, 64), b3 = v128.load(b, 96), b4 = v128.load(b, 128);
  v128.store(out, plus(low(a0, b0), times19(plus(plus(low(a1, b4), low(a2, b3)), plus(low(a3, b2), low(a4, b1))))));
  v128.store(out, plus(plus(low(a0, b1), low(a1, b0)), times19(plus(plus(low(a2, b4), low(a3, b3)), low(a4, b2)))), 32);
  v128.store(out, plus(plus(plus(low(a0, b2), low(a1, b1)), low(a2, b0)), times19(plus(low(a3, b4), low(a4, b3)))), 64);
  v128.store(out, plus(plus(plus(low(a0, b3), low(a1, b2)), plus(low(a2, b1), low(a3, b0))), times19(low(a4, b4))), 96);
  v128.store(
    out,
    plus(plus(plus(low(a0, b4), low(a1, b3)), plus(low(a2, b2), low(a3, b1))), low(a4, b0)),
    128,
  );
}

/** The same for lanes 2 and 3. */
function polynomialHigh(out: usize, a: usize, b: usize): void {
  const a0 = v128.load(a), a1 = v128.load(a, 32), a2 = v128.load(a, 64), a3 = v128.load(a, 96), a4 = v128.load(a, 128);
  const b0 = v128.load(b), b1 = v128.load(b, 32), b2 = v128.load(b, 64), b3 = v128.load(b, 96), b4 = v128.load(b, 128);
  v128.store(out, plus(high(a0, b0), times19(plus(plus(high(a1, b4), high(a2, b3)), plus(high(a3, b2), high(a4, b1))))));
  v128.store(out, plus(plus(high(a0, b1), high(a1, b0)), times19(plus(plus(high(a2, b4), high(a3, b3)), high(a4, b2)))), 32);
  v128.store(out, plus(plus(plus(high(a0, b2), high(a1, b1)), high(a2, b0)), times19(plus(high(a3, b4), high(a4, b3)))), 64);
  v128.store(out, plus(plus(plus(high(a0, b3), high(a1, b2)), plus(high(a2, b1), high(a3, b0))), times19(high(a4, b4))), 96);
  v128.store(
    out,
    plus(plus(plus(high(a0, b4), high(a1, b3)), plus(high(a2, b2), high(a3, b1))), high(a4, b0)),
    128,
  );
}

/** Even and odd limbs from the three products, carried as in field.ts: ten vectors of two wide limbs, 32 bytes apart. */
function carryHalf(out: usize, half: usize): void {
  const even = EVEN + half;
  const odd = ODD + half;
  const mixed = MIXED + half;
  const m26 = i64x2.splat(0x3ffffff);
  const m25 = i64x2.splat(0x1ffffff);
  const e0 = v128.load(even), e1 = v128.load(even, 32), e2 = v128.load(even, 64), e3 = v128.load(even, 96), e4 = v128.load(even, 128);
  const o0 = v128.load(odd), o1 = v128.load(odd, 32), o2 = v128.load(odd, 64), o3 = v128.load(odd, 96), o4 = v128.load(odd, 128);
  // 2^37·p in limbs: makes every limb positive (|h| < 2^61); engines shift unsigned lanes in one step and signed ones in four.
  const first = i64x2.splat(i64(0x3ffffed) << 37);
  const evens = i64x2.splat(i64(0x3ffffff) << 37);
  const odds = i64x2.splat(i64(0x1ffffff) << 37);
  let h0 = plus(plus(e0, i64x2.shl(times19(o4), 1)), first);
  let h1 = plus(i64x2.sub(v128.load(mixed), plus(e0, o0)), odds);
  let h2 = plus(plus(e1, i64x2.shl(o0, 1)), evens);
  let h3 = plus(i64x2.sub(v128.load(mixed, 32), plus(e1, o1)), odds);
  let h4 = plus(plus(e2, i64x2.shl(o1, 1)), evens);
  let h5 = plus(i64x2.sub(v128.load(mixed, 64), plus(e2, o2)), odds);
  let h6 = plus(plus(e3, i64x2.shl(o2, 1)), evens);
  let h7 = plus(i64x2.sub(v128.load(mixed, 96), plus(e3, o3)), odds);
  let h8 = plus(plus(e4, i64x2.shl(o3, 1)), evens);
  let h9 = plus(i64x2.sub(v128.load(mixed, 128), plus(e4, o4)), odds);
  h1 = plus(h1, i64x2.shr_u(h0, 26)); h0 = v128.and(h0, m26);
  h5 = plus(h5, i64x2.shr_u(h4, 26)); h4 = v128.and(h4, m26);
  h2 = plus(h2, i64x2.shr_u(h1, 25)); h1 = v128.and(h1, m25);
  h6 = plus(h6, i64x2.shr_u(h5, 25)); h5 = v128.and(h5, m25);
  h3 = plus(h3, i64x2.shr_u(h2, 26)); h2 = v128.and(h2, m26);
  h7 = plus(h7, i64x2.shr_u(h6, 26)); h6 = v128.and(h6, m26);
  h4 = plus(h4, i64x2.shr_u(h3, 25)); h3 = v128.and(h3, m25);
  h8 = plus(h8, i64x2.shr_u(h7, 25)); h7 = v128.and(h7, m25);
  h5 = plus(h5, i64x2.shr_u(h4, 26)); h4 = v128.and(h4, m26);
  h9 = plus(h9, i64x2.shr_u(h8, 26)); h8 = v128.and(h8, m26);
  h0 = plus(h0, times19(i64x2.shr_u(h9, 25))); h9 = v128.and(h9, m25);
  h1 = plus(h1, i64x2.shr_u(h0, 26)); h0 = v128.and(h0, m26);
  v128.store(out, h0); v128.store(out, h1, 32); v128.store(out, h2, 64); v128.store(out, h3, 96);
  v128.store(out, h4, 128); v128.store(out, h5, 160); v128.store(out, h6, 192); v128.store(out, h7, 224);
  v128.store(out, h8, 256); v128.store(out, h9, 288);
}

/** r = a·b in every lane. */
export function vmul(r: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < 160; i += 32) {
    v128.store(SUM_A + i, i32x4.add(v128.load(a + i), v128.load(a + i, 16)));
    v128.store(SUM_B + i, i32x4.add(v128.load(b + i), v128.load(b + i, 16)));
  }
  polynomialLow(EVEN, a, b);
  polynomialLow(ODD, a + 16, b + 16);
  polynomialLow(MIXED, SUM_A, SUM_B);
  polynomialHigh(EVEN + 16, a, b);
  polynomialHigh(ODD + 16, a + 16, b + 16);
  polynomialHigh(MIXED + 16, SUM_A, SUM_B);
  carryHalf(WIDE, 0);
  carryHalf(WIDE + 16, 16);
  for (let i: usize = 0; i < 160; i += 16)
    v128.store(r + i, v128.shuffle<i32>(v128.load(WIDE + (i << 1)), v128.load(WIDE + (i << 1), 16), 0, 2, 4, 6));
}

const LEFT: usize = memory.data(160, 16);
const RIGHT: usize = memory.data(160, 16);

/** From products (A, C, DD, B) in LEFT to the sum in r: E = B−A, F = DD−C, G = DD+C, H = B+A. */
function complete(r: usize): void {
  const signs = i32x4(-1, -1, 0, 0);
  for (let i: usize = 0; i < 160; i += 16) {
    const v = v128.load(LEFT + i);
    const first = v128.shuffle<i32>(v, v, 3, 2, 2, 3);
    const second = v128.shuffle<i32>(v, v, 0, 1, 1, 0);
    const efgh = i32x4.add(first, i32x4.sub(v128.xor(second, signs), signs));
    v128.store(LEFT + i, v128.shuffle<i32>(efgh, efgh, 0, 0, 1, 2));
    v128.store(RIGHT + i, v128.shuffle<i32>(efgh, efgh, 1, 3, 2, 3));
  }
  finish(r);
}

/** The point EF, EH, FG, GH = X, T, Z, Y from (E, E, F, G) in LEFT and (F, H, G, H) in RIGHT. */
function finish(r: usize): void {
  vmul(r, LEFT, RIGHT);
  // (X, T, Z, Y) to (Y − X, T, Z, Y + X).
  const negative = i32x4(-1, 0, 0, 0);
  const outer = i32x4(-1, 0, 0, -1);
  for (let i: usize = 0; i < 160; i += 16) {
    const v = v128.load(r + i);
    const x = v128.and(v128.shuffle<i32>(v, v, 0, 0, 0, 0), outer);
    const y = v128.shuffle<i32>(v, v, 3, 1, 2, 3);
    v128.store(r + i, i32x4.add(y, i32x4.sub(v128.xor(x, negative), negative)));
  }
}

/**
 * r = 2·p. With U = Y − X, V = Y + X, everything doubled so that nothing is halved: E = V² − U², F = 2·U·V − 4·Z²,
 * G = 2·U·V, H = −(U² + V²). F has up to four carried limbs' size, but no product of two factors more than nine.
 */
export function vdouble(r: usize, p: usize): void {
  for (let i: usize = 0; i < 160; i += 16) {
    const v = v128.load(p + i);
    v128.store(LEFT + i, v128.shuffle<i32>(v, v, 0, 0, 2, 3));
    v128.store(RIGHT + i, v128.shuffle<i32>(v, v, 0, 3, 2, 3));
  }
  vmul(LEFT, LEFT, RIGHT); // U², U·V, Z², V²
  const signs = i32x4(-1, -1, 0, -1);
  const kept = i32x4(-1, -1, 0, -1);
  const negative = i32x4(0, 0, 0, -1);
  for (let i: usize = 0; i < 160; i += 16) {
    const v = v128.load(LEFT + i);
    const twice = i32x4.shl(v, 1);
    // (V², 2UV, 2UV, −V²) − (U², 4Z², 0, U²)
    const first = v128.shuffle<i32>(v, twice, 3, 5, 5, 3);
    const second = v128.and(v128.shuffle<i32>(v, i32x4.shl(twice, 1), 0, 6, 0, 0), kept);
    const minuend = i32x4.sub(v128.xor(first, negative), negative);
    const efgh = i32x4.add(minuend, i32x4.sub(v128.xor(second, signs), signs));
    v128.store(LEFT + i, v128.shuffle<i32>(efgh, efgh, 0, 0, 1, 2));
    v128.store(RIGHT + i, v128.shuffle<i32>(efgh, efgh, 1, 3, 2, 3));
  }
  finish(r);
}

const SIGNED: usize = memory.data(160, 16);

/** r += n, or r −= n with `mask` = −1 (0 otherwise); n from {@link vfromAffine} or {@link vscale}. */
export function vaddNiels(r: usize, n: usize, mask: i32): void {
  const all = i32x4.splat(mask);
  const middle = v128.and(all, i32x4(0, -1, 0, 0));
  for (let i: usize = 0; i < 160; i += 16) {
    const v = v128.load(n + i);
    const swapped = v128.bitselect(v128.shuffle<i32>(v, v, 3, 1, 2, 0), v, all);
    v128.store(SIGNED + i, i32x4.sub(v128.xor(swapped, middle), middle));
  }
  vmul(LEFT, r, SIGNED);
  complete(r);
}

const FACTORS: usize = memory.data(160, 16);
const SCALED: usize = memory.data(160, 16);

/** Must be called once, before {@link vadd}. */
export function vinit(): void {
  for (let i: usize = 0; i < 10; i++) {
    const one = i == 0 ? 1 : 0;
    v128.store(FACTORS + (i << 4), i32x4(0, 0, 0, 0));
    store<i32>(FACTORS + (i << 4), one);
    store<i32>(FACTORS + (i << 4), load<i32>(D2 + (i << 2)), 4);
    store<i32>(FACTORS + (i << 4), 2 * one, 8);
    store<i32>(FACTORS + (i << 4), one, 12);
  }
}

/** The summand (Y − X, 2d·T, 2·Z, Y + X) of a point in lanes. */
export function vscale(r: usize, p: usize): void {
  vmul(r, p, FACTORS);
}

/** r += p, any two points in lanes. */
export function vadd(r: usize, p: usize): void {
  vscale(SCALED, p);
  vmul(LEFT, r, SCALED);
  complete(r);
}

export function vcopy(r: usize, p: usize): void {
  for (let i: usize = 0; i < LANES; i += 16) v128.store(r + i, v128.load(p + i));
}

export function videntity(r: usize): void {
  for (let i: usize = 16; i < LANES; i += 16) v128.store(r + i, i32x4(0, 0, 0, 0));
  v128.store(r, i32x4(1, 0, 1, 1));
}

const TEMP: usize = memory.data(160, 16);

/** The summand (y − x, 2d·x·y, 2, y + x) of an affine point. */
export function vfromAffine(r: usize, affine: usize): void {
  ptoNiels(TEMP, affine);
  for (let i: usize = 0; i < 10; i++) {
    const at = TEMP + (i << 2);
    v128.store(
      r + (i << 4),
      i32x4.replace_lane(
        i32x4.replace_lane(
          i32x4.replace_lane(i32x4.splat(i == 0 ? 2 : 0), 0, load<i32>(at)),
          1,
          load<i32>(at, 80),
        ),
        3,
        load<i32>(at, 40),
      ),
    );
  }
}

/** A point in lanes from its extended form. */
export function vfromPoint(v: usize, point: usize): void {
  fsub(TEMP, point + 40, point);
  fadd(TEMP + 40, point + 40, point);
  for (let i: usize = 0; i < 10; i++) {
    const at = v + (i << 4);
    store<i32>(at, load<i32>(TEMP + (i << 2)));
    store<i32>(at, load<i32>(point + (i << 2), 120), 4);
    store<i32>(at, load<i32>(point + (i << 2), 80), 8);
    store<i32>(at, load<i32>(TEMP + (i << 2), 40), 12);
  }
}

/** Extended form, with all coordinates doubled. */
export function vtoPoint(point: usize, v: usize): void {
  for (let i: usize = 0; i < 10; i++) {
    const at = v + (i << 4);
    store<i32>(TEMP + (i << 2), load<i32>(at));
    store<i32>(point + (i << 2), load<i32>(at, 8), 80);
    store<i32>(point + (i << 2), load<i32>(at, 4), 120);
    store<i32>(TEMP + (i << 2), load<i32>(at, 12), 40);
  }
  fsub(point, TEMP + 40, TEMP);
  fadd(point + 40, TEMP + 40, TEMP);
  fadd(point + 80, point + 80, point + 80);
  fadd(point + 120, point + 120, point + 120);
}

/** Bytes of a summand. */
export const SUMMAND: usize = ASC_FEATURE_SIMD ? 160 : NIELS;
