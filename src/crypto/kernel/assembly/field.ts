/**
 * The field of 2^255 − 19. An element is ten signed 32-bit limbs, radix 2^25.5: limb i has weight 2^⌈25.5·i⌉. Carried
 * elements have limbs in [0, 2^26) and [0, 2^25) by turns (limb 1 up to 2^18 more); sums and differences of up to three
 * carried ones may be multiplied without carrying. Floor carries, so that subtraction needs no bias. Public data only:
 * nothing here takes the same time for all values.
 *
 * Products: a = E + 2^26·O with E, O polynomials of degree 4 in 2^51; E·E', O·O' and (E+O)·(E'+O') make 75 products of
 * limbs instead of 100 (Karatsuba). Largest intermediate value below 2^62.8.
 */
import { ONE, SQRT_M1 } from "./constants";

const M26: i64 = 0x3ffffff;
const M25: i64 = 0x1ffffff;

/** r = a·b. Pointers of all field functions may coincide. */
export function fmul(r: usize, a: usize, b: usize): void {
  const a0 = i64(load<i32>(a, 0)), a1 = i64(load<i32>(a, 4));
  const a2 = i64(load<i32>(a, 8)), a3 = i64(load<i32>(a, 12));
  const a4 = i64(load<i32>(a, 16)), a5 = i64(load<i32>(a, 20));
  const a6 = i64(load<i32>(a, 24)), a7 = i64(load<i32>(a, 28));
  const a8 = i64(load<i32>(a, 32)), a9 = i64(load<i32>(a, 36));
  const b0 = i64(load<i32>(b, 0)), b1 = i64(load<i32>(b, 4));
  const b2 = i64(load<i32>(b, 8)), b3 = i64(load<i32>(b, 12));
  const b4 = i64(load<i32>(b, 16)), b5 = i64(load<i32>(b, 20));
  const b6 = i64(load<i32>(b, 24)), b7 = i64(load<i32>(b, 28));
  const b8 = i64(load<i32>(b, 32)), b9 = i64(load<i32>(b, 36));
  const e0 = a0 * b0 + 19 * (a2 * b8 + a4 * b6 + a6 * b4 + a8 * b2);
  const e1 = a0 * b2 + a2 * b0 + 19 * (a4 * b8 + a6 * b6 + a8 * b4);
  const e2 = a0 * b4 + a2 * b2 + a4 * b0 + 19 * (a6 * b8 + a8 * b6);
  const e3 = a0 * b6 + a2 * b4 + a4 * b2 + a6 * b0 + 19 * (a8 * b8);
  const e4 = a0 * b8 + a2 * b6 + a4 * b4 + a6 * b2 + a8 * b0;
  const o0 = a1 * b1 + 19 * (a3 * b9 + a5 * b7 + a7 * b5 + a9 * b3);
  const o1 = a1 * b3 + a3 * b1 + 19 * (a5 * b9 + a7 * b7 + a9 * b5);
  const o2 = a1 * b5 + a3 * b3 + a5 * b1 + 19 * (a7 * b9 + a9 * b7);
  const o3 = a1 * b7 + a3 * b5 + a5 * b3 + a7 * b1 + 19 * (a9 * b9);
  const o4 = a1 * b9 + a3 * b7 + a5 * b5 + a7 * b3 + a9 * b1;
  const as0 = a0 + a1, as1 = a2 + a3, as2 = a4 + a5, as3 = a6 + a7, as4 = a8 + a9;
  const bs0 = b0 + b1, bs1 = b2 + b3, bs2 = b4 + b5, bs3 = b6 + b7, bs4 = b8 + b9;
  const m0 = as0 * bs0 + 19 * (as1 * bs4 + as2 * bs3 + as3 * bs2 + as4 * bs1);
  const m1 = as0 * bs1 + as1 * bs0 + 19 * (as2 * bs4 + as3 * bs3 + as4 * bs2);
  const m2 = as0 * bs2 + as1 * bs1 + as2 * bs0 + 19 * (as3 * bs4 + as4 * bs3);
  const m3 = as0 * bs3 + as1 * bs2 + as2 * bs1 + as3 * bs0 + 19 * (as4 * bs4);
  const m4 = as0 * bs4 + as1 * bs3 + as2 * bs2 + as3 * bs1 + as4 * bs0;
  carry(
    r, e0 + 38 * o4, m0 - e0 - o0, e1 + 2 * o0, m1 - e1 - o1, e2 + 2 * o1,
    m2 - e2 - o2, e3 + 2 * o2, m3 - e3 - o3, e4 + 2 * o3, m4 - e4 - o4,
  );
}

