/** Following blocks: each consumer reads at its own pace and sleeps until there is more. */
import type { Block } from "../ledger.js";

/** Sleepers that are woken together when a block is added or the ledger closes. */
export class Waiters {
  readonly #sleepers = new Set<() => void>();
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves at the next waking, or when the signal is aborted. Leaves nothing behind. */
  wait(signal?: AbortSignal): Promise<void> {
    if (this.#closed || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#sleepers.add(wake);
      signal?.addEventListener("abort", wake);
    });
  }

  wakeAll(): void {
    for (const wake of [...this.#sleepers]) wake();
  }

  close(): void {
    this.#closed = true;
    this.wakeAll();
  }
}

interface Source {
  block(height: number): Block | undefined;
}

/** Blocks between two turns of the event loop: a consumer that catches up must not starve the rest of the process. */
const BLOCKS_PER_TURN = 16;

/** Each block from `fromHeight` on, once and in order, until aborted or closed. */
export async function* followBlocks(
  source: Source,
  waiters: Waiters,
  fromHeight: number,
  signal: AbortSignal,
): AsyncGenerator<Block, void, undefined> {
  let next = Math.max(1, fromHeight);
  while (!signal.aborted && !waiters.closed) {
    const block = source.block(next);
    if (block === undefined) {
      await waiters.wait(signal);
      continue;
    }
    next++;
    yield block;
    if (next % BLOCKS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
