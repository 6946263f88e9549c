/**
 * Envelope signatures: one Schnorr scheme for casts, officers, trustees, the registrar and log-in (DESIGN §4).
 *
 * Transcript: c = hash-to-scalar(domain "psephos/signature/" + tag; chain id, key, R, message). The key is part of the
 * hash (row C-03), the tag separates uses (C-16). Nonces are hedged: hashed from the secret, the message and fresh
 * randomness, so that neither a broken generator nor a repeated message reveals the secret (C-15).
 * Response convention: z = w + c·x, so R = g^z · X^−c.
 */
import { utf8 } from "#base/bytes.js";
import {
  GENERATOR,
  generatorTimes,
  isIdentity,
  multiplyPublic,
  multiplySecret,
  type Point,
  pointToBytes,
} from "./group.js";
import { framed, hashToScalar, mod, type Random, scalarToBytes } from "./scalar.js";

/** What a signature is for. A signature of one kind never verifies as another. */
export type SignatureTag =
  | "cast"
  | "officer"
  | "trustee"
  | "registrar"
  | "login"
  | "confirm"
  | "voter"
  | "log"
  | "operator"
  | "minutes";

export interface SignatureContext {
  readonly tag: SignatureTag;
  readonly chainId: string;
}

/** Compact form: challenge and response. */
export interface Signature {
  readonly challenge: bigint;
  readonly response: bigint;
}

/** Form with the commitment R, whose equation g^z = R·X^c can join a batch. */
export interface CommittedSignature {
  readonly commitment: Point;
  readonly response: bigint;
}

/** c of the transcript above. `message` is any byte string; framing makes it unambiguous. */
export function signatureChallenge(
  context: SignatureContext,
  key: Point,
  commitment: Point,
  message: Uint8Array,
): bigint {
  const [domain, items] = transcript(context, pointToBytes(key), pointToBytes(commitment), message);
  return hashToScalar(domain, ...items);
}

/** The bytes that {@link signatureChallenge} hashes with SHA-512: for implementations that hash by themselves. */
export function signatureTranscript(
  context: SignatureContext,
  key: Uint8Array,
  commitment: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  return framed(...transcript(context, key, commitment, message));
}

function transcript(
  context: SignatureContext,
  key: Uint8Array,
  commitment: Uint8Array,
  message: Uint8Array,
): [domain: string, items: readonly Uint8Array[]] {
  return [`psephos/signature/${context.tag}`, [utf8(context.chainId), key, commitment, message]];
}

/** Signs with secret x and key X = g^x; returns both forms' values. */
export function sign(
  context: SignatureContext,
  secret: bigint,
  message: Uint8Array,
  random: Random,
): Signature & CommittedSignature {
  const key = multiplySecret(GENERATOR, secret);
  const nonce = hashToScalar(
    `psephos/nonce/${context.tag}`,
    scalarToBytes(secret),
    utf8(context.chainId),
    random(32),
    message,
  );
  const commitment = multiplySecret(GENERATOR, nonce);
  const challenge = signatureChallenge(context, key, commitment, message);
  return { commitment, challenge, response: mod(nonce + challenge * secret) };
}

/** Verifies the compact form. The neutral element is never a key (C-08). */
export function verifySignature(
  context: SignatureContext,
  key: Point,
  message: Uint8Array,
  signature: Signature,
): boolean {
  if (isIdentity(key)) return false;
  const commitment = generatorTimes(signature.response).subtract(multiplyPublic(key, signature.challenge));
  return signatureChallenge(context, key, commitment, message) === signature.challenge;
}

/** Verifies the form with commitment; same verdicts as {@link verifySignature}. */
export function verifyCommitted(
  context: SignatureContext,
  key: Point,
  message: Uint8Array,
  signature: CommittedSignature,
): boolean {
  if (isIdentity(key)) return false;
  const challenge = signatureChallenge(context, key, signature.commitment, message);
  return generatorTimes(signature.response).equals(signature.commitment.add(multiplyPublic(key, challenge)));
}