/** r = a². */
export function fsq(r: usize, a: usize): void {
  fsqn(r, a, 1);
}

/** r = a^(2^n), n ≥ 1; limbs stay in registers in between. */
export function fsqn(r: usize, a: usize, n: i32): void {
  let a0 = i64(load<i32>(a, 0)), a1 = i64(load<i32>(a, 4));
  let a2 = i64(load<i32>(a, 8)), a3 = i64(load<i32>(a, 12));
  let a4 = i64(load<i32>(a, 16)), a5 = i64(load<i32>(a, 20));
  let a6 = i64(load<i32>(a, 24)), a7 = i64(load<i32>(a, 28));
  let a8 = i64(load<i32>(a, 32)), a9 = i64(load<i32>(a, 36));
  do {
    const e0 = a0 * a0 + 19 * (2 * (a2 * a8 + a4 * a6));
    const e1 = 2 * a0 * a2 + 19 * (a6 * a6 + 2 * a4 * a8);
    const e2 = a2 * a2 + 2 * a0 * a4 + 19 * (2 * a6 * a8);
    const e3 = 2 * (a0 * a6 + a2 * a4) + 19 * (a8 * a8);
    const e4 = a4 * a4 + 2 * (a0 * a8 + a2 * a6);
    const o0 = a1 * a1 + 19 * (2 * (a3 * a9 + a5 * a7));
    const o1 = 2 * a1 * a3 + 19 * (a7 * a7 + 2 * a5 * a9);
    const o2 = a3 * a3 + 2 * a1 * a5 + 19 * (2 * a7 * a9);
    const o3 = 2 * (a1 * a7 + a3 * a5) + 19 * (a9 * a9);
    const o4 = a5 * a5 + 2 * (a1 * a9 + a3 * a7);
    const as0 = a0 + a1, as1 = a2 + a3, as2 = a4 + a5, as3 = a6 + a7, as4 = a8 + a9;
    const m0 = as0 * as0 + 19 * (2 * (as1 * as4 + as2 * as3));
    const m1 = 2 * as0 * as1 + 19 * (as3 * as3 + 2 * as2 * as4);
    const m2 = as1 * as1 + 2 * as0 * as2 + 19 * (2 * as3 * as4);
    const m3 = 2 * (as0 * as3 + as1 * as2) + 19 * (as4 * as4);
    const m4 = as2 * as2 + 2 * (as0 * as4 + as1 * as3);
    let h0 = e0 + 38 * o4, h1 = m0 - e0 - o0, h2 = e1 + 2 * o0, h3 = m1 - e1 - o1, h4 = e2 + 2 * o1;
    let h5 = m2 - e2 - o2, h6 = e3 + 2 * o2, h7 = m3 - e3 - o3, h8 = e4 + 2 * o3, h9 = m4 - e4 - o4;
    h1 += h0 >> 26; h0 &= M26;
    h5 += h4 >> 26; h4 &= M26;
    h2 += h1 >> 25; a1 = h1 & M25;
    h6 += h5 >> 25; h5 &= M25;
    h3 += h2 >> 26; a2 = h2 & M26;
    h7 += h6 >> 26; a6 = h6 & M26;
    h4 += h3 >> 25; a3 = h3 & M25;
    h8 += h7 >> 25; a7 = h7 & M25;
    a5 = h5 + (h4 >> 26); a4 = h4 & M26;
    h9 += h8 >> 26; a8 = h8 & M26;
    h0 += 19 * (h9 >> 25); a9 = h9 & M25;
    a1 += h0 >> 26; a0 = h0 & M26;
  } while (--n > 0);
  store<i32>(r, i32(a0), 0); store<i32>(r, i32(a1), 4);
  store<i32>(r, i32(a2), 8); store<i32>(r, i32(a3), 12);
  store<i32>(r, i32(a4), 16); store<i32>(r, i32(a5), 20);
  store<i32>(r, i32(a6), 24); store<i32>(r, i32(a7), 28);
  store<i32>(r, i32(a8), 32); store<i32>(r, i32(a9), 36);
}

