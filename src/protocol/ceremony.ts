/**
 * The key ceremony on the ledger: what its record holds, when it moves on, who is to blame, and the trustees it ends in.
 * The cryptography is in suite/belenios-v1/ceremony.ts; the transactions in transactions/. SPEC 3.6.2
 *
 * Phases: commit → reveal → deal → accept → rehearse → done. Dealing and accepting are for members of the threshold set;
 * without such a set they are skipped. A phase ends when everyone has acted. Once its time is up nothing but a restart
 * helps: the next ceremony has another number, so every secret in it is new.
 */
import { bytesEqual, utf8 } from "#base/bytes.js";
import type { Result } from "#base/result.js";
import { type Point, pointFromBytes, pointToBytes, sum } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import type { Proof } from "#crypto/proofs/knowledge.js";
import { framed } from "#crypto/scalar.js";
import type { Effects } from "./effects.js";
import {
  bool,
  bytes,
  element,
  encode,
  humanText,
  list,
  oneOf,
  optional,
  record,
  type Shape,
  scalar,
  type TypeOf,
  text,
  u64,
  uint,
} from "./encoding/shape.js";
import { MAX_TRUSTEES, type Plan, type PlanTrustee, trusteeShape } from "./plan.js";
import { slot } from "./state.js";
import {
  type CeremonyContext,
  type CheckedReveal,
  type Dealing,
  type MemberReveal,
  revealsHash,
} from "./suite/belenios-v1/ceremony.js";
import {
  certificateContent,
  coefficientsContent,
  signedMessageFromText,
  type TrusteePublicKey,
  trusteeKeyFromText,
} from "./suite/belenios-v1/pki.js";
import {
  type CheckedTrustees,
  type TrusteeEntry,
  type TrusteeFault,
  trusteesToText,
  verifyTrustees,
} from "./suite/belenios-v1/trustees.js";

/** Restarts of one election. Each needs the officers' approval; a ceremony that fails so often has another problem. */
export const MAX_CEREMONIES = 1000;

/** Characters of one Belenios object of a trustee: 31 coefficients need about 2,200. */
const MAX_TEXT = 20_000;

export const PHASES = ["commit", "reveal", "deal", "accept", "rehearse", "done", "failed"] as const;
export type Phase = (typeof PHASES)[number];

export const trusteeTextShape: Shape<string> = text(MAX_TEXT, 1);

/** What a trustee shows: [certificate, signed coefficients] of a member, [trustee_public_key] of a mandatory trustee. */
export const revealShape = list(trusteeTextShape, 2, 1);

const proofShape = record({ challenge: scalar, response: scalar });

export const dealingShape = record({ alpha: element, masked: scalar });
/** One dealing for each member of the threshold set, the dealer included, in their order. */
export const dealingsShape = list(dealingShape, MAX_TRUSTEES, 2);

/** The same inside the record: α as it came, so that reading the record does not check every point again. */
const storedDealingShape = record({ alpha: bytes(32), masked: scalar });
export const storedDealingsFields = {
  shares: list(storedDealingShape, MAX_TRUSTEES, 2),
  signature: proofShape,
};
const storedDealingsShape = record(storedDealingsFields);
export type StoredDealings = TypeOf<typeof storedDealingsShape>;

export const ceremonyTrusteeShape = record({
  name: humanText(100, 1),
  /** Envelope key, compressed. */
  key: bytes(32),
  part: oneOf(["mandatory", "member"]),
  commitment: optional(bytes(32)),
  reveal: optional(revealShape),
  /** The trustee's envelope signature of its reveal-trustee, so that other trustees need not believe who shows the record. */
  revealSigned: optional(proofShape),
  /** Members only: their dealings and their Belenios signature over all certificates. */
  dealings: optional(storedDealingsShape),
  /** The envelope signature of its deal-shares: nobody complains about what the dealer did not sign. */
  dealSigned: optional(proofShape),
  /** Members only: trustee_public_key with key proof and signature. */
  verificationKey: optional(trusteeTextShape),
  rehearsed: bool,
});
export type CeremonyTrustee = TypeOf<typeof ceremonyTrusteeShape>;

