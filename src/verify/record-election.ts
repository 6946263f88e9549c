/**
 * One election of a record, judged beside the machine: what the machine keeps as running sums and trees is recomputed
 * here from the transactions, so that a mistake in one of the two shows. What grows with the voters is in the store.
 */

import { bytesEqual, compareBytes, toBase64, toHex, utf8 } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { IDENTITY, pointEquals, pointFromBytes, pointFromTrustedAffine, pointToAffine } from "#crypto/group.js";
import { sha256, sha256Base64 } from "#crypto/hash.js";
import { EMPTY_ROOT, leafHash, nodeHash } from "#crypto/merkle.js";
import { addSummands, type Summand } from "#crypto/public-data.js";
import type { JudgedBallot } from "#protocol/ballot.js";
import {
  type BallotLeaf,
  ballotLeafShape,
  currents,
  decryptionDeadline,
  decryptionStart,
  type ElectionEntry,
  electionOf,
  type Position,
  positionOf,
  positionShape,
  positions,
  results,
  sealeds,
  stageOf,
  tallies,
  tallyShape,
} from "#protocol/election.js";
import { decode, encode } from "#protocol/encoding/shape.js";
import { chainOf } from "#protocol/genesis.js";
import {
  electionTextOf,
  type Manifest,
  manifestHash,
  manifestShape,
  planHash,
  questionsOf,
} from "#protocol/manifest.js";
import type { Plan } from "#protocol/plan.js";
import type { StateReader } from "#protocol/state.js";
import { partialDecryptionFromText } from "#protocol/suite/belenios-v1/decryption.js";
import { choiceCount } from "#protocol/suite/belenios-v1/election.js";
import { type Counts, computeResult, type OwnedDecryption, resultToText } from "#protocol/suite/belenios-v1/result.js";
import type { RunningTally } from "#protocol/suite/belenios-v1/tally.js";
import { type CheckedTrustees, trusteesFromText, verifyTrustees } from "#protocol/suite/belenios-v1/trustees.js";
import type { BallotBody } from "#protocol/transactions/cast-ballot.js";
import type { ExtendElection } from "#protocol/transactions/extend-election.js";
import type { ShareBody } from "#protocol/transactions/share-decryption.js";
import { RollTable, TrackerSet } from "./ballot-tables.js";
import { ELECTION_CHECKS, type ElectionCheckId, type ElectionLog, type ElectionReport } from "./record-checks.js";
import type { ReplayStore } from "./replay.js";
import { type Fact, type QuestionResult, reportLog } from "./report.js";

/** A transaction that took effect. */
export interface Effective {
  readonly height: number;
  /** Block time, nanoseconds. */
  readonly time: bigint;
  readonly type: string;
  readonly body: unknown;
  /** Of a ballot: what its proofs were judged to show. */
  readonly judged: JudgedBallot | undefined;
}

export interface ElectionJudge {
  /** A transaction of this election, with the state after its block. */
  accept(transaction: Effective, after: StateReader): void;
  /** A transaction of this election that the rules do not permit. */
  refused(check: ElectionCheckId, evidence: string): void;
  /** The report; `stopped` says why the replay did not reach the end of the record. */
  report(reader: StateReader, time: bigint, stopped: string | undefined): ElectionReport;
}

/** Root of a growing RFC 6962 log, from its right edge alone: one hash for each bit of its size. */
class LogRoot {
  readonly #edge: { readonly level: number; readonly hash: Uint8Array }[] = [];

  append(leaf: Uint8Array): void {
    let level = 0;
    let hash = leafHash(leaf);
    for (let top = this.#edge.at(-1); top?.level === level; top = this.#edge.at(-1)) {
      hash = nodeHash(top.hash, hash);
      this.#edge.pop();
      level++;
    }
    this.#edge.push({ level, hash });
  }

  root(): Uint8Array {
    const hashes = this.#edge.map((each) => each.hash);
    const last = hashes.pop();
    if (last === undefined) return EMPTY_ROOT;
    return hashes.reduceRight((right, left) => nodeHash(left, right), last);
  }
}

interface Sealing {
  readonly manifest: Manifest;
  readonly trustees: CheckedTrustees;
  readonly fingerprint: string;
}

