import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "#base/bytes.js";
import { BASE58, codeFromTyped, isBase58, isCode, makeCode, randomBase58 } from "./base58.js";
import type { Random } from "./scalar.js";

function seeded(seed: string): Random {
  let count = 0;
  return (length) => sha512(utf8(`${seed}|${count++}`)).slice(0, length);
}

test("law: a made code is a code, and is recognised however it was typed", () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const code = makeCode(seeded(seed));
      expect(code).toMatch(
        /^[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}-[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}$/,
      );
      expect(isCode(code)).toBe(true);
      expect(codeFromTyped(code.replaceAll("-", ""))).toBe(code);
      expect(codeFromTyped(`  ${code.replaceAll("-", " – ")}\n`)).toBe(code);
    }),
  );
});

test("what is no code", () => {
  const code = "YeVqM-1PjcGA-7Vqkc-K3nuSu";
  expect(isCode(code)).toBe(true);
  for (const bad of [
    "",
    code.slice(1),
    `${code}1`,
    code.replaceAll("-", ""),
    code.replace("Y", "0"),
    code.replace("Y", "l"),
    ` ${code}`,
  ]) {
    expect(isCode(bad), bad).toBe(false);
  }
  for (const bad of ["", code.slice(1), `${code}1`, code.replace("Y", "O"), code.replace("Y", "ü")]) {
    expect(codeFromTyped(bad), bad).toBeUndefined();
  }
  expect(isBase58("I")).toBe(false);
});

test("C-14: every character is equally likely (chi-squared over 58,000 characters)", () => {
  const text = randomBase58(58_000, seeded("uniform"));
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(58);
  let squared = 0;
  for (const character of BASE58) squared += ((counts.get(character) ?? 0) - 1000) ** 2 / 1000;
  // 57 degrees of freedom: above 110 once in about 40,000 seeds; taking bytes mod 58 gives several thousand.
  expect(squared).toBeLessThan(110);
});

test("a source that only returns biased bytes is a failure, not an endless loop", () => {
  expect(() => makeCode((length) => new Uint8Array(length).fill(255))).toThrow("random source");
});