/** Someone because of whom a ceremony could not be finished. Kept through restarts. */
export const culpritShape = record({
  ceremony: uint(MAX_CEREMONIES, 1),
  /** Place in that ceremony's list of trustees, from 0. */
  trustee: uint(MAX_TRUSTEES - 1),
  name: humanText(100, 1),
  key: bytes(32),
  phase: oneOf(PHASES),
  /** `missing`: did nothing until the deadline. `bad-dealing`: a complaint was upheld. `bad-keys`: the keys do not fit together. */
  reason: oneOf(["missing", "bad-dealing", "bad-keys"]),
});
export type Culprit = TypeOf<typeof culpritShape>;

export const ceremonyShape = record({
  /** Counts from 1. */
  number: uint(MAX_CEREMONIES, 1),
  phase: oneOf(PHASES),
  /** Block time, nanoseconds, at which the phase began. */
  phaseSince: u64,
  /** Shares needed of the members; 0 when all are mandatory. */
  threshold: uint(MAX_TRUSTEES),
  trustees: list(ceremonyTrusteeShape, MAX_TRUSTEES, 1),
  culprits: list(culpritShape, MAX_CEREMONIES * MAX_TRUSTEES),
});
export type CeremonyRecord = TypeOf<typeof ceremonyShape>;

export const ceremonies = slot<CeremonyRecord, [string]>("ceremony", ceremonyShape);

/** SHA-256 of the record: what the election's entry, and so the state root, says about the ceremony. */
export function ceremonyHash(ceremony: CeremonyRecord): Uint8Array {
  return sha256(encode(ceremonyShape, ceremony));
}

/** Writes the record and brings the election's entry up to date. */
export function setCeremony(effects: Effects, uuid: string, ceremony: CeremonyRecord): void {
  ceremonies.set(effects.draft, ceremony, uuid);
  effects.updateElection(uuid, { ceremonyHash: ceremonyHash(ceremony) });
}

/** The first ceremony of an election. */
export function newCeremony(plan: Pick<Plan, "trustees" | "threshold">, time: bigint): CeremonyRecord {
  return freshCeremony(1, plan.trustees, plan.threshold, time, []);
}

/** The next ceremony: another number, perhaps other trustees. Whoever let the deadline pass is named. */
export function restartedCeremony(
  before: CeremonyRecord,
  plan: Plan,
  next: { readonly trustees: readonly PlanTrustee[]; readonly threshold: number },
  time: bigint,
): CeremonyRecord {
  const late = isOverdue(before, plan, time) ? missing(before) : [];
  const culprits = [...before.culprits, ...late.map((place) => culpritOf(before, place, "missing"))];
  return freshCeremony(before.number + 1, next.trustees, next.threshold, time, culprits);
}

function freshCeremony(
  number: number,
  trustees: readonly PlanTrustee[],
  threshold: number,
  time: bigint,
  culprits: readonly Culprit[],
): CeremonyRecord {
  const blank = {
    commitment: null,
    reveal: null,
    revealSigned: null,
    dealings: null,
    dealSigned: null,
    verificationKey: null,
    rehearsed: false,
  };
  const list = trustees.map(({ name, key, part }) => ({ name, key, part, ...blank }));
  return { number, phase: "commit", phaseSince: time, threshold, trustees: list, culprits };
}

/** Places (from 0) of those who still have to act in the present phase. */
export function missing(ceremony: CeremonyRecord): number[] {
  const { phase } = ceremony;
  if (phase === "done" || phase === "failed") return [];
  const out: number[] = [];
  for (const [place, trustee] of ceremony.trustees.entries())
    if (mustAct(trustee, phase) && !hasActed(trustee, phase)) out.push(place);
  return out;
}

type ActivePhase = Exclude<Phase, "done" | "failed">;

