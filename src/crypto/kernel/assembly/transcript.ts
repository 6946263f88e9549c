/** Runs the operations of a program for one object: writes texts, hashes them, computes challenges. */
import * as Program from "./program";
import { sdecimal, sfromBigEndian, snegSmall, ssub } from "./scalar";
import { sha256Begin, sha256Blocks, sha256End, sha512 } from "./sha2";

const STATE: usize = memory.data(32, 16);
const LAST: usize = memory.data(32, 16);
const WIDE_DIGEST: usize = memory.data(64, 16);

let text: usize = 0;
let at: usize = 0;
let absorbed: usize = 0;

const KEPT_STATE: usize = memory.data(32, 16);
let keptText: usize = 0;
let keptAt: usize = 0;
let keptAbsorbed: usize = 0;

function hexDigit(value: u32): u32 {
  return value < 10 ? 48 + value : 87 + value;
}

/** Belenios' text of a compressed point: its bytes from the last to the first, in lower-case hex. */
function appendPointText(bytes: usize): void {
  for (let i: usize = 0; i < 32; i++) {
    const byte = u32(load<u8>(bytes + 31 - i));
    store<u16>(at, u16(hexDigit(byte >> 4) | (hexDigit(byte & 15) << 8)));
    at += 2;
  }
}

function base64Digit(value: u32): u32 {
  if (value < 26) return 65 + value;
  if (value < 52) return 71 + value;
  if (value < 62) return value - 4;
  return value == 62 ? 43 : 47;
}

/** Unpadded Base64 of a digest: 43 characters. */
function appendBase64(digest: usize): void {
  for (let i: usize = 0; i < 30; i += 3) {
    const value = (u32(load<u8>(digest + i)) << 16) | (u32(load<u8>(digest + i, 1)) << 8) | u32(load<u8>(digest + i, 2));
    store<u8>(at, u8(base64Digit(value >> 18)));
    store<u8>(at, u8(base64Digit((value >> 12) & 63)), 1);
    store<u8>(at, u8(base64Digit((value >> 6) & 63)), 2);
    store<u8>(at, u8(base64Digit(value & 63)), 3);
    at += 4;
  }
  const value = (u32(load<u8>(digest, 30)) << 10) | (u32(load<u8>(digest, 31)) << 2);
  store<u8>(at, u8(base64Digit(value >> 12)));
  store<u8>(at, u8(base64Digit((value >> 6) & 63)), 1);
  store<u8>(at, u8(base64Digit(value & 63)), 2);
  at += 3;
}

function append(bytes: usize, length: i32): void {
  memory.copy(at, bytes, usize(length));
  at += usize(length);
}

/**
 * SHA-256 of the text so far. Whole blocks are absorbed for good, so that a longer text goes on from there; one byte at
 * least stays out, so that it may still be taken back.
 */
function digestText(out: usize): void {
  const whole = at == absorbed ? 0 : i32((at - absorbed - 1) >> 6);
  sha256Blocks(STATE, absorbed, whole);
  absorbed += usize(whole) << 6;
  memory.copy(LAST, STATE, 32);
  sha256End(out, LAST, absorbed, i32(at - absorbed), u32(at - text));
}

function leave(): void {
  memory.copy(KEPT_STATE, STATE, 32);
  keptText = text;
  keptAt = at;
  keptAbsorbed = absorbed;
  text = at;
  absorbed = at;
  sha256Begin(STATE);
}

function comeBack(): void {
  memory.copy(STATE, KEPT_STATE, 32);
  text = keptText;
  at = keptAt;
  absorbed = keptAbsorbed;
}

/** `slots`: scalars (32 bytes each); `digests` likewise; `compressed`: points by number; `own`: the object's own bytes. */
export function run(program: usize, slots: usize, digests: usize, compressed: usize, own: usize): void {
  text = Program.textOf(program);
  at = text;
  absorbed = text;
  const literals = Program.literalsOf(program);
  let next = Program.operationsOf(program);
  const end = next + (usize(Program.operationWords(program)) << 2);
  while (next < end) {
    const operation = load<i32>(next);
    const a = load<i32>(next, 4);
    const b = load<i32>(next, 8);
    const c = load<i32>(next, 12);
    next += 16;
    if (operation == Program.OPERATION_LITERAL) append(literals + usize(a), b);
    else if (operation == Program.OPERATION_POINT_TEXT) appendPointText(compressed + (usize(a) << 5));
    else if (operation == Program.OPERATION_DECIMAL) at += usize(sdecimal(at, slots + (usize(a) << 5)));
    else if (operation == Program.OPERATION_OWN) append(own + usize(a), b);
    else if (operation == Program.OPERATION_BASE64) appendBase64(digests + (usize(a) << 5));
    else if (operation == Program.OPERATION_SHA256) digestText(digests + (usize(a) << 5));
    else if (operation == Program.OPERATION_BEGIN) {
      at = text;
      absorbed = text;
      sha256Begin(STATE);
    } else if (operation == Program.OPERATION_BACK) at -= usize(a);
    else if (operation == Program.OPERATION_CHALLENGE) sfromBigEndian(slots + (usize(a) << 5), digests + (usize(b) << 5), 32);
    else if (operation == Program.OPERATION_SUBTRACT)
      ssub(slots + (usize(a) << 5), slots + (usize(a) << 5), slots + (usize(b) << 5));
    else if (operation == Program.OPERATION_POINT_BYTES) append(compressed + (usize(a) << 5), 32);
    else if (operation == Program.OPERATION_DIGEST_BYTES) append(digests + (usize(a) << 5), 32);
    else if (operation == Program.OPERATION_SHA512_CHALLENGE) {
      sha512(WIDE_DIGEST, text, u32(at - text));
      sfromBigEndian(slots + (usize(a) << 5), WIDE_DIGEST, 64);
    } else if (operation == Program.OPERATION_NEGATE)
      snegSmall(slots + (usize(a) << 5), slots + (usize(b) << 5), u32(c));
    else if (operation == Program.OPERATION_ASIDE) leave();
    else if (operation == Program.OPERATION_RETURN) comeBack();
  }
}
