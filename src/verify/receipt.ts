/**
 * Judges a receipt: that the ledger recorded a ballot, and whether it counts as of the receipt's height. Needs nothing
 * but the receipt and what the voter knows from outside the page: the ledger's id and key, and the election's
 * fingerprint. The same code runs in the booth, offline, and on the command line. SPEC 5.5
 */

import { bytesEqual, toBase64, toHex, utf8 } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import type { Result } from "#base/result.js";
import { sha256, sha256Base64 } from "#crypto/hash.js";
import type { ElectionEntry } from "#protocol/election.js";
import type { Shape } from "#protocol/encoding/shape.js";
import { MANIFEST_LINE } from "#protocol/manifest.js";
import {
  type BallotStatus,
  ballotProofShape,
  decodeProof,
  electionProofShape,
  judgeBallotProof,
  judgeElection,
  judgePosition,
  type PositionStatus,
  positionProofShape,
  positionStatus,
} from "#protocol/proof.js";
import { electionFromText } from "#protocol/suite/belenios-v1/election.js";
import { judgeState } from "./chain.js";
import { type Fact, type Report, type ReportLog, reportLog } from "./report.js";

/** A receipt as bytes: what the API gives, decoded from base64url. */
export interface Receipt {
  /** What it claims; compared with the header. */
  readonly chainId: string;
  readonly height: number;
  readonly time: bigint;
  readonly header: Uint8Array;
  readonly evidence: Uint8Array;
  readonly proof: Uint8Array;
}

/** What the judge trusts, from outside the receipt. */
export interface ReceiptTrust {
  readonly chainId: string;
  /** What orders the ledger's blocks; one node unless said otherwise. */
  readonly engine?: "embedded" | "cometbft";
  /** Ed25519 key of the node, or hash of the first validators, from the genesis or the manifest. */
  readonly engineKey: Uint8Array;
  readonly uuid: string;
  /** The Belenios election object and φ as the voter got it by mail or letter; without φ the object is not anchored. */
  readonly electionText?: string;
  readonly fingerprint?: string;
}

/** What the owner of the receipt knows about the ballot. */
export interface ExpectedBallot {
  /** 32 bytes. */
  readonly tracker: Uint8Array;
  /** Compressed; without it any credential of the roll will do (an auditor looks at somebody's ballot). */
  readonly credential?: Uint8Array;
  readonly sequence?: number;
  readonly kind?: "cast" | "spoiled";
  /** Canonical text; its hash must be the tracker. */
  readonly ballotText?: string;
}

const COMMON = [
  { id: "header", sentence: "The block's header is in form and names the ledger that was expected." },
  {
    id: "evidence",
    sentence: "The header is signed by the ledger's key, or by more than two thirds of its validators.",
  },
  { id: "stated", sentence: "Height and time on the receipt are those of the header." },
  { id: "form", sentence: "The proof is in its one canonical form." },
  { id: "election", sentence: "The election's entry leads to the state root of the block." },
  {
    id: "manifest",
    sentence: "The election is the one with the fingerprint that the voter knows: same words, key, roll and schedule.",
  },
] as const;

const ROLL = { id: "roll", sentence: "The place on the roll leads to the roll root of the election." } as const;

export const BALLOT_CHECKS = [
  ...COMMON,
  ROLL,
  { id: "log", sentence: "The ballot stands in the log of accepted ballots." },
  { id: "owner", sentence: "The ballot belongs to the credential at that place on the roll." },
  { id: "tracker", sentence: "The ballot is the one that was expected: tracker, credential, number and kind." },
] as const;

type CommonId = (typeof COMMON)[number]["id"];
type BallotCheckId = (typeof BALLOT_CHECKS)[number]["id"];

/** The report, and what it shows if it is valid. */
export interface JudgedReceipt {
  readonly report: Report;
  /** Present only when the report is valid. */
  readonly shows?: {
    readonly status: BallotStatus;
    readonly height: number;
    /** Block time, nanoseconds, up to which the status is shown. */
    readonly time: bigint;
    /** Place in the log, from 0. */
    readonly index: number;
    readonly sequence: number;
    readonly entry: ElectionEntry;
  };
}

