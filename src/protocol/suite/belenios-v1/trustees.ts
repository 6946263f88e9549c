/**
 * The `trustees` object of Belenios version 1 (belenios-format §5): any mix of mandatory keys and t-of-n threshold sets,
 * and everything a verifier can check about it. What is read is written back to the same text.
 *
 * Trustees are numbered ("owner") from 1 through the whole object, each member of a threshold set counting one.
 */
import { MAX_TRUSTEES } from "#base/limits.js";
import { fail, ok, type Result } from "#base/result.js";
import { isIdentity, type Point, pointToText, sum } from "#crypto/group.js";
import type { Proof } from "#crypto/proofs/knowledge.js";
import { evaluateCommitments, sumCommitments } from "#crypto/threshold.js";
import {
  arrayOf,
  fields,
  integerOf,
  items,
  type JsonFault,
  literalOf,
  type Node,
  proofOf,
  proofValue,
  readJson,
  refuse,
  type Writable,
  writeJson,
} from "./json.js";
import {
  type CertificateFault,
  certificatesMessage,
  coefficientsContent,
  type SignedMessage,
  signedMessageOf,
  signedMessageValue,
  type TrusteePublicKey,
  trusteeKeyOf,
  trusteeKeyValue,
  verifyCertificate,
  verifyMessage,
  verifyTrusteeKey,
} from "./pki.js";

/** The public result of one key generation: arrays by member, in the order of their indices. */
export interface ThresholdParameters {
  readonly threshold: number;
  readonly certs: readonly SignedMessage[];
  readonly coefexps: readonly SignedMessage[];
  readonly signatures: readonly Proof[];
  readonly verificationKeys: readonly TrusteePublicKey[];
}

export type TrusteeEntry =
  | { readonly kind: "single"; readonly key: TrusteePublicKey }
  | { readonly kind: "pedersen"; readonly parameters: ThresholdParameters };

/** One person who opens the tally: owner number and the key its factors are proved under. */
export interface TrusteeMember {
  readonly owner: number;
  readonly key: Point;
  readonly name?: string;
}

/** One part of the election key, and who can open it: all of `members` (one), or any `threshold` of them. */
export interface TrusteeGroup {
  readonly kind: "single" | "pedersen";
  readonly subKey: Point;
  readonly threshold: number;
  readonly members: readonly TrusteeMember[];
}

/** What {@link verifyTrustees} vouches for. `members[i]` has owner i+1. */
export interface CheckedTrustees {
  readonly electionKey: Point;
  readonly groups: readonly TrusteeGroup[];
  readonly members: readonly TrusteeMember[];
}

export type TrusteeFaultCode =
  | CertificateFault
  | "threshold-out-of-range"
  | "wrong-number-of-parts"
  | "bad-coefficients"
  | "wrong-number-of-coefficients"
  | "bad-coefficients-signature"
  | "bad-certificates-signature"
  | "bad-key-proof"
  | "wrong-verification-key"
  | "bad-verification-key-signature"
  | "neutral-key"
  | "duplicate-key";

/** The first thing wrong, and with whom. */
export interface TrusteeFault {
  readonly code: TrusteeFaultCode;
  readonly owner: number;
  readonly detail: string;
}

export function trusteesToText(trustees: readonly TrusteeEntry[]): string {
  return writeJson(trustees.map(entryValue));
}

function entryValue(entry: TrusteeEntry): Writable {
  if (entry.kind === "single") return ["Single", trusteeKeyValue(entry.key)];
  const { threshold, certs, coefexps, signatures, verificationKeys } = entry.parameters;
  return [
    "Pedersen",
    {
      threshold,
      certs: certs.map(signedMessageValue),
      coefexps: coefexps.map(signedMessageValue),
      signatures: signatures.map(proofValue),
      verification_keys: verificationKeys.map(trusteeKeyValue),
    },
  ];
}

/** Strict reading: canonical text, exact fields, group members that can be keys. Proofs are for {@link verifyTrustees}. */
export function trusteesFromText(text: string): Result<readonly TrusteeEntry[], JsonFault> {
  return readJson(text, "canonical", (node) => arrayOf(node, readEntry, 1, MAX_TRUSTEES));
}

function readEntry(node: Node): TrusteeEntry {
  const [tag, value] = items(node, 2, 2) as [Node, Node];
  if (literalOf(tag, "Single", "Pedersen") === "Single") return { kind: "single", key: trusteeKeyOf(value, false) };
  const read = fields(value, "threshold", "certs", "coefexps", "signatures", "verification_keys");
  const size = items(read.certs, 1, MAX_TRUSTEES).length;
  const threshold = integerOf(read.threshold, 1, MAX_TRUSTEES);
  if (threshold >= size) refuse(read.threshold, `a threshold of ${threshold} for ${size} members`);
  return {
    kind: "pedersen",
    parameters: {
      threshold,
      certs: arrayOf(read.certs, signedMessageOf, size, size),
      coefexps: arrayOf(read.coefexps, signedMessageOf, size, size),
      signatures: arrayOf(read.signatures, proofOf, size, size),
      verificationKeys: arrayOf(read.verification_keys, (item) => trusteeKeyOf(item, true), size, size),
    },
  };
}

/**
 * Everything a verifier checks about trustees (belenios-format §5), and more: coefficients are group members and not
 * neutral, no key appears twice, the election key is not neutral.
 */
