/**
 * Four elements of the field of 2^255 − 19 in the four lanes of SIMD registers: twenty signed limbs of 13 bits each, two in
 * one 32-bit lane (limbs 2k and 2k + 1 of all four in the k-th of ten vectors; 160 bytes). The value is Σ limb_i·2^(13·i)
 * and 2^260 = 608. Carried limbs are within ±2^12 (limb 2: ±(2^12 + 4)); `units` below counts how many carried ones were
 * added. Products may be taken of operands whose units multiply to six at most: 20·6·2^24 < 2^31. Bytes as they are read
 * (limbs from 0 to 2^13) count as two. One instruction multiplies two pairs of 16-bit limbs in each lane and adds them.
 * Only in the build with SIMD. Public data only.
 */
import { ffromBytes, ftoBytes } from "./field";

/** Bytes of four elements. */
export const FOUR: usize = 160;

// @ts-ignore: decorator
@inline
function dot(a: v128, b: v128): v128 {
  return i32x4.dot_i16x8_s(a, b);
}

// @ts-ignore: decorator
@inline
function plus(a: v128, b: v128): v128 {
  return i32x4.add(a, b);
}

// @ts-ignore: decorator
@inline
function twice(a: v128): v128 {
  return i32x4.add(a, a);
}

/** The limbs of a pair, exchanged. */
// @ts-ignore: decorator
@inline
function swap(a: v128): v128 {
  return v128.shuffle<i16>(a, a, 1, 0, 3, 2, 5, 4, 7, 6);
}

/** First limbs of a, second limbs of b. */
// @ts-ignore: decorator
@inline
function blend(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 9, 2, 11, 4, 13, 6, 15);
}

/** Square of the first limb. */
// @ts-ignore: decorator
@inline
function square(a: v128): v128 {
  return dot(a, v128.and(a, i32x4.splat(0xffff)));
}

/** 2·(first limbs' product) + second limbs' product. */
// @ts-ignore: decorator
@inline
function ends(a: v128, b: v128): v128 {
  return plus(dot(a, b), dot(a, v128.and(b, i32x4.splat(0xffff))));
}

/** What goes from a wide limb to the next one, and what remains. */
// @ts-ignore: decorator
@inline
function over(c: v128): v128 {
  return i32x4.shr_s(plus(c, i32x4.splat(0x1000)), 13);
}

// @ts-ignore: decorator
@inline
function rest(c: v128, q: v128): v128 {
  return i32x4.sub(c, i32x4.shl(q, 13));
}

// @ts-ignore: decorator
@inline
function pair(first: v128, second: v128): v128 {
  return blend(first, i32x4.shl(second, 16));
}

