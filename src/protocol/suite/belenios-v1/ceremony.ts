/**
 * Key generation over a ledger: what trustees compute, and how everyone judges it (DESIGN §4). The public objects are
 * those of Belenios (pki.ts, trustees.ts); the private transport and the complaints are ours.
 *
 * Phases: every trustee *commits* to the hash of what it will reveal (K-02: nobody chooses a key after seeing others');
 * *reveals* it; each member of the threshold set *deals* one encrypted share to every member and signs what it saw (K-03);
 * each member checks its shares (K-04) and either *accepts* with its verification key or *complains* with a proof.
 *
 * Everything a trustee makes follows from its code and the context, nonces included: the same code gives the same bytes
 * on any device, and a new ceremony number gives new secrets throughout. A complaint lays open one share, so every
 * complaint ends the ceremony, whoever is guilty; it may only be restarted under the next number.
 */
import { assert } from "#base/assert.js";
import { bigintToBytes, concat, utf8 } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { GENERATOR, isIdentity, multiplySecret, type Point, pointToBytes } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import { type EqualityProof, framedEqualityHash, proveEquality, verifyEquality } from "#crypto/proofs/equality.js";
import type { Proof } from "#crypto/proofs/knowledge.js";
import { framed, hashToScalar, mod, type Random, scalarToBytes } from "#crypto/scalar.js";
import { commitToCoefficients, evaluatePolynomial, shareMatches } from "#crypto/threshold.js";
import {
  type CertificateContent,
  type CertificateFault,
  coefficientsContent,
  makeCertificate,
  makeTrusteeKey,
  makeVerificationKey,
  type PkiSecrets,
  pkiKeys,
  type SignedMessage,
  signCertificates,
  signCoefficients,
  signedMessageToText,
  type TrusteePublicKey,
  trusteeKeyToText,
  verifyCertificate,
  verifyMessage,
} from "./pki.js";

/** Which ceremony this is. Its every field enters every secret and every hash. */
export interface CeremonyContext {
  readonly chainId: string;
  readonly uuid: string;
  /** Counts restarts; never used twice for one election. */
  readonly ceremony: number;
  /** SHA-256 of the ordered list of trustees. */
  readonly trusteesHash: Uint8Array;
  /** Members of the threshold set and shares needed; both 0 when all trustees are mandatory. */
  readonly size: number;
  readonly threshold: number;
}

/** All secrets of one member of the threshold set. */
export interface MemberSecrets extends PkiSecrets {
  readonly coefficients: readonly bigint[];
}

/** What a member shows after all have committed: certificate and commitments to its coefficients, both signed. */
export interface MemberReveal {
  readonly certificate: SignedMessage;
  readonly coefficients: SignedMessage;
}

/** What everybody knows of a member whose reveal was accepted. */
export interface CheckedReveal extends MemberReveal {
  readonly verification: Point;
  readonly encryption: Point;
  readonly commitments: readonly Point[];
}

/** One share, encrypted to its recipient by hashed ElGamal: α = g^r, masked = f(j) + H(…, ek^r) mod q. */
export interface Dealing {
  readonly alpha: Point;
  readonly masked: bigint;
}

/** A recipient's claim that a dealing holds a wrong share: K = α^dk and the proof that it is. */
export interface Complaint {
  readonly dealer: number;
  readonly recipient: number;
  readonly shared: Point;
  readonly proof: EqualityProof;
}

function integer(value: number): Uint8Array {
  assert(Number.isSafeInteger(value) && value >= 0, "a count in a ceremony's context");
  return bigintToBytes(BigInt(value), 8);
}

function contextItems(context: CeremonyContext): Uint8Array[] {
  const { chainId, uuid, ceremony, trusteesHash, size, threshold } = context;
  return [utf8(chainId), utf8(uuid), integer(ceremony), trusteesHash, integer(size), integer(threshold)];
}

function derive(label: string, code: string, context: CeremonyContext, ...more: readonly Uint8Array[]): bigint {
  return hashToScalar(`psephos/trustee/${label}`, utf8(code), ...contextItems(context), ...more);
}

/** Bytes that follow from code and context: fed to provers, which hash them together with secret and statement. */
function derivedRandom(label: string, code: string, context: CeremonyContext): Random {
  const seed = scalarToBytes(derive("nonces", code, context, utf8(label)));
  let calls = 0;
  return (length) => {
    const blocks: Uint8Array[] = [];
    for (let block = 0; block * 32 < length; block++) {
      blocks.push(sha256(framed("psephos/trustee/stream", [seed, integer(calls), integer(block)])));
    }
    calls++;
    return concat(...blocks).slice(0, length);
  };
}

