/**
 * The judge on worker threads. Tasks are handed out in small portions to whichever worker is free; when a worker dies,
 * its portion is judged on this thread (a ballot that kills workers kills one, not all in turn), and the worker is
 * replaced a limited number of times. Without built files, or without living workers, this thread judges.
 */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { Busy } from "#base/busy.js";
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import type { Judge } from "#protocol/judge.js";
import { judgeInTurns } from "./judge.js";
import { type PackedTasks, type PackedVerdicts, packTasks, unpackVerdicts } from "./packed.js";
import { computeSwiftly } from "./swift.js";

/** One portion of tasks, and the answer to it. Their bytes cross the thread boundary without being copied. */
export interface WorkerOrder {
  readonly number: number;
  readonly tasks: PackedTasks;
}
export interface WorkerAnswer {
  readonly number: number;
  readonly verdicts: PackedVerdicts;
}

export interface WorkerJudgeOptions {
  /** Default: one less than the processors, at least one; the main thread orders blocks meanwhile. */
  readonly workers?: number;
  /** Tasks that may wait before `judge` refuses with {@link Busy}. */
  readonly maxWaiting?: number;
  /** Built worker file; default: beside the built form of this file. */
  readonly workerFile?: string;
}

/** Most tasks per portion: large enough for a good batch (a tenth of a second), small enough to keep no one waiting. */
const PORTION = 1024;
/** Fewest, unless there are fewer in all: smaller batches cost more per ballot than a second worker saves. */
const LEAST_PORTION = 16;
const MAX_WAITING = 20_000;
/** Memory for what a worker throws away soon: a portion is little, and each worker would take 50 MB if it may. */
const YOUNG_MEGABYTES = 12;
/** Replacements of dead workers over the judge's life. More means something is wrong that replacing does not cure. */
const MAX_REPLACEMENTS = 16;

interface Portion {
  readonly tasks: readonly BallotTask[];
  readonly settle: (verdicts: readonly BallotVerdict[]) => void;
  readonly fail: (error: unknown) => void;
}

interface Hand {
  readonly worker: Worker;
  portion: Portion | null;
}

/** Starts the workers, and has this thread compute public data as fast as they do. `onTrouble` hears of each dead worker; the caller logs it. */
export function workerJudge(options: WorkerJudgeOptions = {}, onTrouble: (error: Error) => void = () => {}): Judge {
  computeSwiftly();
  return new WorkerPool(options, onTrouble);
}

/** Path of the built worker, also when this file runs from source. */
export function builtWorkerFile(): string {
  return fileURLToPath(new URL("./worker.js", import.meta.url)).replace(
    /([\\/])src([\\/]pool[\\/]worker\.js)$/,
    "$1dist$2",
  );
}

class WorkerPool implements Judge {
  readonly #hands: Hand[] = [];
  readonly #queue: Portion[] = [];
  readonly #maxWaiting: number;
  readonly #workerFile: string;
  readonly #onTrouble: (error: Error) => void;
  #waiting = 0;
  #number = 0;
  #replacements = 0;
  #judgingHere = false;
  #closing = false;
  #idle: (() => void)[] = [];

  constructor(options: WorkerJudgeOptions, onTrouble: (error: Error) => void) {
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING;
    this.#workerFile = options.workerFile ?? builtWorkerFile();
    this.#onTrouble = onTrouble;
    const count = options.workers ?? Math.max(1, availableParallelism() - 1);
    if (existsSync(this.#workerFile)) for (let i = 0; i < count; i++) this.#addWorker();
  }

  async judge(tasks: readonly BallotTask[]): Promise<readonly BallotVerdict[]> {
    if (this.#closing) throw new Error("the judge is closed");
    if (tasks.length === 0) return [];
    if (this.#waiting > 0 && this.#waiting + tasks.length > this.#maxWaiting) throw new Busy("proof checking", 1000);
    this.#waiting += tasks.length;
    try {
      return (await Promise.all(portionsOf(tasks, this.#hands.length).map((part) => this.#enqueue(part)))).flat();
    } finally {
      this.#waiting -= tasks.length;
      if (this.#waiting === 0) for (const done of this.#idle.splice(0)) done();
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#waiting > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await Promise.all(this.#hands.splice(0).map((hand) => hand.worker.terminate()));
  }

  #enqueue(tasks: readonly BallotTask[]): Promise<readonly BallotVerdict[]> {
    return new Promise((settle, fail) => {
      this.#queue.push({ tasks, settle, fail });
      this.#handOut();
    });
  }

  #handOut(): void {
    for (const hand of this.#hands) {
      if (hand.portion !== null) continue;
      const portion = this.#queue.shift();
      if (portion === undefined) return;
      hand.portion = portion;
      // An idle worker keeps no process alive; a working one does.
      hand.worker.ref();
      const tasks = packTasks(portion.tasks);
      const order: WorkerOrder = { number: this.#number++, tasks };
      hand.worker.postMessage(order, [tasks.bytes.buffer, tasks.rows.buffer]);
    }
    if (this.#hands.length === 0) void this.#judgeHere();
  }

  /** The plain way, for when no worker lives. */
  async #judgeHere(): Promise<void> {
    if (this.#judgingHere) return;
    this.#judgingHere = true;
    for (let portion = this.#queue.shift(); portion !== undefined; portion = this.#queue.shift())
      await judgeInTurns(portion.tasks).then(portion.settle, portion.fail);
    this.#judgingHere = false;
  }

  #addWorker(): void {
    // No flags of this process: conditions and loaders meant for source files would mislead the built worker.
    const worker = new Worker(this.#workerFile, {
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    const hand: Hand = { worker, portion: null };
    worker.unref();
    worker.on("message", (answer: WorkerAnswer) => {
      const portion = hand.portion;
      hand.portion = null;
      worker.unref();
      portion?.settle(unpackVerdicts(answer.verdicts));
      this.#handOut();
    });
    worker.on("error", (error) => this.#onTrouble(new Error("a proof checking worker failed", { cause: error })));
    worker.on("exit", () => this.#bury(hand));
    this.#hands.push(hand);
  }

  #bury(hand: Hand): void {
    const at = this.#hands.indexOf(hand);
    if (at < 0) return;
    this.#hands.splice(at, 1);
    const portion = hand.portion;
    hand.portion = null;
    if (portion !== null) judgeInTurns(portion.tasks).then(portion.settle, portion.fail);
    if (!this.#closing && this.#replacements < MAX_REPLACEMENTS) {
      this.#replacements++;
      this.#addWorker();
    }
    this.#handOut();
  }
}

function portionsOf(tasks: readonly BallotTask[], workers: number): BallotTask[][] {
  const size = Math.max(LEAST_PORTION, Math.min(PORTION, Math.ceil(tasks.length / Math.max(1, workers))));
  const out: BallotTask[][] = [];
  for (let at = 0; at < tasks.length; at += size) out.push(tasks.slice(at, at + size));
  return out;
}