/** `notes`: where it remembers its ballots; the state's own store will do. */
export function electionJudge(uuid: string, notes: ReplayStore): ElectionJudge {
  const log: ElectionLog = reportLog<ElectionCheckId>(ELECTION_CHECKS);
  const roll = new RollTable(notes, uuid);
  const trackers = new TrackerSet(notes, uuid);
  const ballotLog = new LogRoot();
  const shares: { readonly body: ShareBody; readonly time: bigint }[] = [];
  const numbers = { ballots: 0, spoiled: 0, mismatches: 0, reissued: 0 };
  let plan: Plan | undefined;
  let closesAt = 0n;
  let sealing: Sealing | undefined;

  function accept(transaction: Effective, after: StateReader): void {
    const { type, body } = transaction;
    if (type === "create-election") {
      plan = body as Plan;
      closesAt = plan.closesAt;
    } else if (type === "extend-election") closesAt = (body as ExtendElection).closesAt;
    else if (type === "seal-election") sealing = judgeSealing(log, after, uuid);
    else if (type === "cast-ballot" || type === "spoil-ballot") onBallot(transaction, after);
    else if (type === "report-mismatch") numbers.mismatches++;
    else if (type === "reissue-credential") numbers.reissued++;
    else if (type === "share-decryption") shares.push({ body: body as ShareBody, time: transaction.time });
  }

  function onBallot({ height, time, type, body, judged }: Effective, after: StateReader): void {
    const ballot = body as BallotBody;
    const found = electionOf(after, uuid);
    if (plan === undefined || found === undefined || judged === undefined) {
      log.fail("ballots", `height ${height}: a ballot whose proofs nobody judged`);
      return;
    }
    const place = () => `${toBase64(judged.tracker)} at height ${height}`;
    if (time < plan.opensAt || time >= closesAt) log.fail("boundaries", `${place()}: ${formatInstant(time)}`);
    const position = positionOf(after, found.record.entry, ballot.credential);
    if (position === undefined) {
      log.fail("eligibility", `${place()}: ${toHex(ballot.credential)} is not on the roll`);
      return;
    }
    const { activeFrom, replacedFrom, cancelled } = position;
    if (cancelled || (activeFrom !== null && time < activeFrom) || (replacedFrom !== null && time >= replacedFrom))
      log.fail("eligibility", `${place()}: the credential was not valid then`);
    const kind = type === "cast-ballot" ? "cast" : "spoiled";
    onEligible(place, kind, ballot, position, judged);
  }

  function onEligible(
    place: () => string,
    kind: BallotLeaf["kind"],
    { credential, sequence }: BallotBody,
    { index, weight }: Position,
    judged: JudgedBallot,
  ): void {
    const before = { weight: roll.weight(index), sequence: roll.sequence(index) };
    if (before.weight !== 0 && before.weight !== weight)
      log.fail("eligibility", `${place()}: weight ${weight}, before ${before.weight}`);
    if (sequence <= before.sequence || sequence > (plan as Plan).rules.maxCasts)
      log.fail("sequence", `${place()}: number ${sequence} after ${before.sequence}`);
    roll.note(index, before.weight || weight, sequence, kind === "cast" ? judged.ciphertexts : undefined);
    if (!trackers.add(judged.tracker)) log.fail("uniqueness", `${place()} stands twice`);
    const leaf = { kind, position: index, credential, weight, sequence, tracker: judged.tracker };
    ballotLog.append(encode(ballotLeafShape, leaf));
    numbers.ballots++;
    if (kind === "spoiled") numbers.spoiled++;
  }

  function report(reader: StateReader, time: bigint, stopped: string | undefined): ElectionReport {
    const found = electionOf(reader, uuid);
    const facts: Fact[] = [{ id: "uuid", label: "Identifier", value: uuid }];
    let stage = "unknown";
    let result: readonly QuestionResult[] | undefined;
    if (found !== undefined && plan !== undefined) {
      const { entry } = found.record;
      stage = stageOf(entry, found.plan, time);
      judgePlan(log, entry, found.plan, plan);
      passBallots(log, numbers.ballots, plan, closesAt, stopped);
      judgeNumbers(log, entry, plan, numbers, roll, trackers.size);
      const tally = sumOf(log, reader, uuid, plan, roll);
      judgeRoots(log, reader, entry, ballotLog.root(), tally);
      const counts =
        sealing === undefined || stopped !== undefined
          ? undefined
          : judgeResult(log, reader, { entry, plan: found.plan, sealing, tally, shares });
      if (counts !== undefined) result = questionResults(plan, counts);
      facts.push(...factsOf(entry, plan, sealing));
    }
    const reason = stopped ?? (stage === "cancelled" ? "the election was cancelled" : `the election is ${stage}`);
    for (const { id } of ELECTION_CHECKS) log.skip(id, reason);
    const whole = log.report("record", facts);
    const name = plan?.name ?? "";
    const shown = whole.verdict === "valid" && result !== undefined ? { result } : {};
    return { ...whole, ...shown, uuid, name, stage, complete: stopped === undefined };
  }

  return { accept, refused: (check, evidence) => log.fail(check, evidence), report };
}

