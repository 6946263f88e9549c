/** The checks that the verifier of records makes, in the order of the report, and the report's shape. SPEC 5.4 */
import type { RejectionCode } from "#protocol/rejections.js";
import type { ReplayFaultCode } from "./replay.js";
import type { Report, ReportLog } from "./report.js";

/** Of the ledger as a whole. */
export const LEDGER_CHECKS = [
  { id: "container", sentence: "The record is complete and in its one form." },
  { id: "genesis", sentence: "The genesis is in form and is the one that was expected." },
  { id: "headers", sentence: "Every header is in form, names this ledger and counts one higher than the one below." },
  { id: "evidence", sentence: "Every header is signed by the key in the genesis, or by the validators of its height." },
  { id: "chain", sentence: "Every header points to the one below it." },
  { id: "time", sentence: "Block time only rises." },
  { id: "transactions", sentence: "Every block holds exactly the transactions of its header." },
  { id: "rules", sentence: "Every transaction was permitted when it took effect." },
  { id: "state", sentence: "Replaying the transactions gives the state root of every header." },
  { id: "elections", sentence: "Every check of every election on the ledger holds." },
] as const;
export type LedgerCheckId = (typeof LEDGER_CHECKS)[number]["id"];

/** Of each election, recomputed beside the machine from the transactions themselves. */
export const ELECTION_CHECKS = [
  { id: "plan", sentence: "The plan is the one whose hash the ledger carries." },
  { id: "trustees", sentence: "Every trustee's keys, certificates, signatures and proofs hold." },
  { id: "roll", sentence: "The roll that was sealed has distinct credentials and the count, weight and root stated." },
  { id: "manifest", sentence: "The manifest states ledger, plan, key and roll as they were at sealing." },
  { id: "fingerprint", sentence: "The election object is the one that follows from the manifest, and φ is its hash." },
  { id: "reissues", sentence: "Credentials were re-issued only as often as the plan allows." },
  { id: "boundaries", sentence: "Every ballot was recorded from opening on and before closing, to the nanosecond." },
  {
    id: "eligibility",
    sentence: "Every ballot belongs to a credential that was valid then, with the weight of the roll.",
  },
  { id: "sequence", sentence: "The ballots of a credential are numbered upwards, within what the plan allows." },
  { id: "ballots", sentence: "Every ballot's signatures and proofs hold." },
  { id: "uniqueness", sentence: "No tracker stands twice and no ciphertext was used again." },
  { id: "log", sentence: "The log of ballots has the root stated." },
  { id: "tally", sentence: "The encrypted tally is the weighted sum of each voter's last ballot." },
  {
    id: "counts",
    sentence: "The numbers of voters, ballots, spoiled ballots, mismatches and re-issues are stated truly.",
  },
  {
    id: "shares",
    sentence: "Every partial decryption was made in time by one trustee each, and is proved choice by choice.",
  },
  { id: "result", sentence: "The result is what the trustees' decryptions of the tally give." },
] as const;
export type ElectionCheckId = (typeof ELECTION_CHECKS)[number]["id"];
export type ElectionLog = ReportLog<ElectionCheckId>;

export interface ElectionReport extends Report {
  readonly uuid: string;
  readonly name: string;
  /** Stage at the last block's time. */
  readonly stage: string;
  /** Whether the replay reached the end of the record: if not, what passed holds up to where it stopped, no further. */
  readonly complete: boolean;
}

/** The report on a record: the ledger's own checks, then those of each election in the order of announcement. */
export interface RecordReport extends Report {
  readonly elections: readonly ElectionReport[];
}

/** Which check a fault of the replay belongs to. */
export const CHECK_OF_FAULT: Readonly<Record<ReplayFaultCode, LedgerCheckId>> = {
  "bad-genesis": "genesis",
  "malformed-header": "headers",
  "wrong-chain": "headers",
  "bad-evidence": "evidence",
  "height-gap": "headers",
  "broken-chain": "chain",
  "time-order": "time",
  "transactions-root": "transactions",
  "unknown-rules": "rules",
  "rejected-transaction": "rules",
  "state-root": "state",
};

/** Which check of its election a refused transaction fails, so that the report names the rule and not just the block. */
export const CHECK_OF_REJECTION: Readonly<Partial<Record<RejectionCode, ElectionCheckId>>> = {
  "not-yet-open": "boundaries",
  closed: "boundaries",
  ended: "boundaries",
  "not-on-roll": "eligibility",
  "credential-revoked": "eligibility",
  "stale-sequence": "sequence",
  "sequence-too-high": "sequence",
  "bad-wire": "ballots",
  "bad-ballot-signature": "ballots",
  "bad-proof": "ballots",
  "ciphertext-reused": "uniqueness",
  "bad-factor": "shares",
  "unknown-trustee": "shares",
  "not-decrypted": "shares",
  "invalid-plan": "plan",
  "roll-gap": "roll",
  "roll-limit": "roll",
  "roll-too-small": "roll",
  "roll-point": "roll",
  "roll-order": "roll",
  "roll-mismatch": "roll",
  "unique-weight": "roll",
  "manifest-mismatch": "manifest",
  "reissue-limit": "reissues",
  "has-voted": "reissues",
  "credential-exists": "reissues",
};
