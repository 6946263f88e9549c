/**
 * Protocol buffers as CometBFT writes them: just the wire format, no schema. A field that is zero or empty is left out
 * (proto3), an embedded message marked `always` is not. Everything that hashes or signs depends on exactly these bytes.
 */
import { concat, utf8 } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";

/** Unsigned LEB128 of a 64-bit value; negative ones as two's complement, ten bytes. */
export function varint(value: bigint | number): Uint8Array {
  if (typeof value === "number" && value >= 0 && value < 128) return Uint8Array.of(value);
  let rest = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  while (rest >= 128n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}

const NOTHING = new Uint8Array(0);

function tag(field: number, wire: number): Uint8Array {
  return varint((field << 3) | wire);
}

/** int32, int64, uint64, enum, bool; left out when zero. */
export function integer(field: number, value: bigint | number | boolean): Uint8Array {
  const number = BigInt(value);
  return number === 0n ? NOTHING : concat(tag(field, 0), varint(number));
}

/** sfixed64, little-endian; left out when zero. */
export function fixed64(field: number, value: bigint | number): Uint8Array {
  const number = BigInt.asUintN(64, BigInt(value));
  if (number === 0n) return NOTHING;
  const bytes = new Uint8Array(8);
  for (let i = 0; i < 8; i++) bytes[i] = Number((number >> BigInt(8 * i)) & 255n);
  return concat(tag(field, 1), bytes);
}

/** bytes; left out when empty. */
export function blob(field: number, value: Uint8Array): Uint8Array {
  return value.length === 0 ? NOTHING : always(field, value);
}

/** string; left out when empty. */
export function string(field: number, value: string): Uint8Array {
  return blob(field, utf8(value));
}

/** An embedded message, or an element of a repeated field: there even when empty. */
export function always(field: number, value: Uint8Array): Uint8Array {
  return concat(tag(field, 2), varint(value.length), value);
}

/** google.protobuf.Timestamp of nanoseconds since 1970. */
export function timestamp(time: bigint): Uint8Array {
  const nanos = ((time % SECOND) + SECOND) % SECOND;
  return concat(integer(1, (time - nanos) / SECOND), integer(2, nanos));
}

const SECOND = 1_000_000_000n;

/** The fields of a message by number, in the order in which they stand. */
export class Fields {
  readonly #integers = new Map<number, bigint>();
  readonly #blobs = new Map<number, Uint8Array[]>();

  /** Any bytes give fields or the reason why they are no message. Groups and fields of 32 bits do not occur. */
  static of(bytes: Uint8Array): Result<Fields, string> {
    const fields = new Fields();
    let at = 0;
    while (at < bytes.length) {
      const head = readSmall(bytes, at);
      if (head === undefined) return fail("a tag is cut off");
      at = head.next;
      const field = Math.floor(head.value / 8);
      const wire = head.value % 8;
      if (field < 1 || field > 536_870_911) return fail(`field ${field}`);
      const next = fields.#take(field, wire, bytes, at);
      if (next === undefined) return fail(`field ${field} is cut off or of an unknown kind`);
      at = next;
    }
    return ok(fields);
  }

  #take(field: number, wire: number, bytes: Uint8Array, at: number): number | undefined {
    if (wire === 0) {
      const value = readVarint(bytes, at);
      if (value === undefined) return undefined;
      this.#integers.set(field, value.value);
      return value.next;
    }
    if (wire === 1) {
      if (at + 8 > bytes.length) return undefined;
      let value = 0n;
      for (let i = 7; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] as number);
      this.#integers.set(field, value);
      return at + 8;
    }
    if (wire !== 2) return undefined;
    const length = readSmall(bytes, at);
    if (length === undefined || length.value > bytes.length - length.next) return undefined;
    const end = length.next + length.value;
    const blobs = this.#blobs.get(field);
    const value = bytes.slice(length.next, end);
    if (blobs === undefined) this.#blobs.set(field, [value]);
    else blobs.push(value);
    return end;
  }

  /** Signed 64-bit integer; 0 when it is not there. */
  int(field: number): bigint {
    return BigInt.asIntN(64, this.#integers.get(field) ?? 0n);
  }

  /** The last of a field's values; empty when there is none. */
  blob(field: number): Uint8Array {
    return this.#blobs.get(field)?.at(-1) ?? NOTHING;
  }

  blobs(field: number): readonly Uint8Array[] {
    return this.#blobs.get(field) ?? [];
  }

  has(field: number): boolean {
    return this.#blobs.has(field) || this.#integers.has(field);
  }
}

/** Nanoseconds of a Timestamp message; `undefined` when it is none. */
export function timeOf(bytes: Uint8Array): bigint | undefined {
  const fields = Fields.of(bytes);
  if (!fields.ok) return undefined;
  const nanos = fields.value.int(2);
  if (nanos < 0n || nanos >= SECOND) return undefined;
  return fields.value.int(1) * SECOND + nanos;
}

/** A varint of at most ten bytes and where the next byte stands. */
export function readVarint(bytes: Uint8Array, start: number): { value: bigint; next: number } | undefined {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return value < 1n << 64n ? { value, next: start + i + 1 } : undefined;
  }
  return undefined;
}

/** {@link readVarint} for tags and lengths: as a number, inexact beyond 2^53, where no tag and no length is. */
export function readSmall(bytes: Uint8Array, start: number): { value: number; next: number } | undefined {
  const [first, second] = [bytes[start], bytes[start + 1]];
  if (first === undefined) return undefined;
  if (first < 128) return { value: first, next: start + 1 };
  if (second !== undefined && second < 128) return { value: first - 128 + 128 * second, next: start + 2 };
  const long = readVarint(bytes, start);
  return long === undefined ? undefined : { value: Number(long.value), next: long.next };
}
