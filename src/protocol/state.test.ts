import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex, utf8 } from "#base/bytes.js";
import { leafHash, listRoot, rootFromPath } from "#crypto/merkle.js";
import { genesisOf, TestLedger } from "../../test/protocol-kit.js";
import { directoryAppend, directoryPath, directorySet, stateRoot } from "./directory.js";
import { encode, uint } from "./encoding/shape.js";
import { applyGenesis, chainOf, chainShape, faultOfGenesis, genesisHash } from "./genesis.js";
import { organisationEntry, organisationOf } from "./organisation.js";
import { Draft, MemoryState, slot } from "./state.js";

test("law: a draft over a state reads like a plain map, and committing it gives that map", () => {
  const key = fc.constantFrom("a", "b", "c", "d");
  const step = fc.tuple(key, fc.option(fc.uint8Array({ maxLength: 2 })), fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const state = new MemoryState();
      const model = new Map<string, Uint8Array>();
      let draft = new Draft(state);
      for (const [name, value, commit] of steps) {
        if (value === null) {
          draft.remove(name);
          model.delete(name);
        } else {
          draft.set(name, value);
          model.set(name, value);
        }
        for (const each of ["a", "b", "c", "d"]) expect(draft.get(each)).toEqual(model.get(each));
        if (!commit) continue;
        state.commit(draft.changes());
        draft = new Draft(state);
      }
      state.commit(draft.changes());
      expect([...state.entries].sort()).toEqual([...model].sort());
    }),
  );
});

test("slots keep values under their family and arguments; damage is an error", () => {
  const counts = slot<number, [string, number]>("count", uint(9));
  const state = new MemoryState();
  const draft = new Draft(state);
  expect(counts.get(draft, "x", 1)).toBeUndefined();
  counts.set(draft, 5, "x", 1);
  expect(counts.get(draft, "x", 1)).toBe(5);
  expect(counts.get(state, "x", 1)).toBeUndefined();
  expect([...draft.changes().keys()]).toEqual(["count/x/1"]);
  draft.set("count/x/1", Uint8Array.of(0xff));
  expect(() => counts.get(draft, "x", 1)).toThrow("damaged");
});

test("a draft gives values as they were put, read or written as bytes, each by its own shape", () => {
  const count = slot<number, [string]>("count", uint(300));
  const small = slot<number, [string]>("count", uint(9));
  const state = new MemoryState();
  state.commit(new Map([["count/x", encode(uint(300), 7)]]));
  const draft = new Draft(state);
  expect([count.get(draft, "x"), small.get(draft, "x"), count.get(draft, "x")]).toEqual([7, 7, 7]);
  count.set(draft, 300, "x");
  expect(count.get(draft, "x")).toBe(300);
  expect(() => small.get(draft, "x")).toThrow("damaged");
  expect(draft.get("count/x")).toEqual(encode(uint(300), 300));
  expect(count.get(draft, "x")).toBe(300);
  draft.remove("count/x");
  expect([count.get(draft, "x"), draft.get("count/x")]).toEqual([undefined, undefined]);
  expect(count.get(state, "x")).toBe(7);
});

test("law: the state root is the RFC 6962 root of all entries, and each entry's path leads to it", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 12 }), fc.nat(), (entries, at) => {
      const draft = new Draft(new MemoryState());
      expect(stateRoot(draft)).toEqual(listRoot([]));
      for (const entry of entries) directoryAppend(draft, entry);
      expect(stateRoot(draft)).toEqual(listRoot(entries));
      if (entries.length === 0) return;
      const index = at % entries.length;
      const changed: Uint8Array[] = [...entries];
      changed[index] = utf8("changed");
      directorySet(draft, new Map([[index, utf8("changed")]]));
      expect(stateRoot(draft)).toEqual(listRoot(changed));
      const { size, path } = directoryPath(draft, index);
      expect(rootFromPath(leafHash(utf8("changed")), index, size, path)).toEqual(stateRoot(draft));
    }),
  );
});

test("genesis: facts and founder are the first two entries; its hash covers every field", () => {
  const genesis = genesisOf();
  expect(faultOfGenesis(genesis)).toBeUndefined();
  const draft = applyGenesis(genesis);
  const facts = chainOf(draft);
  expect(facts).toMatchObject({ chainId: genesis.chainId, practice: false, founder: genesis.founder.id });
  expect(facts.genesisHash).toEqual(genesisHash(genesis));
  const founder = organisationOf(draft, genesis.founder.id);
  if (founder === undefined) throw new Error("no founder");
  expect(stateRoot(draft)).toEqual(listRoot([encode(chainShape, facts), organisationEntry(founder)]));
  const hashes = [
    genesis,
    { ...genesis, chainId: "other-chain" },
    { ...genesis, time: genesis.time + 1n },
    { ...genesis, engine: "cometbft" as const },
    { ...genesis, engineKey: new Uint8Array(32) },
    { ...genesis, practice: true },
    { ...genesis, founder: { ...genesis.founder, threshold: 1 } },
  ].map((each) => toHex(genesisHash(each)));
  expect(new Set(hashes).size).toBe(7);
  expect(faultOfGenesis({ ...genesis, founder: { ...genesis.founder, threshold: 4 } })).toContain("threshold");
  const reversed = [...genesis.founder.officers].reverse();
  expect(faultOfGenesis({ ...genesis, founder: { ...genesis.founder, officers: reversed } })).toContain("order");
  expect(() => chainOf(new MemoryState())).toThrow("genesis");
});

test("an empty block changes nothing, root included, whatever its time", () => {
  const ledger = new TestLedger();
  const root = toHex(stateRoot(ledger.state));
  for (let i = 0; i < 3; i++) {
    const applied = ledger.block();
    expect(toHex(applied.root)).toBe(root);
    expect(applied.changes.size).toBe(0);
  }
});
