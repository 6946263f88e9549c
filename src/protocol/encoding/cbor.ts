/**
 * The subset of deterministic CBOR (RFC 8949 §4.2) that the protocol uses: unsigned integers below 2^64, byte strings,
 * text strings, arrays, false, true and null; definite lengths, shortest forms. Everything else is refused, so each
 * value has exactly one encoding and decode∘encode is the identity both ways. SPEC 1.1
 */
import { assert } from "#base/assert.js";
import { fromUtf8, isWellFormed, utf8 } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";

/** Integers decode to `number` up to 2^53 − 1 and to `bigint` above. */
export type Cbor = number | bigint | Uint8Array | string | boolean | null | readonly Cbor[];

/** Nesting beyond this is refused: no object of the protocol is deeper than eight. */
const MAX_DEPTH = 16;

/** Where a value is written before it is copied out: one array for all, because encoding is not interrupted. */
let scratch = new Uint8Array(4096);
let end = 0;
/** A longer array is given back after use. */
const KEPT_SCRATCH = 1 << 20;

/** Encodes a value. Values outside the subset are a programmer's mistake. */
export function encodeCbor(value: Cbor): Uint8Array {
  end = 0;
  write(value);
  const out = scratch.slice(0, end);
  if (scratch.length > KEPT_SCRATCH) scratch = new Uint8Array(4096);
  return out;
}

function room(bytes: number): void {
  if (end + bytes <= scratch.length) return;
  const larger = new Uint8Array(Math.max(2 * scratch.length, end + bytes));
  larger.set(scratch.subarray(0, end));
  scratch = larger;
}

function write(value: Cbor): void {
  if (typeof value === "number") writeHead(0, value);
  else if (typeof value === "string") writeText(value);
  else if (value instanceof Uint8Array) {
    writeHead(2, value.length);
    room(value.length);
    scratch.set(value, end);
    end += value.length;
  } else if (value === null) writeByte(0xf6);
  else if (typeof value === "boolean") writeByte(value ? 0xf5 : 0xf4);
  else if (typeof value === "bigint") writeLarge(value);
  else {
    writeHead(4, value.length);
    for (const item of value) write(item);
  }
}

function writeByte(byte: number): void {
  room(1);
  scratch[end++] = byte;
}

function writeText(value: string): void {
  const before = end;
  writeHead(3, value.length);
  room(value.length);
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code >= 0x80) {
      end = before;
      writeWideText(value);
      return;
    }
    scratch[end + i] = code;
  }
  end += value.length;
}

function writeWideText(value: string): void {
  assert(isWellFormed(value), "text with an unpaired surrogate cannot be encoded");
  const bytes = utf8(value);
  writeHead(3, bytes.length);
  room(bytes.length);
  scratch.set(bytes, end);
  end += bytes.length;
}

function writeLarge(value: bigint): void {
  assert(value >= 0n && value < 1n << 64n, "integer out of range");
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) writeHead(0, Number(value));
  else {
    writeByte(27);
    writeNumber(Number(value >> 32n), 4);
    writeNumber(Number(value & 0xffff_ffffn), 4);
  }
}

function writeHead(major: number, n: number): void {
  assert(Number.isSafeInteger(n), "integer is not exact");
  assert(n >= 0, "integer out of range");
  const top = major << 5;
  if (n < 24) writeByte(top | n);
  else if (n < 0x100) {
    writeByte(top | 24);
    writeByte(n);
  } else if (n < 0x10000) {
    writeByte(top | 25);
    writeNumber(n, 2);
  } else if (n < 0x1_0000_0000) {
    writeByte(top | 26);
    writeNumber(n, 4);
  } else {
    writeByte(top | 27);
    writeNumber(Math.floor(n / 0x1_0000_0000), 4);
    writeNumber(n % 0x1_0000_0000, 4);
  }
}

/** Big-endian, at most four bytes. */
function writeNumber(value: number, size: number): void {
  room(size);
  for (let i = size - 1; i >= 0; i--) scratch[end++] = value >>> (8 * i);
}

/** Longer byte strings can be given as parts of the input; shorter ones cost no more as copies. */
const LEAST_PART = 64;

