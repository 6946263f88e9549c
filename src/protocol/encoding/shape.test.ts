import fc from "fast-check";
import { expect, test } from "vitest";
import { GENERATOR, generatorTimes, IDENTITY, ORDER, pointToBytes } from "#crypto/group.js";
import { scalarToBytes } from "#crypto/scalar.js";
import { type Cbor, encodeCbor } from "./cbor.js";
import {
  bool,
  bytes,
  bytesBetween,
  decode,
  decodeTrusted,
  element,
  encode,
  humanText,
  key,
  list,
  oneOf,
  optional,
  record,
  type Shape,
  scalar,
  text,
  u64,
  uint,
} from "./shape.js";

const sample = record({
  name: humanText(20, 1),
  count: uint(1000, 1),
  large: u64,
  flag: bool,
  kind: oneOf(["a", "b"]),
  hash: bytes(4),
  notes: list(optional(bytesBetween(1, 3)), 3),
});

const arbitrary = fc.record({
  name: fc.stringMatching(/^[a-zA-Zäöü ]{1,20}$/),
  count: fc.integer({ min: 1, max: 1000 }),
  large: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  flag: fc.boolean(),
  kind: fc.constantFrom("a" as const, "b" as const),
  hash: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  notes: fc.array(fc.option(fc.uint8Array({ minLength: 1, maxLength: 3 })), { maxLength: 3 }),
});

test("law: decode ∘ encode is the identity", () => {
  fc.assert(
    fc.property(arbitrary, (value) => void expect(decode(sample, encode(sample, value))).toEqual({ ok: true, value })),
  );
});

test("law: what a shape accepts re-encodes to the same bytes, whatever the input", () => {
  fc.assert(
    fc.property(arbitrary, fc.nat(), fc.integer({ min: 0, max: 255 }), (value, at, byte) => {
      const wire = encode(sample, value);
      wire[at % wire.length] = byte;
      const decoded = decode(sample, wire);
      if (decoded.ok) expect(encode(sample, decoded.value)).toEqual(wire);
    }),
    { numRuns: 2000 },
  );
});

test("L-13, H-07: records have exactly their fields, in order; the reason names the place", () => {
  const good: Cbor[] = ["x", 1, 5, true, "a", new Uint8Array(4), []];
  expect(decode(sample, encodeCbor(good)).ok).toBe(true);
  const rows: readonly (readonly [Cbor, string])[] = [
    [[...good, null], "value: expected a record of 7 fields"],
    [good.slice(1), "value: expected a record of 7 fields"],
    ["x", "value: expected a record of 7 fields"],
    [good.with(0, ""), "value.name"],
    [good.with(1, 0), "value.count: expected an integer from 1 to 1000"],
    [good.with(1, 1001), "value.count"],
    [good.with(1, true), "value.count"],
    [good.with(2, "5"), "value.large"],
    [good.with(3, 1), "value.flag"],
    [good.with(4, "c"), "value.kind: expected one of a, b"],
    [good.with(5, new Uint8Array(3)), "value.hash: expected 4 bytes"],
    [good.with(6, [null, new Uint8Array(4)]), "value.notes[1]: expected 1 to 3 bytes"],
    [good.with(6, [null, null, null, null]), "value.notes: expected a list of 0 to 3 items"],
  ];
  for (const [value, reason] of rows) {
    const decoded = decode(sample, encodeCbor(value));
    expect(decoded.ok ? "accepted" : decoded.error).toContain(reason);
  }
});

test("E-07: text for people has no control, bidirectional or invisible characters; a line feed may stand", () => {
  const shape = humanText(100);
  for (const fine of ["", "Straße 5\nZürich", "تصويت", "投票", "👍🏽", "e\u0301"])
    expect(decode(shape, encodeCbor(fine)).ok, fine).toBe(true);
  const bad = [
    "\u0000",
    "\t",
    "\r",
    "\u001b[31m",
    "\u007f",
    "\u0085",
    "\u200b",
    "\u200e",
    "\u200f",
    "\u2028",
    "\u202a",
    "\u202e",
    "\u2060",
    "\u2066",
    "\u2069",
    "\ufeff",
  ];
  for (const each of bad)
    expect(decode(shape, encodeCbor(`a${each}b`)).ok, each.codePointAt(0)?.toString(16)).toBe(false);
});

test("limits count UTF-16 units; patterns are anchored by their authors", () => {
  expect(decode(text(2), encodeCbor("👍")).ok).toBe(true);
  expect(decode(text(1), encodeCbor("👍")).ok).toBe(false);
  expect(decode(text(9, 0, /^[a-z]+$/), encodeCbor("abc\n")).ok).toBe(false);
});

test("C-06, C-08, C-09: keys, elements and scalars", () => {
  const of = (shape: Shape<unknown>, value: Uint8Array): boolean => decode(shape, encodeCbor(value)).ok;
  const neutral = pointToBytes(IDENTITY);
  expect(of(key, pointToBytes(generatorTimes(5n)))).toBe(true);
  expect(of(key, neutral)).toBe(false);
  expect(of(element, neutral)).toBe(true);
  for (const bad of [
    new Uint8Array(32),
    new Uint8Array(32).fill(255),
    new Uint8Array(31),
    pointToBytes(GENERATOR).slice(1),
  ]) {
    expect(of(key, bad)).toBe(false);
    expect(of(element, bad)).toBe(false);
  }
  expect(of(scalar, scalarToBytes(ORDER - 1n))).toBe(true);
  expect(of(scalar, new Uint8Array(32).fill(255))).toBe(false);
  expect(of(scalar, new Uint8Array(33))).toBe(false);
});

test("damage to what this program wrote itself is an error, not a value", () => {
  expect(decodeTrusted(uint(5), encodeCbor(3))).toBe(3);
  expect(() => decodeTrusted(uint(5), encodeCbor(6))).toThrow("damaged");
});