function judgePlan(log: ElectionLog, entry: ElectionEntry, stored: Plan, announced: Plan): void {
  const hash = planHash(announced);
  if (!bytesEqual(hash, entry.planHash)) log.fail("plan", `${toHex(entry.planHash)} instead of ${toHex(hash)}`);
  if (!bytesEqual(planHash(stored), hash)) log.fail("plan", "the state holds another plan than was announced");
  log.pass("plan", toHex(hash));
}

/** Everything that sealing fixed, recomputed from the state after its block. */
function judgeSealing(log: ElectionLog, reader: StateReader, uuid: string): Sealing | undefined {
  const found = electionOf(reader, uuid);
  const sealed = sealeds.get(reader, uuid);
  const manifest = sealed === undefined ? undefined : decode(manifestShape, sealed.manifest);
  if (found === undefined || sealed === undefined || manifest?.ok !== true) {
    log.fail("manifest", "there is no manifest in form");
    return undefined;
  }
  const { entry } = found.record;
  const trustees = judgeTrustees(log, sealed.trusteesText, manifest.value);
  judgeRoll(log, reader, entry, manifest.value);
  judgeManifest(log, reader, entry, manifest.value, sealed.trusteesText);
  const text = electionTextOf(manifest.value);
  if (text !== sealed.electionText) log.fail("fingerprint", "the election object does not follow from the manifest");
  const fingerprint = sha256Base64(text);
  if (fingerprint !== sealed.fingerprint) log.fail("fingerprint", `${sealed.fingerprint} instead of ${fingerprint}`);
  log.pass("fingerprint", fingerprint);
  return trustees === undefined ? undefined : { manifest: manifest.value, trustees, fingerprint };
}

function judgeTrustees(log: ElectionLog, text: string, manifest: Manifest): CheckedTrustees | undefined {
  const read = trusteesFromText(text);
  if (!read.ok) {
    log.fail("trustees", `${read.error.path}: ${read.error.reason}`);
    return undefined;
  }
  const checked = verifyTrustees(read.value);
  if (!checked.ok) {
    log.fail("trustees", `trustee ${checked.error.owner}: ${checked.error.code}, ${checked.error.detail}`);
    return undefined;
  }
  const key = pointFromBytes(manifest.electionKey);
  if (key === undefined || !pointEquals(key, checked.value.electionKey))
    log.fail("trustees", "the election key is not made up of the trustees' keys");
  if (checked.value.members.length !== manifest.trustees.length)
    log.fail("trustees", `${checked.value.members.length} keys for ${manifest.trustees.length} trustees`);
  log.pass("trustees", `${checked.value.members.length} trustees`);
  return checked.value;
}

function judgeRoll(log: ElectionLog, reader: StateReader, entry: ElectionEntry, manifest: Manifest): void {
  const root = new LogRoot();
  let before: Uint8Array | undefined;
  let weight = 0;
  for (let index = 0; index < entry.rollCount; index++) {
    const position = positions.get(reader, entry.uuid, index);
    if (position === undefined) {
      log.fail("roll", `position ${index} is not there`);
      return;
    }
    const { credential } = position;
    if (before !== undefined && compareBytes(before, credential) >= 0)
      log.fail("roll", `position ${index}: ${toHex(credential)} does not stand after the one before it`);
    before = credential;
    weight += position.weight;
    root.append(encode(positionShape, position));
  }
  if (entry.rollCount !== manifest.rollCount || weight !== manifest.rollWeight)
    log.fail("roll", `${entry.rollCount} credentials of weight ${weight}; the manifest says otherwise`);
  if (!bytesEqual(root.root(), manifest.rollRoot)) log.fail("roll", `its root is ${toHex(root.root())}`);
  log.pass("roll", `${manifest.rollCount} credentials of weight ${manifest.rollWeight}`);
}