/** Judges a receipt of a ballot. Pure and total: any bytes give a report. */
export function judgeReceipt(receipt: Receipt, trust: ReceiptTrust, expected: ExpectedBallot): JudgedReceipt {
  const log = reportLog<BallotCheckId>(BALLOT_CHECKS);
  const header = judgeHeader(log, receipt, trust);
  const proof = decoded(log, ballotProofShape, receipt.proof);
  const facts: Fact[] = [{ id: "tracker", label: "Tracker", value: toBase64(expected.tracker) }];
  if (header === undefined || proof === undefined) return { report: log.report("receipt", facts) };
  judgeEntry(log, judgeElection(proof.election, header.stateRoot), trust);
  const position = judgePosition(
    { position: proof.position, path: proof.positionPath, election: proof.election },
    header.stateRoot,
  );
  rollOutcome(log, position, `position ${proof.position.index}`);
  const judged = judgeBallotProof(proof, header.stateRoot);
  if (judged.ok) {
    log.pass("log", `ballot ${judged.value.index + 1} of ${judged.value.entry.ballotCount}`);
    log.pass("owner", toHex(proof.leaf.credential));
  } else if (judged.error === "not-in-ballot-log") log.fail("log", "the path does not lead to the log's root");
  else if (judged.error === "parts-disagree") {
    log.pass("log");
    log.fail("owner", "ballot and place on the roll speak of two credentials");
  }
  judgeExpectation(log, proof.leaf, expected);
  if (!judged.ok) return { report: log.report("receipt", facts) };
  const { status, index, leaf, entry } = judged.value;
  facts.push({ id: "status", label: "Status", value: status }, ...factsOf(header, entry));
  facts.push({ id: "index", label: "Place in the log of ballots", value: index + 1 });
  const report = log.report("receipt", facts);
  if (report.verdict !== "valid") return { report };
  return { report, shows: { status, height: header.height, time: header.time, index, sequence: leaf.sequence, entry } };
}

function judgeExpectation(
  log: ReportLog<BallotCheckId>,
  leaf: { tracker: Uint8Array; credential: Uint8Array; sequence: number; kind: "cast" | "spoiled" },
  expected: ExpectedBallot,
): void {
  if (!bytesEqual(leaf.tracker, expected.tracker)) log.fail("tracker", `the receipt is for ${toBase64(leaf.tracker)}`);
  if (expected.credential !== undefined && !bytesEqual(leaf.credential, expected.credential))
    log.fail("tracker", "the receipt is for another credential");
  if (expected.sequence !== undefined && leaf.sequence !== expected.sequence)
    log.fail("tracker", `number ${leaf.sequence} instead of ${expected.sequence}`);
  if (expected.kind !== undefined && leaf.kind !== expected.kind)
    log.fail("tracker", `${leaf.kind} instead of ${expected.kind}`);
  if (expected.ballotText !== undefined && !bytesEqual(sha256(utf8(expected.ballotText)), expected.tracker))
    log.fail("tracker", "the ballot shown has another tracker");
  log.pass("tracker", toBase64(expected.tracker));
}

export const POSITION_CHECKS = [
  ...COMMON,
  ROLL,
  { id: "credential", sentence: "The place on the roll is that of the expected credential." },
] as const;
type PositionCheckId = (typeof POSITION_CHECKS)[number]["id"];

export interface JudgedCredential {
  readonly report: Report;
  readonly shows?: {
    readonly status: PositionStatus;
    readonly lastSequence: number;
    /** Of the ballot that counts. */
    readonly tracker: Uint8Array | null;
    readonly weight: number;
    readonly height: number;
    readonly time: bigint;
  };
}

/** Judges the receipt of a credential's state: on the roll, and used how. */
export function judgeCredentialReceipt(
  receipt: Receipt,
  trust: ReceiptTrust,
  credential: Uint8Array,
): JudgedCredential {
  const log = reportLog<PositionCheckId>(POSITION_CHECKS);
  const header = judgeHeader(log, receipt, trust);
  const proof = decoded(log, positionProofShape, receipt.proof);
  if (header === undefined || proof === undefined) return { report: log.report("receipt", []) };
  judgeEntry(log, judgeElection(proof.election, header.stateRoot), trust);
  const judged = judgePosition(proof, header.stateRoot);
  rollOutcome(log, judged, `position ${proof.position.index}`);
  const { position } = proof;
  if (bytesEqual(position.credential, credential)) log.pass("credential", toHex(credential));
  else log.fail("credential", `the receipt is for ${toHex(position.credential)}`);
  if (!judged.ok) return { report: log.report("receipt", []) };
  const status = positionStatus(position, header.time);
  const report = log.report("receipt", [
    { id: "status", label: "Status", value: status },
    ...factsOf(header, judged.value.entry),
  ]);
  if (report.verdict !== "valid") return { report };
  const { sequence: lastSequence, tracker, weight } = position;
  return { report, shows: { status, lastSequence, tracker, weight, height: header.height, time: header.time } };
}

const ELECTION_CHECKS = COMMON;

