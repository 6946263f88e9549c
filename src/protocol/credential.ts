/**
 * Blinded credentials: one key pair per voter and election, derived without anyone having to act. SPEC 2.3
 *
 * R_e = g^{r_e} is the registrar's key for the election, on the ledger. With s = X^{r_e} = R_e^x known to registrar and
 * voter alone, h = hash-to-scalar(chain id, uuid, X, s), X_e = X·g^h, x_e = x + h. The registrar knows every X_e, only
 * the voter knows x_e; without r_e or x nobody links X_e to X, nor two elections to each other (row R-07).
 */
import { assert } from "#base/assert.js";
import { utf8 } from "#base/bytes.js";
import {
  GENERATOR,
  isIdentity,
  multiplySecret,
  multiplySecretMany,
  normalize,
  type Point,
  pointToBytes,
  tabled,
} from "#crypto/group.js";
import { hashToScalar, mod } from "#crypto/scalar.js";
import type { Identity } from "./identity.js";

/** Which election a credential is for. */
export interface CredentialContext {
  readonly chainId: string;
  readonly uuid: string;
}

/** h of the formula above. */
export function blindingOf(context: CredentialContext, key: Point, shared: Point): bigint {
  return hashToScalar(
    "psephos/credential",
    utf8(context.chainId),
    utf8(context.uuid),
    pointToBytes(key),
    pointToBytes(shared),
  );
}

/** The registrar's side: h and X_e of a voter key X under the election secret r_e. */
export function credentialForVoter(
  context: CredentialContext,
  voterKey: Point,
  rollSecret: bigint,
): { blinding: bigint; credential: Point } {
  const blinding = blindingOf(context, voterKey, multiplySecret(voterKey, rollSecret));
  return { blinding, credential: blindKey(voterKey, blinding) };
}

/** X·g^h: what officers recompute from (X, h) before they approve the roll. */
export function blindKey(voterKey: Point, blinding: bigint): Point {
  const credential = voterKey.add(multiplySecret(GENERATOR, blinding));
  assert(!isIdentity(credential), "a credential is never the neutral element");
  return credential;
}

/** {@link credentialForVoter} for many voters of one election; both lists in their order, points cheap to encode. */
export function credentialsForVoters(
  context: CredentialContext,
  voterKeys: readonly Point[],
  rollSecret: bigint,
): { readonly blindings: readonly bigint[]; readonly credentials: readonly Point[] } {
  const shared = normalize(multiplySecretMany(voterKeys, rollSecret));
  const blindings = voterKeys.map((key, i) => blindingOf(context, key, shared[i] as Point));
  return { blindings, credentials: blindKeys(voterKeys, blindings) };
}

/** The generator with a table of its own, made at first use: worth its 30 ms from a few hundred keys on. */
let generator: Point | undefined;

/** {@link blindKey} for many. Each blinding is used once, so the table without blinding of scalars will do. */
export function blindKeys(voterKeys: readonly Point[], blindings: readonly bigint[]): readonly Point[] {
  generator ??= tabled(GENERATOR);
  const base = generator;
  const credentials = voterKeys.map((key, i) => key.add(multiplySecret(base, blindings[i] as bigint)));
  for (const credential of credentials) assert(!isIdentity(credential), "a credential is never the neutral element");
  return normalize(credentials);
}

/** The voter's side: x_e and X_e from the identity and R_e. */
export function credentialOfVoter(context: CredentialContext, identity: Identity, rollKey: Point): Identity {
  const blinding = blindingOf(context, identity.key, multiplySecret(rollKey, identity.secret));
  return { secret: mod(identity.secret + blinding), key: blindKey(identity.key, blinding) };
}
