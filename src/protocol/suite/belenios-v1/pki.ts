/**
 * The signing keys of trustees and what they sign during a key generation of Belenios version 1 (belenios-format §5):
 * signed messages, certificates, commitments to coefficients, key proofs.
 *
 * A signed message carries its content as a string, so a content object is JSON inside JSON; what is inside is read
 * canonically, because verifiers re-serialise it.
 */

import { MAX_TRUSTEE_NAME, MAX_TRUSTEES } from "#base/limits.js";
import { fail, ok, type Result } from "#base/result.js";
import { GENERATOR, GROUP_NAME, multiplySecret, ORDER, type Point, pointToText } from "#crypto/group.js";
import { sha256Hex } from "#crypto/hash.js";
import {
  keyProofPrefix,
  messagePrefix,
  type Proof,
  proveKnowledge,
  verifyKnowledge,
} from "#crypto/proofs/knowledge.js";
import type { Random } from "#crypto/scalar.js";
import {
  arrayOf,
  fields,
  integerOf,
  type JsonFault,
  keyOf,
  literalOf,
  type Node,
  proofOf,
  proofValue,
  readJson,
  stringOf,
  type Writable,
  writeJson,
} from "./json.js";

/** A string and a signature over it (`sigmsg|message|`); the key is known from elsewhere. */
export interface SignedMessage {
  readonly message: string;
  readonly signature: Proof;
}

/** For which sharing a certificate is, and whose: `index` counts from 1. */
export interface CertificateContext {
  readonly size: number;
  readonly threshold: number;
  readonly index: number;
}

/** A trustee's signing key vk = g^sk and its encryption key ek = g^dk. */
export interface PkiKeys {
  readonly verification: Point;
  readonly encryption: Point;
}

export interface PkiSecrets {
  readonly sk: bigint;
  readonly dk: bigint;
}

/** What a certificate's message says. */
export interface CertificateContent extends PkiKeys {
  readonly context: CertificateContext;
}

/** A key with the proof that someone knows its secret; members of a threshold set also sign it. */
export interface TrusteePublicKey {
  readonly pok: Proof;
  readonly publicKey: Point;
  readonly signature?: Proof;
  readonly name?: string;
}

/** sk and dk of a seed, as `belenios-tool` derives them: SHA-256 of a tag and the seed, mod q. */
export function pkiSecretsFromSeed(seed: string): PkiSecrets {
  return { sk: hexModOrder(sha256Hex(`sk|${seed}`)), dk: hexModOrder(sha256Hex(`dk|${seed}`)) };
}

function hexModOrder(hex: string): bigint {
  return BigInt(`0x${hex}`) % ORDER;
}

export function pkiKeys(secrets: PkiSecrets): PkiKeys {
  return { verification: multiplySecret(GENERATOR, secrets.sk), encryption: multiplySecret(GENERATOR, secrets.dk) };
}

export function signMessage(sk: bigint, message: string, random: Random): SignedMessage {
  return { message, signature: bareProof(proveKnowledge(messagePrefix(message), sk, random)) };
}

export function verifyMessage(key: Point, signed: SignedMessage): boolean {
  return verifyKnowledge(messagePrefix(signed.message), key, signed.signature);
}

/** The certificate of a trustee: context and keys, signed with its own sk. */
export function makeCertificate(secrets: PkiSecrets, context: CertificateContext, random: Random): SignedMessage {
  const { verification, encryption } = pkiKeys(secrets);
  const message = writeJson({
    context: { group: GROUP_NAME, size: context.size, threshold: context.threshold, index: context.index },
    verification: pointToText(verification),
    encryption: pointToText(encryption),
  });
  return signMessage(secrets.sk, message, random);
}

/** Reads a certificate's message. The signature is a separate matter: {@link verifyCertificate}. */
export function certificateContent(message: string): Result<CertificateContent, JsonFault> {
  return readJson(message, "canonical", (node) => {
    const read = fields(node, "context", "verification", "encryption");
    const context = fields(read.context, "group", "size", "threshold", "index");
    literalOf(context.group, GROUP_NAME);
    return {
      context: {
        size: integerOf(context.size, 1, MAX_TRUSTEES),
        threshold: integerOf(context.threshold, 1, MAX_TRUSTEES),
        index: integerOf(context.index, 1, MAX_TRUSTEES),
      },
      verification: keyOf(read.verification),
      encryption: keyOf(read.encryption),
    };
  });
}

export type CertificateFault = "bad-certificate" | "wrong-certificate-context" | "bad-certificate-signature";

