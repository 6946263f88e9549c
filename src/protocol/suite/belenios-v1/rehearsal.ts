/**
 * The rehearsal at the end of a key generation (DESIGN §4): each trustee decrypts, from the backup just re-entered, a
 * ciphertext whose randomness and message are hashed from public data. The factor y_j^r can be computed by anyone, so it
 * reveals nothing; the proof beside it shows that the trustee still has the secret. Its domain is not that of the tally,
 * and clients accept no other input, so a rehearsal never opens a ballot.
 */

import { multiplyBlinded } from "#crypto/blinding.js";
import type { Ciphertext } from "#crypto/elgamal.js";
import {
  GENERATOR,
  generatorTimes,
  isIdentity,
  multiplyPublic,
  multiplySecret,
  type Point,
  pointToBytes,
} from "#crypto/group.js";
import {
  type EqualityHash,
  type EqualityProof,
  framedEqualityHash,
  proveEquality,
  verifyEquality,
} from "#crypto/proofs/equality.js";
import { hashToScalar, type Random } from "#crypto/scalar.js";

/** A factor α^x with the proof under the rehearsal's own domain. */
export interface RehearsalShare {
  readonly factor: Point;
  readonly proof: EqualityProof;
}

/** The only ciphertext a rehearsal may decrypt, and the g^m it must decrypt to. */
export interface RehearsalInput {
  readonly ciphertext: Ciphertext;
  readonly message: Point;
}

/** (g^r, y^r·g^m) with r and m hashed from the ceremony's public data. `context` identifies election and ceremony. */
export function rehearsalInput(context: Uint8Array, electionKey: Point): RehearsalInput {
  const r = hashToScalar("psephos/rehearsal/randomness", context, pointToBytes(electionKey));
  const message = generatorTimes(hashToScalar("psephos/rehearsal/message", context, pointToBytes(electionKey)));
  return { ciphertext: { alpha: generatorTimes(r), beta: multiplyPublic(electionKey, r).add(message) }, message };
}

/** Decrypts the rehearsal with a trustee's secret (its key or final share). */
export function rehearse(context: Uint8Array, electionKey: Point, secret: bigint, random: Random): RehearsalShare {
  const { alpha } = rehearsalInput(context, electionKey).ciphertext;
  const factor = multiplyBlinded(alpha, secret, random);
  const statement = { base: alpha, key: multiplySecret(GENERATOR, secret), image: factor };
  return { factor, proof: proveEquality(statement, secret, rehearsalHash(context, electionKey), random) };
}

/** Whether a trustee's rehearsal holds for its public (verification) key. */
export function verifyRehearsal(
  context: Uint8Array,
  electionKey: Point,
  trusteeKey: Point,
  share: RehearsalShare,
): boolean {
  if (isIdentity(trusteeKey)) return false;
  const { alpha } = rehearsalInput(context, electionKey).ciphertext;
  const statement = { base: alpha, key: trusteeKey, image: share.factor };
  return verifyEquality(statement, share.proof, rehearsalHash(context, electionKey));
}

function rehearsalHash(context: Uint8Array, electionKey: Point): EqualityHash {
  return framedEqualityHash("psephos/rehearsal", context, pointToBytes(electionKey));
}
