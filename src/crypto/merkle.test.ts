import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex, utf8 } from "#base/bytes.js";
import { auditPath, EMPTY_ROOT, leafHash, listRoot, memoryStore, rootFromPath, setLeaves, treeRoot } from "./merkle.js";

/** RFC 6962 §2.1 written down as it stands there, over Node's own SHA-256. */
const H = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
function mth(d: readonly Uint8Array[]): Buffer {
  if (d.length === 0) return H();
  if (d.length === 1) return H(Buffer.of(0), d[0] as Uint8Array);
  const k = largestBelow(d.length);
  return H(Buffer.of(1), mth(d.slice(0, k)), mth(d.slice(k)));
}
function pathOf(m: number, d: readonly Uint8Array[]): Buffer[] {
  if (d.length === 1) return [];
  const k = largestBelow(d.length);
  return m < k ? [...pathOf(m, d.slice(0, k)), mth(d.slice(k))] : [...pathOf(m - k, d.slice(k)), mth(d.slice(0, k))];
}
function largestBelow(n: number): number {
  return 2 ** Math.floor(Math.log2(n - 1));
}

const item = fc.uint8Array({ maxLength: 8 });

test("known answers of RFC 6962's reference implementation", () => {
  const inputs = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
  ].map((hex) => Uint8Array.from(Buffer.from(hex, "hex")));
  expect(toHex(EMPTY_ROOT)).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(toHex(listRoot(inputs.slice(0, 1)))).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  expect(toHex(listRoot(inputs.slice(0, 3)))).toBe("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
  expect(toHex(listRoot(inputs))).toBe("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
});

test("law: root and audit paths are those of a naive implementation, and every path leads back to the root", () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 40 }), (items) => {
      const store = memoryStore();
      setLeaves(store, items.length, new Map(items.map((each, i) => [i, leafHash(each)])));
      const root = treeRoot(store, items.length);
      expect(Buffer.from(root)).toEqual(mth(items));
      for (const [i, each] of items.entries()) {
        const path = auditPath(store, items.length, i);
        expect(path.map(toHex)).toEqual(pathOf(i, items).map(toHex));
        expect(rootFromPath(leafHash(each), i, items.length, path)).toEqual(root);
      }
    }),
    { numRuns: 60 },
  );
});

test("law: growing step by step and changing leaves in any order gives the tree of the final items", () => {
  const step = fc.record({
    append: fc.array(item, { maxLength: 9 }),
    change: fc.array(fc.tuple(fc.nat(), item), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const store = memoryStore();
      const items: Uint8Array[] = [];
      for (const { append, change } of steps) {
        const leaves = new Map<number, Uint8Array>();
        for (const each of append) {
          leaves.set(items.length, leafHash(each));
          items.push(each);
        }
        for (const [at, each] of change) {
          if (items.length === 0) continue;
          items[at % items.length] = each;
          leaves.set(at % items.length, leafHash(each));
        }
        setLeaves(store, items.length, leaves);
        expect(Buffer.from(treeRoot(store, items.length))).toEqual(mth(items));
      }
    }),
    { numRuns: 100 },
  );
});

test("law: a store reused from the start gives the tree of the new items alone", () => {
  fc.assert(
    fc.property(
      fc.array(item, { maxLength: 33 }),
      fc.array(item, { maxLength: 33 }),
      fc.integer({ min: 1, max: 9 }),
      (old, fresh, size) => {
        const store = memoryStore();
        setLeaves(store, old.length, new Map(old.map((each, i) => [i, leafHash(each)])));
        for (let start = 0; start < fresh.length; start += size) {
          const part = fresh.slice(start, start + size);
          setLeaves(store, start + part.length, new Map(part.map((each, i) => [start + i, leafHash(each)])));
        }
        expect(Buffer.from(treeRoot(store, fresh.length))).toEqual(mth(fresh));
      },
    ),
  );
});

test("a path shown for another leaf, place, size or tree leads elsewhere", () => {
  const items = Array.from({ length: 13 }, (_, i) => utf8(`item ${i}`));
  const store = memoryStore();
  setLeaves(store, 13, new Map(items.map((each, i) => [i, leafHash(each)])));
  const root = toHex(treeRoot(store, 13));
  const leaf = leafHash(items[5] as Uint8Array);
  const path = auditPath(store, 13, 5);
  const leads = (...args: Parameters<typeof rootFromPath>): boolean => {
    const led = rootFromPath(...args);
    return led !== undefined && toHex(led) === root;
  };
  expect(leads(leaf, 5, 13, path)).toBe(true);
  expect(leads(leafHash(items[6] as Uint8Array), 5, 13, path)).toBe(false);
  for (let index = -1; index < 20; index++)
    if (index !== 5) expect(leads(leaf, index, 13, path), `at ${index}`).toBe(false);
  expect(leads(leaf, 5, 6, path)).toBe(false);
  expect(leads(leaf, 5, 13, path.slice(1))).toBe(false);
  expect(leads(leaf, 5, 13, [...path, new Uint8Array(32)])).toBe(false);
  expect(leads(leaf, 5, 13, [new Uint8Array(31), ...path.slice(1)])).toBe(false);
  for (let i = 0; i < path.length; i++)
    expect(
      leads(
        leaf,
        5,
        13,
        path.map((each, at) => (at === i ? leaf : each)),
      ),
    ).toBe(false);
  for (const odd of [Number.NaN, 1.5, 2 ** 53]) expect(rootFromPath(leaf, odd, 13, path)).toBeUndefined();
  // An inner node is no leaf: the prefixes differ.
  expect(leafHash(new Uint8Array(64))).not.toEqual(leafHash(new Uint8Array(65)));
  expect(() => auditPath(store, 13, 13)).toThrow();
  expect(() => setLeaves(store, 13, new Map([[13, leaf]]))).toThrow();
});