/** r = a·b in every lane. */
export function vmul(r: usize, a: usize, b: usize): void {
  const a0 = v128.load(a, 0), b0 = v128.load(b, 0);
  const a1 = v128.load(a, 16), b1 = v128.load(b, 16);
  const a2 = v128.load(a, 32), b2 = v128.load(b, 32);
  const a3 = v128.load(a, 48), b3 = v128.load(b, 48);
  const a4 = v128.load(a, 64), b4 = v128.load(b, 64);
  const a5 = v128.load(a, 80), b5 = v128.load(b, 80);
  const a6 = v128.load(a, 96), b6 = v128.load(b, 96);
  const a7 = v128.load(a, 112), b7 = v128.load(b, 112);
  const a8 = v128.load(a, 128), b8 = v128.load(b, 128);
  const a9 = v128.load(a, 144), b9 = v128.load(b, 144);
  const zero = i32x4.splat(0), low13 = i32x4.splat(0x1fff), fold = i32x4.splat(608);
  const s0 = swap(b0), s1 = swap(b1), s2 = swap(b2);
  const s3 = swap(b3), s4 = swap(b4), s5 = swap(b5);
  const s6 = swap(b6), s7 = swap(b7), s8 = swap(b8);
  const s9 = swap(b9), e0 = blend(b0, zero), e1 = blend(b1, b0);
  const e2 = blend(b2, b1), e3 = blend(b3, b2), e4 = blend(b4, b3);
  const e5 = blend(b5, b4), e6 = blend(b6, b5), e7 = blend(b7, b6);
  const e8 = blend(b8, b7), e9 = blend(b9, b8), e10 = blend(zero, b9);
  let h = plus(plus(plus(plus(plus(plus(plus(plus(plus(dot(a0, e10), dot(a1, e9)), dot(a2, e8)), dot(a3, e7)),
    dot(a4, e6)), dot(a5, e5)), dot(a6, e4)), dot(a7, e3)), dot(a8, e2)), dot(a9, e1));
  let c0 = plus(dot(a0, e0), i32x4.mul(v128.and(h, low13), fold));
  let q = over(c0);
  c0 = rest(c0, q);
  let g: v128, c: v128, even = c0, c1 = c0, c2 = c0;
  g = plus(plus(plus(plus(plus(plus(plus(plus(dot(a1, s9), dot(a2, s8)), dot(a3, s7)), dot(a4, s6)), dot(a5, s5)),
    dot(a6, s4)), dot(a7, s3)), dot(a8, s2)), dot(a9, s1));
  c = plus(plus(dot(a0, s0), i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)), fold)), q);
  q = over(c);
  c1 = rest(c, q);
  h = plus(plus(plus(plus(plus(plus(plus(plus(dot(a1, e10), dot(a2, e9)), dot(a3, e8)), dot(a4, e7)), dot(a5, e6)),
    dot(a6, e5)), dot(a7, e4)), dot(a8, e3)), dot(a9, e2));
  c = plus(plus(plus(dot(a0, e1), dot(a1, e0)), i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g, 13)), fold)), q);
  q = over(c);
  c2 = rest(c, q);
  g = plus(plus(plus(plus(plus(plus(plus(dot(a2, s9), dot(a3, s8)), dot(a4, s7)), dot(a5, s6)), dot(a6, s5)), dot(a7,
    s4)), dot(a8, s3)), dot(a9, s2));
  c = plus(plus(plus(dot(a0, s1), dot(a1, s0)), i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)), fold)), q);
  q = over(c);
  const c3 = rest(c, q);
  h = plus(plus(plus(plus(plus(plus(plus(dot(a2, e10), dot(a3, e9)), dot(a4, e8)), dot(a5, e7)), dot(a6, e6)),
    dot(a7, e5)), dot(a8, e4)), dot(a9, e3));
  c = plus(plus(plus(plus(dot(a0, e2), dot(a1, e1)), dot(a2, e0)), i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g,
    13)), fold)), q);
  q = over(c);
  even = rest(c, q);
  g = plus(plus(plus(plus(plus(plus(dot(a3, s9), dot(a4, s8)), dot(a5, s7)), dot(a6, s6)), dot(a7, s5)), dot(a8,
    s4)), dot(a9, s3));
  c = plus(plus(plus(plus(dot(a0, s2), dot(a1, s1)), dot(a2, s0)), i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h,
    13)), fold)), q);
  q = over(c);
  v128.store(r, pair(even, rest(c, q)), 32);
  h = plus(plus(plus(plus(plus(plus(dot(a3, e10), dot(a4, e9)), dot(a5, e8)), dot(a6, e7)), dot(a7, e6)), dot(a8,
    e5)), dot(a9, e4));
  c = plus(plus(plus(plus(plus(dot(a0, e3), dot(a1, e2)), dot(a2, e1)), dot(a3, e0)), i32x4.mul(plus(v128.and(h,
    low13), i32x4.shr_s(g, 13)), fold)), q);
  q = over(c);
  even = rest(c, q);
  g = plus(plus(plus(plus(plus(dot(a4, s9), dot(a5, s8)), dot(a6, s7)), dot(a7, s6)), dot(a8, s5)), dot(a9, s4));
  c = plus(plus(plus(plus(plus(dot(a0, s3), dot(a1, s2)), dot(a2, s1)), dot(a3, s0)), i32x4.mul(plus(v128.and(g,
    low13), i32x4.shr_s(h, 13)), fold)), q);
  q = over(c);
  v128.store(r, pair(even, rest(c, q)), 48);
  h = plus(plus(plus(plus(plus(dot(a4, e10), dot(a5, e9)), dot(a6, e8)), dot(a7, e7)), dot(a8, e6)), dot(a9, e5));
  c = plus(plus(plus(plus(plus(plus(dot(a0, e4), dot(a1, e3)), dot(a2, e2)), dot(a3, e1)), dot(a4, e0)),
    i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g, 13)), fold)), q);
  q = over(c);
  even = rest(c, q);
  g = plus(plus(plus(plus(dot(a5, s9), dot(a6, s8)), dot(a7, s7)), dot(a8, s6)), dot(a9, s5));
  c = plus(plus(plus(plus(plus(plus(dot(a0, s4), dot(a1, s3)), dot(a2, s2)), dot(a3, s1)), dot(a4, s0)),
    i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)), fold)), q);
  q = over(c);
  v128.store(r, pair(even, rest(c, q)), 64);
  h = plus(plus(plus(plus(dot(a5, e10), dot(a6, e9)), dot(a7, e8)), dot(a8, e7)), dot(a9, e6));
  c = plus(plus(plus(plus(plus(plus(plus(dot(a0, e5), dot(a1, e4)), dot(a2, e3)), dot(a3, e2)), dot(a4, e1)), dot(a5,
    e0)), i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g, 13)), fold)), q);
  q = over(c);
  even = rest(c, q);
  g = plus(plus(plus(dot(a6, s9), dot(a7, s8)), dot(a8, s7)), dot(a9, s6));
  c = plus(plus(plus(plus(plus(plus(plus(dot(a0, s5), dot(a1, s4)), dot(a2, s3)), dot(a3, s2)), dot(a4, s1)), dot(a5,
    s0)), i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)), fold)), q);
  q = over(c);
  v128.store(r, pair(even, rest(c, q)), 80);
  h = plus(plus(plus(dot(a6, e10), dot(a7, e9)), dot(a8, e8)), dot(a9, e7));
  c = plus(plus(plus(plus(plus(plus(plus(plus(dot(a0, e6), dot(a1, e5)), dot(a2, e4)), dot(a3, e3)), dot(a4, e2)),
    dot(a5, e1)), dot(a6, e0)), i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g, 13)), fold)), q);
  q = over(c);
  even = rest(c, q);
  g = plus(plus(dot(a7, s9), dot(a8, s8)), dot(a9, s7));
  c = plus(plus(plus(plus(plus(plus(plus(plus(dot(a0, s6), dot(a1, s5)), dot(a2, s4)), dot(a3, s3)), dot(a4, s2)),
    dot(a5, s1)), dot(a6, s0)), i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)), fold)), q);
  q = over(c);
  v128.store(r, pair(even, rest(c, q)), 96);
  h = plus(plus(dot(a7, e10), dot(a8, e9)), dot(a9, e8));
  c = plus(plus(plus(plus(plus(plus(plus(plus(plus(dot(a0, e7), dot(a1, e6)), dot(a2, e5)), dot(a3, e4)), dot(a4,
    e3)), dot(a5, e2)), dot(a6, e1)), dot(a7, e0)), i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g, 13)), fold)),
    q);
  q = over(c);
  even = rest(c, q);
  g = plus(dot(a8, s9), dot(a9, s8));
  c = plus(plus(plus(plus(plus(plus(plus(plus(plus(dot(a0, s7), dot(a1, s6)), dot(a2, s5)), dot(a3, s4)), dot(a4,
    s3)), dot(a5, s2)), dot(a6, s1)), dot(a7, s0)), i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)), fold)),
    q);
  q = over(c);
  v128.store(r, pair(even, rest(c, q)), 112);
  h = plus(dot(a8, e10), dot(a9, e9));
  c = plus(plus(plus(plus(plus(plus(plus(plus(plus(plus(dot(a0, e8), dot(a1, e7)), dot(a2, e6)), dot(a3, e5)),
    dot(a4, e4)), dot(a5, e3)), dot(a6, e2)), dot(a7, e1)), dot(a8, e0)), i32x4.mul(plus(v128.and(h, low13),
    i32x4.shr_s(g, 13)), fold)), q);
  q = over(c);
  even = rest(c, q);
  g = dot(a9, s9);
  c = plus(plus(plus(plus(plus(plus(plus(plus(plus(plus(dot(a0, s8), dot(a1, s7)), dot(a2, s6)), dot(a3, s5)),
    dot(a4, s4)), dot(a5, s3)), dot(a6, s2)), dot(a7, s1)), dot(a8, s0)), i32x4.mul(plus(v128.and(g, low13),
    i32x4.shr_s(h, 13)), fold)), q);
  q = over(c);
  v128.store(r, pair(even, rest(c, q)), 128);
  h = dot(a9, e10);
  c = plus(plus(plus(plus(plus(plus(plus(plus(plus(plus(plus(dot(a0, e9), dot(a1, e8)), dot(a2, e7)), dot(a3, e6)),
    dot(a4, e5)), dot(a5, e4)), dot(a6, e3)), dot(a7, e2)), dot(a8, e1)), dot(a9, e0)), i32x4.mul(plus(v128.and(h,
    low13), i32x4.shr_s(g, 13)), fold)), q);
  q = over(c);
  even = rest(c, q);
  c = plus(plus(plus(plus(plus(plus(plus(plus(plus(plus(plus(dot(a0, s9), dot(a1, s8)), dot(a2, s7)), dot(a3, s6)),
    dot(a4, s5)), dot(a5, s4)), dot(a6, s3)), dot(a7, s2)), dot(a8, s1)), dot(a9, s0)), i32x4.mul(i32x4.shr_s(h, 13),
    fold)), q);
  q = over(c);
  v128.store(r, pair(even, rest(c, q)), 144);
  c0 = plus(c0, i32x4.mul(q, fold));
  q = over(c0);
  c0 = rest(c0, q);
  c1 = plus(c1, q);
  q = over(c1);
  c1 = rest(c1, q);
  c2 = plus(c2, q);
  v128.store(r, pair(c0, c1), 0);
  v128.store(r, pair(c2, c3), 16);
}

