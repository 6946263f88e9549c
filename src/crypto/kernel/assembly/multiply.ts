/** Scalar multiplication for public scalars: fixed bases by tables, few variable bases by one chain of doublings. */
import { LANES, vaddNiels, vdouble, vfromPoint, videntity, vsetNiels, vtoCached, vtoPoint } from "./lanes";
import { AFFINE, CACHED, NIELS, padd, paddCached, paddNiels, pdouble, pfromAffine, pidentity, pnormalise, POINT, ptoCached, ptoNiels } from "./point";

const WINDOWS = 32;
const PER_WINDOW = 128;

const ENTRY: usize = ASC_FEATURE_SIMD ? 160 : 120;
/** Bytes of a fixed base's table: 1…128 times 256^i·base for i = 0…31, each as a summand (lanes.ts) or niels. */
export const TABLE: usize = 32 * 128 * ENTRY;

const RUN: usize = memory.data(160, 16);
const MULTIPLES: usize = memory.data(128 * 160, 16);
const MULTIPLES_AFFINE: usize = memory.data(128 * 80, 16);

/** Fills the table of an affine base: about 3 ms. */
export function buildTable(table: usize, affine: usize): void {
  pfromAffine(RUN, affine);
  for (let window = 0; window < WINDOWS; window++) {
    memory.copy(MULTIPLES, RUN, POINT);
    for (let i = 1; i < PER_WINDOW; i++) {
      const at = MULTIPLES + usize(i) * POINT;
      padd(at, at - POINT, MULTIPLES);
    }
    pdouble(RUN, MULTIPLES + usize(PER_WINDOW - 1) * POINT, true);
    pnormalise(MULTIPLES_AFFINE, MULTIPLES, PER_WINDOW);
    for (let i = 0; i < PER_WINDOW; i++) {
      const entry = table + usize(window * PER_WINDOW + i) * ENTRY;
      if (ASC_FEATURE_SIMD) vsetNiels(entry, MULTIPLES_AFFINE + usize(i) * AFFINE);
      else ptoNiels(entry, MULTIPLES_AFFINE + usize(i) * AFFINE);
    }
  }
}

/** What sums are made in: a point in lanes with SIMD, otherwise an extended one. */
const SUM: usize = memory.data(160, 16);

/** SUM = the neutral element. */
export function beginSum(): void {
  if (ASC_FEATURE_SIMD) videntity(SUM);
  else pidentity(SUM);
}

/** r = SUM, extended. */
export function endSum(r: usize): void {
  if (ASC_FEATURE_SIMD) vtoPoint(r, SUM);
  else memory.copy(r, SUM, POINT);
}

/** r += scalar·base, extended (scalar below 2^253, little-endian words). */
export function addFixed(r: usize, table: usize, scalar: usize): void {
  if (ASC_FEATURE_SIMD) vfromPoint(SUM, r);
  else memory.copy(SUM, r, POINT);
  addFixedToSum(table, scalar);
  endSum(r);
}

/** SUM += scalar·base. */
export function addFixedToSum(table: usize, scalar: usize): void {
  let carry: i32 = 0;
  for (let window = 0; window < WINDOWS; window++) {
    let digit = i32(load<u8>(scalar + usize(window))) + carry;
    carry = 0;
    if (digit > 128) {
      digit -= 256;
      carry = 1;
    }
    if (digit == 0) continue;
    const negative = digit < 0;
    const entry = table + usize(window * PER_WINDOW + (negative ? -digit : digit) - 1) * ENTRY;
    if (ASC_FEATURE_SIMD) vaddNiels(SUM, entry, negative ? -1 : 0);
    else paddNiels(SUM, SUM, entry, negative);
  }
}

// @ts-ignore: decorator
@inline
function addCached(entry: usize, negative: bool): void {
  if (ASC_FEATURE_SIMD) vaddNiels(SUM, entry, negative ? -1 : 0);
  else paddCached(SUM, SUM, entry, negative);
}

/** SUM = 2^n·SUM, n ≥ 1. */
function doubleSum(n: i32): void {
  if (ASC_FEATURE_SIMD) vdouble(SUM, n);
  else for (let i = 1; i <= n; i++) pdouble(SUM, SUM, i == n);
}

/** Most variable bases of one combination. */
export const MAX_BASES = 12;
const ODD_MULTIPLES = 8;
const DIGITS: usize = memory.data(12 * 256, 16);
const TABLES: usize = memory.data(12 * 8 * 160, 16);
const TWICE: usize = memory.data(160, 16);
const STEP: usize = memory.data(160, 16);

/** Signed odd digits below 16 with at least four zeros after each (width-5 non-adjacent form). */
function slide(digits: usize, scalar: usize): void {
  for (let i = 0; i < 256; i++) store<i8>(digits + usize(i), i8((load<u8>(scalar + (usize(i) >> 3)) >> u8(i & 7)) & 1));
  for (let i = 0; i < 256; i++) {
    if (load<i8>(digits + usize(i)) == 0) continue;
    for (let b = 1; b <= 5 && i + b < 256; b++) {
      const next = i32(load<i8>(digits + usize(i + b))) << b;
      if (next == 0) continue;
      const here = i32(load<i8>(digits + usize(i)));
      if (here + next <= 15) {
        store<i8>(digits + usize(i), i8(here + next));
        store<i8>(digits + usize(i + b), 0);
      } else if (here - next >= -15) {
        store<i8>(digits + usize(i), i8(here - next));
        for (let k = i + b; k < 256; k++) {
          if (load<i8>(digits + usize(k)) == 0) {
            store<i8>(digits + usize(k), 1);
            break;
          }
          store<i8>(digits + usize(k), 0);
        }
      } else break;
    }
  }
}