/** Content of a certificate that is in form, for this very context, and signed by the key it names. */
export function verifyCertificate(
  signed: SignedMessage,
  context: CertificateContext,
): Result<CertificateContent, CertificateFault> {
  const content = certificateContent(signed.message);
  if (!content.ok) return fail("bad-certificate");
  const { size, threshold, index } = content.value.context;
  if (size !== context.size || threshold !== context.threshold || index !== context.index) {
    return fail("wrong-certificate-context");
  }
  return verifyMessage(content.value.verification, signed) ? ok(content.value) : fail("bad-certificate-signature");
}

/** The signed message of a dealer's commitments A_k = g^(a_k). */
export function signCoefficients(sk: bigint, commitments: readonly Point[], random: Random): SignedMessage {
  return signMessage(sk, writeJson(coefficientsValue(commitments)), random);
}

function coefficientsValue(commitments: readonly Point[]): { readonly coefexps: Writable } {
  return { coefexps: commitments.map(pointToText) };
}

/** Commitments of a message: group members, none of them neutral. */
export function coefficientsContent(message: string): Result<readonly Point[], JsonFault> {
  return readJson(message, "canonical", (node) => arrayOf(fields(node, "coefexps").coefexps, keyOf, 1, MAX_TRUSTEES));
}

/** What a dealer signs over the certificates of all and its own commitments, so that no two trustees see two sets (K-03). */
export function certificatesMessage(certs: readonly SignedMessage[], commitments: readonly Point[]): string {
  return `certs_sig|${writeJson({ certs: certs.map(signedMessageValue), ...coefficientsValue(commitments) })}`;
}

export function signCertificates(
  sk: bigint,
  certs: readonly SignedMessage[],
  commitments: readonly Point[],
  random: Random,
): Proof {
  return signMessage(sk, certificatesMessage(certs, commitments), random).signature;
}

/** A mandatory trustee's public key: X = g^x with proof of knowledge (K-01). */
export function makeTrusteeKey(secret: bigint, random: Random, name?: string): TrusteePublicKey {
  const publicKey = multiplySecret(GENERATOR, secret);
  const pok = bareProof(proveKnowledge(keyProofPrefix(publicKey), secret, random));
  return name === undefined ? { pok, publicKey } : { pok, publicKey, name };
}

/** A threshold member's verification key: {@link makeTrusteeKey} of its final share, signed with its sk. */
export function makeVerificationKey(share: bigint, sk: bigint, random: Random, name?: string): TrusteePublicKey {
  const { pok, publicKey } = makeTrusteeKey(share, random);
  const signature = signMessage(sk, pointToText(publicKey), random).signature;
  return name === undefined ? { pok, publicKey, signature } : { pok, publicKey, signature, name };
}

/** Whether the proof of knowledge of a key holds. */
export function verifyTrusteeKey(key: TrusteePublicKey): boolean {
  return verifyKnowledge(keyProofPrefix(key.publicKey), key.publicKey, key.pok);
}

export function signedMessageValue(signed: SignedMessage): Writable {
  return { message: signed.message, signature: proofValue(signed.signature) };
}

export function trusteeKeyValue(key: TrusteePublicKey): Writable {
  return {
    pok: proofValue(key.pok),
    public_key: pointToText(key.publicKey),
    signature: key.signature && proofValue(key.signature),
    name: key.name,
  };
}

export function signedMessageOf(node: Node): SignedMessage {
  const read = fields(node, "message", "signature");
  return { message: stringOf(read.message), signature: proofOf(read.signature) };
}

/** A {@link TrusteePublicKey}; members of a threshold set must have a signature, mandatory trustees must not. */
export function trusteeKeyOf(node: Node, signed: boolean): TrusteePublicKey {
  const read = signed
    ? fields(node, "pok", "public_key", "signature", "name?")
    : { ...fields(node, "pok", "public_key", "name?"), signature: undefined };
  return {
    pok: proofOf(read.pok),
    publicKey: keyOf(read.public_key),
    ...(read.signature && { signature: proofOf(read.signature) }),
    ...(read.name && { name: stringOf(read.name, MAX_TRUSTEE_NAME) }),
  };
}

export function signedMessageToText(signed: SignedMessage): string {
  return writeJson(signedMessageValue(signed));
}

export function signedMessageFromText(text: string): Result<SignedMessage, JsonFault> {
  return readJson(text, "canonical", signedMessageOf);
}

export function trusteeKeyToText(key: TrusteePublicKey): string {
  return writeJson(trusteeKeyValue(key));
}

export function trusteeKeyFromText(text: string, kind: "mandatory" | "member"): Result<TrusteePublicKey, JsonFault> {
  return readJson(text, "canonical", (node) => trusteeKeyOf(node, kind === "member"));
}

/** The two numbers that are written, without whatever else a prover returned beside them. */
function bareProof(proof: Proof): Proof {
  return { challenge: proof.challenge, response: proof.response };
}