function judgeManifest(
  log: ElectionLog,
  reader: StateReader,
  entry: ElectionEntry,
  manifest: Manifest,
  trusteesText: string,
): void {
  const chain = chainOf(reader);
  const hash = manifestHash(manifest);
  const agrees: readonly (readonly [string, boolean])[] = [
    ["hash", entry.manifestHash !== null && bytesEqual(hash, entry.manifestHash)],
    ["ledger", manifest.chainId === chain.chainId && bytesEqual(manifest.genesisHash, chain.genesisHash)],
    ["engine", manifest.engine === chain.engine && bytesEqual(manifest.engineKey, chain.engineKey)],
    ["practice", manifest.practice === chain.practice],
    ["plan", bytesEqual(planHash(manifest.plan), entry.planHash)],
    ["trustees", bytesEqual(manifest.trusteesHash, sha256(utf8(trusteesText)))],
  ];
  for (const [part, holds] of agrees) if (!holds) log.fail("manifest", `${part}: not as on the ledger`);
  log.pass("manifest", toHex(hash));
}

function passBallots(
  log: ElectionLog,
  ballots: number,
  plan: Plan,
  closesAt: bigint,
  stopped: string | undefined,
): void {
  const evidence = stopped === undefined ? `${ballots} ballots` : `${ballots} ballots, then ${stopped}`;
  for (const id of ["eligibility", "sequence", "ballots", "uniqueness"] as const) log.pass(id, evidence);
  log.pass("boundaries", `${formatInstant(plan.opensAt)} to ${formatInstant(closesAt)}`);
}

interface Numbers {
  readonly ballots: number;
  readonly spoiled: number;
  readonly mismatches: number;
  readonly reissued: number;
}

function judgeNumbers(
  log: ElectionLog,
  entry: ElectionEntry,
  plan: Plan,
  numbers: Numbers,
  roll: RollTable,
  distinct: number,
): void {
  let [counted, weight] = [0, 0];
  for (const place of roll.counted()) {
    counted++;
    weight += place.weight;
  }
  const rows: readonly (readonly [string, number, number])[] = [
    ["voters counted", entry.counted, counted],
    ["weight counted", entry.countedWeight, weight],
    ["ballots", entry.ballotCount, numbers.ballots],
    ["trackers", entry.ballotCount, distinct],
    ["spoiled ballots", entry.spoiled, numbers.spoiled],
    ["mismatches", entry.mismatches, numbers.mismatches],
    ["re-issued credentials", entry.reissued, numbers.reissued],
  ];
  for (const [what, stated, found] of rows)
    if (stated !== found) log.fail("counts", `${what}: ${stated} stated, ${found} found`);
  log.pass("counts", `${counted} voters counted, ${numbers.ballots} ballots, ${numbers.spoiled} spoiled`);
  if (numbers.reissued > plan.rules.reissueCap)
    log.fail("reissues", `${numbers.reissued} of at most ${plan.rules.reissueCap}`);
  log.pass("reissues", `${numbers.reissued} of at most ${plan.rules.reissueCap}`);
}

/** Ballots that are read and added up together. */
const SUMMED = 256;

/**
 * The sum of each voter's last ballot, in one go at the end; the machine keeps it running. The ciphertexts are read from
 * the state and compared with what the transactions were judged to hold.
 */
function sumOf(log: ElectionLog, reader: StateReader, uuid: string, plan: Plan, roll: RollTable): RunningTally {
  const questions = questionsOf(plan);
  const choices = questions.map(choiceCount);
  const places = 2 * choices.reduce((all, each) => all + each, 0);
  let sums: readonly Uint8Array[] = new Array<Uint8Array>(places).fill(pointToAffine(IDENTITY));
  let [ballots, total] = [0, 0];
  let summands: Summand[] = [];
  for (const { index, weight } of roll.counted()) {
    const points = currents.get(reader, uuid, index);
    if (points === undefined || !roll.fits(index, points)) {
      log.fail("tally", `position ${index}: the ballot kept by the machine is another`);
      continue;
    }
    summands.push({ points, weight });
    ballots++;
    total += weight;
    if (summands.length < SUMMED) continue;
    sums = addSummands(sums, summands);
    summands = [];
  }
  sums = addSummands(sums, summands);
  let next = 0;
  const point = () => pointFromTrustedAffine(sums[next++] as Uint8Array);
  const ciphertexts = choices.map((count) => Array.from({ length: count }, () => ({ alpha: point(), beta: point() })));
  return { ballots, weight: total, ciphertexts };
}