/** r = a^(2^n) in every lane, n ≥ 1; limbs stay in registers in between. */
export function vsqn(r: usize, a: usize, n: i32): void {
  let a0 = v128.load(a, 0), a1 = v128.load(a, 16), a2 = v128.load(a, 32);
  let a3 = v128.load(a, 48), a4 = v128.load(a, 64), a5 = v128.load(a, 80);
  let a6 = v128.load(a, 96), a7 = v128.load(a, 112), a8 = v128.load(a, 128);
  let a9 = v128.load(a, 144);
  const zero = i32x4.splat(0), low13 = i32x4.splat(0x1fff), fold = i32x4.splat(608);
  do {
    const s0 = swap(a0);
    const s1 = swap(a1);
    const s2 = swap(a2);
    const s3 = swap(a3);
    const s4 = swap(a4);
    const s5 = swap(a5);
    const s6 = swap(a6);
    const s7 = swap(a7);
    const s8 = swap(a8);
    const s9 = swap(a9);
    const e0 = blend(a0, zero);
    const e1 = blend(a1, a0);
    const e2 = blend(a2, a1);
    const e3 = blend(a3, a2);
    const e4 = blend(a4, a3);
    const e5 = blend(a5, a4);
    const e6 = blend(a6, a5);
    const e7 = blend(a7, a6);
    const e8 = blend(a8, a7);
    const e9 = blend(a9, a8);
    const e10 = blend(zero, a9);
    let h = plus(twice(plus(plus(plus(plus(dot(a0, e10), dot(a1, e9)), dot(a2, e8)), dot(a3, e7)), dot(a4, e6))),
      square(a5));
    let c0 = plus(square(a0), i32x4.mul(v128.and(h, low13), fold));
    let q = over(c0);
    c0 = rest(c0, q);
    let g: v128, c: v128, even = c0, c1 = c0, c2 = c0;
    g = plus(twice(plus(plus(plus(dot(a1, s9), dot(a2, s8)), dot(a3, s7)), dot(a4, s6))), dot(a5, s5));
    c = plus(plus(dot(a0, s0), i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)), fold)), q);
    q = over(c);
    c1 = rest(c, q);
    h = plus(twice(plus(plus(plus(dot(a1, e10), dot(a2, e9)), dot(a3, e8)), dot(a4, e7))), ends(a5, e6));
    c = plus(plus(ends(a0, e1), i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g, 13)), fold)), q);
    q = over(c);
    c2 = rest(c, q);
    g = twice(plus(plus(plus(dot(a2, s9), dot(a3, s8)), dot(a4, s7)), dot(a5, s6)));
    c = plus(plus(twice(dot(a0, s1)), i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)), fold)), q);
    q = over(c);
    const c3 = rest(c, q);
    h = plus(twice(plus(plus(plus(dot(a2, e10), dot(a3, e9)), dot(a4, e8)), dot(a5, e7))), square(a6));
    c = plus(plus(plus(twice(dot(a0, e2)), square(a1)), i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g, 13)), fold)),
      q);
    q = over(c);
    even = rest(c, q);
    g = plus(twice(plus(plus(dot(a3, s9), dot(a4, s8)), dot(a5, s7))), dot(a6, s6));
    c = plus(plus(plus(twice(dot(a0, s2)), dot(a1, s1)), i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)),
      fold)), q);
    q = over(c);
    const r2 = pair(even, rest(c, q));
    h = plus(twice(plus(plus(dot(a3, e10), dot(a4, e9)), dot(a5, e8))), ends(a6, e7));
    c = plus(plus(plus(twice(dot(a0, e3)), ends(a1, e2)), i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g, 13)),
      fold)), q);
    q = over(c);
    even = rest(c, q);
    g = twice(plus(plus(dot(a4, s9), dot(a5, s8)), dot(a6, s7)));
    c = plus(plus(twice(plus(dot(a0, s3), dot(a1, s2))), i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)),
      fold)), q);
    q = over(c);
    const r3 = pair(even, rest(c, q));
    h = plus(twice(plus(plus(dot(a4, e10), dot(a5, e9)), dot(a6, e8))), square(a7));
    c = plus(plus(plus(twice(plus(dot(a0, e4), dot(a1, e3))), square(a2)), i32x4.mul(plus(v128.and(h, low13),
      i32x4.shr_s(g, 13)), fold)), q);
    q = over(c);
    even = rest(c, q);
    g = plus(twice(plus(dot(a5, s9), dot(a6, s8))), dot(a7, s7));
    c = plus(plus(plus(twice(plus(dot(a0, s4), dot(a1, s3))), dot(a2, s2)), i32x4.mul(plus(v128.and(g, low13),
      i32x4.shr_s(h, 13)), fold)), q);
    q = over(c);
    const r4 = pair(even, rest(c, q));
    h = plus(twice(plus(dot(a5, e10), dot(a6, e9))), ends(a7, e8));
    c = plus(plus(plus(twice(plus(dot(a0, e5), dot(a1, e4))), ends(a2, e3)), i32x4.mul(plus(v128.and(h, low13),
      i32x4.shr_s(g, 13)), fold)), q);
    q = over(c);
    even = rest(c, q);
    g = twice(plus(dot(a6, s9), dot(a7, s8)));
    c = plus(plus(twice(plus(plus(dot(a0, s5), dot(a1, s4)), dot(a2, s3))), i32x4.mul(plus(v128.and(g, low13),
      i32x4.shr_s(h, 13)), fold)), q);
    q = over(c);
    const r5 = pair(even, rest(c, q));
    h = plus(twice(plus(dot(a6, e10), dot(a7, e9))), square(a8));
    c = plus(plus(plus(twice(plus(plus(dot(a0, e6), dot(a1, e5)), dot(a2, e4))), square(a3)),
      i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g, 13)), fold)), q);
    q = over(c);
    even = rest(c, q);
    g = plus(twice(dot(a7, s9)), dot(a8, s8));
    c = plus(plus(plus(twice(plus(plus(dot(a0, s6), dot(a1, s5)), dot(a2, s4))), dot(a3, s3)),
      i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)), fold)), q);
    q = over(c);
    const r6 = pair(even, rest(c, q));
    h = plus(twice(dot(a7, e10)), ends(a8, e9));
    c = plus(plus(plus(twice(plus(plus(dot(a0, e7), dot(a1, e6)), dot(a2, e5))), ends(a3, e4)),
      i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g, 13)), fold)), q);
    q = over(c);
    even = rest(c, q);
    g = twice(dot(a8, s9));
    c = plus(plus(twice(plus(plus(plus(dot(a0, s7), dot(a1, s6)), dot(a2, s5)), dot(a3, s4))),
      i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)), fold)), q);
    q = over(c);
    const r7 = pair(even, rest(c, q));
    h = plus(twice(dot(a8, e10)), square(a9));
    c = plus(plus(plus(twice(plus(plus(plus(dot(a0, e8), dot(a1, e7)), dot(a2, e6)), dot(a3, e5))), square(a4)),
      i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g, 13)), fold)), q);
    q = over(c);
    even = rest(c, q);
    g = dot(a9, s9);
    c = plus(plus(plus(twice(plus(plus(plus(dot(a0, s8), dot(a1, s7)), dot(a2, s6)), dot(a3, s5))), dot(a4, s4)),
      i32x4.mul(plus(v128.and(g, low13), i32x4.shr_s(h, 13)), fold)), q);
    q = over(c);
    const r8 = pair(even, rest(c, q));
    h = ends(a9, e10);
    c = plus(plus(plus(twice(plus(plus(plus(dot(a0, e9), dot(a1, e8)), dot(a2, e7)), dot(a3, e6))), ends(a4, e5)),
      i32x4.mul(plus(v128.and(h, low13), i32x4.shr_s(g, 13)), fold)), q);
    q = over(c);
    even = rest(c, q);
    c = plus(plus(twice(plus(plus(plus(plus(dot(a0, s9), dot(a1, s8)), dot(a2, s7)), dot(a3, s6)), dot(a4, s5))),
      i32x4.mul(i32x4.shr_s(h, 13), fold)), q);
    q = over(c);
    const r9 = pair(even, rest(c, q));
    c0 = plus(c0, i32x4.mul(q, fold));
    q = over(c0);
    c0 = rest(c0, q);
    c1 = plus(c1, q);
    q = over(c1);
    c1 = rest(c1, q);
    c2 = plus(c2, q);
    a0 = pair(c0, c1);
    a1 = pair(c2, c3);
    a2 = r2; a3 = r3; a4 = r4; a5 = r5; a6 = r6; a7 = r7; a8 = r8; a9 = r9;
  } while (--n > 0);
  v128.store(r, a0, 0);
  v128.store(r, a1, 16);
  v128.store(r, a2, 32);
  v128.store(r, a3, 48);
  v128.store(r, a4, 64);
  v128.store(r, a5, 80);
  v128.store(r, a6, 96);
  v128.store(r, a7, 112);
  v128.store(r, a8, 128);
  v128.store(r, a9, 144);
}