export function verifyTrustees(trustees: readonly TrusteeEntry[]): Result<CheckedTrustees, TrusteeFault> {
  const groups: TrusteeGroup[] = [];
  const members: TrusteeMember[] = [];
  for (const entry of trustees) {
    const first = members.length + 1;
    const group = entry.kind === "single" ? verifySingle(entry.key, first) : verifyThreshold(entry.parameters, first);
    if (!group.ok) return group;
    groups.push(group.value);
    members.push(...group.value.members);
  }
  const owners = new Map<string, TrusteeGroup>();
  for (const group of groups) {
    for (const { owner, key } of group.members) {
      const text = pointToText(key);
      const other = owners.get(text);
      // With a threshold of 1 all members of a set hold the same share, f(0).
      if (other !== undefined && !(other === group && group.threshold === 1))
        return fail({ code: "duplicate-key", owner, detail: "this key belongs to another trustee too" });
      owners.set(text, group);
    }
  }
  const electionKey = sum(groups.map((group) => group.subKey));
  if (isIdentity(electionKey)) return fail({ code: "neutral-key", owner: 0, detail: "the keys cancel each other" });
  return ok({ electionKey, groups, members });
}

function memberOf(owner: number, key: TrusteePublicKey): TrusteeMember {
  return { owner, key: key.publicKey, ...(key.name !== undefined && { name: key.name }) };
}

function verifySingle(key: TrusteePublicKey, owner: number): Result<TrusteeGroup, TrusteeFault> {
  if (!verifyTrusteeKey(key)) {
    return fail({ code: "bad-key-proof", owner, detail: "knowledge of the secret key is not proved" });
  }
  return ok({ kind: "single", subKey: key.publicKey, threshold: 1, members: [memberOf(owner, key)] });
}

function verifyThreshold(parameters: ThresholdParameters, first: number): Result<TrusteeGroup, TrusteeFault> {
  const { threshold, certs, coefexps, signatures, verificationKeys } = parameters;
  const size = certs.length;
  if (!(threshold > 0 && threshold < size)) {
    return fail({ code: "threshold-out-of-range", owner: first, detail: `${threshold} of ${size}` });
  }
  if (coefexps.length !== size || signatures.length !== size || verificationKeys.length !== size) {
    return fail({ code: "wrong-number-of-parts", owner: first, detail: `not ${size} of everything` });
  }
  // All certificates first: one bad certificate would make every signature over the set look wrong.
  const signingKeys: Point[] = [];
  for (const [i, signed] of certs.entries()) {
    const certificate = verifyCertificate(signed, { size, threshold, index: i + 1 });
    if (!certificate.ok) {
      return fail({ code: certificate.error, owner: first + i, detail: `certificate of member ${i + 1} of ${size}` });
    }
    signingKeys.push(certificate.value.verification);
  }
  const dealers: (readonly Point[])[] = [];
  for (const [i, signingKey] of signingKeys.entries()) {
    const commitments = verifyDealer(parameters, i, first + i, signingKey);
    if (!commitments.ok) return commitments;
    dealers.push(commitments.value);
  }
  const summed = sumCommitments(dealers);
  const members: TrusteeMember[] = [];
  for (let i = 0; i < size; i++) {
    const key = verificationKeys[i] as TrusteePublicKey;
    const fault = verifyMemberKey(key, evaluateCommitments(summed, i + 1), signingKeys[i] as Point);
    if (fault !== undefined) return fail({ code: fault, owner: first + i, detail: MEMBER_FAULTS[fault] });
    members.push(memberOf(first + i, key));
  }
  const subKey = summed[0] as Point;
  if (isIdentity(subKey))
    return fail({ code: "neutral-key", owner: first, detail: "the members' parts cancel each other" });
  return ok({ kind: "pedersen", subKey, threshold, members });
}

/** Commitments of member `i`, after both its signatures. */
function verifyDealer(
  parameters: ThresholdParameters,
  i: number,
  owner: number,
  signingKey: Point,
): Result<readonly Point[], TrusteeFault> {
  const { threshold, certs, coefexps, signatures } = parameters;
  const coefficients = coefexps[i] as SignedMessage;
  const commitments = coefficientsContent(coefficients.message);
  if (!commitments.ok) return fail({ code: "bad-coefficients", owner, detail: commitments.error.reason });
  if (commitments.value.length !== threshold) {
    const detail = `${commitments.value.length} coefficients for a threshold of ${threshold}`;
    return fail({ code: "wrong-number-of-coefficients", owner, detail });
  }
  if (!verifyMessage(signingKey, coefficients)) {
    return fail({ code: "bad-coefficients-signature", owner, detail: "signature of the coefficients" });
  }
  const message = certificatesMessage(certs, commitments.value);
  if (!verifyMessage(signingKey, { message, signature: signatures[i] as Proof })) {
    return fail({ code: "bad-certificates-signature", owner, detail: "signature over all certificates" });
  }
  return ok(commitments.value);
}

const MEMBER_FAULTS = {
  "wrong-verification-key": "the key does not follow from the published coefficients",
  "bad-key-proof": "knowledge of the share is not proved",
  "bad-verification-key-signature": "signature of the verification key",
} as const;

/** What is wrong with a member's verification key, given the key that follows from all commitments; `undefined` if nothing. */
export function verifyMemberKey(
  key: TrusteePublicKey,
  expected: Point,
  signingKey: Point,
): keyof typeof MEMBER_FAULTS | undefined {
  if (!key.publicKey.equals(expected)) return "wrong-verification-key";
  if (!verifyTrusteeKey(key)) return "bad-key-proof";
  const message = pointToText(expected);
  if (key.signature === undefined || !verifyMessage(signingKey, { message, signature: key.signature })) {
    return "bad-verification-key-signature";
  }
  return undefined;
}
