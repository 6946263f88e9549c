import { expect, test } from "vitest";
import { utf8 } from "#base/bytes.js";
import { GENERATOR, generatorTimes, IDENTITY, multiplyPublic } from "#crypto/group.js";
import { suiteEqualityHash, verifyEquality } from "#crypto/proofs/equality.js";
import { mod } from "#crypto/scalar.js";
import { rehearsalInput, rehearse, verifyRehearsal } from "./rehearsal.js";

const random = (length: number) => new Uint8Array(length).fill(3);
const context = utf8("election and ceremony");
const secret = 123456789n;
const key = generatorTimes(secret);

test("a rehearsal opens g^m, holds for its trustee and context, and for nothing else", () => {
  const share = rehearse(context, key, secret, random);
  const input = rehearsalInput(context, key);
  expect(input.ciphertext.beta.subtract(share.factor).equals(input.message)).toBe(true);
  expect(verifyRehearsal(context, key, key, share)).toBe(true);
  expect(verifyRehearsal(utf8("another"), key, key, share)).toBe(false);
  expect(verifyRehearsal(context, key.add(GENERATOR), key, share)).toBe(false);
  expect(verifyRehearsal(context, key, key.add(GENERATOR), share)).toBe(false);
  expect(verifyRehearsal(context, key, key, { ...share, factor: share.factor.add(GENERATOR) })).toBe(false);
  const response = mod(share.proof.response + 1n);
  expect(verifyRehearsal(context, key, key, { ...share, proof: { ...share.proof, response } })).toBe(false);
});

test("C-08: a rehearsal under the neutral element as key proves nothing", () => {
  const share = rehearse(context, key, 0n, random);
  expect(verifyRehearsal(context, key, IDENTITY, share)).toBe(false);
});

test("the factor is public knowledge: anyone can compute it, so the rehearsal gives nothing away", () => {
  const share = rehearse(context, key, secret, random);
  const other = rehearse(context, key, 99n, random);
  const { alpha } = rehearsalInput(context, key).ciphertext;
  expect(share.factor.equals(multiplyPublic(alpha, secret))).toBe(true);
  expect(share.factor.equals(other.factor)).toBe(false);
});

test("C-16: a rehearsal's proof is no decryption proof", () => {
  const share = rehearse(context, key, secret, random);
  const { alpha } = rehearsalInput(context, key).ciphertext;
  const statement = { base: alpha, key, image: share.factor };
  expect(verifyEquality(statement, share.proof, suiteEqualityHash("decrypt|"))).toBe(false);
});
