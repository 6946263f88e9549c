/**
 * One point in four lanes (field4.ts): (Y − X, T, Z, Y + X), 160 bytes. A mixed addition is two steps of four products each.
 * Only in the build with SIMD.
 */
import { D2, ONE } from "./constants";
import { fadd, fmul, fsub } from "./field";
import { vfromLimbs, vmul, vtoLimbs } from "./field4";
import { NIELS } from "./point";

/** Bytes of a point in lanes. */
export const LANES: usize = 160;

const LEFT: usize = memory.data(160, 16);
const RIGHT: usize = memory.data(160, 16);

/** `lanes` (−1 or 0 each) negated where −1. */
// @ts-ignore: decorator
@inline
function negate(v: v128, lanes: v128): v128 {
  return i16x8.sub(v128.xor(v, lanes), lanes);
}

/** From products (A, C, DD, B) in LEFT to the sum (X, T, Z, Y) in r: E = B−A, F = DD−C, G = DD+C, H = B+A; EF, EH, FG, GH. */
function products(r: usize): void {
  const signs = i32x4(-1, -1, 0, 0);
  for (let i: usize = 0; i < 160; i += 16) {
    const v = v128.load(LEFT + i);
    const first = v128.shuffle<i32>(v, v, 3, 2, 2, 3);
    const second = v128.shuffle<i32>(v, v, 0, 1, 1, 0);
    const efgh = i16x8.add(first, negate(second, signs));
    v128.store(LEFT + i, v128.shuffle<i32>(efgh, efgh, 0, 0, 1, 2));
    v128.store(RIGHT + i, v128.shuffle<i32>(efgh, efgh, 1, 3, 2, 3));
  }
  vmul(r, LEFT, RIGHT);
}

/** (X, T, Z, Y) to (Y − X, T, Z, Y + X). */
function finish(r: usize): void {
  const negative = i32x4(-1, 0, 0, 0);
  const outer = i32x4(-1, 0, 0, -1);
  for (let i: usize = 0; i < 160; i += 16) {
    const v = v128.load(r + i);
    const x = v128.and(v128.shuffle<i32>(v, v, 0, 0, 0, 0), outer);
    const y = v128.shuffle<i32>(v, v, 3, 1, 2, 3);
    v128.store(r + i, i16x8.add(y, negate(x, negative)));
  }
}

const SIGNED: usize = memory.data(160, 16);

/** r += n, or r −= n with `mask` = −1 (0 otherwise); n from {@link vsetNiels} or {@link vtoCached}. */
export function vaddNiels(r: usize, n: usize, mask: i32): void {
  const all = i32x4.splat(mask);
  const middle = v128.and(all, i32x4(0, -1, 0, 0));
  for (let i: usize = 0; i < 160; i += 16) {
    const v = v128.load(n + i);
    v128.store(SIGNED + i, negate(v128.bitselect(v128.shuffle<i32>(v, v, 3, 1, 2, 0), v, all), middle));
  }
  vmul(LEFT, r, SIGNED);
  products(r);
  finish(r);
}

