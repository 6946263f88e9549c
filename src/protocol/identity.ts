/**
 * Identity: the recovery code and the keys derived from it. The code is made, shown and kept by the person's own client;
 * nothing here runs on a server with a real code. SPEC 2.1
 */
import { utf8 } from "#base/bytes.js";
import { GENERATOR, multiplySecret, type Point, pointToBytes } from "#crypto/group.js";
import { hashToScalar } from "#crypto/scalar.js";

/** Whose code it is; the same code gives unrelated keys in different roles. */
export type Role = "voter" | "officer" | "trustee" | "operator";

export interface Identity {
  /** x: never leaves the client. */
  readonly secret: bigint;
  /** X = g^x. An officer's or trustee's is public; a voter's is known to the registrar only. */
  readonly key: Point;
}

/** x = hash-to-scalar("psephos/identity/" + role; code), X = g^x. `code` is in its normal form (`codeFromTyped`). */
export function identityFromCode(code: string, role: Role): Identity {
  const secret = hashToScalar(`psephos/identity/${role}`, utf8(code));
  return { secret, key: multiplySecret(GENERATOR, secret) };
}

/** The form in which keys travel in the API and are stored: hex of the compressed point is made of these bytes. */
export function keyBytes(identity: Identity): Uint8Array {
  return pointToBytes(identity.key);
}
