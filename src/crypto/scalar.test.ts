import fc from "fast-check";
import { expect, test } from "vitest";
import { bigintToBytes, toHex, utf8 } from "#base/bytes.js";
import { ORDER } from "./group.js";
import {
  framed,
  hashToScalar,
  invert,
  mod,
  randomScalar,
  scalarFromBytes,
  scalarFromText,
  scalarToBytes,
  scalarToText,
} from "./scalar.js";

/** Computed by another program from the definition alone. */
const KNOWN_EMPTY = 1720216232992384812174569869653905354747702493311886054175081706026270955817n;
const KNOWN_WORD = 6144045627711901123533925942190595636521857370679205137077882228194878587314n;

const scalar = fc.bigInt({ min: 0n, max: ORDER - 1n });

test("law: scalars decode to what was encoded; inverses are inverses", () => {
  fc.assert(
    fc.property(scalar, (k) => {
      expect(scalarFromBytes(scalarToBytes(k))).toBe(k);
      expect(scalarFromText(scalarToText(k))).toBe(k);
      if (k !== 0n) expect(mod(k * invert(k))).toBe(1n);
      expect(mod(k - ORDER)).toBe(k);
    }),
  );
  expect(() => invert(0n)).toThrow();
});

test("C-09, H-06: a scalar has one text and one byte form", () => {
  for (const bad of [
    "",
    "00",
    "01",
    "-1",
    "+1",
    "0x10",
    " 16",
    "16 ",
    "1e3",
    "1.0",
    "١",
    String(ORDER),
    String(ORDER + 1n),
    "9".repeat(77),
  ])
    expect(scalarFromText(bad), bad).toBeUndefined();
  expect(scalarFromText(String(ORDER - 1n))).toBe(ORDER - 1n);
  expect(scalarFromText("0")).toBe(0n);
  for (const bad of [ORDER, ORDER + 1n, 2n ** 256n - 1n])
    expect(scalarFromBytes(bigintToBytes(bad, 32))).toBeUndefined();
  for (const length of [0, 31, 33]) expect(scalarFromBytes(new Uint8Array(length))).toBeUndefined();
});

test("C-17: parts of a hash are framed, so moving a border changes it", () => {
  const [ab, c, a, bc] = ["ab", "c", "a", "bc"].map(utf8) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  expect(hashToScalar("d", ab, c)).not.toBe(hashToScalar("d", a, bc));
  expect(hashToScalar("d", ab, c)).not.toBe(hashToScalar("d", ab, c, new Uint8Array(0)));
  expect(hashToScalar("da", ab)).not.toBe(hashToScalar("d", concatOf(utf8("a"), ab)));
  expect(toHex(framed("d", [ab]))).toBe("0000000000000001" + "64" + "0000000000000002" + "6162");
});

function concatOf(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Uint8Array.from([...a, ...b]);
}

test("C-14: hash and sampling reduce 512 bits; known answers", () => {
  expect(hashToScalar("psephos/test")).toBe(KNOWN_EMPTY);
  expect(hashToScalar("psephos/test", utf8("ψῆφος"))).toBe(KNOWN_WORD);
  // 2^512 − 1 mod q: the top half of the sample matters.
  expect(randomScalar((n) => new Uint8Array(n).fill(255))).toBe((2n ** 512n - 1n) % ORDER);
  expect(() => randomScalar(() => new Uint8Array(32))).toThrow();
});