/** r = a + b; units add. */
export function vadd4(r: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < 160; i += 32) {
    const first = i16x8.add(v128.load(a + i), v128.load(b + i));
    const second = i16x8.add(v128.load(a + i, 16), v128.load(b + i, 16));
    v128.store(r + i, first);
    v128.store(r + i, second, 16);
  }
}

/** r = a − b; units add. */
export function vsub4(r: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < 160; i += 32) {
    const first = i16x8.sub(v128.load(a + i), v128.load(b + i));
    const second = i16x8.sub(v128.load(a + i, 16), v128.load(b + i, 16));
    v128.store(r + i, first);
    v128.store(r + i, second, 16);
  }
}

/** Lane `lane` from 255 bits of 32 little-endian bytes (the top bit is ignored). */
export function vread(r: usize, lane: i32, bytes: usize): void {
  const to = r + (usize(lane) << 2);
  let bit: u32 = 0;
  for (let i: usize = 0; i < 144; i += 16, bit += 26) {
    const word = u32(load<u64>(bytes + usize(bit >> 3)) >> u64(bit & 7));
    store<u32>(to + i, (word & 0x1fff) | ((word << 3) & 0x1fff0000));
  }
  // Bits 234 to 254: no eight bytes are left to read there.
  const word = load<u32>(bytes, 28) >> 10;
  store<u32>(to, (word & 0x1fff) | (((word >> 13) & 0xff) << 16), 144);
}