/**
 * Decodes exactly one value that fills `bytes`. The reason of a refusal is a short phrase with the offset. `parts`: long
 * byte strings are parts of the input, which nobody may change any more; otherwise they are copies.
 */
export function decodeCbor(bytes: Uint8Array, parts: "parts" | "copies" = "copies"): Result<Cbor, string> {
  // Of a Node Buffer `slice` is a view; of a plain array it is a copy, and the fastest one.
  const plain = bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const cursor: Cursor = { bytes: plain, copied: parts === "parts" ? LEAST_PART : bytes.length, at: 0, fault: "" };
  const value = read(cursor, 0);
  if (cursor.fault !== "") return fail(cursor.fault);
  if (cursor.at !== bytes.length) return fail(`trailing bytes at ${cursor.at}`);
  return ok(value);
}

/** Where reading stands. After a fault what was read is of no meaning. */
interface Cursor {
  readonly bytes: Uint8Array;
  /** Byte strings up to this length are copied. */
  readonly copied: number;
  at: number;
  fault: string;
}

function refuse(cursor: Cursor, fault: string): null {
  cursor.fault = fault;
  return null;
}

function read(cursor: Cursor, depth: number): Cbor {
  if (depth > MAX_DEPTH) return refuse(cursor, `nesting too deep at ${cursor.at}`);
  const start = cursor.at;
  const first = cursor.bytes[cursor.at++];
  if (first === undefined) return refuse(cursor, `truncated at ${start}`);
  if (first === 0xf4) return false;
  if (first === 0xf5) return true;
  if (first === 0xf6) return null;
  const major = first >> 5;
  if (major !== 0 && major !== 2 && major !== 3 && major !== 4) return refuse(cursor, `type not allowed at ${start}`);
  const n = readArgument(cursor, first & 31, start);
  if (cursor.fault !== "" || major === 0) return n;
  // Every item takes at least one byte, so a length beyond the input cannot be honest; checked before allocating.
  if (typeof n === "bigint" || n > cursor.bytes.length - cursor.at)
    return refuse(cursor, `length beyond the input at ${start}`);
  if (major === 4) return readArray(cursor, n, depth);
  const from = cursor.at;
  cursor.at += n;
  if (major === 2)
    return n <= cursor.copied ? cursor.bytes.slice(from, cursor.at) : cursor.bytes.subarray(from, cursor.at);
  return readText(cursor, from, start);
}

function readArray(cursor: Cursor, length: number, depth: number): Cbor {
  const items: Cbor[] = [];
  for (let i = 0; i < length; i++) {
    items.push(read(cursor, depth + 1));
    if (cursor.fault !== "") return null;
  }
  return items;
}

/** Texts up to this length are read letter by letter, as long as these are ASCII. */
const SHORT_TEXT = 64;

function readText(cursor: Cursor, from: number, start: number): Cbor {
  const length = cursor.at - from;
  if (length <= SHORT_TEXT) {
    let out = "";
    let i = from;
    for (; i < cursor.at && (cursor.bytes[i] as number) < 0x80; i++)
      out += String.fromCharCode(cursor.bytes[i] as number);
    if (i === cursor.at) return out;
  }
  const text = fromUtf8(cursor.bytes.subarray(from, cursor.at));
  return text.ok ? text.value : refuse(cursor, `invalid UTF-8 at ${start}`);
}

function readArgument(cursor: Cursor, info: number, start: number): number | bigint {
  if (info < 24) return info;
  const size = 1 << (info - 24);
  if (info > 27 || cursor.at + size > cursor.bytes.length) {
    cursor.fault = info > 27 ? `length form not allowed at ${start}` : `truncated at ${start}`;
    return 0;
  }
  const high = size === 8 ? readNumber(cursor, 4) : 0;
  const low = readNumber(cursor, size === 8 ? 4 : size);
  const value = high * 0x1_0000_0000 + low;
  const minimum = size === 1 ? 24 : 2 ** (4 * size);
  if (value < minimum) cursor.fault = `integer not in shortest form at ${start}`;
  return value <= Number.MAX_SAFE_INTEGER ? value : (BigInt(high) << 32n) | BigInt(low);
}

/** Big-endian, at most four bytes. */
function readNumber(cursor: Cursor, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + (cursor.bytes[cursor.at++] as number);
  return value;
}
