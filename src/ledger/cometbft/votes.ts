/**
 * Votes of validators by Node's own Ed25519, ten times as fast: a node judges as many signatures for each block as there
 * are validators. OpenSSL computes R' = sB - hA and compares bytes with R, for s below the order; where that holds,
 * ZIP-215's equation holds, which is the same one times the cofactor. So its yes is taken, and after its no the plain
 * implementation has the word: the answers are those of `ed25519VerifyZip215`, which browsers and verifiers use.
 */
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { toHex } from "#base/bytes.js";
import { ed25519VerifyZip215 } from "#crypto/ed25519.js";

/** What stands before the 32 bytes of an Ed25519 key in the form that OpenSSL reads (RFC 8410). */
const BEFORE_KEY = Buffer.from("302a300506032b6570032100", "hex");
/** Validators are few, also over many changes. */
const KEPT_KEYS = 500;
const keys = new Map<string, KeyObject>();

/** Whether a vote's signature holds by ZIP-215. Total. */
export function voteHolds(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return holdsForOpenssl(key, message, signature) || ed25519VerifyZip215(key, message, signature);
}

function holdsForOpenssl(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  try {
    return verify(null, message, keyObject(key), signature);
  } catch {
    return false;
  }
}

function keyObject(key: Uint8Array): KeyObject {
  const name = toHex(key);
  let object = keys.get(name);
  if (object === undefined) {
    object = createPublicKey({ key: Buffer.concat([BEFORE_KEY, key]), format: "der", type: "spki" });
    if (keys.size >= KEPT_KEYS) keys.clear();
    keys.set(name, object);
  }
  return object;
}
