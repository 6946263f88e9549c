/**
 * Credentials of Belenios version 1 (belenios-format §4): code → secret exponent → public credential.
 *
 * Elections made here use blinded credentials instead (DESIGN §5), whose secrets do not come from a code of this kind;
 * the public form, the order on the roll and everything in a ballot are the same.
 */
import { assert } from "#base/assert.js";
import { bigintFromBytes, compareBytes, concat, utf8 } from "#base/bytes.js";
import { isCode } from "#crypto/base58.js";
import { GENERATOR, multiplySecret, type Point, pointToBytes } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import { mod } from "#crypto/scalar.js";

/**
 * Secret exponent of a code, which is hashed with its dashes: two SHA-256 side by side as a 512-bit big-endian number,
 * mod q.
 */
export function credentialSecret(uuid: string, code: string): bigint {
  assert(isCode(code), "not a credential code");
  const half = (index: number): Uint8Array => sha256(utf8(`derive_credential|${uuid}|${index}|${code}`));
  return mod(bigintFromBytes(concat(half(0), half(1))));
}

/** Public credential g^x. */
export function publicCredential(secret: bigint): Point {
  return multiplySecret(GENERATOR, secret);
}

/** Order of credentials on a roll: that of their 32 little-endian bytes, unsigned (belenios-format §2.1). */
export function compareCredentials(a: Point, b: Point): number {
  return compareBytes(pointToBytes(a), pointToBytes(b));
}
