/**
 * Identity: the recovery code and the keys derived from it. The code is made, shown and kept by the person's own client;
 * nothing here runs on a server with a real code. SPEC 2.1
 */
import { utf8 } from "#base/bytes.js";
import { GENERATOR, multiplySecret, type Point, pointToBytes } from "#crypto/group.js";
import { hashToScalar } from "#crypto/scalar.js";

/** Whose code it is; the same code gives unrelated keys in different roles. */
export type Role = "voter" | "officer" | "trustee";

export interface Identity {
  /** x: never leaves the client. */
  readonly secret: bigint;
  /** X = g^x. An officer's or trustee's is public; a voter's is known to the registrar only. */
  readonly key: Point;
}

/** 22 Base58 characters in groups of 5-6-5-6, joined by dashes. */
const CODE = /^[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}-[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}$/;

/**
 * A code as people type it, brought to its one form: spaces and dashes anywhere are forgiven, letters are not (Base58
 * is case-sensitive). `undefined` when it is not a code.
 */
export function normaliseCode(input: string): string | undefined {
  const bare = input.replace(/[\s\u2010-\u2015-]/g, "");
  if (bare.length !== 22) return undefined;
  const code = `${bare.slice(0, 5)}-${bare.slice(5, 11)}-${bare.slice(11, 16)}-${bare.slice(16)}`;
  return CODE.test(code) ? code : undefined;
}

/** x = hash-to-scalar("psephos/identity/" + role; code), X = g^x. `code` is in its normal form. */
export function identityFromCode(code: string, role: Role): Identity {
  const secret = hashToScalar(`psephos/identity/${role}`, utf8(code));
  return { secret, key: multiplySecret(GENERATOR, secret) };
}

/** The form in which keys travel in the API and are stored: hex of the compressed point is made of these bytes. */
export function keyBytes(identity: Identity): Uint8Array {
  return pointToBytes(identity.key);
}
