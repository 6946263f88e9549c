// bench: fuzzing guided by coverage, of every reader of strangers' bytes (SECONDS=10 for each; KEEP=1 keeps new inputs)

import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { availableParallelism, cpus } from "node:os";
import { toHex } from "#base/bytes.js";
import { beginnings, held } from "../test/fuzz/fuzz.js";
import { mutate } from "../test/fuzz/mutate.js";
import { keptInputs, TARGETS, type Target } from "../test/fuzz/targets.js";
import { Dice } from "../test/simulation/author.js";

const json = process.argv.includes("--json");
const say = (line: string): void => void (json || process.stdout.write(`${line}\n`));
const seconds = Number(process.env.SECONDS ?? 10);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** Inputs above this stay out of the corpus: they are seeds already, and coverage rarely needs their length. */
const MOST_KEPT_BYTES = 3000;
const MOST_KEPT = 12;

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/** Blocks of this program's own code that ran since the last call, each with the magnitude of how often. */
async function reached(): Promise<readonly string[]> {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  const blocks: string[] = [];
  for (const { scriptId, url, functions } of result) {
    if (!url.includes("/dist/") || url.includes("node_modules")) continue;
    for (const { ranges } of functions)
      for (const { startOffset, endOffset, count } of ranges)
        if (count > 0)
          blocks.push(`${scriptId}:${startOffset}:${endOffset}:${Math.min(6, Math.floor(Math.log2(count)))}`);
  }
  return blocks;
}

async function explore(target: Target, dice: Dice): Promise<{ inputs: number; blocks: number; kept: Uint8Array[] }> {
  const known = new Set<string>();
  const pool = [...beginnings(target)];
  const kept: Uint8Array[] = [];
  for (const input of pool) {
    await held(target, input);
    for (const block of await reached()) known.add(block);
  }
  let inputs = 0;
  for (const until = performance.now() + seconds * 1000; performance.now() < until; inputs++) {
    const input = mutate(dice, dice.pick(pool), pool);
    await held(target, input);
    const fresh = (await reached()).filter((block) => !known.has(block));
    if (fresh.length === 0) continue;
    for (const block of fresh) known.add(block);
    pool.push(input);
    if (input.length <= MOST_KEPT_BYTES) kept.push(input);
  }
  return { inputs, blocks: known.size, kept };
}

const dice = new Dice(seed);
const corpus: Record<string, string[]> = {};
const targets: Record<string, { inputs: number; blocks: number; corpus: number }> = {};
for (const target of TARGETS) {
  const { inputs, blocks, kept } = await explore(target, dice);
  const all = [...keptInputs(target.name).map(toHex), ...kept.map(toHex)];
  corpus[target.name] = all.slice(0, MOST_KEPT);
  targets[target.name] = { inputs, blocks, corpus: corpus[target.name]?.length ?? 0 };
  say(
    `${target.name.padEnd(26)}${String(inputs).padStart(8)} inputs, ${blocks} blocks reached, ${kept.length} new inputs`,
  );
}
if (process.env.KEEP === "1")
  writeFileSync(new URL("../vectors/fuzz/corpus.json", import.meta.url), `${JSON.stringify(corpus, null, 1)}\n`);
const machine = `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores, Node ${process.version}`;
const result = { seed, secondsEach: seconds, targets, broken: 0, machine };
process.stdout.write(json ? `${JSON.stringify(result)}\n` : "No input broke a promise.\n");
