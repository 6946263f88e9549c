/**
 * Shapes: one description of a value gives its type, its encoder and its strict decoder. Records are arrays in field
 * order (SPEC 1.2); what a shape accepts re-encodes to the same bytes.
 */
import { isWellFormed } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { isIdentity, type Point, pointFromBytes, pointToBytes } from "#crypto/group.js";
import { scalarFromBytes, scalarToBytes } from "#crypto/scalar.js";
import { type Cbor, decodeCbor, encodeCbor } from "./cbor.js";

export interface Shape<T> {
  encode(value: T): Cbor;
  /**
   * The reason of a refusal names the place: `body.entries[3]: expected 64 bytes`. With an empty path it need not: naming
   * the places of what is in order costs as much as decoding it ({@link decodeValue}).
   */
  decode(value: Cbor, path: string): Result<T, string>;
}

export type TypeOf<S> = S extends Shape<infer T> ? T : never;

/** Bytes of a value of a shape. */
export function encode<T>(shape: Shape<T>, value: T): Uint8Array {
  return encodeCbor(shape.encode(value));
}

/** Strict decoding of bytes into a shape. */
export function decode<T>(shape: Shape<T>, bytes: Uint8Array, path = "value"): Result<T, string> {
  const value = decodeCbor(bytes);
  return value.ok ? decodeValue(shape, value.value, path) : fail(`${path}: ${value.error}`);
}

/** Strict decoding of a value: places are named only once something is refused. */
export function decodeValue<T>(shape: Shape<T>, value: Cbor, path: string): Result<T, string> {
  const decoded = shape.decode(value, "");
  return decoded.ok ? decoded : shape.decode(value, path);
}

/** Decoding of bytes that this program wrote itself (state, verified records): failure is a broken invariant. */
export function decodeTrusted<T>(shape: Shape<T>, bytes: Uint8Array): T {
  const value = decode(shape, bytes);
  if (!value.ok) throw new Error(`stored value is damaged: ${value.error}`);
  return value.value;
}

function refuse(path: string, expected: string): Result<never, string> {
  return fail(`${path}: expected ${expected}`);
}

/** Integer min ≤ n ≤ max, max below 2^53. */
export function uint(max: number, min = 0): Shape<number> {
  return {
    encode: (value) => value,
    decode: (value, path) =>
      typeof value === "number" && value >= min && value <= max
        ? ok(value)
        : refuse(path, `an integer from ${min} to ${max}`),
  };
}

/** Integer below 2^64, as bigint. */
export const u64: Shape<bigint> = {
  encode: (value) => value,
  decode: (value, path) =>
    typeof value === "number" || typeof value === "bigint" ? ok(BigInt(value)) : refuse(path, "an integer"),
};

/** Byte string of exactly `length` bytes. */
export function bytes(length: number): Shape<Uint8Array> {
  return bytesBetween(length, length);
}

export function bytesBetween(min: number, max: number): Shape<Uint8Array> {
  return {
    encode: (value) => value,
    decode: (value, path) =>
      value instanceof Uint8Array && value.length >= min && value.length <= max
        ? ok(value)
        : refuse(path, min === max ? `${min} bytes` : `${min} to ${max} bytes`),
  };
}

/** Text of min..max UTF-16 units, optionally matching a pattern. */
export function text(max: number, min = 0, pattern?: RegExp): Shape<string> {
  return {
    encode: (value) => value,
    decode: (value, path) =>
      typeof value === "string" &&
      isWellFormed(value) &&
      value.length >= min &&
      value.length <= max &&
      (pattern === undefined || pattern.test(value))
        ? ok(value)
        : refuse(
            path,
            `text of ${min} to ${max} characters${pattern === undefined ? "" : ` matching ${pattern.source}`}`,
          ),
  };
}

/** Text that people read: no control characters except line feed, no bidirectional controls, no zero-width characters (row E-07). */
export function humanText(max: number, min = 0): Shape<string> {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  return text(max, min, /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$/u);
}

export const bool: Shape<boolean> = {
  encode: (value) => value,
  decode: (value, path) => (typeof value === "boolean" ? ok(value) : refuse(path, "true or false")),
};

/** One of a closed set of words, written as text. */
export function oneOf<const W extends readonly string[]>(words: W): Shape<W[number]> {
  return {
    encode: (value) => value,
    decode: (value, path) =>
      typeof value === "string" && words.includes(value) ? ok(value) : refuse(path, `one of ${words.join(", ")}`),
  };
}

export function optional<T>(inner: Shape<T>): Shape<T | null> {
  return {
    encode: (value) => (value === null ? null : inner.encode(value)),
    decode: (value, path) => (value === null ? ok(null) : inner.decode(value, path)),
  };
}

export function list<T>(inner: Shape<T>, max: number, min = 0): Shape<readonly T[]> {
  return {
    encode: (values) => values.map((value) => inner.encode(value)),
    decode: (value, path) => {
      if (!Array.isArray(value) || value.length < min || value.length > max)
        return refuse(path, `a list of ${min} to ${max} items`);
      const out: T[] = [];
      for (let i = 0; i < value.length; i++) {
        const item = inner.decode(value[i] as Cbor, path === "" ? "" : `${path}[${i}]`);
        if (!item.ok) return item;
        out.push(item.value);
      }
      return ok(out);
    },
  };
}

/** Record: an array with exactly the fields, in the order of declaration. */
// Methods of an interface are compared bivariantly, so a Shape<T> is a Shape<unknown> here.
export function record<F extends Record<string, Shape<unknown>>>(
  fields: F,
): Shape<{ readonly [K in keyof F]: F[K] extends Shape<infer T> ? T : never }> {
  type R = { readonly [K in keyof F]: F[K] extends Shape<infer T> ? T : never };
  const names = Object.keys(fields) as (keyof F & string)[];
  const shapes = names.map((name) => fields[name] as Shape<unknown>);
  return {
    encode: (value) => shapes.map((shape, i) => shape.encode(value[names[i] as keyof F & string])),
    decode: (value, path) => {
      if (!Array.isArray(value) || value.length !== names.length)
        return refuse(path, `a record of ${names.length} fields`);
      const out: Record<string, unknown> = {};
      for (let i = 0; i < names.length; i++) {
        const name = names[i] as keyof F & string;
        const field = (shapes[i] as Shape<unknown>).decode(value[i] as Cbor, path === "" ? "" : `${path}.${name}`);
        if (!field.ok) return field;
        out[name] = field.value;
      }
      return ok(out as R);
    },
  };
}

/** Public key or other element ≠ identity: 32 compressed bytes, canonical and in the subgroup (rows C-06, C-08, C-09). SPEC 1.3 */
export const key: Shape<Point> = {
  encode: pointToBytes,
  decode: (value, path) => {
    const point = value instanceof Uint8Array ? pointFromBytes(value) : undefined;
    return point !== undefined && !isIdentity(point) ? ok(point) : refuse(path, "a public key");
  },
};

/** Element of the subgroup, identity allowed. */
export const element: Shape<Point> = {
  encode: pointToBytes,
  decode: (value, path) => {
    const point = value instanceof Uint8Array ? pointFromBytes(value) : undefined;
    return point !== undefined ? ok(point) : refuse(path, "a group element");
  },
};

/** Scalar below q: 32 big-endian bytes. */
export const scalar: Shape<bigint> = {
  encode: scalarToBytes,
  decode: (value, path) => {
    const n = value instanceof Uint8Array ? scalarFromBytes(value) : undefined;
    return n !== undefined ? ok(n) : refuse(path, "a scalar");
  },
};
