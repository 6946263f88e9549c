/** Bytes and text without help from the platform: the pure rooms compile without Node and DOM types. */
import { fail, ok, type Result } from "./result.js";

/** The two digits of each byte: hexadecimal names stand in most keys of the state. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hexadecimal, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i++) out += HEX[bytes[i] as number] as string;
  return out;
}

/** Strict inverse of {@link toHex}: lower case only, even length. `undefined` for anything else. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined;
  const out = new Uint8Array(text.length / 2);
  for (let i = 0; i < out.length; i++) {
    const high = hexDigit(text.charCodeAt(2 * i));
    const low = hexDigit(text.charCodeAt(2 * i + 1));
    if (high < 0 || low < 0) return undefined;
    out[i] = (high << 4) | low;
  }
  return out;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  return -1;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Standard Base64 without padding (RFC 4648 §4; Belenios writes its trackers so). */
export function toBase64(bytes: Uint8Array): string {
  return base64Encode(bytes, BASE64);
}

/** URL-safe Base64 without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  return base64Encode(bytes, BASE64URL);
}

/** Strict inverse of {@link toBase64}: no padding, no white space, trailing bits zero. */
export function fromBase64(text: string): Uint8Array | undefined {
  return base64Decode(text, BASE64_DIGITS);
}

/** Strict inverse of {@link toBase64Url}. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  return base64Decode(text, BASE64URL_DIGITS);
}

function base64Encode(bytes: Uint8Array, alphabet: string): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] as number;
    const b = bytes[i + 1];
    const c = bytes[i + 2];
    out += alphabet[a >> 2] as string;
    out += alphabet[((a & 3) << 4) | ((b ?? 0) >> 4)] as string;
    if (b !== undefined) out += alphabet[((b & 15) << 2) | ((c ?? 0) >> 6)] as string;
    if (c !== undefined) out += alphabet[c & 63] as string;
  }
  return out;
}

/** Value of each digit of an alphabet by its character code; 64 where there is none. */
function digitsOf(alphabet: string): Uint8Array {
  const digits = new Uint8Array(128).fill(64);
  for (let value = 0; value < alphabet.length; value++) digits[alphabet.charCodeAt(value)] = value;
  return digits;
}

const BASE64_DIGITS = digitsOf(BASE64);
const BASE64URL_DIGITS = digitsOf(BASE64URL);

function base64Decode(text: string, digits: Uint8Array): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined;
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? (digits[code] as number) : 64;
    if (value === 64) return undefined;
    buffer = ((buffer << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (buffer >> bits) & 0xff;
    }
  }
  // Trailing bits must be zero, or two texts would decode to the same bytes.
  if ((buffer & ((1 << bits) - 1)) !== 0) return undefined;
  return out;
}

/** UTF-8 of a string. Unpaired surrogates are a programmer's mistake here: check {@link isWellFormed} first on foreign text. */
export function utf8(text: string): Uint8Array {
  return ascii(text) ?? encodeUtf8(text);
}

/** The bytes of a text without any other characters, which most texts here are; several times faster. */
function ascii(text: string): Uint8Array | undefined {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return undefined;
    out[i] = code;
  }
  return out;
}

function encodeUtf8(text: string): Uint8Array {
  const out: number[] = [];
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdbff && i + 1 < text.length) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
        i++;
      }
    }
    if (code >= 0xd800 && code <= 0xdfff) throw new RangeError("unpaired surrogate");
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return Uint8Array.from(out);
}

/** Whether a string has no unpaired surrogate. */
export function isWellFormed(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0xd800 || code > 0xdfff) continue;
    if (code > 0xdbff) return false;
    const next = text.charCodeAt(i + 1);
    if (!(next >= 0xdc00 && next <= 0xdfff)) return false;
    i++;
  }
  return true;
}

/** Strict UTF-8 decoding (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF, no BOM stripping. */
export function fromUtf8(bytes: Uint8Array): Result<string, "bad-utf8"> {
  let plain = 0;
  while (plain < bytes.length && (bytes[plain] as number) < 0x80) plain++;
  const start = textOfAscii(bytes.subarray(0, plain));
  return plain === bytes.length ? ok(start) : decodeUtf8(bytes, plain, start);
}

/** Characters made at once: as many as a call takes arguments with ease. */
const CHARACTERS = 4096;

function textOfAscii(bytes: Uint8Array): string {
  let out = "";
  for (let at = 0; at < bytes.length; at += CHARACTERS)
    out += String.fromCharCode.apply(null, bytes.subarray(at, at + CHARACTERS) as unknown as number[]);
  return out;
}

function decodeUtf8(bytes: Uint8Array, from: number, start: string): Result<string, "bad-utf8"> {
  const parts: string[] = [start];
  let chunk: number[] = [];
  let i = from;
  while (i < bytes.length) {
    const first = bytes[i] as number;
    const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length === 0 || i + length > bytes.length) return fail("bad-utf8");
    let code = length === 1 ? first : first & (0xff >> (length + 1));
    for (let k = 1; k < length; k++) {
      const next = bytes[i + k] as number;
      if ((next & 0xc0) !== 0x80) return fail("bad-utf8");
      code = (code << 6) | (next & 63);
    }
    const overlong = (length === 3 && code < 0x800) || (length === 4 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return fail("bad-utf8");
    chunk.push(code);
    if (chunk.length === CHARACTERS) {
      parts.push(String.fromCodePoint(...chunk));
      chunk = [];
    }
    i += length;
  }
  parts.push(String.fromCodePoint(...chunk));
  return ok(parts.join(""));
}

/** Concatenation. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return joined(parts);
}

/** {@link concat} for very many: a call takes at most some hundred thousand arguments. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * A copy of bytes [start, end). Not `bytes.slice()`: of a Node Buffer that is a view, and changing it would change the
 * caller's bytes.
 */
export function copyOf(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** Equality of public bytes (not constant-time). */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Lexicographic order of unsigned bytes, shorter first on a common prefix: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Unsigned big-endian integer. */
export function bigintFromBytes(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/** Unsigned big-endian integer of exactly `length` bytes; the value must fit. */
export function bigintToBytes(value: bigint, length: number): Uint8Array {
  const hex = value.toString(16).padStart(2 * length, "0");
  const bytes = fromHex(hex);
  if (value < 0n || bytes === undefined || bytes.length !== length) throw new RangeError("integer out of range");
  return bytes;
}
