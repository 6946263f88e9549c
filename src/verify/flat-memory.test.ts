/** DESIGN §9: verification streams. Memory of the verifier does not grow with the ballots. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { scratchState } from "#ledger/scratch.js";
import { computeSwiftly } from "#pool/swift.js";
import { noiseRecord, noiseVerdicts } from "../../test/many-ballots.js";
import { recordVerifier } from "./record.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes that live, whoever holds them. */
function living(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Most bytes that live beyond those before, while a record is verified. */
async function needed(path: string, length: number): Promise<number> {
  const file = await open(path);
  const store = scratchState({ pages: 16 });
  const verifier = recordVerifier({ verdicts: noiseVerdicts, store });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const before = living();
  let most = 0;
  const chunk = new Uint8Array(1 << 18);
  for (let at = 0, next = 0; at < length; ) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    at += bytesRead;
    for (const _ of verifier.push(chunk.slice(0, bytesRead)));
    if (at < next) continue;
    most = Math.max(most, living() - before);
    next = at + length / 8;
  }
  const report = verifier.finish();
  expect(report.verdict).toBe("valid");
  await file.close();
  await store.close();
  return most;
}

/**
 * Bytes that may live longer for each ballot. What is known of ballots and voters is in pages on disk; some of these
 * bytes are the pages themselves, whose number is bounded. With the state in memory it would be 1,500.
 */
const BOUND = 300;

test("memory does not grow with the ballots: four times as many need the same", async () => {
  computeSwiftly();
  const directory = mkdtempSync(join(tmpdir(), "psephos-flat-"));
  const paths: string[] = [];
  for (const count of [400, 1_500, 6_000]) {
    const path = join(directory, `${count}`);
    const file = await open(path, "w");
    for await (const bytes of noiseRecord(count, 50, 250)) await file.write(bytes);
    await file.close();
    paths.push(path);
  }
  // The first is to warm up: compiled code and caches of the process live, too.
  const most: number[] = [];
  for (const path of paths) most.push(await needed(path, statSync(path).size));
  rmSync(directory, { recursive: true });
  const [, small, large] = most as [number, number, number];
  expect(Math.round((large - small) / 4_500)).toBeLessThan(BOUND);
}, 120_000);