/** Carries ten wide limbs and stores them: two chains side by side, then the top into limb 0 by 2^255 = 19. */
// @ts-ignore: decorator
@inline
function carry(
  r: usize, h0: i64, h1: i64, h2: i64, h3: i64, h4: i64, h5: i64, h6: i64, h7: i64, h8: i64, h9: i64,
): void {
  h1 += h0 >> 26; h0 &= M26;
  h5 += h4 >> 26; h4 &= M26;
  h2 += h1 >> 25; h1 &= M25;
  h6 += h5 >> 25; h5 &= M25;
  h3 += h2 >> 26; h2 &= M26;
  h7 += h6 >> 26; h6 &= M26;
  h4 += h3 >> 25; h3 &= M25;
  h8 += h7 >> 25; h7 &= M25;
  h5 += h4 >> 26; h4 &= M26;
  h9 += h8 >> 26; h8 &= M26;
  h0 += 19 * (h9 >> 25); h9 &= M25;
  h1 += h0 >> 26; h0 &= M26;
  store<i32>(r, i32(h0), 0); store<i32>(r, i32(h1), 4);
  store<i32>(r, i32(h2), 8); store<i32>(r, i32(h3), 12);
  store<i32>(r, i32(h4), 16); store<i32>(r, i32(h5), 20);
  store<i32>(r, i32(h6), 24); store<i32>(r, i32(h7), 28);
  store<i32>(r, i32(h8), 32); store<i32>(r, i32(h9), 36);
}

/** r = a + b, not carried. */
export function fadd(r: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < 40; i += 8) {
    const low = load<i32>(a + i) + load<i32>(b + i);
    const high = load<i32>(a + i, 4) + load<i32>(b + i, 4);
    store<i32>(r + i, low);
    store<i32>(r + i, high, 4);
  }
}

/** r = a − b, not carried. */
export function fsub(r: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < 40; i += 8) {
    const low = load<i32>(a + i) - load<i32>(b + i);
    const high = load<i32>(a + i, 4) - load<i32>(b + i, 4);
    store<i32>(r + i, low);
    store<i32>(r + i, high, 4);
  }
}

/** r = −a, not carried. */
export function fneg(r: usize, a: usize): void {
  for (let i: usize = 0; i < 40; i += 4) store<i32>(r + i, -load<i32>(a + i));
}

export function fcopy(r: usize, a: usize): void {
  memory.copy(r, a, 40);
}

export function fzero(r: usize): void {
  memory.fill(r, 0, 40);
}

export function fone(r: usize): void {
  memory.copy(r, ONE, 40);
}

const P0: usize = memory.data(40, 16);
const P1: usize = memory.data(40, 16);
const P2: usize = memory.data(40, 16);
const P3: usize = memory.data(40, 16);

/** r = a^(2^250 − 1); leaves a^11 in P0. */
function ladder(r: usize, a: usize): void {
  fsqn(P1, a, 1); // 2
  fsqn(P2, P1, 2); // 8
  fmul(P2, P2, a); // 9
  fmul(P0, P2, P1); // 11
  fsqn(P1, P0, 1); // 22
  fmul(P1, P1, P2); // 2^5 − 1
  fsqn(P2, P1, 5);
  fmul(P1, P2, P1); // 2^10 − 1
  fsqn(P2, P1, 10);
  fmul(P2, P2, P1); // 2^20 − 1
  fsqn(P3, P2, 20);
  fmul(P2, P3, P2); // 2^40 − 1
  fsqn(P2, P2, 10);
  fmul(P1, P2, P1); // 2^50 − 1
  fsqn(P2, P1, 50);
  fmul(P2, P2, P1); // 2^100 − 1
  fsqn(P3, P2, 100);
  fmul(P2, P3, P2); // 2^200 − 1
  fsqn(P2, P2, 50);
  fmul(r, P2, P1); // 2^250 − 1
}

const PA: usize = memory.data(40, 16);

/** r = 1/a; 0 for 0. */
export function finv(r: usize, a: usize): void {
  ladder(P1, a);
  fsqn(P1, P1, 5);
  fmul(r, P1, P0); // 2^255 − 21
}

/** r = a^((p − 5)/8) = a^(2^252 − 3). */
export function fpow(r: usize, a: usize): void {
  fcopy(PA, a);
  ladder(P1, PA);
  fsqn(P1, P1, 2);
  fmul(r, P1, PA);
}

const CANONICAL: usize = memory.data(40, 16);

