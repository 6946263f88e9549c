/**
 * The subset of deterministic CBOR (RFC 8949 §4.2) that the protocol uses: unsigned integers below 2^64, byte strings,
 * text strings, arrays, false, true and null; definite lengths, shortest forms. Everything else is refused, so each
 * value has exactly one encoding and decode∘encode is the identity both ways. SPEC 1.1
 */
import { assert } from "#base/assert.js";
import { concat, copyOf, fromUtf8, isWellFormed, utf8 } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";

/** Integers decode to `number` up to 2^53 − 1 and to `bigint` above. */
export type Cbor = number | bigint | Uint8Array | string | boolean | null | readonly Cbor[];

/** Nesting beyond this is refused: no object of the protocol is deeper than eight. */
const MAX_DEPTH = 16;

/** Encodes a value. Values outside the subset are a programmer's mistake. */
export function encodeCbor(value: Cbor): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return concat(...parts);
}

function write(value: Cbor, out: Uint8Array[]): void {
  if (typeof value === "number" || typeof value === "bigint") out.push(head(0, value));
  else if (value instanceof Uint8Array) out.push(head(2, value.length), value);
  else if (typeof value === "string") {
    assert(isWellFormed(value), "text with an unpaired surrogate cannot be encoded");
    const bytes = utf8(value);
    out.push(head(3, bytes.length), bytes);
  } else if (value === null) out.push(Uint8Array.of(0xf6));
  else if (typeof value === "boolean") out.push(Uint8Array.of(value ? 0xf5 : 0xf4));
  else {
    out.push(head(4, value.length));
    for (const item of value) write(item, out);
  }
}

function head(major: number, value: number | bigint): Uint8Array {
  assert(typeof value === "bigint" || Number.isSafeInteger(value), "integer is not exact");
  const n = BigInt(value);
  assert(n >= 0n && n < 1n << 64n, "integer out of range");
  const top = major << 5;
  if (n < 24n) return Uint8Array.of(top | Number(n));
  const size = n < 0x100n ? 1 : n < 0x10000n ? 2 : n < 0x1_0000_0000n ? 4 : 8;
  const out = new Uint8Array(1 + size);
  out[0] = top | (size === 1 ? 24 : size === 2 ? 25 : size === 4 ? 26 : 27);
  let rest = n;
  for (let i = size; i > 0; i--) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return out;
}

/** Decodes exactly one value that fills `bytes`. The reason of a refusal is a short phrase with the offset. */
export function decodeCbor(bytes: Uint8Array): Result<Cbor, string> {
  const cursor: Cursor = { bytes, at: 0 };
  const value = read(cursor, 0);
  if (!value.ok) return value;
  if (cursor.at !== bytes.length) return fail(`trailing bytes at ${cursor.at}`);
  return value;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function read(cursor: Cursor, depth: number): Result<Cbor, string> {
  if (depth > MAX_DEPTH) return fail(`nesting too deep at ${cursor.at}`);
  const start = cursor.at;
  const first = cursor.bytes[cursor.at++];
  if (first === undefined) return fail(`truncated at ${start}`);
  if (first === 0xf4) return ok(false);
  if (first === 0xf5) return ok(true);
  if (first === 0xf6) return ok(null);
  const major = first >> 5;
  if (major !== 0 && major !== 2 && major !== 3 && major !== 4) return fail(`type not allowed at ${start}`);
  const argument = readArgument(cursor, first & 31, start);
  if (!argument.ok) return argument;
  const n = argument.value;
  if (major === 0) return ok(n <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(n) : n);
  // Every item takes at least one byte, so a length beyond the input cannot be honest; checked before allocating.
  if (n > BigInt(cursor.bytes.length - cursor.at)) return fail(`length beyond the input at ${start}`);
  if (major === 4) return readArray(cursor, Number(n), depth);
  const body = copyOf(cursor.bytes, cursor.at, cursor.at + Number(n));
  cursor.at += body.length;
  if (major === 2) return ok(body);
  const text = fromUtf8(body);
  return text.ok ? text : fail(`invalid UTF-8 at ${start}`);
}

function readArray(cursor: Cursor, length: number, depth: number): Result<Cbor, string> {
  const items: Cbor[] = [];
  for (let i = 0; i < length; i++) {
    const item = read(cursor, depth + 1);
    if (!item.ok) return item;
    items.push(item.value);
  }
  return ok(items);
}

function readArgument(cursor: Cursor, info: number, start: number): Result<bigint, string> {
  if (info < 24) return ok(BigInt(info));
  if (info > 27) return fail(`length form not allowed at ${start}`);
  const size = 1 << (info - 24);
  if (cursor.at + size > cursor.bytes.length) return fail(`truncated at ${start}`);
  let value = 0n;
  for (let i = 0; i < size; i++) value = (value << 8n) | BigInt(cursor.bytes[cursor.at++] as number);
  const minimum = size === 1 ? 24n : 1n << BigInt(4 * size);
  if (value < minimum) return fail(`integer not in shortest form at ${start}`);
  return ok(value);
}
