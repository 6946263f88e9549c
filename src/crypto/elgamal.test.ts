import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addCiphertexts,
  type Ciphertext,
  ciphertextEquals,
  EMPTY_CIPHERTEXT,
  encrypt,
  subtractCiphertexts,
  sumCiphertexts,
  weigh,
} from "./elgamal.js";
import { GENERATOR, multiplySecret, ORDER, type Point } from "./group.js";
import { mod } from "./scalar.js";

const SECRET = 5577006791947779410n;
const KEY = multiplySecret(GENERATOR, SECRET);
const scalar = fc.bigInt(0n, ORDER - 1n);

/** g^m, by the secret key. */
function decrypted({ alpha, beta }: Ciphertext): Point {
  return beta.subtract(multiplySecret(alpha, SECRET));
}

const power = (exponent: bigint): Point => multiplySecret(GENERATOR, mod(exponent));

test("law: decryption gives the message in the exponent", () => {
  fc.assert(
    fc.property(scalar, scalar, (m, r) => {
      expect(decrypted(encrypt(KEY, m, r)).equals(power(m))).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test("law: products add messages and randomness, weights multiply both", () => {
  fc.assert(
    fc.property(scalar, scalar, scalar, scalar, fc.bigInt(0n, 10n ** 7n), (m1, r1, m2, r2, weight) => {
      const a = encrypt(KEY, m1, r1);
      const b = encrypt(KEY, m2, r2);
      const total = addCiphertexts(a, b);
      expect(ciphertextEquals(total, encrypt(KEY, mod(m1 + m2), mod(r1 + r2)))).toBe(true);
      expect(ciphertextEquals(subtractCiphertexts(total, b), a)).toBe(true);
      expect(ciphertextEquals(sumCiphertexts([a, b, a]), addCiphertexts(total, a))).toBe(true);
      expect(ciphertextEquals(weigh(a, weight), encrypt(KEY, mod(m1 * weight), mod(r1 * weight)))).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test("the empty ciphertext is neutral, and differs from any other", () => {
  const a = encrypt(KEY, 1n, 2n);
  expect(ciphertextEquals(addCiphertexts(a, EMPTY_CIPHERTEXT), a)).toBe(true);
  expect(ciphertextEquals(sumCiphertexts([]), EMPTY_CIPHERTEXT)).toBe(true);
  expect(ciphertextEquals(a, EMPTY_CIPHERTEXT)).toBe(false);
  expect(ciphertextEquals(a, { alpha: a.alpha, beta: a.alpha })).toBe(false);
});
