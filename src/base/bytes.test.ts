import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bigintFromBytes,
  bigintToBytes,
  bytesEqual,
  compareBytes,
  concat,
  fromBase64,
  fromBase64Url,
  fromHex,
  fromUtf8,
  isWellFormed,
  joined,
  toBase64,
  toBase64Url,
  toHex,
  utf8,
} from "./bytes.js";

const some = fc.uint8Array({ maxLength: 100 });

test("law: hex, Base64 and Base64url are those of the platform, and decode to what was encoded", () => {
  fc.assert(
    fc.property(some, (bytes) => {
      const buffer = Buffer.from(bytes);
      expect(toHex(bytes)).toBe(buffer.toString("hex"));
      expect(toBase64(bytes)).toBe(buffer.toString("base64").replace(/=/g, ""));
      expect(toBase64Url(bytes)).toBe(buffer.toString("base64url"));
      expect(fromHex(toHex(bytes))).toEqual(bytes);
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
    }),
  );
});

test("H-06: every text has at most one meaning: what decodes re-encodes to the same text", () => {
  const text = fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF+/-_= \n"), maxLength: 12 });
  fc.assert(
    fc.property(text, (input) => {
      for (const [decode, encode] of [
        [fromHex, toHex],
        [fromBase64, toBase64],
        [fromBase64Url, toBase64Url],
      ] as const) {
        const bytes = decode(input);
        if (bytes !== undefined) expect(encode(bytes)).toBe(input);
      }
    }),
    { numRuns: 2000 },
  );
  for (const bad of ["A", "AB", "abc", "0x00", "ab ", "ab\n", "AA"]) expect(fromHex(bad)).toBeUndefined();
  for (const bad of ["A", "AAAAA", "QQ==", "QR", "Q Q", "-_-_"]) expect(fromBase64(bad)).toBeUndefined();
  for (const bad of ["+/+/", "QR", "QQ="]) expect(fromBase64Url(bad)).toBeUndefined();
});

test("law: UTF-8 is that of the platform, both ways", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      const sound = !/\p{Surrogate}/u.test(text);
      expect(isWellFormed(text)).toBe(sound);
      if (!sound) return void expect(() => utf8(text)).toThrow(RangeError);
      expect(utf8(text)).toEqual(new TextEncoder().encode(text));
      expect(fromUtf8(utf8(text))).toEqual({ ok: true, value: text });
    }),
  );
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const platform = (bytes: Uint8Array): string | undefined => {
    try {
      return strict.decode(bytes);
    } catch {
      return undefined;
    }
  };
  const byte = fc.constantFrom(
    0x41,
    0x7f,
    0x80,
    0xbf,
    0xc1,
    0xc2,
    0xe0,
    0xa0,
    0x9f,
    0xed,
    0xef,
    0xbb,
    0xf0,
    0x90,
    0x8f,
    0xf4,
    0xf5,
    0xff,
  );
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 8 }), (bytes) => {
      const decoded = fromUtf8(Uint8Array.from(bytes));
      expect(decoded.ok ? decoded.value : undefined).toBe(platform(Uint8Array.from(bytes)));
    }),
    { numRuns: 3000 },
  );
  // More than one chunk of the decoder.
  const long = "ψῆφος".repeat(2000);
  expect(fromUtf8(utf8(long))).toEqual({ ok: true, value: long });
});

test("law: order and equality agree; integers are big-endian and exact", () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      expect(compareBytes(a, b) === 0).toBe(bytesEqual(a, b));
      expect(concat(a, b)).toEqual(Uint8Array.from([...a, ...b]));
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (value) => {
      expect(bigintFromBytes(bigintToBytes(value, 32))).toBe(value);
    }),
  );
  expect(bigintFromBytes(new Uint8Array(0))).toBe(0n);
  expect(bigintToBytes(0x0102n, 4)).toEqual(Uint8Array.of(0, 0, 1, 2));
  expect(() => bigintToBytes(256n, 1)).toThrow(RangeError);
  expect(() => bigintToBytes(-1n, 4)).toThrow(RangeError);
});

test("joined takes more parts than a call takes arguments: a roll of 300,000", () => {
  const parts = Array.from({ length: 300_000 }, (_, i) => Uint8Array.of(i));
  const bytes = joined(parts);
  expect(bytes.length).toBe(300_000);
  expect(bytes[299_999]).toBe(299_999 & 255);
});
