/**
 * State of a long replay on disk instead of in memory: a data file in a directory of its own that is thrown away
 * afterwards. Nothing in it is durable; a crash loses the work, never a record.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "lmdb";
import type { Changes, StateReader } from "#protocol/state.js";

/** Values kept in memory: the latest used ones. */
const MOST_RECENT = 20_000;

export interface ScratchState extends StateReader {
  commit(changes: Changes): void;
  /** Removes the file and its directory. */
  close(): Promise<void>;
}

/** An empty state in a new directory below `parent`. */
export function scratchState(parent: string = tmpdir()): ScratchState {
  const directory = mkdtempSync(join(parent, "psephos-replay-"));
  const store = open<Uint8Array, string>({
    path: join(directory, "state.mdb"),
    encoding: "binary",
    compression: false,
    cache: false,
    noSync: true,
    overlappingSync: false,
    eventTurnBatching: false,
  });
  const recent = new Map<string, Uint8Array>();
  const remember = (key: string, value: Uint8Array): void => {
    recent.delete(key);
    recent.set(key, value);
    if (recent.size > MOST_RECENT) recent.delete(recent.keys().next().value as string);
  };
  return {
    get: (key) => {
      const known = recent.get(key);
      if (known !== undefined) return known;
      const stored = store.get(key);
      if (stored === undefined) return undefined;
      // lmdb gives Node buffers, whose `slice` does not copy; the machine expects plain byte arrays.
      const value = new Uint8Array(stored.buffer, stored.byteOffset, stored.length);
      remember(key, value);
      return value;
    },
    commit: (changes) => {
      store.transactionSync(() => {
        for (const [key, value] of changes) {
          if (value === null) store.removeSync(key);
          else store.putSync(key, value);
        }
      });
      for (const [key, value] of changes) {
        if (value === null) recent.delete(key);
        else remember(key, value);
      }
    },
    close: async () => {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
