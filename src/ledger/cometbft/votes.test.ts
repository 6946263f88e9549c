/** The fast check of votes against the plain one: honest, damaged and odd signatures. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex } from "#base/bytes.js";
import { ed25519Key, ed25519Sign, ed25519VerifyZip215 } from "#crypto/ed25519.js";
import { voteHolds } from "./votes.js";

const secret = new Uint8Array(32).fill(7);
const key = ed25519Key(secret);
const message = new Uint8Array(100).fill(3);
const signature = ed25519Sign(secret, message);

test("an honest vote holds; one bit anywhere, and it does not", () => {
  expect(voteHolds(key, message, signature)).toBe(true);
  expect(voteHolds(key, message.slice(1), signature)).toBe(false);
  fc.assert(
    fc.property(fc.nat(96 * 8 - 1), (bit) => {
      const [k, s] = [key.slice(), signature.slice()];
      const [bytes, at] = bit < 256 ? [k, bit] : [s, bit - 256];
      bytes[at >> 3] = (bytes[at >> 3] as number) ^ (1 << (at & 7));
      expect(voteHolds(k, message, s)).toBe(ed25519VerifyZip215(k, message, s));
      expect(voteHolds(k, message, s)).toBe(false);
    }),
    { numRuns: 40 },
  );
});

test("odd keys and signatures are judged as ZIP-215 says", () => {
  // All encodings of points of small order that are 32 bytes, canonical or not (ZIP-215, "test vectors").
  const odd = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  ].map((hex) => fromHex(hex) as Uint8Array);
  let accepted = 0;
  for (const a of odd)
    for (const r of odd) {
      const both = new Uint8Array([...r, ...new Uint8Array(32)]);
      expect(voteHolds(a, message, both)).toBe(ed25519VerifyZip215(a, message, both));
      if (voteHolds(a, message, both)) accepted++;
    }
  expect(accepted).toBe(81);
});

test("lengths that no key and no signature has", () => {
  expect(voteHolds(key.slice(1), message, signature)).toBe(false);
  expect(voteHolds(key, message, signature.slice(1))).toBe(false);
  expect(voteHolds(new Uint8Array(0), message, new Uint8Array(0))).toBe(false);
});
