/**
 * The ledger: what the rest of the house may expect of it, whichever engine orders the blocks. The same for every
 * engine and without flags; `ledger.contract.ts` is the suite that each engine passes.
 *
 * Height 0 is the genesis: it has a state but no block. Times are nanoseconds since 1970-01-01T00:00:00Z.
 */
import type { Result } from "#base/result.js";
import type { Genesis } from "#protocol/genesis.js";
import type { Rejection } from "#protocol/rejections.js";
import type { StateReader } from "#protocol/state.js";

/** Where a transaction stands. */
export interface Place {
  readonly height: number;
  /** Position within the block. */
  readonly index: number;
}

/** A transaction that is durable and final. */
export interface Submitted extends Place {
  /** Time of its block: this time decides whether a ballot counts. */
  readonly time: bigint;
  /** SHA-256 of the wire bytes. */
  readonly id: Uint8Array;
}

/** A final block. */
export interface Block {
  readonly height: number;
  readonly time: bigint;
  readonly transactions: readonly Uint8Array[];
  /** One for each transaction; `null` where it took effect. The embedded engine orders only what takes effect. */
  readonly rejections: readonly (Rejection | null)[];
  /** State root after the block. */
  readonly root: Uint8Array;
  readonly header: Uint8Array;
  /** Bytes with which `evidence/` judges that the header is final. */
  readonly evidence: Uint8Array;
  /** Proofs of validators' misconduct that the block holds, in its order; absent where it holds none. SPEC 6.7 */
  readonly misconduct?: readonly Uint8Array[];
}

/** The state after one block. Immutable: every read, however late, sees this height. Hold it for a request, not for hours. */
export interface LedgerState extends StateReader {
  readonly height: number;
  readonly time: bigint;
  readonly root: Uint8Array;
}

/** Bytes with which `evidence/` judges that some state root was final at a height and time. */
export interface Evidence {
  readonly header: Uint8Array;
  readonly evidence: Uint8Array;
}

export interface LedgerStatus {
  readonly engine: "embedded" | "cometbft";
  readonly chainId: string;
  /** Latest committed block. */
  readonly height: number;
  readonly time: bigint;
  readonly root: Uint8Array;
  /** Transactions taken in and not yet final. */
  readonly waiting: number;
  /** Why no more transactions are taken, in a sentence; `null` while they are. Reads go on. */
  readonly stopped: string | null;
}

/** The reading half; also what another process gets. */
export interface LedgerReader {
  /** What a newcomer needs to judge everything else. */
  genesis(): Genesis;
  status(): LedgerStatus;
  /** The latest committed state. Synchronous; the same object as long as no block is added. */
  state(): LedgerState;
  /** The time that a block made at this moment would carry, as far as this node can tell. Block time alone binds. */
  now(): bigint;
  /** `undefined` above the latest height and for height 0. */
  block(height: number): Block | undefined;
  /** Where a transaction took effect, by the SHA-256 of its wire bytes; `undefined` when it did not (yet). */
  place(id: Uint8Array): Place | undefined;
  /**
   * Evidence for the state root after the block at `height` (≥ 1). Waits for the block that carries it, where the
   * engine puts a root into the next header; rejects when the ledger is closed first.
   */
  evidence(height: number): Promise<Evidence>;
  /**
   * Final blocks from `fromHeight` (or 1) on, each once and in order, and then each new one; ends when the signal is
   * aborted or the ledger is closed. The consumer sets the pace: blocks are read when they are asked for. A consumer
   * that keeps its own height and resumes from there after a crash misses nothing and repeats at most one block.
   */
  follow(fromHeight: number, signal: AbortSignal): AsyncIterable<Block>;
  /** Ends followers and releases everything. States obtained before must not be read any more. */
  close(): Promise<void>;
}

export interface Ledger extends LedgerReader {
  /**
   * Offers a transaction. The bytes are the ledger's from then on: the caller must not change them.
   *
   * Resolves with its place once its block is on disk (synced) and final: from then on no crash of any kind loses it.
   * Resolves with a rejection when the machine refuses it; nothing was changed and nothing is kept.
   * Idempotent: an identical transaction (same bytes) that took effect before gives its first place; concurrent
   * identical calls share one outcome. What depends on another transaction (a ballot on the sealing of its election)
   * must await that one first: the door judges by the latest committed state.
   *
   * Rejects with `Busy` when the queue is full: nothing was done, try again after `retryAfterMs`.
   * Rejects with {@link LedgerUnavailable} when the world failed (disk, shutdown). Then it is unknown whether the
   * transaction will have taken effect; the *caller* retries with the same bytes, which is safe, being idempotent.
   */
  submit(wire: Uint8Array): Promise<Result<Submitted, Rejection>>;
  /**
   * Says that these keys of the latest state will be read soon. A ledger that reads from another process fetches them
   * together, without making everybody wait; there is none where reading costs nothing. Changes no answer.
   */
  fetchAhead?(keys: readonly string[]): Promise<void>;
  /** A consistent copy of the whole ledger, made while it works, in a new directory. Without the node's secret key. */
  backup(directory: string): Promise<void>;
}

/** The world failed: disk, another process, shutdown. The message is a sentence for the person who runs the node. */
export class LedgerUnavailable extends Error {
  override readonly name = "LedgerUnavailable";
}

/** What is on disk cannot be what was written. Starting would risk a second history, so the ledger stays shut. */
export class LedgerDamaged extends Error {
  override readonly name = "LedgerDamaged";
}

/** Warnings and errors of a ledger, in the manner of pino: fields, then a sentence. */
export interface LedgerLog {
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}

export const silentLog: LedgerLog = { warn: () => {}, error: () => {} };
