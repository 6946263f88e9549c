/**
 * The embedded engine: one process orders, applies, signs and stores.
 *
 * A block is made as soon as there is something to order. What arrives within a few milliseconds, or while the block
 * before is being written, shares one block and one disk sync (group commit). When something changes by time alone
 * (`schedule.ts`) an empty block says so. Only transactions that take effect enter a block.
 */
import { assert } from "#base/assert.js";
import { bytesEqual } from "#base/bytes.js";
import { fail, ok } from "#base/result.js";
import { listRoot } from "#crypto/merkle.js";
import { encodeHeader, headerHash, signHeader } from "#evidence/embedded.js";
import { stateRoot } from "#protocol/directory.js";
import type { Genesis } from "#protocol/genesis.js";
import { type Judge, VerdictCache } from "#protocol/judge.js";
import { type Applied, apply } from "#protocol/machine.js";
import {
  type Block,
  type Evidence,
  type Ledger,
  type LedgerLog,
  type LedgerState,
  type LedgerStatus,
  LedgerUnavailable,
  type Place,
} from "../ledger.js";
import { Schedule } from "../schedule.js";
import { Snapshot } from "../snapshots.js";
import { copyLedger } from "./backup.js";
import { readBlock } from "./blocks.js";
import { followBlocks, Waiters } from "./follow.js";
import { Intake, type Outcome, transactionId, type Waiting } from "./intake.js";
import type { NodeKey } from "./node-key.js";
import type { Owner } from "./owner.js";
import type { Head } from "./recovery.js";
import { OwnerLost, type Store, type WriteStep } from "./store.js";

export interface EngineSettings {
  readonly judge: Judge | undefined;
  /** Nanoseconds since 1970; may jump, block times do not. */
  readonly clock: () => bigint;
  readonly log: LedgerLog;
  /** How long the first transaction of a block waits for company. */
  readonly gatherMs: number;
  readonly maxBlockTransactions: number;
  readonly maxBlockBytes: number;
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  /** Verdicts kept between judging and ordering. */
  readonly maxVerdicts: number;
  /** Hears of each step of each write; tests crash here. */
  readonly onStep: (step: WriteStep, height: number) => void;
}

export interface EngineParts {
  readonly store: Store;
  readonly genesis: Genesis;
  readonly head: Head;
  readonly nodeKey: NodeKey;
  readonly owner: Owner;
}

/** Longest sleep between two looks at the clock: the clock may be set while we sleep. */
const MAX_SLEEP_MS = 1000;
/** After a full disk: how long until the next attempt. */
const RETRY_MS = 1000;
/** Longest time that closing waits for proofs under way. */
const CLOSE_MS = 30_000;
/** Longest time that a block waits for company on a slow disk. */
const MAX_GATHER_MS = 200;
/** Latest blocks kept as they were written: who follows them decodes nothing anew. */
const RECENT_BLOCKS = 8;

export class EmbeddedLedger implements Ledger {
  readonly #parts: EngineParts;
  readonly #settings: EngineSettings;
  readonly #verdicts: VerdictCache;
  readonly #intake: Intake;
  readonly #schedule = new Schedule();
  readonly #followers = new Waiters();
  readonly #loop: Promise<void>;
  #head: Head;
  #snapshot: Snapshot;
  readonly #recent = new Map<number, Block>();
  #lastWriteMs = 0;
  #wake: () => void = () => {};
  #closing = false;
  #closeBy = 0;
  #closed: Promise<void> | undefined;
  #stopped: string | null = null;

  constructor(parts: EngineParts, settings: EngineSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#head = parts.head;
    this.#snapshot = new Snapshot(parts.store, parts.head.height, parts.head.time, parts.head.root);
    this.#verdicts = new VerdictCache(settings.maxVerdicts);
    this.#intake = new Intake(settings, settings.judge, this.#verdicts, settings.log, () => this.#wake());
    for (const key of parts.store.keys("election/")) this.#schedule.note(parts.store, key, parts.head.time);
    const aheadMs = Number((parts.head.time - settings.clock()) / 1_000_000n);
    if (aheadMs > 1000)
      settings.log.warn({ aheadMs }, "the clock is behind the last block; block time stands still until it catches up");
    this.#loop = this.#run();
  }

  genesis(): Genesis {
    return this.#parts.genesis;
  }