function judgeRoots(
  log: ElectionLog,
  reader: StateReader,
  entry: ElectionEntry,
  ballotRoot: Uint8Array,
  tally: RunningTally,
): void {
  if (entry.ballotCount > 0 && !bytesEqual(entry.ballotRoot, ballotRoot))
    log.fail("log", `${toHex(entry.ballotRoot)} instead of ${toHex(ballotRoot)}`);
  log.pass("log", `${entry.ballotCount} ballots, ${toHex(entry.ballotRoot)}`);
  const stored = tallies.get(reader, entry.uuid);
  if (stored === undefined) return;
  const sums = tally.ciphertexts.flat().flatMap(({ alpha, beta }) => [pointToAffine(alpha), pointToAffine(beta)]);
  const same =
    sums.length === stored.sums.length && sums.every((sum, i) => bytesEqual(sum, stored.sums[i] as Uint8Array));
  if (!same) log.fail("tally", "the sum kept by the machine is another");
  if (!bytesEqual(entry.tallyHash, sha256(encode(tallyShape, { sums })))) log.fail("tally", "its hash is another");
  log.pass("tally", `${tally.ballots} ballots of weight ${tally.weight}`);
}

interface Counting {
  readonly entry: ElectionEntry;
  readonly plan: Plan;
  readonly sealing: Sealing;
  readonly tally: RunningTally;
  readonly shares: readonly { readonly body: ShareBody; readonly time: bigint }[];
}

/** Shares and result against the tally computed here; the counts if all holds. */
function judgeResult(log: ElectionLog, reader: StateReader, counting: Counting): Counts | undefined {
  const { entry, plan, sealing, tally, shares } = counting;
  if (shares.length === 0 && entry.mark !== "tallied") return undefined;
  const [from, until] = [decryptionStart(entry, plan), decryptionDeadline(entry, plan)];
  const partials: OwnedDecryption[] = [];
  for (const { body, time } of shares) {
    if (time < from || time >= until) log.fail("shares", `owner ${body.owner}: ${formatInstant(time)}`);
    const partial = partialDecryptionFromText(body.share);
    if (partial.ok) partials.push({ owner: body.owner, partial: partial.value });
    else log.fail("shares", `owner ${body.owner}: ${partial.error.path} ${partial.error.reason}`);
  }
  if (entry.shares !== shares.length) log.fail("shares", `${entry.shares} stated, ${shares.length} found`);
  if (entry.counted < plan.rules.privacyFloor) log.fail("shares", `opened with ${entry.counted} ballots only`);
  const { trustees, fingerprint } = sealing;
  const { result, refused } = computeResult(tally.ciphertexts, tally.weight, fingerprint, trustees, partials);
  for (const { owner, fault } of refused) log.fail("shares", `owner ${owner}: ${fault.code}`);
  log.pass("shares", `${shares.length} of ${trustees.members.length} trustees`);
  const stored = results.get(reader, entry.uuid);
  if (stored === undefined) {
    if (result.ok) log.fail("result", "enough shares are there, but no result");
    return undefined;
  }
  if (!result.ok) log.fail("result", `the shares give none: ${result.error.code}`);
  else if (resultToText(result.value) !== stored.text)
    log.fail("result", `${resultToText(result.value)} instead of ${stored.text}`);
  else log.pass("result", stored.text);
  return result.ok ? result.value : undefined;
}

function questionResults(plan: Plan, counts: Counts): QuestionResult[] {
  return plan.questions.map(({ question, answers, blank }, i) => {
    const row = counts[i] as readonly number[];
    const rows = answers.map((answer, k) => ({ answer, count: row[blank ? k + 1 : k] as number }));
    return blank ? { question, blank: row[0] as number, answers: rows } : { question, answers: rows };
  });
}

function factsOf(entry: ElectionEntry, plan: Plan, sealing: Sealing | undefined): Fact[] {
  const facts: Fact[] = [
    { id: "name", label: "Election", value: plan.name },
    { id: "opens", label: "Opens", value: formatInstant(entry.opensAt) },
    { id: "closes", label: "Closes", value: formatInstant(entry.closesAt) },
    { id: "roll", label: "Credentials on the roll", value: entry.rollCount },
    { id: "ballots", label: "Ballots", value: entry.ballotCount },
    { id: "counted", label: "Voters with a counted ballot", value: entry.counted },
    { id: "spoiled", label: "Spoiled ballots", value: entry.spoiled },
    { id: "mismatches", label: "Mismatch reports", value: entry.mismatches },
    { id: "reissued", label: "Re-issued credentials", value: entry.reissued },
  ];
  if (sealing === undefined) return facts;
  facts.push({ id: "fingerprint", label: "Fingerprint", value: sealing.fingerprint });
  facts.push({ id: "letters", label: "Keys that came by letter", value: sealing.manifest.letters });
  return facts;
}
