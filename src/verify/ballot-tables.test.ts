import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { scratchState } from "#ledger/scratch.js";
import { MemoryState } from "#protocol/state.js";
import { RollTable, TrackerSet } from "./ballot-tables.js";

test("law: the trackers are a set, also such as begin alike, through many growths and out of memory", async () => {
  const store = scratchState({ pages: 8 });
  const set = new TrackerSet(store, "one");
  const other = new TrackerSet(store, "two");
  const model = new Set<string>();
  for (let i = 0; i < 20_000; i++) {
    const hash = sha256(utf8(`${i % 17_000}`));
    // Some begin and go on like one another, and differ in their last byte.
    if (i % 50 === 0) hash.set(sha256(utf8("alike")).subarray(0, 31));
    expect(set.add(hash)).toBe(!model.has(toHex(hash)));
    model.add(toHex(hash));
    expect(set.size).toBe(model.size);
  }
  expect(set.size).toBeLessThan(17_100);
  expect(other.add(sha256(utf8("1")))).toBe(true);
  expect(other.size).toBe(1);
  await store.close();
});

test("law: the table says of each place what was noted last", () => {
  const row = fc.record({
    index: fc.constantFrom(0, 1, 4095, 4096, 70_000),
    weight: fc.integer({ min: 1, max: 10_000_000 }),
    sequence: fc.integer({ min: 1, max: 1000 }),
    counted: fc.option(fc.uint8Array({ minLength: 1, maxLength: 4 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
      const table = new RollTable(new MemoryState(), "one");
      const model = new Map<number, { weight: number; sequence: number; counted: Uint8Array | undefined }>();
      for (const { index, weight, sequence, counted } of rows) {
        table.note(index, weight, sequence, counted);
        model.set(index, { weight, sequence, counted: counted ?? model.get(index)?.counted });
      }
      for (const index of [0, 1, 2, 4095, 4096, 70_000, 70_001]) {
        expect(table.weight(index)).toBe(model.get(index)?.weight ?? 0);
        expect(table.sequence(index)).toBe(model.get(index)?.sequence ?? 0);
        const counted = model.get(index)?.counted;
        if (counted !== undefined) expect(table.fits(index, counted)).toBe(true);
        expect(table.fits(index, utf8("other"))).toBe(false);
      }
      const expected = [...model].filter(([, each]) => each.counted !== undefined).sort(([a], [b]) => a - b);
      expect([...table.counted()]).toEqual(expected.map(([index, { weight }]) => ({ index, weight })));
    }),
  );
});