/** Writes the canonical limbs (value below 2^255 − 19) of a to CANONICAL. */
function canonical(a: usize): void {
  fcopy(CANONICAL, a);
  for (let pass = 0; pass < 3; pass++) {
    let c: i64 = 0;
    for (let i: usize = 0; i < 40; i += 8) {
      let h = i64(load<i32>(CANONICAL + i)) + c;
      store<i32>(CANONICAL + i, i32(h & M26));
      c = h >> 26;
      h = i64(load<i32>(CANONICAL + i, 4)) + c;
      store<i32>(CANONICAL + i, i32(h & M25), 4);
      c = h >> 25;
    }
    store<i32>(CANONICAL, load<i32>(CANONICAL) + i32(19 * c));
  }
  // p is subtracted by adding 19 and dropping bit 255, if the sum reaches it.
  let c: i32 = 19;
  for (let i: usize = 0; i < 40; i += 8) {
    c = (load<i32>(CANONICAL + i) + c) >> 26;
    c = (load<i32>(CANONICAL + i, 4) + c) >> 25;
  }
  if (c == 0) return;
  c = 19;
  for (let i: usize = 0; i < 40; i += 8) {
    let h = load<i32>(CANONICAL + i) + c;
    store<i32>(CANONICAL + i, h & i32(M26));
    c = h >> 26;
    h = load<i32>(CANONICAL + i, 4) + c;
    store<i32>(CANONICAL + i, h & i32(M25), 4);
    c = h >> 25;
  }
}

/** 32 little-endian bytes of the canonical value. */
export function ftoBytes(out: usize, a: usize): void {
  canonical(a);
  let buffer: u64 = 0;
  let bits: u32 = 0;
  for (let i: u32 = 0; i < 10; i++) {
    buffer |= u64(load<u32>(CANONICAL + (usize(i) << 2))) << bits;
    bits += 26 - (i & 1);
    if (bits >= 32) {
      store<u32>(out, u32(buffer));
      out += 4;
      buffer >>= 32;
      bits -= 32;
    }
  }
  store<u32>(out, u32(buffer));
}

/** Reads 255 bits of 32 little-endian bytes (the top bit is ignored); whether the value was below the prime. */
export function ffromBytes(r: usize, bytes: usize): bool {
  let buffer: u64 = 0;
  let bits: u32 = 0;
  let from = bytes;
  for (let i: u32 = 0; i < 10; i++) {
    const width: u32 = 26 - (i & 1);
    if (bits < width) {
      buffer |= u64(load<u32>(from)) << bits;
      from += 4;
      bits += 32;
    }
    store<i32>(r + (usize(i) << 2), i32(buffer & ((u64(1) << width) - 1)));
    buffer >>= width;
    bits -= width;
  }
  const top = load<u64>(bytes, 24) & 0x7fffffffffffffff;
  if (top != 0x7fffffffffffffff || load<u64>(bytes, 16) != u64.MAX_VALUE || load<u64>(bytes, 8) != u64.MAX_VALUE)
    return true;
  return load<u64>(bytes) < 0xffffffffffffffed;
}

export function fisZero(a: usize): bool {
  canonical(a);
  let any: i32 = 0;
  for (let i: usize = 0; i < 40; i += 4) any |= load<i32>(CANONICAL + i);
  return any == 0;
}

const DIFFERENCE: usize = memory.data(40, 16);

export function fequal(a: usize, b: usize): bool {
  fsub(DIFFERENCE, a, b);
  return fisZero(DIFFERENCE);
}

/** Lowest bit of the canonical value: the "sign" of RFC 8032. */
export function fisOdd(a: usize): bool {
  canonical(a);
  return (load<i32>(CANONICAL) & 1) != 0;
}

const S0: usize = memory.data(40, 16);
const S1: usize = memory.data(40, 16);
const S2: usize = memory.data(40, 16);

/** r = √(u/v), either root, if there is one (v ≠ 0): RFC 8032 §5.1.3. Otherwise r is meaningless. */
export function fsqrtRatio(r: usize, u: usize, v: usize): bool {
  fsq(S0, v);
  fmul(S0, S0, v); // v³
  fsq(S1, S0);
  fmul(S1, S1, v);
  fmul(S1, S1, u); // u·v⁷
  fpow(S1, S1);
  fmul(S1, S1, S0);
  fmul(S1, S1, u); // u·v³·(u·v⁷)^((p−5)/8)
  fsq(S2, S1);
  fmul(S2, S2, v);
  if (fequal(S2, u)) {
    fcopy(r, S1);
    return true;
  }
  fadd(S2, S2, u);
  if (!fisZero(S2)) return false;
  fmul(r, S1, SQRT_M1);
  return true;
}

/** After a {@link fsqrtRatio} that found no root: t with t²·v = ±√−1·u. */
export function sqrtCandidate(): usize {
  return S1;
}
