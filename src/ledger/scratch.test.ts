import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesEqual, toHex, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { MemoryState } from "#protocol/state.js";
import { scratchState } from "./scratch.js";

const hashOf = (n: number): string => toHex(sha256(utf8(`${n}`)));
const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : bytesEqual(a, b);

/** Keys of every kind: rows by number near and far, by hash, few, and such as only look like one of these. */
const key = fc.oneof(
  fc.tuple(fc.constantFrom("position/a", "position/b", "tree/a/0"), fc.nat(900)).map(([name, n]) => `${name}/${n}`),
  fc.nat(300).map((n) => `ballot/a/${hashOf(n)}`),
  fc.nat(300).map((n) => `roll/a/${hashOf(n)}`),
  fc.constantFrom(
    "weight/a/9999999",
    "weight/a/268435455",
    "weight/a/268435456",
    "weight/a/1234567890",
    "position/a/007",
    "position/a/",
    "position/a/1x",
    "5",
    "/5",
    "",
    "election/abc",
    `ballot/a/${hashOf(1).toUpperCase()}`,
    `ballot/a/${hashOf(1)}0`,
    `/${hashOf(1)}`,
    hashOf(1),
  ),
);
const value = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.constantFrom(0, 1, 32, 61, 62, 63, 300, 4096, 70_000).map((length) => new Uint8Array(length).fill(length)),
  fc.constant(null),
);

test("law: says what a state in memory says, with four pages of memory, and leaves nothing behind", async () => {
  const parent = mkdtempSync(join(tmpdir(), "psephos-scratch-"));
  let written = false;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.tuple(key, value), { maxLength: 40 }), { maxLength: 20 }), async (blocks) => {
      const scratch = scratchState({ parent, pages: 4 });
      const memory = new MemoryState();
      const seen = new Set<string>();
      for (const block of blocks) {
        scratch.commit(new Map(block));
        memory.commit(new Map(block));
        for (const [name] of block) seen.add(name);
        for (const name of seen) expect(same(scratch.get(name), memory.get(name)), name).toBe(true);
      }
      written ||= readdirSync(parent).length > 0;
      await scratch.close();
      expect(readdirSync(parent)).toEqual([]);
    }),
    { numRuns: 25 },
  );
  expect(written).toBe(true);
  rmSync(parent, { recursive: true });
});

test("many rows, by number and by hash, through growth of the index and out of memory", async () => {
  const scratch = scratchState({ pages: 8 });
  const count = 12_000;
  const rowOf = (n: number, block: number): Uint8Array => utf8(`${n} ${block}`.padEnd(40));
  for (const block of [1, 2])
    for (let from = 0; from < count; from += 100) {
      const numbers = Array.from({ length: 100 }, (_, i) => from + i);
      scratch.commit(
        new Map(
          numbers.flatMap((n) => [
            [`position/a/${n}`, rowOf(n, block)] as const,
            [`ballot/a/${hashOf(n)}`, rowOf(n, block)] as const,
          ]),
        ),
      );
    }
  for (let n = 0; n < count; n += 7) {
    expect(same(scratch.get(`position/a/${n}`), rowOf(n, 2))).toBe(true);
    expect(same(scratch.get(`ballot/a/${hashOf(n)}`), rowOf(n, 2))).toBe(true);
  }
  expect(scratch.get(`ballot/a/${hashOf(count)}`)).toBeUndefined();
  expect(scratch.get("position/a/1")?.constructor).toBe(Uint8Array);
  await scratch.close();
});
