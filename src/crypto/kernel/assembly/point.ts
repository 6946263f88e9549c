/**
 * Points of the curve −x² + y² = 1 + d·x²·y² with complete formulas: right for every pair of curve points, those of small
 * order included (Hisil, Wong, Carter, Dawson 2008).
 *
 *     extended   X, Y, Z, T (160 bytes), x = X/Z, y = Y/Z, T = X·Y/Z
 *     cached     Y − X, Y + X, 2·d·T, 2·Z (160 bytes)
 *     niels      y − x, y + x, 2·d·x·y (120 bytes)
 *     affine     x, y (80 bytes)
 */
import { BASE_X, BASE_Y, D, D2, ONE } from "./constants";
import {
  fadd,
  fcopy,
  fequal,
  ffromBytes,
  finv,
  fisOdd,
  fisZero,
  fmul,
  fneg,
  fone,
  fsq,
  fsqrtRatio,
  fsub,
  ftoBytes,
  fzero,
} from "./field";

export const POINT: usize = 160;
export const CACHED: usize = 160;
export const NIELS: usize = 120;
export const AFFINE: usize = 80;

const A: usize = memory.data(40, 16);
const B: usize = memory.data(40, 16);
const C: usize = memory.data(40, 16);
const DD: usize = memory.data(40, 16);
const E: usize = memory.data(40, 16);
const F: usize = memory.data(40, 16);
const G: usize = memory.data(40, 16);
const H: usize = memory.data(40, 16);

export function pidentity(r: usize): void {
  fzero(r);
  fone(r + 40);
  fone(r + 80);
  fzero(r + 120);
}

/** From A = (Y₁−X₁)(Y₂−X₂), B = (Y₁+X₁)(Y₂+X₂), C = 2d·T₁T₂, DD = 2·Z₁Z₂. */
function complete(r: usize): void {
  fsub(E, B, A);
  fsub(F, DD, C);
  fadd(G, DD, C);
  fadd(H, B, A);
  fmul(r, E, F);
  fmul(r + 40, G, H);
  fmul(r + 80, F, G);
  fmul(r + 120, E, H);
}

/** r = p + q, both extended. */
export function padd(r: usize, p: usize, q: usize): void {
  fsub(A, p + 40, p);
  fsub(E, q + 40, q);
  fmul(A, A, E);
  fadd(B, p + 40, p);
  fadd(E, q + 40, q);
  fmul(B, B, E);
  fmul(C, p + 120, q + 120);
  fmul(C, C, D2);
  fmul(DD, p + 80, q + 80);
  fadd(DD, DD, DD);
  complete(r);
}

/** r = p + q, or p − q with `negative`; q cached. */
export function paddCached(r: usize, p: usize, q: usize, negative: bool): void {
  fsub(A, p + 40, p);
  fmul(A, A, negative ? q + 40 : q);
  fadd(B, p + 40, p);
  fmul(B, B, negative ? q : q + 40);
  fmul(C, p + 120, q + 80);
  if (negative) fneg(C, C);
  fmul(DD, p + 80, q + 120);
  complete(r);
}

/** r = p + q, or p − q with `negative`; q niels. */
export function paddNiels(r: usize, p: usize, q: usize, negative: bool): void {
  fsub(A, p + 40, p);
  fmul(A, A, negative ? q + 40 : q);
  fadd(B, p + 40, p);
  fmul(B, B, negative ? q : q + 40);
  fmul(C, p + 120, q + 80);
  if (negative) fneg(C, C);
  fadd(DD, p + 80, p + 80);
  complete(r);
}

/** r = 2·p; T of the outcome only `withT` (a doubling does not need it). */
export function pdouble(r: usize, p: usize, withT: bool): void {
  fadd(E, p, p + 40);
  fsq(A, p);
  fsq(B, p + 40);
  fsq(C, p + 80);
  fadd(C, C, C);
  fsq(E, E);
  fadd(H, A, B);
  fsub(E, E, H);
  fsub(G, B, A);
  fsub(F, G, C);
  fneg(H, H);
  fmul(r, E, F);
  fmul(r + 40, G, H);
  fmul(r + 80, F, G);
  if (withT) fmul(r + 120, E, H);
}

