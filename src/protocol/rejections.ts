/**
 * Every reason for which the machine refuses a transaction: a closed list, in order of precedence. When several apply,
 * the one that stands first is given, on every node alike. Numbers are what a validator returns as its code; they are
 * never reused. SPEC 3.2
 */
export const REJECTIONS = [
  // form
  { code: "too-large", number: 1, sentence: "The transaction is larger than the protocol allows." },
  { code: "malformed", number: 2, sentence: "The transaction is not in the one canonical form." },
  { code: "unknown-type", number: 3, sentence: "This kind of transaction does not exist." },
  { code: "wrong-chain", number: 4, sentence: "The transaction was made for another ledger." },
  // existence
  { code: "unknown-organisation", number: 10, sentence: "No organisation has this identifier." },
  { code: "organisation-exists", number: 11, sentence: "An organisation with this identifier exists already." },
  { code: "unknown-election", number: 12, sentence: "No election has this identifier." },
  { code: "election-exists", number: 13, sentence: "An election with this identifier exists already." },
  { code: "invalid-plan", number: 14, sentence: "The election's plan contradicts itself or the protocol's limits." },
  {
    code: "stale-revision",
    number: 15,
    sentence: "The organisation has changed since this was approved; approve it again.",
  },
  { code: "officer-exists", number: 16, sentence: "This key is an officer of the organisation already." },
  { code: "unknown-officer", number: 17, sentence: "This key is not an officer of the organisation." },
  {
    code: "bad-threshold",
    number: 18,
    sentence: "The number of approvals needed does not fit the number of officers or trustees.",
  },
  {
    code: "no-network",
    number: 19,
    sentence: "This ledger has no validators with operators; there is nothing to change.",
  },
  // stage
  { code: "not-yet-open", number: 20, sentence: "The election has not opened yet." },
  { code: "closed", number: 21, sentence: "The election is closed; the ballot is not counted." },
  { code: "ended", number: 22, sentence: "The election has ended without a count." },
  { code: "wrong-stage", number: 23, sentence: "The election is at a stage at which this is not possible." },
  { code: "too-early", number: 24, sentence: "A period that must pass first has not passed yet." },
  { code: "too-late", number: 25, sentence: "The deadline for this has passed." },
  { code: "not-decrypted", number: 26, sentence: "Too few ballots were counted; the sum is never opened." },
  // ceremony
  { code: "wrong-ceremony", number: 30, sentence: "This belongs to another key ceremony." },
  { code: "unknown-trustee", number: 31, sentence: "No trustee stands at this place." },
  { code: "already-done", number: 32, sentence: "This was done before; it counts once." },
  { code: "out-of-order", number: 33, sentence: "An earlier step of the key ceremony is missing." },
  { code: "bad-commitment", number: 34, sentence: "What is revealed differs from what was committed to." },
  { code: "bad-certificate", number: 35, sentence: "The trustee's certificate or key does not hold." },
  { code: "bad-dealing", number: 36, sentence: "The dealing does not fit the revealed coefficients." },
  { code: "bad-share-key", number: 37, sentence: "The trustee's verification key does not follow from the dealings." },
  { code: "bad-complaint", number: 38, sentence: "The complaint does not prove what it claims." },
  { code: "bad-rehearsal", number: 39, sentence: "The rehearsal decryption does not hold." },
  // roll
  { code: "roll-gap", number: 40, sentence: "The roll entries do not continue where the roll ends." },
  { code: "roll-limit", number: 42, sentence: "The roll exceeds the protocol's limits." },
  { code: "roll-too-small", number: 43, sentence: "The roll is smaller than the election's privacy floor." },
  {
    code: "unique-weight",
    number: 44,
    sentence: "A weight that only one voter has would reveal that vote; sealing needs a recorded override.",
  },
  { code: "roll-mismatch", number: 45, sentence: "Count or root of the roll differs from what the officers approved." },
  {
    code: "manifest-mismatch",
    number: 46,
    sentence: "The manifest that the officers approved is not the one on the ledger.",
  },
  // ballots
  { code: "not-on-roll", number: 50, sentence: "This credential is not on the roll of the election." },
  { code: "credential-revoked", number: 51, sentence: "This credential was replaced by another." },
  {
    code: "stale-sequence",
    number: 52,
    sentence: "A ballot with this or a higher sequence number was accepted before.",
  },
  { code: "sequence-too-high", number: 53, sentence: "No more ballots are accepted for this credential." },
  { code: "unknown-tracker", number: 54, sentence: "No ballot with this tracker was accepted." },
  { code: "not-spoiled", number: 55, sentence: "The ballot with this tracker was cast, not spoiled." },
  { code: "has-voted", number: 56, sentence: "The credential has an accepted ballot and cannot be replaced." },
  { code: "reissue-limit", number: 57, sentence: "No more credentials may be re-issued in this election." },
  { code: "credential-exists", number: 58, sentence: "This credential is on the roll already." },
  // extension
  { code: "extension-limit", number: 60, sentence: "The new closing time is not within what the manifest allows." },
  // validators and rules
  { code: "bad-validators", number: 61, sentence: "The new set of validators is not within the protocol's limits." },
  { code: "change-limit", number: 62, sentence: "The validators of this network have changed as often as they can." },
  { code: "bad-upgrade", number: 63, sentence: "This version of the rules cannot begin at this height." },
  // signatures and proofs: the dearest checks come last
  {
    code: "too-little-power",
    number: 69,
    sentence: "The operators of no more than two thirds of the voting power approved this.",
  },
  { code: "too-few-approvals", number: 70, sentence: "Too few officers of the organisation approved this." },
  { code: "bad-wire", number: 71, sentence: "The ballot's bytes are not a ballot of this election." },
  { code: "bad-signature", number: 72, sentence: "A signature does not hold." },
  { code: "bad-ballot-signature", number: 73, sentence: "The signature inside the ballot does not hold." },
  { code: "bad-proof", number: 74, sentence: "A proof of the ballot does not hold." },
  {
    code: "ciphertext-reused",
    number: 75,
    sentence: "A ciphertext of this ballot was used before by this credential.",
  },
  { code: "bad-factor", number: 76, sentence: "A decryption factor or its proof does not hold." },
  { code: "bad-key", number: 78, sentence: "A public key is not an element of the group, or is the neutral element." },
  { code: "roll-point", number: 79, sentence: "A roll entry is not a valid credential." },
  { code: "roll-order", number: 80, sentence: "The roll entries are not in ascending order." },
] as const satisfies readonly { code: string; number: number; sentence: string }[];

export type RejectionCode = (typeof REJECTIONS)[number]["code"];

/** Why a transaction was refused. `detail` helps people; only `code` is part of consensus. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly detail: string;
}

export function reject(code: RejectionCode, detail: string): Rejection {
  return { code, detail };
}

/** The number of a code, for engines that carry integers. */
export function rejectionNumber(code: RejectionCode): number {
  return (REJECTIONS.find((row) => row.code === code) as { number: number }).number;
}
