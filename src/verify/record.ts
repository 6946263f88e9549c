/**
 * The verifier of records: replays a ledger from its genesis through the machine that every validator runs, and beside
 * that recomputes of each election what matters: roll, key, boundaries, log, tally, shares and result. Nothing is
 * believed but the bytes. Memory holds a few groups of blocks, beside the state and what is noted of each ballot, which
 * may be on disk. SPEC 5.4
 *
 * Driven from outside, chunk by chunk ({@link recordVerifier}), so a page can draw between two steps and proofs can be
 * judged by workers beforehand; {@link verifyRecord} does it in one go.
 */

import { bytesEqual, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { ok } from "#base/result.js";
import {
  type BallotTask,
  type BallotVerdict,
  type JudgedBallot,
  plainVerdicts,
  type Verdicts,
} from "#protocol/ballot.js";
import { decode } from "#protocol/encoding/shape.js";
import { type Genesis, genesisHash, genesisShape } from "#protocol/genesis.js";
import { type Judge, VerdictCache } from "#protocol/judge.js";
import { describe, taskOf } from "#protocol/machine.js";
import { type BlockFrame, RecordReader } from "#protocol/record.js";
import { judgingAhead, VERDICTS_AHEAD } from "./ahead.js";
import type { ChainJudge } from "./chain.js";
import {
  CHECK_OF_FAULT,
  CHECK_OF_REJECTION,
  type ElectionReport,
  LEDGER_CHECKS,
  type LedgerCheckId,
  type RecordReport,
} from "./record-checks.js";
import { type ElectionJudge, electionJudge } from "./record-election.js";
import { type Replay, type ReplayFault, type ReplayStore, startReplay } from "./replay.js";
import { type Fact, MAX_EVIDENCE, type ReportLog, reportLog } from "./report.js";

export interface RecordOptions {
  /** Hash of the genesis that is known from elsewhere; without it any genesis will do, and the report shows which. */
  readonly genesisHash?: Uint8Array;
  /** Verdicts judged beforehand, if any; default: the plain implementation, one by one. */
  readonly verdicts?: Verdicts;
  /** Where the replayed state lives; default: memory. */
  readonly store?: ReplayStore;
  /** Transactions after which a group of blocks is full, whose proofs are asked for together; default: 1024. */
  readonly together?: number;
}

const NOTHING = new Uint8Array(0);

/** Transactions after which a group of blocks is full: what makes a good batch for each of two workers. */
const GROUP = 1024;

/** Bytes of a transaction beyond which it counts as several: a chunk of a roll is decoded to many times its length. */
const BYTES_OF_ONE = 2048;

function bytesOf({ transactions }: BlockFrame): number {
  return transactions.reduce((total, wire) => total + wire.length, 0);
}

/** Blocks in groups whose proofs are judged together: block by block, batches would be small. */
function grouped(blocks: readonly BlockFrame[], together = GROUP): BlockFrame[][] {
  const groups: BlockFrame[][] = [];
  let size = together;
  for (const block of blocks) {
    if (size >= together) {
      groups.push([]);
      size = 0;
    }
    (groups[groups.length - 1] as BlockFrame[]).push(block);
    size += Math.max(block.transactions.length, bytesOf(block) / BYTES_OF_ONE);
  }
  return groups;
}

/** How far a verification has come. */
export interface RecordProgress {
  readonly height: number;
  readonly bytes: number;
  readonly ballots: number;
}

export interface RecordStep extends RecordProgress {
  /**
   * Proof checks that the blocks ahead will ask for. Who answers them before going on (by filling the cache behind
   * `verdicts`) may use workers; what is not answered is judged by `verdicts` itself.
   */
  readonly tasks: readonly BallotTask[];
  /**
   * How many of all tasks given so far, from the first, the blocks up to the next step will ask for. The others may still
   * be under way when the caller goes on: workers judge one group of blocks while the group before is replayed.
   */
  readonly needs: number;
}

export interface RecordVerifier {
  /** Judges a chunk of the record, yielding before and after every block: the caller may pause there. */
  push(chunk: Uint8Array): Generator<RecordStep, void>;
  /** The report, once the last chunk was pushed. */
  finish(): RecordReport;
}

/** Verifies a record given as bytes or as chunks. Never throws, on any bytes. */
export function verifyRecord(
  source: Uint8Array | Iterable<Uint8Array>,
  options: RecordOptions & { readonly progress?: (progress: RecordProgress) => void } = {},
): RecordReport {
  const verifier = recordVerifier(options);
  for (const chunk of source instanceof Uint8Array ? [source] : source)
    for (const step of verifier.push(chunk)) options.progress?.(step);
  return verifier.finish();
}

export interface JudgedRecordOptions extends Omit<RecordOptions, "verdicts"> {
  /** Judges proofs, in workers perhaps. Its verdicts are those of the plain implementation. */
  readonly judge: Judge;
  readonly progress?: (progress: RecordProgress) => void | Promise<void>;
}

/** The same, with proofs judged by a {@link Judge}, chunk by chunk; chunks of about 1 MB keep several workers busy. */
export async function verifyRecordWith(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { judge, progress, ...options }: JudgedRecordOptions,
): Promise<RecordReport> {
  const verdicts = new VerdictCache(VERDICTS_AHEAD);
  const verifier = recordVerifier({ ...options, verdicts });
  const ahead = judgingAhead(async (tasks) => {
    const judged = await judge.judge(tasks);
    for (const [i, task] of tasks.entries()) verdicts.remember(task.id, judged[i] as BallotVerdict);
  });
  for await (const chunk of source) {
    for (const step of verifier.push(chunk)) {
      await ahead(step);
      await progress?.(step);
    }
  }
  return verifier.finish();
}

/** Notes what ballots were judged to show while a block is applied; the machine asks twice, the judge is asked once. */
class Noting implements Verdicts {
  readonly judged = new Map<string, JudgedBallot>();
  readonly #below: Verdicts;

  constructor(below: Verdicts) {
    this.#below = below;
  }

  ballot(task: BallotTask): BallotVerdict {
    const noted = this.judged.get(task.id);
    if (noted !== undefined) return ok(noted);
    const verdict = this.#below.ballot(task);
    if (verdict.ok) this.judged.set(task.id, verdict.value);
    return verdict;
  }
}

export function recordVerifier(options: RecordOptions = {}): RecordVerifier {
  return new Verifier(options);
}

interface Stopped {
  readonly reason: string;
  readonly chain: ChainJudge;
  below: Uint8Array;
  time: bigint;
  height: number;
}

class Verifier implements RecordVerifier {
  readonly #log: ReportLog<LedgerCheckId> = reportLog<LedgerCheckId>(LEDGER_CHECKS);
  readonly #reader = new RecordReader();
  readonly #verdicts: Noting;
  readonly #options: RecordOptions;
  readonly #elections = new Map<string, ElectionJudge>();
  #genesis: Genesis | undefined;
  #replay: Replay | undefined;
  /** Once the replay has stopped: hash and time of the header below, so that the chain is still judged. */
  #stopped: Stopped | undefined;
  #bytes = 0;
  #height = 0;
  #ballots = 0;
  /** Tasks given out so far. */
  #given = 0;
  #sealed = 0;
  /** Heights of blocks that hold proof of a validator's misconduct. */
  readonly #convicted: number[] = [];

  constructor(options: RecordOptions) {
    this.#options = options;
    this.#verdicts = new Noting(options.verdicts ?? plainVerdicts);
  }

  *push(chunk: Uint8Array): Generator<RecordStep, void> {
    this.#bytes += chunk.length;
    const asked = new Set<string>();
    // Groups are let go as soon as they are done: what was decoded of their blocks lives as long as these.
    const groups = this.#groupsOf(chunk);
    yield this.#step(this.#tasksOf(groups[0] ?? [], asked), 0);
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      const needs = this.#given;
      yield this.#step(this.#tasksOf(groups[0] ?? [], asked), needs);
      for (const [i, block] of group.entries()) {
        const sealed = this.#sealed;
        this.#onBlock(block);
        if (this.#sealed === sealed) {
          yield this.#step([], needs);
          continue;
        }
        // What comes after a sealing could not be asked for before it.
        const late = this.#tasksOf([...group.slice(i + 1), ...(groups[0] ?? [])], asked);
        yield this.#step(late, this.#given + late.length);
      }
    }
  }

  /** The blocks that are complete with this chunk, in groups. */
  #groupsOf(chunk: Uint8Array): BlockFrame[][] {
    const frames = this.#reader.push(chunk);
    if (!frames.ok) {
      this.#containerFault(frames.error);
      return [];
    }
    const blocks: BlockFrame[] = [];
    for (const frame of frames.value) {
      if (frame.kind === "genesis") this.#onGenesis(frame.genesis);
      else if (frame.kind === "block") blocks.push(frame);
    }
    return grouped(blocks, this.#options.together);
  }

  #step(tasks: readonly BallotTask[], needs: number): RecordStep {
    this.#given += tasks.length;
    return { ...this.#progress(), tasks, needs };
  }

  finish(): RecordReport {
    const end = this.#reader.finish();
    if (!end.ok) this.#containerFault(end.error);
    const log = this.#log;
    log.pass("container", `${this.#bytes} bytes, ${this.#height} blocks`);
    const elections = this.#electionReports();
    for (const each of elections) if (each.verdict !== "valid") log.fail("elections", `${each.name} (${each.uuid})`);
    if (this.#replay !== undefined) {
      if (elections.every((each) => each.complete))
        log.pass("elections", `${elections.length} ${elections.length === 1 ? "election" : "elections"}`);
      const evidence = `${this.#height} blocks`;
      for (const { id } of LEDGER_CHECKS) {
        const afterStop = this.#stopped !== undefined && (id === "rules" || id === "state");
        if (!afterStop && id !== "container" && id !== "genesis" && id !== "elections")
          log.pass(id, evidence, ...(id === "evidence" ? this.#misconduct() : []));
      }
    }
    const report = log.report("record", this.#facts());
    return { ...report, elections };
  }

  /** A record in which a validator is convicted is as sound as any; who reads it shall know. */
  #misconduct(): string[] {
    const { length } = this.#convicted;
    if (length === 0) return [];
    const more = length > MAX_EVIDENCE ? ` and ${length - MAX_EVIDENCE} more` : "";
    return [`misconduct of validators is proved in blocks ${this.#convicted.slice(0, MAX_EVIDENCE).join(", ")}${more}`];
  }

  #containerFault({ code, offset, detail }: { code: string; offset: number; detail: string }): void {
    if (this.#log.failed("container")) return;
    const evidence = `${code} at byte ${offset}: ${detail}`;
    if (this.#genesis === undefined) this.#log.unusable("container", evidence);
    else this.#log.fail("container", evidence);
  }

  #onGenesis(bytes: Uint8Array): void {
    const genesis = decode(genesisShape, bytes, "genesis");
    if (!genesis.ok) {
      this.#log.unusable("genesis", genesis.error);
      return;
    }
    this.#genesis = genesis.value;
    const hash = genesisHash(genesis.value);
    const { genesisHash: expected, store } = this.#options;
    if (expected !== undefined && !bytesEqual(hash, expected))
      this.#log.fail("genesis", `its hash is ${toHex(hash)}, expected was ${toHex(expected)}`);
    const replay = startReplay(genesis.value, { verdicts: this.#verdicts, ...(store === undefined ? {} : { store }) });
    if (!replay.ok) {
      this.#log.unusable("genesis", replay.error.detail);
      return;
    }
    this.#log.pass("genesis", toHex(hash));
    this.#replay = replay.value;
  }

  #tasksOf(blocks: readonly BlockFrame[], asked: Set<string>): BallotTask[] {
    const reader = this.#stopped === undefined ? this.#replay?.reader : undefined;
    if (reader === undefined) return [];
    const tasks: BallotTask[] = [];
    for (const wire of blocks.flatMap((block) => block.transactions)) {
      const task = taskOf(reader, wire);
      if (task === null || asked.has(task.id)) continue;
      asked.add(task.id);
      tasks.push(task);
    }
    return tasks;
  }

  #onBlock(block: BlockFrame): void {
    const replay = this.#replay;
    this.#height = block.height;
    if (replay === undefined) return;
    if (replay.chain.read(block.header)?.misconduct) this.#convicted.push(block.height);
    if (this.#stopped !== undefined) {
      this.#onChainOnly(block);
      return;
    }
    this.#verdicts.judged.clear();
    const fault = replay.next(block);
    if (fault === null) this.#onEffective(block, replay);
    else this.#stop(fault, block, replay);
  }

  #onEffective(block: BlockFrame, { reader, time, height }: Replay): void {
    for (const wire of block.transactions) {
      const transaction = describe(wire);
      const uuid = uuidOf(transaction?.body);
      if (transaction === undefined || uuid === undefined) continue;
      const { type, body, id } = transaction;
      if (type === "seal-election") this.#sealed++;
      if (type === "create-election") this.#elections.set(uuid, electionJudge(uuid, reader));
      const judged = this.#verdicts.judged.get(id);
      if (judged !== undefined) this.#ballots++;
      this.#elections.get(uuid)?.accept({ height, time, type, body, judged }, reader);
    }
  }

  /** The replay ends here; headers and transactions of the rest are still judged. */
  #stop(fault: ReplayFault, block: BlockFrame, replay: Replay): void {
    const evidence = `height ${fault.height}: ${fault.code}, ${fault.detail}`;
    this.#log.fail(CHECK_OF_FAULT[fault.code], evidence);
    const header = replay.chain.read(block.header);
    const time = header?.time ?? replay.time;
    if (fault.refused !== undefined) this.#nameRejection(block, fault.refused);
    const reason = `the replay stopped at height ${fault.height}`;
    this.#stopped = { reason, chain: replay.chain, below: header?.hash ?? NOTHING, time, height: block.height };
  }

  /** Says of a refused transaction which rule of which election it breaks. */
  #nameRejection(
    { height, transactions }: BlockFrame,
    { index, rejection }: NonNullable<ReplayFault["refused"]>,
  ): void {
    const transaction = describe(transactions[index] as Uint8Array);
    const uuid = uuidOf(transaction?.body);
    if (transaction === undefined || uuid === undefined) return;
    const ofBallot = transaction.type === "cast-ballot" || transaction.type === "spoil-ballot";
    const named = rejection.code === "bad-signature" && ofBallot ? "ballots" : CHECK_OF_REJECTION[rejection.code];
    if (named === undefined) return;
    const evidence = `height ${height}: ${transaction.type} refused, ${rejection.code} (${rejection.detail})`;
    this.#elections.get(uuid)?.refused(named, evidence);
  }

  #onChainOnly(block: BlockFrame): void {
    const stopped = this.#stopped as Stopped;
    const { chain } = stopped;
    const judged = chain.judge(block.header, block.evidence);
    const at = `height ${block.height}`;
    if (!judged.ok) this.#log.fail(CHECK_OF_FAULT[judged.error.code], `${at}: ${judged.error.detail}`);
    const header = chain.read(block.header);
    if (header !== undefined) {
      const { height, time, previous } = header;
      if (height !== stopped.height + 1) this.#log.fail("headers", `${at}: the header says ${height}`);
      if (!bytesEqual(previous, stopped.below)) this.#log.fail("chain", `${at}: points to another header below`);
      if (time <= stopped.time)
        this.#log.fail("time", `${at}: ${formatInstant(time)} does not come after ${formatInstant(stopped.time)}`);
      if (!header.fits(block.transactions)) this.#log.fail("transactions", at);
      stopped.time = time;
    }
    stopped.height = block.height;
    stopped.below = header?.hash ?? NOTHING;
  }

  #electionReports(): ElectionReport[] {
    const replay = this.#replay;
    if (replay === undefined) return [];
    const broken = this.#log.failed("container") ? "the record is damaged" : undefined;
    const stopped = this.#stopped?.reason ?? broken;
    return [...this.#elections.values()].map((each) => each.report(replay.reader, replay.time, stopped));
  }

  #progress(): RecordProgress {
    return { height: this.#height, bytes: this.#bytes, ballots: this.#ballots };
  }

  #facts(): Fact[] {
    const genesis = this.#genesis;
    if (genesis === undefined) return [];
    const facts: Fact[] = [
      { id: "chain", label: "Ledger", value: genesis.chainId },
      { id: "genesis", label: "Genesis", value: toHex(genesisHash(genesis)) },
      { id: "engine-key", label: "Key of the node", value: toHex(genesis.engineKey) },
      { id: "height", label: "Blocks", value: this.#height },
      { id: "ballots", label: "Ballots", value: this.#ballots },
    ];
    const replay = this.#replay;
    if (replay === undefined) return facts;
    facts.push({ id: "root", label: "State root after the last block that held", value: toHex(replay.root) });
    facts.push({ id: "time", label: "Time of that block", value: formatInstant(replay.time) });
    return facts;
  }
}

/** Every transaction about an election names it in its body. */
function uuidOf(body: unknown): string | undefined {
  const uuid = (body as { readonly uuid?: unknown } | undefined)?.uuid;
  return typeof uuid === "string" ? uuid : undefined;
}