/** Writes P, 3P, … 15P, cached; `point`: in lanes with SIMD, otherwise extended. */
function oddMultiples(table: usize, point: usize): void {
  memory.copy(TWICE, point, POINT);
  if (ASC_FEATURE_SIMD) {
    vtoCached(table, point);
    vdouble(TWICE, 1);
  } else {
    ptoCached(table, point);
    pdouble(TWICE, TWICE, true);
  }
  for (let i = 1; i < ODD_MULTIPLES; i++) {
    const at = table + usize(i) * CACHED;
    if (ASC_FEATURE_SIMD) {
      memory.copy(STEP, TWICE, LANES);
      vaddNiels(STEP, at - CACHED, 0);
      vtoCached(at, STEP);
    } else {
      paddCached(STEP, TWICE, at - CACHED, false);
      ptoCached(at, STEP);
    }
  }
}

const RAISED: usize = memory.data(160, 16);

function raise(point: usize): void {
  if (ASC_FEATURE_SIMD) vfromPoint(RAISED, point);
  else memory.copy(RAISED, point, POINT);
}

/** Prepares base number `index` (extended) with its scalar for {@link addBases}. */
export function setBase(index: i32, point: usize, scalar: usize): void {
  slide(DIGITS + usize(index) * 256, scalar);
  raise(point);
  oddMultiples(TABLES + usize(index * ODD_MULTIPLES) * CACHED, RAISED);
}

/** SUM = Σ scalar·base over the first `count` prepared bases; SUM was neutral. */
export function addBases(count: i32): void {
  let doublings = 0;
  let empty = true;
  for (let bit = 255; bit >= 0; bit--) {
    if (!empty) doublings++;
    if (!anyDigit(bit, count)) continue;
    empty = false;
    if (doublings > 0) doubleSum(doublings);
    doublings = 0;
    for (let index = 0; index < count; index++) {
      const digit = i32(load<i8>(DIGITS + usize(index * 256 + bit)));
      if (digit == 0) continue;
      const negative = digit < 0;
      const entry = ((negative ? -digit : digit) - 1) >> 1;
      addCached(TABLES + usize(index * ODD_MULTIPLES + entry) * CACHED, negative);
    }
  }
  if (doublings > 0) doubleSum(doublings);
}

function anyDigit(bit: i32, count: i32): bool {
  for (let index = 0; index < count; index++) if (load<i8>(DIGITS + usize(index * 256 + bit)) != 0) return true;
  return false;
}

const PIECES = 4;
const PIECE_BITS = 64;
/** Bytes of a point's table of pieces: odd multiples of 2^(64·k)·P for k = 0…3. */
export const PIECE_TABLE: usize = 4 * 8 * 160;
const PIECE_TABLES: usize = memory.data(12 * 8, 16);
/**
 * For a point that occurs in several combinations: its table takes 192 doublings, each combination then 64 instead of 253.
 */
export function buildPieces(table: usize, point: usize): void {
  raise(point);
  for (let piece = 0; piece < PIECES; piece++) {
    oddMultiples(table + usize(piece * ODD_MULTIPLES) * CACHED, RAISED);
    if (piece == PIECES - 1) break;
    if (ASC_FEATURE_SIMD) vdouble(RAISED, PIECE_BITS);
    else for (let i = 0; i < PIECE_BITS; i++) pdouble(RAISED, RAISED, i == PIECE_BITS - 1);
  }
}

/** Prepares base number `index`, given by its table of pieces, for {@link addPieces}. */
export function setPieces(index: i32, table: usize, scalar: usize): void {
  slide(DIGITS + usize(index) * 256, scalar);
  store<usize>(PIECE_TABLES + (usize(index) << 3), table);
}

/** SUM = Σ scalar·base over the first `count` bases prepared by {@link setPieces}; SUM was neutral. */
export function addPieces(count: i32): void {
  let doublings = 0;
  for (let bit = PIECE_BITS - 1; bit >= 0; bit--) {
    doublings++;
    for (let index = 0; index < count; index++) {
      const table = load<usize>(PIECE_TABLES + (usize(index) << 3));
      for (let piece = 0; piece < PIECES; piece++) {
        const digit = i32(load<i8>(DIGITS + usize(index * 256 + piece * PIECE_BITS + bit)));
        if (digit == 0) continue;
        if (doublings > 0) doubleSum(doublings);
        doublings = 0;
        const negative = digit < 0;
        const entry = piece * ODD_MULTIPLES + (((negative ? -digit : digit) - 1) >> 1);
        addCached(table + usize(entry) * CACHED, negative);
      }
    }
  }
  if (doublings > 0) doubleSum(doublings);
}