/** Secret of the key that signs a trustee's transactions: known before there is a list of trustees. */
export function envelopeSecret(code: string, chainId: string, uuid: string): bigint {
  return hashToScalar("psephos/trustee/envelope", utf8(code), utf8(chainId), utf8(uuid));
}

/** Secret key of a mandatory trustee. */
export function mandatorySecret(code: string, context: CeremonyContext): bigint {
  return derive("mandatory", code, context);
}

/** Signing and encryption secrets and the polynomial of a member of the threshold set. */
export function memberSecrets(code: string, context: CeremonyContext): MemberSecrets {
  const coefficients = Array.from({ length: context.threshold }, (_, k) =>
    derive("coefficient", code, context, integer(k)),
  );
  return { sk: derive("signing", code, context), dk: derive("decryption", code, context), coefficients };
}

/** The public key that a mandatory trustee commits to and reveals. */
export function mandatoryReveal(code: string, context: CeremonyContext, name?: string): TrusteePublicKey {
  return makeTrusteeKey(mandatorySecret(code, context), derivedRandom("mandatory", code, context), name);
}

/** What member `index` (from 1) commits to and reveals. */
export function memberReveal(code: string, context: CeremonyContext, index: number): MemberReveal {
  const secrets = memberSecrets(code, context);
  const place = { size: context.size, threshold: context.threshold, index };
  return {
    certificate: makeCertificate(secrets, place, derivedRandom("certificate", code, context)),
    coefficients: signCoefficients(
      secrets.sk,
      commitToCoefficients(secrets.coefficients),
      derivedRandom("coefficients", code, context),
    ),
  };
}

/** Hash committed to before anyone reveals (32 bytes). Binds the ceremony, so no commitment can be carried over. */
export function commitmentOf(context: CeremonyContext, reveal: MemberReveal | TrusteePublicKey): Uint8Array {
  const texts =
    "certificate" in reveal
      ? ["member", signedMessageToText(reveal.certificate), signedMessageToText(reveal.coefficients)]
      : ["mandatory", trusteeKeyToText(reveal)];
  return sha256(framed("psephos/ceremony/commitment", [...contextItems(context), ...texts.map(utf8)]));
}

export type RevealFault =
  | CertificateFault
  | "bad-coefficients"
  | "wrong-number-of-coefficients"
  | "bad-coefficients-signature";

/** Judges what a member reveals, apart from its commitment. */
export function checkReveal(
  context: CeremonyContext,
  index: number,
  reveal: MemberReveal,
): Result<CheckedReveal, RevealFault> {
  const place = { size: context.size, threshold: context.threshold, index };
  const certificate: Result<CertificateContent, CertificateFault> = verifyCertificate(reveal.certificate, place);
  if (!certificate.ok) return certificate;
  const { verification, encryption } = certificate.value;
  const commitments = coefficientsContent(reveal.coefficients.message);
  if (!commitments.ok) return fail("bad-coefficients");
  if (commitments.value.length !== context.threshold) return fail("wrong-number-of-coefficients");
  if (!verifyMessage(verification, reveal.coefficients)) return fail("bad-coefficients-signature");
  return ok({ ...reveal, verification, encryption, commitments: commitments.value });
}

/** Hash of everything revealed, in order: dealers sign it in their envelope, so all have seen the same (K-03). */
export function revealsHash(
  context: CeremonyContext,
  members: readonly MemberReveal[],
  mandatory: readonly TrusteePublicKey[],
): Uint8Array {
  const texts = [
    ...members.flatMap((each) => [signedMessageToText(each.certificate), signedMessageToText(each.coefficients)]),
    ...mandatory.map(trusteeKeyToText),
  ];
  return sha256(framed("psephos/ceremony/reveals", [...contextItems(context), ...texts.map(utf8)]));
}

/** What member `index` deals: one dealing per recipient, in order, and its Belenios signature over all certificates. */
export function dealShares(
  code: string,
  context: CeremonyContext,
  index: number,
  members: readonly CheckedReveal[],
): { readonly dealings: readonly Dealing[]; readonly signature: Proof } {
  const secrets = memberSecrets(code, context);
  const own = members[index - 1];
  assert(members.length === context.size && own !== undefined, "a reveal of every member");
  assert(own.verification.equals(pkiKeys(secrets).verification), "the code belongs to another place");
  const dealings = members.map((member, at) => dealTo(code, context, secrets, index, at + 1, member.encryption));
  const signature = signCertificates(
    secrets.sk,
    members.map((member) => member.certificate),
    own.commitments,
    derivedRandom("certificates", code, context),
  );
  return { dealings, signature };
}