/** r = 8·p. */
export function ptimesEight(r: usize, p: usize): void {
  pdouble(r, p, false);
  pdouble(r, r, false);
  pdouble(r, r, true);
}

export function ptoCached(r: usize, p: usize): void {
  fsub(A, p + 40, p);
  fadd(B, p + 40, p);
  fmul(r + 80, p + 120, D2);
  fadd(r + 120, p + 80, p + 80);
  fcopy(r, A);
  fcopy(r + 40, B);
}

/** Niels form of affine x, y. */
export function ptoNiels(r: usize, affine: usize): void {
  fsub(A, affine + 40, affine);
  fadd(B, affine + 40, affine);
  fmul(C, affine, affine + 40);
  fmul(r + 80, C, D2);
  fcopy(r, A);
  fcopy(r + 40, B);
}

/** Extended form of affine x, y. */
export function pfromAffine(r: usize, affine: usize): void {
  fcopy(r, affine);
  fcopy(r + 40, affine + 40);
  fone(r + 80);
  fmul(r + 120, affine, affine + 40);
}

export function pbase(r: usize): void {
  fcopy(r, BASE_X);
  fcopy(r + 40, BASE_Y);
  fone(r + 80);
  fmul(r + 120, BASE_X, BASE_Y);
}

/** Whether p is the neutral element. */
export function pisIdentity(p: usize): bool {
  return fisZero(p) && fequal(p + 40, p + 80);
}

/**
 * Affine forms of n points (stride of `points` 160, of `affine` 80) by one inversion. Montgomery's trick: `affine` first
 * holds the running products of Z.
 */
export function pnormalise(affine: usize, points: usize, count: i32): void {
  if (count == 0) return;
  const last = count - 1;
  fcopy(affine, points + 80);
  for (let i = 1; i < count; i++) {
    const at = affine + usize(i) * AFFINE;
    fmul(at, at - AFFINE, points + usize(i) * POINT + 80);
  }
  finv(A, affine + usize(last) * AFFINE);
  for (let i = last; i >= 0; i--) {
    const at = affine + usize(i) * AFFINE;
    const point = points + usize(i) * POINT;
    if (i > 0) fmul(B, A, at - AFFINE);
    else fcopy(B, A);
    fmul(A, A, point + 80);
    fmul(at, point, B);
    fmul(at + 40, point + 40, B);
  }
}

/** RFC 8032 bytes of an affine point. */
export function pcompress(out: usize, affine: usize): void {
  ftoBytes(out, affine + 40);
  if (fisOdd(affine)) store<u8>(out, load<u8>(out, 31) | 0x80, 31);
}

/** −x² + y² = 1 + d·x²·y². */
function onCurve(affine: usize): bool {
  fsq(A, affine);
  fsq(B, affine + 40);
  fmul(C, A, B);
  fmul(C, C, D);
  fadd(C, C, ONE);
  fsub(B, B, A);
  return fequal(B, C);
}

/** Affine point from 64 bytes x, y, little-endian: both below the prime, the point on the curve (any order). */
export function preadAffine(affine: usize, bytes: usize): bool {
  if ((load<u8>(bytes, 31) | load<u8>(bytes, 63)) & 0x80) return false;
  if (!ffromBytes(affine, bytes) || !ffromBytes(affine + 40, bytes + 32)) return false;
  return onCurve(affine);
}

/** Affine point from 32 bytes: canonical, on the curve (any order). */
export function pdecompress(affine: usize, bytes: usize): bool {
  if (!ffromBytes(affine + 40, bytes)) return false;
  const odd = load<u8>(bytes, 31) >> 7 != 0;
  fsq(A, affine + 40);
  fmul(B, A, D);
  fadd(B, B, ONE);
  fsub(A, A, ONE);
  if (!fsqrtRatio(affine, A, B)) return false;
  const isOdd = fisOdd(affine);
  if (isOdd == odd) return true;
  if (fisZero(affine)) return false;
  fneg(affine, affine);
  return true;
}