const M52: i64 = 0xfffffffffffff;
const M47: i64 = 0x7fffffffffff;

// @ts-ignore: decorator
@inline
function word52(at: usize): i64 {
  const low = load<i32>(at);
  const high = load<i32>(at, 16);
  return i64(i16(low)) + (i64(low >> 16) << 13) + (i64(i16(high)) << 26) + (i64(high >> 16) << 39);
}

/** 32 little-endian bytes of the canonical value of one lane. */
export function vwrite(out: usize, a: usize, lane: i32): void {
  const at = a + (usize(lane) << 2);
  let w0 = word52(at), w1 = word52(at + 32), w2 = word52(at + 64), w3 = word52(at + 96), w4 = word52(at + 128);
  for (let pass = 0; pass < 3; pass++) {
    w1 += w0 >> 52; w0 &= M52;
    w2 += w1 >> 52; w1 &= M52;
    w3 += w2 >> 52; w2 &= M52;
    w4 += w3 >> 52; w3 &= M52;
    w0 += 19 * (w4 >> 47); w4 &= M47;
  }
  // p is subtracted by adding 19 and dropping bit 255, if the sum reaches it.
  const reaches = (w4 + ((w3 + ((w2 + ((w1 + ((w0 + 19) >> 52)) >> 52)) >> 52)) >> 52)) >> 47;
  w0 += 19 * reaches;
  w1 += w0 >> 52; w0 &= M52;
  w2 += w1 >> 52; w1 &= M52;
  w3 += w2 >> 52; w2 &= M52;
  w4 += w3 >> 52; w3 &= M52;
  w4 &= M47;
  store<i64>(out, w0 | (w1 << 52));
  store<i64>(out, (w1 >> 12) | (w2 << 40), 8);
  store<i64>(out, (w2 >> 24) | (w3 << 28), 16);
  store<i64>(out, (w3 >> 36) | (w4 << 16), 24);
}

const BYTES: usize = memory.data(32, 16);

/** Whether lane `lane` is zero. */
export function vlaneIsZero(a: usize, lane: i32): bool {
  vwrite(BYTES, a, lane);
  return (load<u64>(BYTES) | load<u64>(BYTES, 8) | load<u64>(BYTES, 16) | load<u64>(BYTES, 24)) == 0;
}

/** One lane from, or to, an element of field.ts. */
export function vfromLimbs(r: usize, lane: i32, limbs: usize): void {
  ftoBytes(BYTES, limbs);
  vread(r, lane, BYTES);
}

export function vtoLimbs(limbs: usize, a: usize, lane: i32): void {
  vwrite(BYTES, a, lane);
  ffromBytes(limbs, BYTES);
}

/** The same element of field.ts in all lanes. */
export function vsplat(r: usize, limbs: usize): void {
  for (let lane = 0; lane < 4; lane++) vfromLimbs(r, lane, limbs);
}
