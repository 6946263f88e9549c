/**
 * Exponential ElGamal: (α, β) = (g^r, y^r·g^m). Products add the messages, powers multiply them by a weight, and only
 * small sums are ever taken back out of the exponent (belenios-format §7, §8).
 */
import { GENERATOR, IDENTITY, multiplyPublic, multiplySecret, type Point, pointEquals, sum } from "./group.js";

export interface Ciphertext {
  readonly alpha: Point;
  readonly beta: Point;
}

/** Encryption of 0 with randomness 0: the neutral element of {@link addCiphertexts}. */
export const EMPTY_CIPHERTEXT: Ciphertext = { alpha: IDENTITY, beta: IDENTITY };

/** Encrypts m (0 ≤ m < q) under `key` with secret randomness r (0 ≤ r < q). */
export function encrypt(key: Point, message: bigint, randomness: bigint): Ciphertext {
  const mask = multiplySecret(key, randomness);
  return { alpha: multiplySecret(GENERATOR, randomness), beta: mask.add(multiplySecret(GENERATOR, message)) };
}

/** Ciphertext of the sum of two messages. */
export function addCiphertexts(a: Ciphertext, b: Ciphertext): Ciphertext {
  return { alpha: a.alpha.add(b.alpha), beta: a.beta.add(b.beta) };
}

/** Ciphertext of the difference of two messages: takes a superseded ballot out of a running tally. */
export function subtractCiphertexts(a: Ciphertext, b: Ciphertext): Ciphertext {
  return { alpha: a.alpha.subtract(b.alpha), beta: a.beta.subtract(b.beta) };
}

/** Ciphertext of the message times a public weight, 0 ≤ weight < q. */
export function weigh(ciphertext: Ciphertext, weight: bigint): Ciphertext {
  if (weight === 1n) return ciphertext;
  return { alpha: multiplyPublic(ciphertext.alpha, weight), beta: multiplyPublic(ciphertext.beta, weight) };
}

/** Ciphertext of the sum of all messages. */
export function sumCiphertexts(ciphertexts: readonly Ciphertext[]): Ciphertext {
  return { alpha: sum(ciphertexts.map((each) => each.alpha)), beta: sum(ciphertexts.map((each) => each.beta)) };
}

export function ciphertextEquals(a: Ciphertext, b: Ciphertext): boolean {
  return pointEquals(a.alpha, b.alpha) && pointEquals(a.beta, b.beta);
}