/** Whether this phase asks anything of the trustee. */
export function mustAct(trustee: CeremonyTrustee, phase: ActivePhase): boolean {
  return trustee.part === "member" || (phase !== "deal" && phase !== "accept");
}

export function hasActed(trustee: CeremonyTrustee, phase: ActivePhase): boolean {
  switch (phase) {
    case "commit":
      return trustee.commitment !== null;
    case "reveal":
      return trustee.reveal !== null;
    case "deal":
      return trustee.dealings !== null;
    case "accept":
      return trustee.verificationKey !== null;
    case "rehearse":
      return trustee.rehearsed;
  }
}

/** When the present phase must be over, nanoseconds; `undefined` when nothing is waited for. */
export function phaseDeadline(ceremony: CeremonyRecord, plan: Plan): bigint | undefined {
  if (ceremony.phase === "done" || ceremony.phase === "failed") return undefined;
  return ceremony.phaseSince + plan.rules.phaseLimit;
}

/** Whether the deadline has passed: {@link missing} then names the culprits, and only a restart is possible. */
export function isOverdue(ceremony: CeremonyRecord, plan: Plan, time: bigint): boolean {
  const deadline = phaseDeadline(ceremony, plan);
  return deadline !== undefined && time >= deadline;
}

/** The record with one trustee's fields changed. */
export function withTrustee(ceremony: CeremonyRecord, place: number, change: Partial<CeremonyTrustee>): CeremonyRecord {
  const trustees = ceremony.trustees.map((trustee, at) => (at === place ? { ...trustee, ...change } : trustee));
  return { ...ceremony, trustees };
}

/** The record after a failure that is this trustee's fault. */
export function failedCeremony(
  ceremony: CeremonyRecord,
  place: number,
  reason: Culprit["reason"],
  time: bigint,
): CeremonyRecord {
  const culprits = [...ceremony.culprits, culpritOf(ceremony, place, reason)];
  return { ...ceremony, phase: "failed", phaseSince: time, culprits };
}

function culpritOf(ceremony: CeremonyRecord, place: number, reason: Culprit["reason"]): Culprit {
  const { name, key } = ceremony.trustees[place] as CeremonyTrustee;
  return { ceremony: ceremony.number, trustee: place, name, key, phase: ceremony.phase, reason };
}

/** Moves on to the next phase if nobody is missing in the present one. */
export function advanced(ceremony: CeremonyRecord, time: bigint): CeremonyRecord {
  if (ceremony.phase === "failed" || ceremony.phase === "done" || missing(ceremony).length > 0) return ceremony;
  const phase = phaseAfter(ceremony.phase, membersOf(ceremony).length > 0);
  if (phase === "rehearse") {
    // Only trustees who work together can make keys that do not fit; then there is no election key to go on with.
    const assembled = assembledTrustees(ceremony).checked;
    if (!assembled.ok) {
      const place = ownerPlaces(ceremony)[assembled.error.owner - 1];
      return place === undefined
        ? { ...ceremony, phase: "failed", phaseSince: time }
        : failedCeremony(ceremony, place, "bad-keys", time);
    }
  }
  return { ...ceremony, phase, phaseSince: time };
}

function phaseAfter(phase: ActivePhase, hasMembers: boolean): Phase {
  if (phase === "reveal" && !hasMembers) return "rehearse";
  return PHASES[PHASES.indexOf(phase) + 1] as Phase;
}

// Places and owner numbers

/** Places of the members of the threshold set, in order: member index i (from 1) stands at `membersOf(c)[i − 1]`. */
export function membersOf(ceremony: CeremonyRecord): number[] {
  return placesOf(ceremony, "member");
}

function placesOf(ceremony: CeremonyRecord, part: PlanTrustee["part"]): number[] {
  return [...ceremony.trustees.keys()].filter((place) => ceremony.trustees[place]?.part === part);
}

