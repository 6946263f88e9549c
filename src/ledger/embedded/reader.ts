/** An embedded ledger seen from another process: it reads what the owner writes, and changes nothing. */
import { assert } from "#base/assert.js";
import { decodeHeader } from "#evidence/embedded.js";
import { stateRoot } from "#protocol/directory.js";
import type { Genesis } from "#protocol/genesis.js";
import {
  type Block,
  type Evidence,
  LedgerDamaged,
  type LedgerReader,
  type LedgerState,
  type LedgerStatus,
  LedgerUnavailable,
  type Place,
} from "../ledger.js";
import { readBlock } from "./blocks.js";
import { followBlocks, Waiters } from "./follow.js";
import type { PinnedReader, Store } from "./store.js";

/** How often the file is looked at for new blocks while someone waits. */
const LOOK_MS = 200;

export class EmbeddedReader implements LedgerReader {
  readonly #store: Store;
  readonly #genesis: Genesis;
  readonly #clock: () => bigint;
  readonly #followers = new Waiters();
  readonly #timer: NodeJS.Timeout;
  readonly #pins = new Set<PinnedReader>();
  readonly #unused = new FinalizationRegistry<PinnedReader>((pin) => this.#unpin(pin));
  #latest: WeakRef<LedgerState> | undefined;
  #seen = -1;

  constructor(store: Store, genesis: Genesis, clock: () => bigint) {
    this.#store = store;
    this.#genesis = genesis;
    this.#clock = clock;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  genesis(): Genesis {
    return this.#genesis;
  }

  status(): LedgerStatus {
    const { height, time, root } = this.state();
    const { chainId } = this.#genesis;
    const stopped = "This process reads only.";
    return { engine: "embedded", chainId, height, time, root, waiting: 0, stopped };
  }

  state(): LedgerState {
    const known = this.#latest?.deref();
    if (known !== undefined && known.height === this.#store.height()) return known;
    const pin = this.#store.pin();
    this.#pins.add(pin);
    const state: LedgerState = {
      height: pin.height,
      time: this.#timeOf(pin),
      root: stateRoot(pin),
      get: (key) => pin.get(key),
    };
    this.#unused.register(state, pin);
    this.#latest = new WeakRef(state);
    return state;
  }

  now(): bigint {
    const { time } = this.state();
    const clock = this.#clock();
    return clock > time ? clock : time + 1n;
  }

  block(height: number): Block | undefined {
    return readBlock(this.#store, height);
  }

  place(id: Uint8Array): Place | undefined {
    return this.#store.place(id);
  }

  async evidence(height: number): Promise<Evidence> {
    assert(Number.isSafeInteger(height) && height >= 1, "evidence begins at height 1");
    for (;;) {
      const found = this.#store.header(height);
      if (found !== undefined) return found;
      if (this.#followers.closed) throw new LedgerUnavailable("The ledger was closed before that height.");
      await this.#followers.wait();
    }
  }

  follow(fromHeight: number, signal: AbortSignal): AsyncIterable<Block> {
    return followBlocks(this, this.#followers, fromHeight, signal);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#followers.close();
    for (const pin of [...this.#pins]) this.#unpin(pin);
    await this.#store.close();
  }

  #look(): void {
    const height = this.#store.height();
    if (height === this.#seen) return;
    this.#seen = height;
    this.#followers.wakeAll();
  }

  #unpin(pin: PinnedReader): void {
    if (this.#pins.delete(pin)) pin.release();
  }

  #timeOf(pin: PinnedReader): bigint {
    if (pin.height === 0) return this.#genesis.time;
    const header = decodeHeader((pin.header(pin.height) as Evidence).header);
    if (!header.ok) throw new LedgerDamaged(`Block ${pin.height} cannot be read.`);
    return header.value.time;
  }
}
