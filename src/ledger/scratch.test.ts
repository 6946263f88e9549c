import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MemoryState } from "#protocol/state.js";
import { scratchState } from "./scratch.js";

test("says what a state in memory says, beyond what it keeps in memory, and leaves nothing behind", async () => {
  const parent = mkdtempSync(join(tmpdir(), "psephos-scratch-"));
  const [scratch, memory] = [scratchState(parent), new MemoryState()];
  for (let block = 0; block < 50; block++) {
    const changes = new Map<string, Uint8Array | null>();
    for (let i = 0; i < 500; i++) changes.set(`key/${block * 500 + i}`, Uint8Array.of(block, i & 255));
    changes.set("counter", Uint8Array.of(block));
    if (block > 0) changes.set(`key/${(block - 1) * 500}`, null);
    scratch.commit(changes);
    memory.commit(changes);
  }
  for (const key of ["counter", "missing", "key/0", "key/1", "key/499", "key/12345", "key/24500", "key/24999"])
    expect(scratch.get(key)).toEqual(memory.get(key));
  expect(scratch.get("key/1")?.constructor).toBe(Uint8Array);
  expect(readdirSync(parent)).toHaveLength(1);
  await scratch.close();
  expect(readdirSync(parent)).toEqual([]);
  rmSync(parent, { recursive: true });
  expect(existsSync(parent)).toBe(false);
});