const FACTORS: usize = memory.data(160, 16);
const TWO: usize = memory.data<i32>([2, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);

/** Must be called once, before {@link vadd}. */
export function vinit(): void {
  vfromLimbs(FACTORS, 0, ONE);
  vfromLimbs(FACTORS, 1, D2);
  vfromLimbs(FACTORS, 2, TWO);
  vfromLimbs(FACTORS, 3, ONE);
}

/** n = the summand (Y − X, 2d·T, 2·Z, Y + X) of a point in lanes. */
export function vtoCached(n: usize, p: usize): void {
  vmul(n, p, FACTORS);
}

const SCALED: usize = memory.data(160, 16);

/** r += p, any two points in lanes. */
export function vadd(r: usize, p: usize): void {
  vtoCached(SCALED, p);
  vmul(LEFT, r, SCALED);
  products(r);
  finish(r);
}

/**
 * v = 2^n·v for v = (X, T, Z, Y), carried. With A = X², E = 2·X·Y, C = 2·Z², B = Y²: G = B − A, F = G − C, H = −(A + B).
 */
function doubleTimes(v: usize, n: i32): void {
  for (; n > 0; n--) {
    for (let i: usize = 0; i < 160; i += 16) {
      const x = v128.load(v + i);
      const left = v128.shuffle<i32>(x, x, 0, 0, 2, 3);
      v128.store(LEFT + i, left);
      const right = v128.shuffle<i32>(x, x, 0, 3, 2, 3);
      v128.store(RIGHT + i, i16x8.add(right, v128.and(right, i32x4(0, -1, -1, 0))));
    }
    vmul(LEFT, LEFT, RIGHT);
    for (let i: usize = 0; i < 160; i += 16) {
      const aecb = v128.load(LEFT + i);
      // (E, E, F, G)·(F, H, G, H): X, T, Z, Y.
      const a = v128.shuffle<i32>(aecb, aecb, 0, 0, 0, 0);
      const b = v128.shuffle<i32>(aecb, aecb, 3, 3, 3, 3);
      const g = i16x8.sub(b, a);
      const f = i16x8.sub(g, v128.shuffle<i32>(aecb, aecb, 2, 2, 2, 2));
      const h = i16x8.sub(i16x8.sub(v128.xor(b, b), b), a);
      const fg = v128.shuffle<i32>(f, g, 0, 4, 0, 4);
      v128.store(LEFT + i, v128.shuffle<i32>(aecb, fg, 1, 1, 4, 5));
      v128.store(RIGHT + i, v128.shuffle<i32>(fg, h, 0, 4, 1, 5));
    }
    vmul(v, LEFT, RIGHT);
  }
}

const BARE: usize = memory.data(160, 16);

/** BARE = (X, T, Z, Y) of a point in lanes. Sums and differences of limbs were not carried, so halves are exact. */
function strip(p: usize): void {
  for (let i: usize = 0; i < 160; i += 16) {
    const v = v128.load(p + i);
    const less = v128.shuffle<i32>(v, v, 0, 0, 0, 0);
    const more = v128.shuffle<i32>(v, v, 3, 3, 3, 3);
    const outer = v128.shuffle<i32>(i16x8.sub(more, less), i16x8.add(more, less), 0, 1, 2, 7);
    v128.store(BARE + i, v128.bitselect(i16x8.shr_s(outer, 1), v, i32x4(-1, 0, 0, -1)));
  }
}

/** r = 2^n·r, n ≥ 1. */
export function vdouble(r: usize, n: i32): void {
  strip(r);
  doubleTimes(BARE, n);
  memory.copy(r, BARE, 160);
  finish(r);
}

export function videntity(r: usize): void {
  memory.fill(r, 0, LANES);
  v128.store(r, i32x4(1, 0, 1, 1));
}

const ONES: usize = memory.data<i32>([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);

/** A point in lanes from extended X, Y, Z, T (point.ts). */
export function vfromPoint(r: usize, point: usize): void {
  vfromLimbs(r, 0, point);
  vfromLimbs(r, 1, point + 120);
  vfromLimbs(r, 2, point + 80);
  vfromLimbs(r, 3, point + 40);
  vmul(r, r, ONES);
  finish(r);
}

/** Extended X, Y, Z, T of a point in lanes. */
export function vtoPoint(point: usize, p: usize): void {
  strip(p);
  vtoLimbs(point, BARE, 0);
  vtoLimbs(point + 40, BARE, 3);
  vtoLimbs(point + 80, BARE, 2);
  vtoLimbs(point + 120, BARE, 1);
}

const TEMP: usize = memory.data(160, 16);

/** The summand (y − x, 2d·x·y, 2, y + x) of an affine point. */
export function vsetNiels(r: usize, affine: usize): void {
  const y = affine + 40;
  fsub(TEMP, y, affine);
  vfromLimbs(r, 0, TEMP);
  fmul(TEMP, affine, y);
  fmul(TEMP, TEMP, D2);
  vfromLimbs(r, 1, TEMP);
  vfromLimbs(r, 2, TWO);
  fadd(TEMP, y, affine);
  vfromLimbs(r, 3, TEMP);
}

/** Bytes of a summand. */
export const SUMMAND: usize = ASC_FEATURE_SIMD ? 160 : NIELS;
