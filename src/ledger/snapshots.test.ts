import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryState } from "#protocol/state.js";
import { Snapshot } from "./snapshots.js";

const root = new Uint8Array(32);
const key = fc.constantFrom("a", "b", "c", "d");
const change = fc.option(fc.uint8Array({ minLength: 1, maxLength: 2 }));
const block = fc.array(fc.tuple(key, change), { maxLength: 4 }).map((pairs) => new Map(pairs));

test("every snapshot goes on reading its own height", () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 8 }), (blocks) => {
      const store = new MemoryState();
      let here = new Snapshot(store, 0, 0n, root);
      const seen: { snapshot: Snapshot; entries: Map<string, Uint8Array> }[] = [
        { snapshot: here, entries: new Map(store.entries) },
      ];
      for (const [i, changes] of blocks.entries()) {
        const overwritten = here.overwrittenBy(changes);
        store.commit(changes);
        here = here.follow(overwritten, i + 1, BigInt(i + 1), root);
        seen.push({ snapshot: here, entries: new Map(store.entries) });
      }
      for (const { snapshot, entries } of seen)
        for (const name of ["a", "b", "c", "d"]) expect(snapshot.get(name)).toEqual(entries.get(name));
    }),
  );
});
