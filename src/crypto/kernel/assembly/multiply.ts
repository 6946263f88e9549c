/** Scalar multiplication for public scalars: fixed bases by tables, few variable bases by one chain of doublings. */
import { SUMMAND, vaddNiels, vcopy, vdouble, vfromAffine, vfromPoint, videntity, vscale, vtoPoint } from "./lanes";
import { AFFINE, CACHED, padd, paddCached, paddNiels, pdouble, pfromAffine, pidentity, pnormalise, POINT, ptoCached, ptoNiels } from "./point";

const WINDOWS = 32;
const PER_WINDOW = 128;

/** Bytes of a fixed base's table: summands of 1…128 times 256^i·base for i = 0…31. */
export const TABLE: usize = 32 * 128 * SUMMAND;

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
      const entry = table + usize(window * PER_WINDOW + i) * SUMMAND;
      const affineMultiple = MULTIPLES_AFFINE + usize(i) * AFFINE;
      if (ASC_FEATURE_SIMD) vfromAffine(entry, affineMultiple);
      else ptoNiels(entry, affineMultiple);
    }
  }
}

const SUM: usize = memory.data(160, 16);

/** r += scalar·base (scalar below 2^253, little-endian words). */
export function addFixed(r: usize, table: usize, scalar: usize): void {
  if (ASC_FEATURE_SIMD) {
    vfromPoint(SUM, r);
    accumulateFixed(SUM, table, scalar);
    vtoPoint(r, SUM);
  } else accumulateFixed(r, table, scalar);
}

/** The same for r as {@link sumOfPieces} leaves it: in lanes with SIMD. */
export function accumulateFixed(r: usize, table: usize, scalar: usize): void {
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
    const entry = table + usize(window * PER_WINDOW + (negative ? -digit : digit) - 1) * SUMMAND;
    if (ASC_FEATURE_SIMD) vaddNiels(r, entry, negative ? -1 : 0);
    else paddNiels(r, r, entry, negative);
  }
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

/** Writes P, 3P, … 15P, cached. */
function oddMultiples(table: usize, point: usize): void {
  ptoCached(table, point);
  pdouble(TWICE, point, true);
  for (let i = 1; i < ODD_MULTIPLES; i++) {
    const at = table + usize(i) * CACHED;
    paddCached(STEP, TWICE, at - CACHED, false);
    ptoCached(at, STEP);
  }
}

/** Prepares base number `index` (extended) with its scalar for {@link sumOfBases}. */
export function setBase(index: i32, point: usize, scalar: usize): void {
  slide(DIGITS + usize(index) * 256, scalar);
  oddMultiples(TABLES + usize(index * ODD_MULTIPLES) * CACHED, point);
}

/** r = Σ scalar·base over the first `count` prepared bases. */
export function sumOfBases(r: usize, count: i32): void {
  pidentity(r);
  let top = 255;
  while (top >= 0 && !anyDigit(top, count)) top--;
  for (let bit = top; bit >= 0; bit--) {
    const used = anyDigit(bit, count);
    pdouble(r, r, used || bit == 0);
    if (!used) continue;
    for (let index = 0; index < count; index++) {
      const digit = i32(load<i8>(DIGITS + usize(index * 256 + bit)));
      if (digit == 0) continue;
      const negative = digit < 0;
      const entry = ((negative ? -digit : digit) - 1) >> 1;
      paddCached(r, r, TABLES + usize(index * ODD_MULTIPLES + entry) * CACHED, negative);
    }
  }
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
const RAISED: usize = memory.data(160, 16);

/** In lanes with SIMD: writes the summands of P, 3P, … 15P. */
function oddSummands(table: usize, point: usize): void {
  if (!ASC_FEATURE_SIMD) return oddMultiples(table, point);
  vscale(table, point);
  vdouble(TWICE, point);
  for (let i = 1; i < ODD_MULTIPLES; i++) {
    const at = table + usize(i) * CACHED;
    vcopy(STEP, TWICE);
    vaddNiels(STEP, at - CACHED, 0);
    vscale(at, STEP);
  }
}

/**
 * For a point that occurs in several combinations: its table takes 192 doublings, each combination then 64 instead of 253.
 */
export function buildPieces(table: usize, point: usize): void {
  if (ASC_FEATURE_SIMD) vfromPoint(RAISED, point);
  else memory.copy(RAISED, point, POINT);
  for (let piece = 0; piece < PIECES; piece++) {
    oddSummands(table + usize(piece * ODD_MULTIPLES) * CACHED, RAISED);
    if (piece == PIECES - 1) break;
    for (let i = 0; i < PIECE_BITS; i++) {
      if (ASC_FEATURE_SIMD) vdouble(RAISED, RAISED);
      else pdouble(RAISED, RAISED, i == PIECE_BITS - 1);
    }
  }
}

/** Prepares base number `index`, given by its table of pieces, for {@link sumOfPieces}. */
export function setPieces(index: i32, table: usize, scalar: usize): void {
  slide(DIGITS + usize(index) * 256, scalar);
  store<usize>(PIECE_TABLES + (usize(index) << 3), table);
}

/** r = Σ scalar·base over the first `count` bases prepared by {@link setPieces}; in lanes with SIMD. */
export function sumOfPieces(r: usize, count: i32): void {
  if (ASC_FEATURE_SIMD) videntity(r);
  else pidentity(r);
  for (let bit = count == 0 ? -1 : PIECE_BITS - 1; bit >= 0; bit--) {
    if (ASC_FEATURE_SIMD) vdouble(r, r);
    else pdouble(r, r, true);
    for (let index = 0; index < count; index++) {
      const table = load<usize>(PIECE_TABLES + (usize(index) << 3));
      for (let piece = 0; piece < PIECES; piece++) {
        const digit = i32(load<i8>(DIGITS + usize(index * 256 + piece * PIECE_BITS + bit)));
        if (digit == 0) continue;
        const negative = digit < 0;
        const entry = table + usize(piece * ODD_MULTIPLES + (((negative ? -digit : digit) - 1) >> 1)) * CACHED;
        if (ASC_FEATURE_SIMD) vaddNiels(r, entry, negative ? -1 : 0);
        else paddCached(r, r, entry, negative);
      }
    }
  }
}

/** Extended form of what {@link sumOfPieces} and {@link accumulateFixed} leave. */
export function piecesToPoint(r: usize, sum: usize): void {
  if (ASC_FEATURE_SIMD) vtoPoint(r, sum);
  else if (r != sum) memory.copy(r, sum, POINT);
}
