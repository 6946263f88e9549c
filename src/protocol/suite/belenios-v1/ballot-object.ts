/** A ballot's parts, decoded: what its text, its checks and its sealing have in common. */
import type { Ciphertext } from "#crypto/elgamal.js";
import type { Point } from "#crypto/group.js";
import type { Proof } from "#crypto/proofs/knowledge.js";

/** Ciphertexts and proofs of one homomorphic question. */
export interface Answer {
  readonly choices: readonly Ciphertext[];
  readonly individualProofs: readonly (readonly Proof[])[];
  readonly overallProof: readonly Proof[];
  readonly blankProof?: readonly Proof[];
}

export interface Ballot {
  readonly electionUuid: string;
  /** φ of the election. */
  readonly electionHash: string;
  readonly credential: Point;
  readonly answers: readonly Answer[];
  /** `hash`: unpadded Base64 SHA-256 of the ballot's text without its signature. */
  readonly signature: { readonly hash: string; readonly proof: Proof };
}