/** Judges the receipt of an election's entry alone: what the manifest's answer carries. */
export function judgeElectionReceipt(
  receipt: Receipt,
  trust: ReceiptTrust,
): { readonly report: Report; readonly entry?: ElectionEntry } {
  const log = reportLog<CommonId>(ELECTION_CHECKS);
  const header = judgeHeader(log, receipt, trust);
  const proof = decoded(log, electionProofShape, receipt.proof);
  if (header === undefined || proof === undefined) return { report: log.report("receipt", []) };
  const judged = judgeElection(proof, header.stateRoot);
  judgeEntry(log, judged, trust);
  const report = log.report("receipt", judged.ok ? factsOf(header, judged.value) : []);
  return report.verdict === "valid" && judged.ok ? { report, entry: judged.value } : { report };
}

type HeaderOutcome = { readonly height: number; readonly time: bigint; readonly stateRoot: Uint8Array };

function judgeHeader(log: ReportLog<CommonId>, receipt: Receipt, trust: ReceiptTrust): HeaderOutcome | undefined {
  const judged = judgeState({ engine: "embedded", ...trust }, receipt.header, receipt.evidence);
  if (!judged.ok) {
    if (judged.error.code === "bad-evidence") {
      log.pass("header");
      log.fail("evidence", judged.error.detail);
    } else log.fail("header", `${judged.error.code}: ${judged.error.detail}`);
    return undefined;
  }
  const { height, time, chainId } = judged.value;
  log.pass("header", chainId);
  log.pass("evidence", `height ${height}`);
  if (receipt.chainId !== chainId) log.fail("stated", `chain id ${receipt.chainId} instead of ${chainId}`);
  if (receipt.height !== height) log.fail("stated", `height ${receipt.height} instead of ${height}`);
  if (receipt.time !== time)
    log.fail("stated", `time ${formatInstant(receipt.time)} instead of ${formatInstant(time)}`);
  log.pass("stated", `height ${height}, ${formatInstant(time)}`);
  return judged.value;
}

function decoded<T>(log: ReportLog<CommonId>, shape: Shape<T>, bytes: Uint8Array): T | undefined {
  const proof = decodeProof(shape, bytes);
  if (proof.ok) log.pass("form");
  else log.fail("form", proof.error);
  return proof.ok ? proof.value : undefined;
}

function judgeEntry(log: ReportLog<CommonId>, judged: Result<ElectionEntry, string>, trust: ReceiptTrust): void {
  if (!judged.ok) {
    log.fail("election", "the path does not lead to the state root");
    return;
  }
  const entry = judged.value;
  if (entry.uuid !== trust.uuid) log.fail("election", `the receipt is for the election ${entry.uuid}`);
  log.pass("election", entry.uuid);
  judgeManifest(log, entry, trust);
}

/** φ → the election object's text → the manifest's hash in its last line → the entry in the state. */
function judgeManifest(log: ReportLog<CommonId>, entry: ElectionEntry, trust: ReceiptTrust): void {
  const { electionText, fingerprint } = trust;
  if (electionText === undefined) {
    log.skip("manifest", "no election object was given to compare with");
    return;
  }
  if (fingerprint !== undefined && sha256Base64(electionText) !== fingerprint) {
    log.fail("manifest", `the election object has the fingerprint ${sha256Base64(electionText)}, not ${fingerprint}`);
    return;
  }
  const election = electionFromText(electionText);
  const line = election.ok ? election.value.description.slice(election.value.description.lastIndexOf("\n") + 1) : "";
  if (!election.ok || election.value.uuid !== entry.uuid || !line.startsWith(MANIFEST_LINE)) {
    log.fail("manifest", "the election object is not one of this ledger");
    return;
  }
  const stated = entry.manifestHash === null ? "none" : toHex(entry.manifestHash);
  if (line.slice(MANIFEST_LINE.length) === stated) log.pass("manifest", stated);
  else log.fail("manifest", `the ledger's manifest is ${stated}, the election object names another`);
}

function rollOutcome(log: ReportLog<"roll">, judged: Result<unknown, string>, evidence: string): void {
  if (judged.ok) log.pass("roll", evidence);
  else if (judged.error === "not-on-roll-tree") log.fail("roll", "the path does not lead to the roll's root");
}

function factsOf(header: HeaderOutcome, entry: ElectionEntry): Fact[] {
  return [
    { id: "uuid", label: "Election", value: entry.uuid },
    { id: "height", label: "As of height", value: header.height },
    { id: "time", label: "As of", value: formatInstant(header.time) },
    { id: "counted", label: "Voters with a counted ballot", value: entry.counted },
    { id: "roll", label: "Credentials on the roll", value: entry.rollCount },
  ];
}
