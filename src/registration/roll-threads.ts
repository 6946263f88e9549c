/**
 * Threads that compute a roll: started for one roll and ended with it, so that nothing secret outlives it. A small roll,
 * or one without built files, is computed on this thread in short turns.
 */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate as breathe } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { concat } from "#base/bytes.js";
import {
  computePortion,
  computeRoot,
  type Portion,
  type PortionOrder,
  type RollOrder,
  type RootOrder,
} from "./roll-portion.js";

/** Voters from whom on threads pay for their start. */
const MANY = 2_000;
/** Voters between two pauses of this thread: about 10 ms of computing, so that casts go on meanwhile. */
const PER_TURN = 8;
/** Voters of a portion that a thread computes in one go: a fifth of a second. */
const PER_PORTION = 250;

export interface RollThreads {
  /** Portions that together hold all keys, in order. */
  portions(order: PortionOrder): Promise<Portion>;
  root(order: RootOrder): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Threads for a roll of so many voters. */
export function rollThreads(voters: number): RollThreads {
  const file = builtFile();
  return voters >= MANY && existsSync(file) ? new Threads(file, availableParallelism()) : here;
}

const here: RollThreads = {
  portions: async (order) => {
    const done: Portion[] = [];
    for (const part of partsOf(order, PER_TURN)) {
      done.push(computePortion(part));
      await breathe();
    }
    return joined(done);
  },
  root: async (order) => computeRoot(order),
  close: async () => {},
};

function partsOf(order: PortionOrder, voters: number): PortionOrder[] {
  const parts: PortionOrder[] = [];
  for (let at = 0; at < order.keys.length; at += 32 * voters)
    parts.push({ ...order, keys: order.keys.slice(at, at + 32 * voters) });
  return parts;
}

function joined(portions: readonly Portion[]): Portion {
  return {
    blindings: concat(...portions.map((each) => each.blindings)),
    credentials: concat(...portions.map((each) => each.credentials)),
    eighths: concat(...portions.map((each) => each.eighths)),
  };
}

class Threads implements RollThreads {
  readonly #workers: readonly Worker[];

  constructor(file: string, count: number) {
    // No flags of this process: conditions and loaders meant for source files would mislead the built worker.
    this.#workers = Array.from({ length: count }, () => new Worker(file, { execArgv: [] }));
  }

  async portions(order: PortionOrder): Promise<Portion> {
    const parts = partsOf(order, PER_PORTION);
    const done: Portion[] = new Array(parts.length);
    let next = 0;
    const work = async (worker: Worker): Promise<void> => {
      while (next < parts.length) {
        const number = next++;
        done[number] = await asked<Portion>(worker, parts[number] as PortionOrder);
      }
    };
    await Promise.all(this.#workers.map(work));
    return joined(done);
  }

  root(order: RootOrder): Promise<Uint8Array> {
    return asked<Uint8Array>(this.#workers[0] as Worker, order);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** One question at a time for each worker. A worker that dies fails the roll; entering it again begins anew. */
function asked<T>(worker: Worker, order: RollOrder): Promise<T> {
  return new Promise((resolve, reject) => {
    const hear = (answer: T): void => settle(() => resolve(answer));
    const fail = (cause: unknown): void =>
      settle(() => reject(new Error("a thread that computes the roll failed", { cause })));
    const settle = (act: () => void): void => {
      worker.off("message", hear).off("error", fail).off("exit", fail);
      act();
    };
    worker.on("message", hear).on("error", fail).on("exit", fail);
    worker.postMessage(order);
  });
}

/** Path of the built worker, also when this file runs from source. */
function builtFile(): string {
  return fileURLToPath(new URL("./roll-worker.js", import.meta.url)).replace(
    /([\\/])src([\\/]registration[\\/]roll-worker\.js)$/,
    "$1dist$2",
  );
}
