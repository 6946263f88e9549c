// bench: whole elections from seeds against an independent model, with faults (SEEDS=1000 NETWORKS=100 EMBEDDED=200)
import { availableParallelism, cpus } from "node:os";
import { playEmbedded } from "../test/simulation/embedded.js";
import { playNetwork } from "../test/simulation/network.js";
import { templates } from "../test/simulation/people.js";
import { play } from "../test/simulation/play.js";

const json = process.argv.includes("--json");
const say = (line: string): void => void (json || process.stdout.write(`${line}\n`));
const number = (name: string, preset: number): number => Number(process.env[name] ?? preset);
const counts = { plain: number("SEEDS", 1000), networks: number("NETWORKS", 100), embedded: number("EMBEDDED", 200) };
const first = number("FIRST", 0);

const started = performance.now();
templates();
const answers = new Map<string, number>();
let blocks = 0;
for (let seed = first; seed < first + counts.plain; seed++) {
  const outcome = play(seed, false);
  blocks += outcome.blocks;
  for (const [code, times] of outcome.codes) answers.set(code, (answers.get(code) ?? 0) + times);
  if ((seed - first) % 100 === 99) say(`${seed - first + 1} of ${counts.plain} plain ledgers`);
}
const faults: Record<string, Record<string, number>> = {};
let [faultyBlocks, transactions, nanoseconds] = [0, 0, 0n];
for (const [what, playOne, count] of [
  ["networks", playNetwork, counts.networks],
  ["embedded", playEmbedded, counts.embedded],
] as const) {
  const kinds: Record<string, number> = {};
  faults[what] = kinds;
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await playOne(seed);
    faultyBlocks += outcome.blocks;
    transactions += outcome.transactions;
    nanoseconds += outcome.time;
    for (const [kind, times] of outcome.faults) kinds[kind] = (kinds[kind] ?? 0) + times;
    if ((seed - first) % 20 === 19) say(`${seed - first + 1} of ${count} ${what}`);
  }
}
const result = {
  seeds: counts,
  plain: { blocks, answers: [...answers.values()].reduce((sum, each) => sum + each, 0), codes: answers.size },
  withFaults: {
    blocks: faultyBlocks,
    transactions,
    simulatedHours: Math.round(Number(nanoseconds / 1_000_000_000n) / 3600),
  },
  faults,
  differences: 0,
  seconds: Math.round((performance.now() - started) / 1000),
  machine: `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores, Node ${process.version}`,
};
process.stdout.write(`${json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
