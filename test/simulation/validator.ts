/**
 * One validator of a simulated network: the real application on a real store, driven as CometBFT drives it, with a clock
 * of its own, a queue of transactions, and a process that can end at every step of every commit.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { bytesEqual, toHex } from "#base/bytes.js";
import type { AbciBlock } from "#ledger/cometbft/abci-messages.js";
import { openAppStore } from "#ledger/cometbft/app-store.js";
import { Application, type ApplicationParts } from "#ledger/cometbft/application.js";
import { transactionId as idOf } from "#ledger/embedded/intake.js";
import type { WriteStep } from "#ledger/embedded/store.js";
import { silentLog } from "#ledger/ledger.js";
import type { Verdicts } from "#protocol/ballot.js";
import type { Genesis } from "#protocol/genesis.js";
import { VerdictCache } from "#protocol/judge.js";

/** Where a process can end: before and after the decision is applied, and at each step of the commit. */
export const CRASHES = ["decided", "finalized", "begin", "written", "committed", "answered"] as const;
export type Crash = (typeof CRASHES)[number];

class ProcessEnded extends Error {}

export interface Decided extends AbciBlock {
  /** State root after this block, as the observer has it. */
  readonly root: Uint8Array;
}

export class SimulatedValidator {
  readonly place: number;
  /** Nanoseconds that its clock is ahead. */
  skew = 0n;
  /** Side of a partition; nodes of one side hear one another. */
  side = 0;
  /** Heights that its engine has on disk; the application may be behind. */
  saved = 0;
  readonly queue = new Map<string, Uint8Array>();
  #crash: Crash | undefined;
  #running: { readonly app: Application; readonly parts: ApplicationParts } | undefined;
  readonly #genesis: Genesis;
  readonly #verdicts: Verdicts;
  readonly #clock: () => bigint;
  #directory: string;

  private constructor(place: number, genesis: Genesis, verdicts: Verdicts, clock: () => bigint, directory: string) {
    this.place = place;
    this.#genesis = genesis;
    this.#verdicts = verdicts;
    this.#clock = clock;
    this.#directory = directory;
  }

  /** A validator with nothing on its disk; `clock` is the world's time. */
  static async made(
    place: number,
    genesis: Genesis,
    verdicts: Verdicts,
    clock: () => bigint,
    base: string,
  ): Promise<SimulatedValidator> {
    return new SimulatedValidator(place, genesis, verdicts, clock, await mkdtemp(join(base, `validator-${place}-`)));
  }

  get up(): boolean {
    return this.#running !== undefined;
  }

  get app(): Application {
    if (this.#running === undefined) throw new Error(`validator ${this.place} is down`);
    return this.#running.app;
  }

  get height(): number {
    return this.app.snapshot.height;
  }

  /** What its clock shows. */
  get now(): bigint {
    return this.#clock() + this.skew;
  }

  /** The process ends at this point of the next block that it commits. */
  crashAt(crash: Crash): void {
    this.#crash = crash;
  }

  /** Starts both processes: the engine asks the application where it stands, and brings what it lacks. */
  async start(chain: readonly Decided[]): Promise<void> {
    const parts = await openAppStore(this.#directory, this.#genesis);
    const app = new Application(parts, {
      judge: undefined,
      verdicts: new VerdictCache(500, this.#verdicts),
      clock: () => this.now,
      log: silentLog,
      onStep: (step) => this.#at(step),
      onCommitted: () => {},
    });
    this.#running = { app, parts };
    const { height, appHash } = app.handlers.info({ kind: "info", version: "" }) as {
      height: number;
      appHash: Uint8Array;
    };
    // The engine keeps a block before it lets the application have it, so the application is never ahead, and at most one
    // block behind what was begun.
    if (height > this.saved || height < this.saved - 1)
      throw new Error(`application at ${height}, engine at ${this.saved}`);
    if (height > 0 && !bytesEqual(appHash, (chain[height - 1] as Decided).root))
      throw new Error(`validator ${this.place} came back with another root at ${height}`);
    for (const block of chain.slice(height, this.saved)) await this.apply(block);
  }

  /** Ends both processes between two calls. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.queue.clear();
    if (running === undefined) return;
    running.parts.store.release(running.parts.owner);
    await running.parts.store.close();
  }

  /** The disk of a stopped validator is lost. */
  async wipe(base: string): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
    this.#directory = await mkdtemp(join(base, `validator-${this.place}-`));
    this.saved = 0;
  }

  /** Takes a decided block. `false` when the process ended on the way. */
  async take(block: Decided): Promise<boolean> {
    this.saved = block.height;
    try {
      this.#at("decided");
      await this.apply(block);
      return true;
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error;
      await this.stop();
      return false;
    }
  }

  /** Applies and commits a decided block; throws when its root is not that of the others. */
  private async apply(block: Decided): Promise<void> {
    const { handlers } = this.app;
    const { appHash, codes } = await handlers["finalize-block"]({ kind: "finalize-block", block });
    if (!bytesEqual(appHash, block.root))
      throw new Error(`validator ${this.place} has another root at ${block.height}: ${toHex(appHash)}`);
    if (codes.some((code) => code !== 0)) throw new Error(`block ${block.height} holds what takes no effect`);
    this.#at("finalized");
    await handlers.commit({ kind: "commit" });
    for (const transaction of block.transactions) this.queue.delete(toHex(idOf(transaction)));
    for (const [id, transaction] of this.queue) if ((await this.check(transaction, true)) !== 0) this.queue.delete(id);
  }

  /** The answer at its door, as a number; 0 for what may travel on. */
  async check(transaction: Uint8Array, recheck = false): Promise<number> {
    return (await this.app.handlers["check-tx"]({ kind: "check-tx", transaction, recheck })).code;
  }

  async propose(height: number, time: bigint): Promise<readonly Uint8Array[]> {
    const transactions = [...this.queue.values()];
    const request = { kind: "prepare-proposal", maxBytes: 2_000_000, transactions, height, time } as const;
    return (await this.app.handlers["prepare-proposal"](request)).transactions;
  }

  async accepts(block: AbciBlock): Promise<boolean> {
    return (await this.app.handlers["process-proposal"]({ kind: "process-proposal", block })).accept;
  }

  #at(step: Crash | WriteStep): void {
    if (this.#crash !== step) return;
    this.#crash = undefined;
    throw new ProcessEnded(`validator ${this.place} ended at "${step}"`);
  }
}