/** Index from 1 within the threshold set; 0 for a mandatory trustee. */
export function memberIndex(ceremony: CeremonyRecord, place: number): number {
  return membersOf(ceremony).indexOf(place) + 1;
}

/** Place of each owner number (from 1): mandatory trustees first, then the members of the threshold set. */
export function ownerPlaces(ceremony: CeremonyRecord): number[] {
  return [...placesOf(ceremony, "mandatory"), ...membersOf(ceremony)];
}

/** Place of the trustee with this envelope key, or `undefined`. */
export function placeOfKey(ceremony: CeremonyRecord, key: Uint8Array): number | undefined {
  const place = ceremony.trustees.findIndex((trustee) => bytesEqual(trustee.key, key));
  return place < 0 ? undefined : place;
}

// Contexts and transcripts

const trusteeListShape = list(trusteeShape, MAX_TRUSTEES, 1);

/** What every secret and every hash of this ceremony depends on. */
export function ceremonyContext(chainId: string, uuid: string, ceremony: CeremonyRecord): CeremonyContext {
  const { number, threshold, trustees } = ceremony;
  const trusteesHash = sha256(encode(trusteeListShape, trustees));
  return { chainId, uuid, ceremony: number, trusteesHash, size: membersOf(ceremony).length, threshold };
}

/** Hash of everything revealed (32 bytes); dealers sign it, so that all have seen the same (K-03). Complete reveals only. */
export function revealsTranscript(context: CeremonyContext, ceremony: CeremonyRecord): Uint8Array {
  const members = membersOf(ceremony).map((place) => memberRevealOf(ceremony.trustees[place] as CeremonyTrustee));
  const mandatory = placesOf(ceremony, "mandatory").map((place) =>
    mandatoryKeyOf(ceremony.trustees[place] as CeremonyTrustee),
  );
  return revealsHash(context, members, mandatory);
}

const dealtShape = list(optional(storedDealingsShape), MAX_TRUSTEES);

/** Hash of the reveals and of all dealings (32 bytes): accepting members sign it. */
export function dealingsTranscript(context: CeremonyContext, ceremony: CeremonyRecord): Uint8Array {
  const dealt = encode(
    dealtShape,
    ceremony.trustees.map((trustee) => trustee.dealings),
  );
  return sha256(framed("psephos/ceremony/dealings", [revealsTranscript(context, ceremony), dealt]));
}

/** Hash of the whole ceremony (32 bytes): every trustee, mandatory ones included, signs it with the rehearsal. */
export function ceremonyTranscript(context: CeremonyContext, ceremony: CeremonyRecord): Uint8Array {
  return sha256(
    framed("psephos/ceremony/transcript", [dealingsTranscript(context, ceremony), utf8(trusteesText(ceremony))]),
  );
}

// Objects of the suite, out of the texts of the record (all of which were judged when they came)

function trusted<T>(read: Result<T, unknown>): T {
  if (!read.ok) throw new Error("an object of a ceremony's record does not parse");
  return read.value;
}

export function memberRevealOf(trustee: CeremonyTrustee): MemberReveal {
  const [certificate, coefficients] = trustee.reveal as readonly [string, string];
  return {
    certificate: trusted(signedMessageFromText(certificate)),
    coefficients: trusted(signedMessageFromText(coefficients)),
  };
}

export function mandatoryKeyOf(trustee: CeremonyTrustee): TrusteePublicKey {
  return trusted(trusteeKeyFromText((trustee.reveal as readonly [string])[0], "mandatory"));
}

/** Reveals by their texts. A cache of a pure function: it changes no verdict. Bounded, oldest out. */
const revealed = new Map<string, CheckedReveal>();
const MAX_REVEALED = 256;

