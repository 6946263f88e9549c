/**
 * Four points at a time, one in each lane (field4.ts): X, Y, Z, T of all four, 640 bytes. Formulas as in point.ts and
 * subgroup.ts, where they are explained; `units` as in field4.ts. Only in the build with SIMD.
 */
import { D, D2, MONTGOMERY_A, MONTGOMERY_C, MONTGOMERY_DI, MONTGOMERY_L, ONE, SQRT_M1 } from "./constants";
import { ffromBytes } from "./field";
import { FOUR, vadd4, vlaneIsZero, vmul, vread, vsplat, vsqn, vsub4, vwrite } from "./field4";

/** Bytes of four points. */
export const POINTS: usize = 640;

const ONES: usize = memory.data<i32>([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);
const TWOS: usize = memory.data<i32>([2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);
const EIGHTS: usize = memory.data<i32>([8, 8, 8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);
const D4: usize = memory.data(160, 16);
const TWICE_D4: usize = memory.data(160, 16);
const ROOT4: usize = memory.data(160, 16);
const A4: usize = memory.data(160, 16);
const C4: usize = memory.data(160, 16);
const L4: usize = memory.data(160, 16);
const DI4: usize = memory.data(160, 16);

function constant(r: usize, limbs: usize): void {
  vsplat(r, limbs);
  vmul(r, r, ONES);
}

/** Must be called once, before anything else here. */
export function init4(): void {
  constant(D4, D);
  constant(TWICE_D4, D2);
  constant(ROOT4, SQRT_M1);
  constant(A4, MONTGOMERY_A);
  constant(C4, MONTGOMERY_C);
  constant(L4, MONTGOMERY_L);
  constant(DI4, MONTGOMERY_DI);
}

/** A mask of lanes: all bits where `bits` has one. */
function maskOf(bits: i32): v128 {
  return v128.not(i32x4.eq(v128.and(i32x4.splat(bits), i32x4(1, 2, 4, 8)), i32x4.splat(0)));
}

/** r = a in the lanes of `bits`, as it was in the others. */
function select(r: usize, a: usize, bits: i32): void {
  const mask = maskOf(bits);
  for (let i: usize = 0; i < FOUR; i += 16) v128.store(r + i, v128.bitselect(v128.load(a + i), v128.load(r + i), mask));
}

function negateLanes(r: usize, bits: i32): void {
  const mask = maskOf(bits);
  for (let i: usize = 0; i < FOUR; i += 16) v128.store(r + i, i16x8.sub(v128.xor(v128.load(r + i), mask), mask));
}

/** Bits of the lanes that are zero. */
function zeros(a: usize): i32 {
  let bits = 0;
  for (let lane = 0; lane < 4; lane++) if (vlaneIsZero(a, lane)) bits |= 1 << lane;
  return bits;
}

const DIFFERENCE: usize = memory.data(160, 16);

function equals(a: usize, b: usize): i32 {
  vsub4(DIFFERENCE, a, b);
  return zeros(DIFFERENCE);
}

/** Of at most two units, carried. */
export function carry4(r: usize, a: usize): void {
  vmul(r, a, ONES);
}

const P0: usize = memory.data(160, 16);
const P1: usize = memory.data(160, 16);
const P2: usize = memory.data(160, 16);
const P3: usize = memory.data(160, 16);
const PA: usize = memory.data(160, 16);

/** P1 = a^(2^250 − 1); leaves a^11 in P0 (field.ts). */
function ladder(a: usize): void {
  vsqn(P1, a, 1);
  vsqn(P2, P1, 2);
  vmul(P2, P2, a);
  vmul(P0, P2, P1);
  vsqn(P1, P0, 1);
  vmul(P1, P1, P2);
  vsqn(P2, P1, 5);
  vmul(P1, P2, P1);
  vsqn(P2, P1, 10);
  vmul(P2, P2, P1);
  vsqn(P3, P2, 20);
  vmul(P2, P3, P2);
  vsqn(P2, P2, 10);
  vmul(P1, P2, P1);
  vsqn(P2, P1, 50);
  vmul(P2, P2, P1);
  vsqn(P3, P2, 100);
  vmul(P2, P3, P2);
  vsqn(P2, P2, 50);
  vmul(P1, P2, P1);
}

/** r = 1/a; 0 for 0. */
export function invert4(r: usize, a: usize): void {
  ladder(a);
  vsqn(P1, P1, 5);
  vmul(r, P1, P0);
}

/** r = a^((p − 5)/8). */
function power(r: usize, a: usize): void {
  memory.copy(PA, a, FOUR);
  ladder(PA);
  vsqn(P1, P1, 2);
  vmul(r, P1, PA);
}

const S0: usize = memory.data(160, 16);
/** After {@link rootOfRatio}, in lanes without a root: t with t²·v = ±√−1·u. */
const S1: usize = memory.data(160, 16);
const S2: usize = memory.data(160, 16);

/** r = √(u/v), either root, in the lanes whose bits come back; units of v: one. */
function rootOfRatio(r: usize, u: usize, v: usize): i32 {
  vsqn(S0, v, 1);
  vmul(S0, S0, v);
  vsqn(S1, S0, 1);
  vmul(S1, S1, v);
  vmul(S1, S1, u);
  power(S1, S1);
  vmul(S1, S1, S0);
  vmul(S1, S1, u);
  vsqn(S2, S1, 1);
  vmul(S2, S2, v);
  const direct = equals(S2, u);
  vadd4(S2, S2, u);
  const turned = zeros(S2);
  vmul(r, S1, ROOT4);
  select(r, S1, direct);
  return direct | turned;
}

const A: usize = memory.data(160, 16);
const B: usize = memory.data(160, 16);
const C: usize = memory.data(160, 16);
const E: usize = memory.data(160, 16);
const F: usize = memory.data(160, 16);
const G: usize = memory.data(160, 16);
const H: usize = memory.data(160, 16);

/** X, Y, Z of r, and T if wanted, from E, F, G, H with all signs as in r = (E·F, G·H, F·G, E·H). */
function finish(r: usize, withT: bool): void {
  vmul(r, E, F);
  vmul(r + 160, G, H);
  vmul(r + 320, F, G);
  if (withT) vmul(r + 480, E, H);
}

/** r = 2·r, carried. */
function double(r: usize, withT: bool): void {
  vsqn(A, r, 1);
  vsqn(B, r + 160, 1);
  vadd4(C, r + 320, r + 320);
  vmul(C, C, r + 320);
  vadd4(E, r, r);
  vmul(E, E, r + 160);
  vsub4(G, B, A);
  vsub4(F, C, G);
  vadd4(H, A, B);
  finish(r, withT);
}

/** r = 8·(x, y) of affine points given by r's X and Y, which may have two units; bits of the lanes that are on the curve. */
export function timesEight(r: usize): i32 {
  vsqn(A, r, 1);
  vsqn(B, r + 160, 1);
  vsub4(G, B, A);
  vmul(C, A, B);
  vmul(C, C, D4);
  vadd4(C, C, ONES);
  const good = equals(G, C);
  vmul(E, r, r + 160);
  vadd4(E, E, E);
  vsub4(F, TWOS, G);
  vadd4(H, A, B);
  finish(r, false);
  double(r, false);
  double(r, true);
  if (good != 15) setNeutral(r, ~good & 15);
  return good;
}

const ZEROS: usize = memory.data(160, 16);

/** The neutral element in the lanes of `bits`. */
export function setNeutral(r: usize, bits: i32): void {
  select(r, ZEROS, bits);
  select(r + 160, ONES, bits);
  select(r + 320, ONES, bits);
  select(r + 480, ZEROS, bits);
}

/** r += p. */
export function add4(r: usize, p: usize): void {
  vsub4(A, r + 160, r);
  vsub4(E, p + 160, p);
  vmul(A, A, E);
  vadd4(B, r + 160, r);
  vadd4(E, p + 160, p);
  vmul(B, B, E);
  vmul(C, r + 480, p + 480);
  vmul(C, C, TWICE_D4);
  vadd4(G, r + 320, r + 320);
  vmul(G, G, p + 320);
  vsub4(E, B, A);
  vsub4(F, G, C);
  vadd4(G, G, C);
  vadd4(H, B, A);
  finish(r, true);
}

const LIMBS: usize = memory.data(40, 16);
const SIGNS: usize = memory.data(32, 16);

/**
 * Affine points from the compressed ones at `bytes` (0: lane not used, taken as neutral): X and Y of r carried, Z = 1. Bits
 * of the lanes that are canonical, on the curve and in the prime-order subgroup; the others become neutral. `members`: all
 * are known to lie in the subgroup, so that is not tested.
 */
export function decompress4(r: usize, members: bool, b0: usize, b1: usize, b2: usize, b3: usize): i32 {
  const y = r + 160;
  memory.copy(B, ONES, FOUR);
  let odd = 0;
  let canonical = 0;
  for (let lane = 0; lane < 4; lane++) {
    const bytes = lane == 0 ? b0 : lane == 1 ? b1 : lane == 2 ? b2 : b3;
    if (bytes == 0) continue;
    if (ffromBytes(LIMBS, bytes)) canonical |= 1 << lane;
    vread(B, lane, bytes);
    odd |= i32(load<u8>(bytes, 31) >> 7) << lane;
  }
  vmul(y, B, ONES);
  vsqn(A, y, 1);
  vmul(B, A, D4);
  vadd4(B, B, ONES);
  vsub4(A, A, ONES);
  let good = rootOfRatio(r, A, B);
  let turn = 0;
  for (let lane = 0; lane < 4; lane++) {
    vwrite(SIGNS, r, lane);
    if (i32(load<u8>(SIGNS) & 1) != ((odd >> lane) & 1)) turn |= 1 << lane;
  }
  const neutral = zeros(r);
  good &= canonical & ~(turn & neutral);
  negateLanes(r, turn);
  if (!members) good &= inSubgroup(r, neutral);
  memory.copy(r + 320, ONES, FOUR);
  memory.fill(r + 480, 0, FOUR);
  if (good != 15) setNeutral(r, ~good & 15);
  return good;
}

const N: usize = memory.data(160, 16);
const M: usize = memory.data(160, 16);
const W: usize = memory.data(160, 16);
const S: usize = memory.data(160, 16);
const SD: usize = memory.data(160, 16);
const U: usize = memory.data(160, 16);
const V: usize = memory.data(160, 16);

/** Bits of the lanes whose curve point (X and Y of r, carried) has an order that divides q; `flat`: lanes with X = 0. */
function inSubgroup(r: usize, flat: i32): i32 {
  vadd4(N, r + 160, ONES);
  vsub4(M, ONES, r + 160);
  const ones = flat == 0 ? 0 : zeros(M);
  const first = rootOfRatio(W, N, M);
  vmul(U, M, A4);
  vadd4(U, U, N);
  vadd4(U, U, N);
  vmul(U, U, r);
  vmul(V, W, C4);
  vadd4(V, V, V);
  vmul(V, V, M);
  vadd4(U, U, V);
  vmul(V, M, r);
  const second = rootOfRatio(S, U, V);
  // Where U/V has no root: the other sign of W (subgroup.ts).
  memory.copy(SD, ONES, FOUR);
  select(SD, S1, ~second);
  vsqn(M, S1, 1);
  vmul(M, M, V);
  vmul(N, U, ROOT4);
  const turned = equals(M, N);
  vmul(N, DI4, ROOT4);
  select(S, DI4, ~second);
  select(S, N, ~second & turned);
  negateLanes(W, ~second & 15);
  return ((first & fourthPowers()) & ~flat) | (flat & ones);
}

function fourthPowers(): i32 {
  vsqn(N, S, 1);
  vsqn(M, SD, 1);
  vmul(M, M, A4);
  vsub4(N, N, M);
  vmul(M, S, SD);
  vmul(M, M, W);
  vadd4(M, M, M);
  vadd4(N, N, M);
  vmul(M, SD, L4);
  vsub4(M, S, M);
  vsqn(M, M, 1);
  vmul(N, N, M);
  vmul(N, N, EIGHTS);
  power(M, N);
  vsqn(M, M, 1);
  vmul(M, M, N);
  return equals(M, ONES);
}

const TOTAL: usize = memory.data(160, 16);

/** X and Y of `count` times four points become affine, by one inversion; T is lost. */
export function normalise4(points: usize, count: i32): void {
  memory.copy(points + 480, points + 320, FOUR);
  for (let i = 1; i < count; i++) {
    const at = points + usize(i) * POINTS;
    vmul(at + 480, at - POINTS + 480, at + 320);
  }
  invert4(TOTAL, points + usize(count - 1) * POINTS + 480);
  for (let i = count - 1; i >= 0; i--) {
    const at = points + usize(i) * POINTS;
    if (i > 0) vmul(A, TOTAL, at - POINTS + 480);
    else memory.copy(A, TOTAL, FOUR);
    vmul(TOTAL, TOTAL, at + 320);
    vmul(at, at, A);
    vmul(at + 160, at + 160, A);
  }
}

/**
 * The summands (lanes.ts) of four affine points: (y − x, 2d·x·y, 2, y + x), point after point `stride` bytes apart; the
 * first `lanes` of them.
 */
export function summands4(out: usize, stride: usize, lanes: i32, point: usize): void {
  vsub4(A, point + 160, point);
  vadd4(B, point + 160, point);
  vmul(C, point, point + 160);
  vmul(C, C, TWICE_D4);
  for (let i: usize = 0; i < FOUR; i += 16, out += 16) {
    const a = v128.load(A + i), b = v128.load(B + i), c = v128.load(C + i), two = v128.load(TWOS + i);
    const low = v128.shuffle<i32>(a, c, 0, 4, 1, 5), lowEnd = v128.shuffle<i32>(two, b, 0, 4, 1, 5);
    v128.store(out, v128.shuffle<i32>(low, lowEnd, 0, 1, 4, 5));
    if (lanes > 1) v128.store(out + stride, v128.shuffle<i32>(low, lowEnd, 2, 3, 6, 7));
    if (lanes <= 2) continue;
    const high = v128.shuffle<i32>(a, c, 2, 6, 3, 7), highEnd = v128.shuffle<i32>(two, b, 2, 6, 3, 7);
    v128.store(out + 2 * stride, v128.shuffle<i32>(high, highEnd, 0, 1, 4, 5));
    if (lanes > 3) v128.store(out + 3 * stride, v128.shuffle<i32>(high, highEnd, 2, 3, 6, 7));
  }
}