  status(): LedgerStatus {
    const { height, time, root } = this.#head;
    const { chainId } = this.#parts.genesis;
    return { engine: "embedded", chainId, height, time, root, waiting: this.#intake.waiting, stopped: this.#stopped };
  }

  state(): LedgerState {
    return this.#snapshot;
  }

  /** Strictly above the last block's time, whatever the clock does. */
  now(): bigint {
    const clock = this.#settings.clock();
    return clock > this.#head.time ? clock : this.#head.time + 1n;
  }

  block(height: number): Block | undefined {
    if (height > this.#head.height) return undefined;
    return this.#recent.get(height) ?? readBlock(this.#parts.store, height);
  }

  place(id: Uint8Array): Place | undefined {
    return this.#parts.store.place(id);
  }

  async evidence(height: number): Promise<Evidence> {
    assert(Number.isSafeInteger(height) && height >= 1, "evidence begins at height 1");
    while (height > this.#head.height) {
      if (this.#followers.closed) throw new LedgerUnavailable("The ledger was closed before that height.");
      await this.#followers.wait();
    }
    return this.#recent.get(height) ?? (this.#parts.store.header(height) as Evidence);
  }

  follow(fromHeight: number, signal: AbortSignal): AsyncIterable<Block> {
    return followBlocks(this, this.#followers, fromHeight, signal);
  }

  async submit(wire: Uint8Array): Promise<Outcome> {
    if (this.#closing) throw new LedgerUnavailable("The ledger is closing.");
    // Of a Node buffer a copy (its slices are views); a plain array is taken over, with what was decoded from it.
    const bytes = wire.constructor === Uint8Array ? wire : new Uint8Array(wire);
    const id = transactionId(bytes);
    const underway = this.#intake.outcomeOf(id);
    if (underway !== undefined) return underway;
    const place = this.#parts.store.place(id);
    if (place !== undefined) return ok({ ...place, time: this.block(place.height)?.time as bigint, id });
    if (this.#stopped !== null) throw new LedgerUnavailable(this.#stopped);
    return this.#intake.offer(bytes, id, { state: this.#snapshot, time: this.now() });
  }

  async backup(directory: string): Promise<void> {
    await copyLedger(this.#parts.store, directory);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing = true;
    this.#closeBy = performance.now() + CLOSE_MS;
    this.#wake();
    await this.#loop;
    this.#followers.close();
    try {
      if (this.#stopped === null) this.#parts.store.release(this.#parts.owner);
    } finally {
      await this.#parts.store.close();
    }
  }

  /** Orders until closed or stopped. Whatever goes wrong in here stops the ledger; it must not end the process. */
  async #run(): Promise<void> {
    try {
      await this.#orderAll();
    } catch (error) {
      this.#settings.log.error({ err: error }, "the ledger failed");
      this.#stopped = `The ledger failed (${(error as Error).message}). Restart the node.`;
    }
    this.#intake.failAll(new LedgerUnavailable(this.#stopped ?? "The ledger was closed."));
  }

  async #orderAll(): Promise<void> {
    while (this.#stopped === null && !this.#drained()) {
      if (this.#intake.ready > 0) await this.#gather();
      else if (this.#closing || !this.#due()) {
        await this.#sleep(this.#closing ? 10 : this.#sleepMs());
        continue;
      }
      const pauseMs = this.#order();
      // Requests get their turn between two blocks, and a full disk its pause.
      await (pauseMs > 0 ? sleep(pauseMs) : new Promise((resolve) => setImmediate(resolve)));
    }
  }

  /** Closing ends when all is answered, or when what is missing (a judge that hangs) has had its time. */
  #drained(): boolean {
    return this.#closing && (this.#intake.waiting === 0 || performance.now() > this.#closeBy);
  }

  /**
   * Waits for company as long as more comes; longer when writing takes longer, so that a slow disk gets fewer, fuller
   * blocks.
   */
  async #gather(): Promise<void> {
    const { gatherMs, maxBlockTransactions } = this.#settings;
    const began = performance.now();
    const until = began + Math.min(MAX_GATHER_MS, Math.max(gatherMs, 2 * this.#lastWriteMs));
    for (let before = -1; !this.#closing && this.#intake.ready < maxBlockTransactions; ) {
      const { ready, waiting } = this.#intake;
      const now = performance.now();
      // Nobody new in a whole pause: those whose proofs are still being judged are waited for as long as a write takes,
      // then half is enough, so that the judge and this thread work at the same time.
      const enough = ready === waiting || (2 * ready >= waiting && now - began >= this.#lastWriteMs);
      if (now >= until || (before === waiting && enough)) return;
      before = waiting;
      await sleep(gatherMs);
    }
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }

  /** Whether the next block's time would reach a moment of the schedule. */
  #due(): boolean {
    const moment = this.#schedule.next(this.#head.time);
    return moment !== undefined && moment <= this.now();
  }

  #sleepMs(): number {
    const moment = this.#schedule.next(this.#head.time);
    if (moment === undefined) return MAX_SLEEP_MS;
    const ms = Number((moment - this.#settings.clock()) / 1_000_000n) + 1;
    return Math.max(1, Math.min(MAX_SLEEP_MS, ms));
  }

  /** Makes the next block, or several when one transaction is the machine's undoing. Returns a pause in ms. */
  #order(): number {
    const waiting = this.#intake.take(this.#settings.maxBlockTransactions, this.#settings.maxBlockBytes);
    const applied = this.#tryApply(waiting);
    if (applied !== undefined) return this.#finish(waiting, applied);
    // The machine does not throw. If it does, its mistake shall cost one transaction, not the ledger.
    let pauseMs = 0;
    for (const one of waiting) {
      const alone = this.#tryApply([one]);
      if (alone === undefined) one.fail(new Error("the machine failed on this transaction"));
      else pauseMs = Math.max(pauseMs, this.#finish([one], alone));
    }
    return pauseMs;
  }

  #tryApply(waiting: readonly Waiting[]): (Applied & { readonly time: bigint }) | undefined {
    const time = this.now();
    try {
      return { ...apply(this.#snapshot, { time, transactions: waiting.map((one) => one.wire) }, this.#verdicts), time };
    } catch (error) {
      this.#settings.log.error({ err: error, transactions: waiting.length }, "the machine failed");
      return undefined;
    }
  }

  /** Writes the block of those that took effect and answers everyone. Nobody is answered before the disk has it. */
  #finish(waiting: readonly Waiting[], applied: Applied & { readonly time: bigint }): number {
    const accepted = waiting.filter((_, i) => applied.rejections[i] === null);
    try {
      if (accepted.length > 0 || waiting.length === 0) this.#write(accepted, applied);
    } catch (error) {
      return this.#afterFailedWrite(waiting, error);
    }
    const { height, time } = this.#head;
    for (const [i, one] of waiting.entries()) {
      const rejection = applied.rejections[i];
      if (rejection) one.settle(fail(rejection));
    }
    for (const [index, one] of accepted.entries()) one.settle(ok({ height, index, time, id: one.id }));
    this.#followers.wakeAll();
    this.#settings.onStep("answered", height);
    return 0;
  }

  #write(accepted: readonly Waiting[], applied: Applied & { readonly time: bigint }): void {
    const { store, genesis, nodeKey, owner } = this.#parts;
    const { changes, root, time } = applied;
    const height = this.#head.height + 1;
    const transactions = accepted.map((one) => one.wire);
    const header = encodeHeader({
      chainId: genesis.chainId,
      height,
      time,
      previous: this.#head.hash,
      transactionsRoot: listRoot(transactions),
      stateRoot: root,
    });
    const evidence = signHeader(nodeKey.secret, header);
    const overwritten = this.#snapshot.overwrittenBy(changes);
    const started = performance.now();
    store.append(
      { height, header, evidence, transactions, ids: accepted.map((one) => one.id), changes },
      owner,
      (step) => this.#settings.onStep(step, height),
    );
    this.#lastWriteMs = performance.now() - started;
    this.#head = { height, time, root, hash: headerHash(header) };
    const rejections = transactions.map(() => null);
    this.#recent.set(height, { height, time, transactions, rejections, root, header, evidence });
    this.#recent.delete(height - RECENT_BLOCKS);
    this.#snapshot = this.#snapshot.follow(overwritten, height, time, root);
    for (const key of changes.keys()) this.#schedule.note(store, key, time);
  }

  /** The submitters are told; then either the store is as before and we go on, or we stop. */
  #afterFailedWrite(waiting: readonly Waiting[], error: unknown): number {
    this.#settings.log.error({ err: error, height: this.#head.height + 1 }, "a block could not be written");
    const sentence =
      error instanceof OwnerLost
        ? error.message
        : `The ledger could not write (${(error as Error).message}); send the same transaction again later.`;
    const unavailable = new LedgerUnavailable(sentence, { cause: error });
    for (const one of waiting) one.fail(unavailable);
    if (!(error instanceof OwnerLost) && this.#isAsBefore()) return RETRY_MS;
    // After a failed sync nobody knows what the disk holds: only a restart, which looks, may go on (row L-18).
    this.#stopped =
      error instanceof OwnerLost ? sentence : `The disk failed (${(error as Error).message}). Restart the node.`;
    this.#followers.wakeAll();
    return 0;
  }

  #isAsBefore(): boolean {
    try {
      const { store } = this.#parts;
      return store.height() === this.#head.height && bytesEqual(stateRoot(store), this.#head.root);
    } catch {
      return false;
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
