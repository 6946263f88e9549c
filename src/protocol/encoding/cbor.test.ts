import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "#base/bytes.js";
import { type Cbor, decodeCbor, encodeCbor } from "./cbor.js";

const hex = (text: string): Uint8Array => fromHex(text.replace(/ /g, "")) as Uint8Array;

test("known answers of RFC 8949, appendix A", () => {
  const rows: readonly (readonly [Cbor, string])[] = [
    [0, "00"],
    [1, "01"],
    [23, "17"],
    [24, "1818"],
    [100, "1864"],
    [1000, "1903e8"],
    [1_000_000, "1a000f4240"],
    [1_000_000_000_000, "1b000000e8d4a51000"],
    [18446744073709551615n, "1bffffffffffffffff"],
    [false, "f4"],
    [true, "f5"],
    [null, "f6"],
    [new Uint8Array(0), "40"],
    [Uint8Array.of(1, 2, 3, 4), "4401020304"],
    ["", "60"],
    ["IETF", "6449455446"],
    ['"\\', "62225c"],
    ["ü", "62c3bc"],
    ["水", "63e6b0b4"],
    ["𐅑", "64f0908591"],
    [[], "80"],
    [[1, 2, 3], "83010203"],
    [[1, [2, 3], [4, 5]], "8301820203820405"],
    [Array.from({ length: 25 }, (_, i) => i + 1), "98190102030405060708090a0b0c0d0e0f101112131415161718181819"],
  ];
  for (const [value, bytes] of rows) {
    expect(toHex(encodeCbor(value))).toBe(bytes);
    expect(decodeCbor(hex(bytes))).toEqual({ ok: true, value });
  }
});

test("L-13, C-09: everything but the one form is refused", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["", "nothing"],
    ["18", "a length that is missing"],
    ["1817", "23 in two bytes"],
    ["190018", "24 in three bytes"],
    ["1a0000ffff", "65535 in five bytes"],
    ["1b00000000ffffffff", "2^32 − 1 in nine bytes"],
    ["5800", "an empty byte string with a long head"],
    ["7800", "an empty text with a long head"],
    ["9800", "an empty list with a long head"],
    ["20", "a negative integer"],
    ["a0", "a map"],
    ["c074", "a tag"],
    ["f7", "undefined"],
    ["f97e00", "a float"],
    ["fa7fc00000", "a float"],
    ["f0", "a simple value"],
    ["f818", "a simple value in two bytes"],
    ["1c", "a reserved length"],
    ["5f41004100ff", "bytes of indefinite length"],
    ["7f6161ff", "text of indefinite length"],
    ["9f01ff", "a list of indefinite length"],
    ["ff", "a break"],
    ["0000", "a trailing byte"],
    ["8301", "a list that stops"],
    ["4201", "bytes that stop"],
    ["9bffffffffffffffff", "a list longer than the input"],
    ["5bffffffffffffffff", "bytes longer than the input"],
    ["61ff", "text that is not UTF-8"],
    ["62c080", "an overlong zero"],
    ["63eda080", "a surrogate"],
  ];
  for (const [bytes, what] of rows) expect(decodeCbor(hex(bytes)).ok, what).toBe(false);
});

test("H-08: deep nesting is refused without recursion running away", () => {
  expect(decodeCbor(new Uint8Array(100_000).fill(0x81)).ok).toBe(false);
  const nested = (depth: number): Cbor => (depth === 0 ? 1 : [nested(depth - 1)]);
  expect(decodeCbor(encodeCbor(nested(16))).ok).toBe(true);
  expect(decodeCbor(encodeCbor(nested(17))).ok).toBe(false);
});

const value: fc.Arbitrary<Cbor> = fc.letrec<{ node: Cbor }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.maxSafeNat(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("node"), { maxLength: 5, depthIdentifier: "d" }),
  ),
})).node;

test("law: decode ∘ encode is the identity", () => {
  fc.assert(fc.property(value, (each) => void expect(decodeCbor(encodeCbor(each))).toEqual({ ok: true, value: each })));
});

test("law: any bytes give a value or a reason, and what decodes re-encodes to the same bytes", () => {
  const likely = fc.array(
    fc.constantFrom(0, 1, 23, 24, 0x18, 0x19, 0x40, 0x41, 0x61, 0x62, 0x80, 0x81, 0x82, 0xf4, 0xf5, 0xf6, 0xff),
    { maxLength: 12 },
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    likely.map((list) => Uint8Array.from(list)),
  );
  fc.assert(
    fc.property(bytes, (each) => {
      const decoded = decodeCbor(each);
      if (decoded.ok) expect(encodeCbor(decoded.value)).toEqual(each);
    }),
    { numRuns: 5000 },
  );
});

test("values outside the subset are a programmer's mistake", () => {
  for (const bad of [-1, 1.5, Number.NaN, 2 ** 53, -1n, 2n ** 64n, "\ud800"]) expect(() => encodeCbor(bad)).toThrow();
});

test("long byte strings can be parts of the input; short ones, and all by default, are copies", () => {
  const value = [new Uint8Array(64).fill(1), new Uint8Array(65).fill(2), "x"] as const;
  const wire = encodeCbor(value);
  for (const how of ["parts", "copies"] as const) {
    const decoded = decodeCbor(Buffer.from(wire.buffer, wire.byteOffset, wire.length), how);
    if (!decoded.ok) throw new Error(decoded.error);
    expect(decoded.value).toEqual(value);
    const [short, long] = decoded.value as unknown as readonly [Uint8Array, Uint8Array];
    expect(short.buffer === wire.buffer).toBe(false);
    expect(long.buffer === wire.buffer).toBe(how === "parts");
    expect(long.constructor).toBe(Uint8Array);
  }
});
