/**
 * Schnorr proofs of knowledge of x with X = g^x under the version-1 hash of the Belenios suite (belenios-format §3):
 * key proofs (`pok|`), signed messages (`sigmsg|`) and ballot signatures (`sig|`).
 *
 * Convention of the suite: response = w − x·challenge mod q, so the commitment is recomputed as A = g^response · X^challenge
 * and the proof holds iff H(prefix; A) = challenge. The prefix names the statement; the caller builds it with one of the
 * functions below.
 */
import { utf8 } from "#base/bytes.js";
import { combinePublic, GENERATOR, GROUP_NAME, isIdentity, multiplySecret, type Point, pointToText } from "../group.js";
import { suiteHashTexts } from "../hash.js";
import { hashToScalar, mod, type Random, scalarToBytes } from "../scalar.js";

/** (challenge, response), both in [0, q): the stored form of every proof of the suite. */
export interface Proof {
  readonly challenge: bigint;
  readonly response: bigint;
}

/** A proof together with its commitment A, whose equation can join a batch. */
export interface CommittedProof extends Proof {
  readonly commitment: Point;
}

/** Prefix of a trustee's key proof: `pok|group|enc(X)|`. */
export function keyProofPrefix(key: Point): string {
  return `pok|${GROUP_NAME}|${pointToText(key)}|`;
}

/** Prefix of a signed message (trustees' PKI): `sigmsg|message|`. The key is not part of it in version 1. */
export function messagePrefix(message: string): string {
  return `sigmsg|${message}|`;
}

/** Prefix of a ballot signature: `sig|hash|`, where hash covers the credential (so C-03 does not apply to ballots). */
export function ballotSignaturePrefix(hash: string): string {
  return `sig|${hash}|`;
}

/** Proves knowledge of `secret` with a hedged nonce: bad randomness alone never reveals the secret (row C-15). */
export function proveKnowledge(prefix: string, secret: bigint, random: Random): CommittedProof {
  const nonce = hashToScalar("psephos/knowledge-nonce", scalarToBytes(secret), utf8(prefix), random(32));
  return proveKnowledgeWith(prefix, secret, nonce);
}

/** {@link proveKnowledge} with the nonce w given; a nonce must never be used for two prefixes. */
export function proveKnowledgeWith(prefix: string, secret: bigint, nonce: bigint): CommittedProof {
  const commitment = multiplySecret(GENERATOR, nonce);
  const challenge = suiteHashTexts(prefix, [pointToText(commitment)]);
  return { commitment, challenge, response: mod(nonce - secret * challenge) };
}

/** A = g^response · key^challenge. */
export function knowledgeCommitment(key: Point, proof: Proof): Point {
  return combinePublic([GENERATOR, key], [proof.response, proof.challenge]);
}

/** Whether the proof holds for `key`. The neutral element is never a key (row C-08). */
export function verifyKnowledge(prefix: string, key: Point, proof: Proof): boolean {
  if (isIdentity(key)) return false;
  return suiteHashTexts(prefix, [pointToText(knowledgeCommitment(key, proof))]) === proof.challenge;
}
