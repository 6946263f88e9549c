/**
 * An election's secret r_e as the database holds it: encrypted under the registrar's key, which lies in a file of its
 * own. So a copy of the database alone links nobody to a credential.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { assert } from "#base/assert.js";
import { utf8 } from "#base/bytes.js";
import { type Random, scalarFromBytes, scalarToBytes } from "#crypto/scalar.js";

/** The registration service's own key pair. */
export interface RegistrarKey {
  /** Never leaves the process. */
  readonly secret: bigint;
  /** Compressed point: what the organisation's record on the ledger names. */
  readonly key: Uint8Array;
}

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM under a key of this election: nonce, ciphertext, tag. */
export function sealRollSecret(registrar: RegistrarKey, election: string, secret: bigint, random: Random): Buffer {
  const nonce = random(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", sealingKey(registrar, election), nonce);
  return Buffer.concat([nonce, cipher.update(scalarToBytes(secret)), cipher.final(), cipher.getAuthTag()]);
}

/** Throws when the bytes were sealed under another key or for another election, or were changed. */
export function openRollSecret(registrar: RegistrarKey, election: string, sealed: Buffer): bigint {
  assert(sealed.length === nonceBytes + 32 + tagBytes, "a sealed secret has its length");
  const decipher = createDecipheriv("aes-256-gcm", sealingKey(registrar, election), sealed.subarray(0, nonceBytes));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const opened = Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  const secret = scalarFromBytes(opened);
  assert(secret !== undefined, "what was sealed is a scalar");
  return secret;
}

function sealingKey(registrar: RegistrarKey, election: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", scalarToBytes(registrar.secret), utf8(election), "psephos/roll-secret", 32));
}
