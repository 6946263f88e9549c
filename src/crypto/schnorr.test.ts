import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "#base/bytes.js";
import { GENERATOR, IDENTITY, multiplySecret, ORDER, type Point } from "./group.js";
import { mod } from "./scalar.js";
import { type SignatureTag, sign, signatureChallenge, verifyCommitted, verifySignature } from "./schnorr.js";

const TAGS: readonly SignatureTag[] = ["cast", "officer", "trustee", "registrar", "login", "confirm", "voter", "log"];
const context = { tag: "officer", chainId: "chain-1" } as const;
const secret = fc.bigInt({ min: 1n, max: ORDER - 1n });
const counter = (): ((n: number) => Uint8Array) => {
  let next = 0;
  return (n) => new Uint8Array(n).fill(++next);
};
const keyOf = (x: bigint): Point => multiplySecret(GENERATOR, x);

test("law: what is signed verifies in both forms; any other message, key or context does not", () => {
  fc.assert(
    fc.property(secret, fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (x, message, other) => {
      const signed = sign(context, x, message, counter());
      const key = keyOf(x);
      expect(verifySignature(context, key, message, signed)).toBe(true);
      expect(verifyCommitted(context, key, message, signed)).toBe(true);
      const same = Buffer.compare(Buffer.from(message), Buffer.from(other)) === 0;
      expect(verifySignature(context, key, other, signed)).toBe(same);
      expect(verifyCommitted(context, key, other, signed)).toBe(same);
      expect(verifySignature({ ...context, chainId: "chain-2" }, key, message, signed)).toBe(false);
      expect(verifySignature(context, key.add(GENERATOR), message, signed)).toBe(false);
    }),
    { numRuns: 15 },
  );
});

test("C-16: a signature of one kind is none of any other", () => {
  const message = utf8("the same bytes");
  for (const made of TAGS) {
    const signed = sign({ tag: made, chainId: "c" }, 7n, message, counter());
    for (const read of TAGS) {
      expect(verifySignature({ tag: read, chainId: "c" }, keyOf(7n), message, signed)).toBe(made === read);
      expect(verifyCommitted({ tag: read, chainId: "c" }, keyOf(7n), message, signed)).toBe(made === read);
    }
  }
});

test("C-03: a signature under A is none under B = A + δG with a shifted response", () => {
  const message = utf8("m");
  const signed = sign(context, 7n, message, counter());
  for (const delta of [1n, 5n]) {
    const shifted = { ...signed, response: mod(signed.response + signed.challenge * delta) };
    expect(verifySignature(context, keyOf(7n + delta), message, shifted)).toBe(false);
    expect(verifyCommitted(context, keyOf(7n + delta), message, shifted)).toBe(false);
  }
});

test("C-04: challenge, response and commitment are each compared", () => {
  const message = utf8("m");
  const signed = sign(context, 7n, message, counter());
  const key = keyOf(7n);
  expect(verifySignature(context, key, message, { ...signed, challenge: mod(signed.challenge + 1n) })).toBe(false);
  expect(verifySignature(context, key, message, { ...signed, response: mod(signed.response + 1n) })).toBe(false);
  expect(verifyCommitted(context, key, message, { ...signed, response: mod(signed.response + 1n) })).toBe(false);
  expect(verifyCommitted(context, key, message, { ...signed, commitment: signed.commitment.add(GENERATOR) })).toBe(
    false,
  );
});

test("C-08: the neutral element is never a key, though g^z = R would hold for it", () => {
  const message = utf8("m");
  const forged = { commitment: GENERATOR, response: 1n };
  const challenge = signatureChallenge(context, IDENTITY, GENERATOR, message);
  expect(verifyCommitted(context, IDENTITY, message, forged)).toBe(false);
  expect(verifySignature(context, IDENTITY, message, { challenge, response: 1n })).toBe(false);
});

test("C-15: with a generator that returns constant bytes nonces differ by message, secret, tag and chain", () => {
  const stuck = (n: number): Uint8Array => new Uint8Array(n);
  const commitments = new Set<string>();
  const add = (tag: SignatureTag, chainId: string, x: bigint, text: string): void => {
    commitments.add(sign({ tag, chainId }, x, utf8(text), stuck).commitment.toHex());
  };
  add("cast", "c", 7n, "m");
  add("cast", "c", 7n, "n");
  add("cast", "c", 8n, "m");
  add("cast", "d", 7n, "m");
  add("login", "c", 7n, "m");
  expect(commitments.size).toBe(5);
  // With a working generator even the same message twice gives two nonces.
  const random = counter();
  const twice = [sign(context, 7n, utf8("m"), random), sign(context, 7n, utf8("m"), random)];
  expect(twice[0]?.commitment.equals(twice[1]?.commitment as Point)).toBe(false);
});
