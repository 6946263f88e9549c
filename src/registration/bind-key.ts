/** Binding an identity key to a voter: the one place that does it, with everything that belongs to it. */

import { refuse } from "#api/problem.js";
import type { KeySource } from "#api/registration.js";
import { refuseWith } from "#api/rejection.js";
import { bytesOfHex } from "#api/values.js";
import { utf8 } from "#base/bytes.js";
import type { Point } from "#crypto/group.js";
import { scalarFromBytes } from "#crypto/scalar.js";
import { type SignatureTag, verifySignature } from "#crypto/schnorr.js";
import { reject } from "#protocol/rejections.js";
import { isDuplicate, type Tables } from "./context.js";

export interface SignatureJson {
  readonly challenge: string;
  readonly response: string;
}

/** Whether the owner of `key` signed the message. Total: any 32 bytes may come in. */
export function isSignedBy(
  tag: SignatureTag,
  chainId: string,
  key: Point,
  message: Uint8Array,
  signature: SignatureJson,
): boolean {
  const challenge = scalarFromBytes(bytesOfHex(signature.challenge));
  const response = scalarFromBytes(bytesOfHex(signature.response));
  if (challenge === undefined || response === undefined) return false;
  return verifySignature({ tag, chainId }, key, message, { challenge, response });
}

/**
 * Refuses unless the key that is to be bound signed the mailed token: a click alone, or somebody else's key, binds
 * nothing. No ledger's id is part of what is signed: the token is fresh, random and of this service alone.
 */
export function requireConfirmation(key: Point, token: string, signature: SignatureJson): void {
  if (!isSignedBy("confirm", "", key, utf8(`confirm|${token}`), signature))
    refuseWith(reject("bad-signature", "by the key that is to be bound, over confirm|TOKEN"));
}

/**
 * Gives the voter this key. Sessions of the key before end, and so do all passkeys and mailed links of the voter. Refuses a key that
 * somebody has already: two voters with one key would get one credential.
 */
export async function bindKey(
  tables: Tables,
  voterId: string,
  key: Buffer,
  source: KeySource,
  now: Date,
): Promise<void> {
  try {
    await tables
      .updateTable("voters")
      .set({ public_key: key, key_source: source, key_changed_at: now })
      .where("id", "=", voterId)
      .execute();
  } catch (error) {
    refuseTakenKey(error);
  }
  await tables.deleteFrom("sessions").where("voter_id", "=", voterId).execute();
  // A thief may have added one: whoever has the new key adds the own ones again.
  await tables.deleteFrom("passkeys").where("voter_id", "=", voterId).execute();
  await tables.deleteFrom("mailed_sign_ins").where("voter_id", "=", voterId).execute();
  await tables.deleteFrom("tokens").where("voter_id", "=", voterId).execute();
  await tables.deleteFrom("requests").where("voter_id", "=", voterId).execute();
}

/** Turns a duplicate key into its refusal; anything else goes on. */
export function refuseTakenKey(error: unknown): never {
  if (isDuplicate(error, "voters_public_key_key"))
    refuse("already-exists", "This key is bound to a voter already. Make a new recovery code.");
  throw error;
}
