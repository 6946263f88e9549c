/**
 * States of past heights without copies: a state keeps, for each later block, what that block overwrote, and reads the
 * rest from the store. The links point forward only, so a state that nobody holds any more is collected together with
 * all that was kept for it.
 */
import { assert } from "#base/assert.js";
import type { Changes, StateReader } from "#protocol/state.js";
import type { LedgerState } from "./ledger.js";

/** Values before a block, of the keys that it changed. */
type Overwritten = ReadonlyMap<string, Uint8Array | undefined>;

/** A committed height, readable for as long as it is held. */
export class Snapshot implements LedgerState {
  readonly height: number;
  readonly time: bigint;
  readonly root: Uint8Array;
  readonly #store: StateReader;
  #next: { readonly overwritten: Overwritten; readonly snapshot: Snapshot } | null = null;

  constructor(store: StateReader, height: number, time: bigint, root: Uint8Array) {
    this.#store = store;
    this.height = height;
    this.time = time;
    this.root = root;
  }

  get(key: string): Uint8Array | undefined {
    let here: Snapshot = this;
    while (here.#next !== null) {
      if (here.#next.overwritten.has(key)) return here.#next.overwritten.get(key);
      here = here.#next.snapshot;
    }
    return this.#store.get(key);
  }

  /** Keys that changed after this height, up to another one that was made of it. */
  changedUntil(later: Snapshot): readonly string[] {
    const keys = new Set<string>();
    for (let here: Snapshot = this; here !== later; here = here.#next.snapshot) {
      assert(here.#next !== null, "the later snapshot follows from this one");
      for (const key of here.#next.overwritten.keys()) keys.add(key);
    }
    return [...keys];
  }

  /** Reads from the store what a block is going to change; to be called before the store changes. */
  overwrittenBy(changes: Changes): Overwritten {
    return new Map([...changes.keys()].map((key) => [key, this.#store.get(key)]));
  }

  /** The snapshot after the block; to be called right after the store changed. */
  follow(overwritten: Overwritten, height: number, time: bigint, root: Uint8Array): Snapshot {
    assert(this.#next === null, "a height has one successor");
    const snapshot = new Snapshot(this.#store, height, time, root);
    this.#next = { overwritten, snapshot };
    return snapshot;
  }
}