function dealTo(
  code: string,
  context: CeremonyContext,
  secrets: MemberSecrets,
  dealer: number,
  recipient: number,
  encryption: Point,
): Dealing {
  // The recipient's key is hashed in, so that no randomness is used with two keys even if someone shows two.
  const nonce = derive("dealing", code, context, integer(recipient), pointToBytes(encryption));
  const alpha = multiplySecret(GENERATOR, nonce);
  const shared = multiplySecret(encryption, nonce);
  const mask = dealingMask(context, dealer, recipient, encryption, alpha, shared);
  return { alpha, masked: mod(evaluatePolynomial(secrets.coefficients, recipient) + mask) };
}

/** What hides a share: everything that identifies the dealing, and K = ek^r = α^dk. */
export function dealingMask(
  context: CeremonyContext,
  dealer: number,
  recipient: number,
  encryption: Point,
  alpha: Point,
  shared: Point,
): bigint {
  return hashToScalar(
    "psephos/dealing",
    ...contextItems(context),
    integer(dealer),
    integer(recipient),
    pointToBytes(encryption),
    pointToBytes(alpha),
    pointToBytes(shared),
  );
}

/**
 * Opens and checks what all dealers sent to member `recipient`; `dealings[i]` comes from dealer i+1. Gives its share of
 * the key, or a complaint against every dealer whose share does not fit its commitments.
 */
export function receiveShares(
  code: string,
  context: CeremonyContext,
  recipient: number,
  members: readonly CheckedReveal[],
  dealings: readonly Dealing[],
): Result<bigint, readonly Complaint[]> {
  assert(dealings.length === members.length, "a dealing of every member");
  const { dk } = memberSecrets(code, context);
  const encryption = multiplySecret(GENERATOR, dk);
  const complaints: Complaint[] = [];
  let total = 0n;
  for (const [at, dealing] of dealings.entries()) {
    const dealer = at + 1;
    const shared = multiplySecret(dealing.alpha, dk);
    const mask = dealingMask(context, dealer, recipient, encryption, dealing.alpha, shared);
    const share = mod(dealing.masked - mask);
    const fits = shareMatches(share, (members[at] as CheckedReveal).commitments, recipient);
    if (fits && !isIdentity(dealing.alpha)) {
      total = mod(total + share);
      continue;
    }
    const statement = { base: dealing.alpha, key: encryption, image: shared };
    const random = derivedRandom(`complaint ${dealer}`, code, context);
    const proof = proveEquality(statement, dk, complaintHash(context, dealer, recipient), random);
    complaints.push({ dealer, recipient, shared, proof });
  }
  return complaints.length === 0 ? ok(total) : fail(complaints);
}

function complaintHash(context: CeremonyContext, dealer: number, recipient: number) {
  return framedEqualityHash("psephos/complaint", ...contextItems(context), integer(dealer), integer(recipient));
}

/**
 * Who is to blame: the dealer, if what it sent does not decrypt to the share it committed to; the complainer, if it does;
 * nobody ("invalid"), if the complaint does not even prove what the dealing decrypts to.
 */
export function judgeComplaint(
  context: CeremonyContext,
  complaint: Complaint,
  members: readonly CheckedReveal[],
  dealing: Dealing,
): "dealer-guilty" | "complainer-guilty" | "invalid" {
  const { dealer, recipient, shared, proof } = complaint;
  const accused = members[dealer - 1];
  const complainer = members[recipient - 1];
  if (accused === undefined || complainer === undefined) return "invalid";
  const statement = { base: dealing.alpha, key: complainer.encryption, image: shared };
  if (!verifyEquality(statement, proof, complaintHash(context, dealer, recipient))) return "invalid";
  // A neutral α hides nothing: the share lies open, right or wrong.
  if (isIdentity(dealing.alpha)) return "dealer-guilty";
  const mask = dealingMask(context, dealer, recipient, complainer.encryption, dealing.alpha, shared);
  return shareMatches(mod(dealing.masked - mask), accused.commitments, recipient)
    ? "complainer-guilty"
    : "dealer-guilty";
}

/** The verification key with which member `index` accepts its share (Belenios form: key proof and signature). */
export function acceptShares(code: string, context: CeremonyContext, share: bigint, name?: string): TrusteePublicKey {
  const { sk } = memberSecrets(code, context);
  return makeVerificationKey(share, sk, derivedRandom("verification key", code, context), name);
}