/** A member's reveal with its points, without judging its signatures again. */
export function revealedMember(trustee: CeremonyTrustee): CheckedReveal {
  const key = (trustee.reveal as readonly string[]).join("\n");
  const known = revealed.get(key);
  if (known !== undefined) return known;
  const reveal = memberRevealOf(trustee);
  const { verification, encryption } = trusted(certificateContent(reveal.certificate.message));
  const commitments = trusted(coefficientsContent(reveal.coefficients.message));
  if (revealed.size >= MAX_REVEALED) revealed.delete(revealed.keys().next().value as string);
  const member = { ...reveal, verification, encryption, commitments };
  revealed.set(key, member);
  return member;
}

/** All members' reveals, in order of their index. */
export function revealedMembers(ceremony: CeremonyRecord): CheckedReveal[] {
  return membersOf(ceremony).map((place) => revealedMember(ceremony.trustees[place] as CeremonyTrustee));
}

/** What a dealer dealt, in the form the record keeps. */
export function storedDealings(shares: readonly Dealing[], signature: Proof): StoredDealings {
  return { shares: shares.map(({ alpha, masked }) => ({ alpha: pointToBytes(alpha), masked })), signature };
}

/**
 * What all dealers sent to the member of this index (from 1), in the dealers' order; complete dealings only. `undefined`
 * when one is no element of the group, which a record of the machine excludes.
 */
export function dealingsFor(ceremony: CeremonyRecord, index: number): Dealing[] | undefined {
  const out: Dealing[] = [];
  for (const place of membersOf(ceremony)) {
    const stored = ceremony.trustees[place]?.dealings?.shares[index - 1];
    const alpha = stored && pointFromBytes(stored.alpha);
    if (stored === undefined || alpha === undefined) return undefined;
    out.push({ alpha, masked: stored.masked });
  }
  return out;
}

/** The key under which the trustee's factors are proved: its own, or its verification key. Accepted ceremonies only. */
export function decryptionKeyOf(trustee: CeremonyTrustee): Point {
  if (trustee.part === "mandatory") return mandatoryKeyOf(trustee).publicKey;
  return trusted(trusteeKeyFromText(trustee.verificationKey as string, "member")).publicKey;
}

/** The election key y, once everything is revealed: the product of the mandatory keys and of every dealer's g^f(0). */
export function electionKeyOf(ceremony: CeremonyRecord): Point {
  const mandatory = placesOf(ceremony, "mandatory").map(
    (place) => mandatoryKeyOf(ceremony.trustees[place] as CeremonyTrustee).publicKey,
  );
  return sum([...mandatory, ...revealedMembers(ceremony).map((member) => member.commitments[0] as Point)]);
}

function trusteeEntries(ceremony: CeremonyRecord): TrusteeEntry[] {
  const at = (place: number): CeremonyTrustee => ceremony.trustees[place] as CeremonyTrustee;
  const entries: TrusteeEntry[] = placesOf(ceremony, "mandatory").map((place) => ({
    kind: "single",
    key: mandatoryKeyOf(at(place)),
  }));
  const members = membersOf(ceremony).map(at);
  if (members.length === 0) return entries;
  const reveals = members.map(memberRevealOf);
  const parameters = {
    threshold: ceremony.threshold,
    certs: reveals.map((reveal) => reveal.certificate),
    coefexps: reveals.map((reveal) => reveal.coefficients),
    signatures: members.map((member) => (member.dealings as NonNullable<typeof member.dealings>).signature),
    verificationKeys: members.map((member) => trusted(trusteeKeyFromText(member.verificationKey as string, "member"))),
  };
  return [...entries, { kind: "pedersen", parameters }];
}

/** The Belenios `trustees` object. From the end of the accepting phase on. */
export function trusteesText(ceremony: CeremonyRecord): string {
  return trusteesToText(trusteeEntries(ceremony));
}

/** The same with everything a verifier checks about it, election key included. */
export function assembledTrustees(ceremony: CeremonyRecord): {
  readonly text: string;
  readonly checked: Result<CheckedTrustees, TrusteeFault>;
} {
  const entries = trusteeEntries(ceremony);
  return { text: trusteesToText(entries), checked: verifyTrustees(entries) };
}
