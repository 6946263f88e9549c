/**
 * A program says what the objects of one kind (the ballots of one election) consist of: which texts are hashed to which
 * challenges, and which linear equations must hold. It is data from the host (crypto/kernel/program.ts writes it), so this
 * room knows nothing of ballots. 32-bit words:
 *
 *     points, sums, inputs, slots, digests, ownBytes, equations, longs, operations*, operationWords, literals*, sums*,
 *     equations*, longOf*, outputs*, outputCount, text*, trackerDigest        (* addresses)
 *
 * Point numbers: the points of the input, then the sums, then the credential. Scalars live in slots: first those of the
 * input, then computed ones. One object of the input: points as x, y of P/8 (64 bytes each), scalars (32 bytes each,
 * big-endian), the compressed credential (32 bytes), own bytes.
 */

export const OPERATION_LITERAL = 1;
export const OPERATION_OWN = 2;
export const OPERATION_POINT_TEXT = 3;
export const OPERATION_DECIMAL = 4;
export const OPERATION_BASE64 = 5;
export const OPERATION_SHA256 = 6;
export const OPERATION_BEGIN = 7;
export const OPERATION_BACK = 8;
export const OPERATION_CHALLENGE = 9;
export const OPERATION_SUBTRACT = 10;
export const OPERATION_POINT_BYTES = 11;
export const OPERATION_DIGEST_BYTES = 12;
export const OPERATION_SHA512_CHALLENGE = 13;
export const OPERATION_NEGATE = 14;
/** Begins a text aside; the one so far is kept. */
export const OPERATION_ASIDE = 15;
/** Goes back to the text that was left. */
export const OPERATION_RETURN = 16;

/** Targets of terms that are no points of the object. */
export const TARGET_GENERATOR = -1;
export const TARGET_KEY = -2;

// @ts-ignore: decorator
@inline
function word(program: usize, index: i32): i32 {
  return load<i32>(program + (usize(index) << 2));
}

export function pointCount(program: usize): i32 {
  return word(program, 0);
}
export function sumCount(program: usize): i32 {
  return word(program, 1);
}
export function inputCount(program: usize): i32 {
  return word(program, 2);
}
export function slotCount(program: usize): i32 {
  return word(program, 3);
}
export function digestCount(program: usize): i32 {
  return word(program, 4);
}
export function ownBytes(program: usize): i32 {
  return word(program, 5);
}
export function equationCount(program: usize): i32 {
  return word(program, 6);
}
export function longCount(program: usize): i32 {
  return word(program, 7);
}
export function operationsOf(program: usize): usize {
  return usize(word(program, 8));
}
export function operationWords(program: usize): i32 {
  return word(program, 9);
}
export function literalsOf(program: usize): usize {
  return usize(word(program, 10));
}
/** Sum after sum: how many points, then their numbers. */
export function sumsOf(program: usize): usize {
  return usize(word(program, 11));
}
/** Equation after equation: number of the point on the left, how many terms, then target and slot of each. */
export function equationsOf(program: usize): usize {
  return usize(word(program, 12));
}
/** For each point that occurs in terms its place among the long summands; −1 otherwise. The credential is one of them. */
export function longOf(program: usize, point: i32): i32 {
  return load<i32>(usize(word(program, 13)) + (usize(point) << 2));
}
export function outputsOf(program: usize): usize {
  return usize(word(program, 14));
}
export function outputCount(program: usize): i32 {
  return word(program, 15);
}
export function textOf(program: usize): usize {
  return usize(word(program, 16));
}
export function trackerDigest(program: usize): i32 {
  return word(program, 17);
}

/** Bytes of one object of the input. */
export function stride(program: usize): usize {
  return (usize(pointCount(program)) << 6) + (usize(inputCount(program)) << 5) + 32 + usize(ownBytes(program));
}
