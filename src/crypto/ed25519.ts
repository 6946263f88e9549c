/**
 * Ed25519 signatures (RFC 8032), for keys of machines: the embedded engine signs its blocks with them. People sign with
 * envelope signatures (`schnorr.ts`).
 *
 * Verification runs in one mode everywhere, noble's `zip215: false`: canonical encodings only, no small-order keys, the
 * equation of RFC 8032 §5.1.7. Two programs that disagree on odd signatures would disagree on blocks. The one exception
 * are votes of CometBFT's validators, which CometBFT itself judges by ZIP-215.
 */
import { ed25519 } from "@noble/curves/ed25519.js";

export const ED25519_SECRET_BYTES = 32;
export const ED25519_KEY_BYTES = 32;
export const ED25519_SIGNATURE_BYTES = 64;

/** Public key (32 bytes) of a secret seed (32 random bytes). */
export function ed25519Key(secret: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(secret);
}

/** Deterministic signature: 64 bytes. */
export function ed25519Sign(secret: Uint8Array, message: Uint8Array): Uint8Array {
  return ed25519.sign(message, secret);
}

/** Whether the signature holds. Total: any bytes as key or signature give an answer. */
export function ed25519Verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== ED25519_KEY_BYTES || signature.length !== ED25519_SIGNATURE_BYTES) return false;
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

/**
 * Whether a signature holds by ZIP-215, CometBFT's rule for votes: odd encodings are accepted, the cofactor is multiplied
 * in. Only for `evidence/cometbft`, where any other rule could disagree with the validators. Total.
 */
export function ed25519VerifyZip215(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== ED25519_KEY_BYTES || signature.length !== ED25519_SIGNATURE_BYTES) return false;
  try {
    return ed25519.verify(signature, message, key, { zip215: true });
  } catch {
    return false;
  }
}
