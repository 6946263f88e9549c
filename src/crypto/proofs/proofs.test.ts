import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "#base/bytes.js";
import { encrypt } from "../elgamal.js";
import { GENERATOR, IDENTITY, multiplySecret, ORDER, pointEquals } from "../group.js";
import { hedgedScalars, mod, type Random, type ScalarSource } from "../scalar.js";
import { openDisjunction, powerOf, proveDisjunction, verifyDisjunction } from "./disjunction.js";
import { keyProofPrefix, knowledgeCommitment, messagePrefix, proveKnowledge, verifyKnowledge } from "./knowledge.js";

const scalar = fc.bigInt(1n, ORDER - 1n);
const constant: Random = (length) => new Uint8Array(length).fill(1);
const KEY = multiplySecret(GENERATOR, 271828n);

function seeded(seed: string): ScalarSource {
  return hedgedScalars("test", (length) => sha512(utf8(seed)).slice(0, length));
}

test("law: a proof of knowledge holds for its key and prefix only", () => {
  fc.assert(
    fc.property(scalar, fc.string({ unit: "grapheme-ascii" }), (secret, message) => {
      const key = multiplySecret(GENERATOR, secret);
      const proof = proveKnowledge(messagePrefix(message), secret, constant);
      expect(verifyKnowledge(messagePrefix(message), key, proof)).toBe(true);
      expect(pointEquals(knowledgeCommitment(key, proof), proof.commitment)).toBe(true);
      expect(verifyKnowledge(messagePrefix(`${message}!`), key, proof)).toBe(false);
      expect(verifyKnowledge(messagePrefix(message), key.add(GENERATOR), proof)).toBe(false);
      expect(verifyKnowledge(messagePrefix(message), key, { ...proof, response: mod(proof.response + 1n) })).toBe(
        false,
      );
      expect(verifyKnowledge(messagePrefix(message), key, { ...proof, challenge: mod(proof.challenge + 1n) })).toBe(
        false,
      );
    }),
    { numRuns: 15 },
  );
});

test("C-08: no proof of knowledge for the neutral element", () => {
  const proof = proveKnowledge(keyProofPrefix(IDENTITY), 0n, constant);
  expect(verifyKnowledge(keyProofPrefix(IDENTITY), IDENTITY, proof)).toBe(false);
});

test("C-15: constant randomness repeats no nonce for another message or another key", () => {
  const commitments = [
    proveKnowledge("a|", 5n, constant),
    proveKnowledge("b|", 5n, constant),
    proveKnowledge("a|", 6n, constant),
  ].map((proof) => proof.commitment.toHex());
  expect(new Set(commitments).size).toBe(3);
  const sources = [hedgedScalars("a", constant), hedgedScalars("b", constant), hedgedScalars("a", constant, utf8("x"))];
  const drawn = sources.flatMap((next) => [next(), next(), next()]);
  expect(new Set(drawn).size).toBe(9);
});

const interval = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })).map(([a, b]) => {
  const low = Math.min(a, b);
  return Array.from({ length: Math.abs(a - b) + 1 }, (_, index) => BigInt(low + index));
});

test("law: a disjunction is proved for every true branch, and for no message outside", () => {
  fc.assert(
    fc.property(interval, fc.nat(), scalar, fc.string(), (values, pick, randomness, seed) => {
      const actual = values[pick % values.length] as bigint;
      const secrets = values.map((claimed) => ({ claimed, actual, randomness }));
      const ciphertext = encrypt(KEY, actual, randomness);
      const branches = values.map((message) => ({ ciphertext, message }));
      const proof = proveDisjunction("p|", KEY, secrets, seeded(seed));
      expect(verifyDisjunction("p|", KEY, branches, proof)).toBe(true);
      expect(verifyDisjunction("q|", KEY, branches, proof)).toBe(false);
      expect(verifyDisjunction("p|", KEY.add(GENERATOR), branches, proof)).toBe(false);
      const shifted = values.map((message) => ({ ciphertext, message: message + 1n }));
      expect(verifyDisjunction("p|", KEY, shifted, proof)).toBe(false);
      const another = encrypt(KEY, actual + 1n, randomness);
      expect(
        verifyDisjunction(
          "p|",
          KEY,
          values.map((message) => ({ ciphertext: another, message })),
          proof,
        ),
      ).toBe(false);
    }),
    { numRuns: 8 },
  );
});

test("C-05: the number of branches comes from the statement", () => {
  const ciphertext = encrypt(KEY, 1n, 3n);
  const branches = [0n, 1n].map((message) => ({ ciphertext, message }));
  const secrets = [0n, 1n].map((claimed) => ({ claimed, actual: 1n, randomness: 3n }));
  const proof = proveDisjunction("p|", KEY, secrets, seeded("s"));
  expect(verifyDisjunction("p|", KEY, branches, proof.slice(1))).toBe(false);
  expect(verifyDisjunction("p|", KEY, branches.slice(1), proof)).toBe(false);
  const doubled = [...branches, branches[0] as (typeof branches)[number]];
  expect(verifyDisjunction("p|", KEY, doubled, [...proof, { challenge: 0n, response: 0n }])).toBe(false);
});

test("a false statement cannot be proved by accident", () => {
  const branches = [0n, 1n].map((claimed) => ({ claimed, actual: 2n, randomness: 3n }));
  expect(() => openDisjunction(branches, seeded("s"))).toThrow("no branch holds");
});

test("an exponent of 0 gives the neutral element", () => {
  expect(powerOf(GENERATOR, KEY, { generator: 0n, key: 1n }).equals(KEY)).toBe(true);
  expect(powerOf(GENERATOR, KEY, {}).equals(IDENTITY)).toBe(true);
});
