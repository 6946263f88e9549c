// bench: embedded ledger: submit to durable (cheap and real ballots), one by one and in parallel, and replay
import { availableParallelism, cpus } from "node:os";
import type { Ledger } from "#ledger/ledger.js";
import { workerJudge } from "#pool/node.js";
import { replay } from "#verify/replay.js";
import {
  blocksOf,
  electionScript,
  freshLedger,
  must,
  organisationWire,
  removeDirectory,
  temporaryDirectory,
} from "../test/ledger-kit.js";
import { ballotWire, type TestVoter, UUID } from "../test/protocol-kit.js";

const json = process.argv.includes("--json");
const rounds = Number(process.env.ROUNDS ?? 3);
const ballots = Number(process.env.BALLOTS ?? 400);
const cheap = Number(process.env.CHEAP ?? 600);

interface Round {
  readonly cheapAlonePerSecond: number;
  readonly cheapParallelPerSecond: number;
  readonly ballotsPerSecond: number;
  readonly ballotP50Ms: number;
  readonly ballotP99Ms: number;
  readonly blocks: number;
  readonly replayBallotsPerSecond: number;
}

/** Runs `work` on every item, at most `parallel` at a time; milliseconds of each. */
async function measure<T>(
  items: readonly T[],
  parallel: number,
  work: (item: T) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next++] as T;
      const started = performance.now();
      await work(item);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return times.sort((a, b) => a - b);
}

async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (1000 * count) / (performance.now() - started);
}

function prepareBallots(ledger: Ledger): { script: ReturnType<typeof electionScript>; wires: Uint8Array[] } {
  const script = electionScript(ledger.genesis(), ballots);
  const wires = script.voters.map((voter: TestVoter, i) =>
    ballotWire(script.memory, UUID, voter, [i % 3 === 0 ? [1, 0] : [0, 1]]),
  );
  return { script, wires };
}

async function round(): Promise<Round> {
  const directory = await temporaryDirectory();
  const judge = workerJudge();
  let clock = 0n;
  const started = performance.now();
  const nanoseconds = (): bigint => clock + BigInt(Math.round((performance.now() - started) * 1e6));
  const ledger = await freshLedger(directory, { judge, clock: nanoseconds });
  const organisations = Array.from({ length: 2 * cheap }, (_, n) => organisationWire(n));
  const { script, wires } = prepareBallots(ledger);
  clock = ledger.genesis().time;
  for (const wire of script.preparation) await must(ledger, wire);

  const alone = await rate(cheap / 4, () =>
    measure(organisations.slice(0, cheap / 4), 1, (wire) => must(ledger, wire)),
  );
  const parallel = await rate(cheap, () => measure(organisations.slice(cheap), 256, (wire) => must(ledger, wire)));
  clock = script.opensAt;
  const before = ledger.status().height;
  let times: number[] = [];
  const votes = await rate(wires.length, async () => {
    times = await measure(wires, 256, (wire) => must(ledger, wire));
  });
  const blocks = ledger.status().height - before;
  const all = [...blocksOf(ledger)];
  const begun = performance.now();
  const outcome = replay(ledger.genesis(), all);
  if (!outcome.ok) throw new Error(outcome.error.detail);
  const replaySeconds = (performance.now() - begun) / 1000;
  await ledger.close();
  await judge.close();
  await removeDirectory(directory);
  return {
    cheapAlonePerSecond: alone,
    cheapParallelPerSecond: parallel,
    ballotsPerSecond: votes,
    ballotP50Ms: times[Math.floor(times.length / 2)] as number,
    ballotP99Ms: times[Math.floor(times.length * 0.99)] as number,
    blocks,
    replayBallotsPerSecond: wires.length / replaySeconds,
  };
}

const results: Round[] = [];
for (let i = 0; i < rounds; i++) results.push(await round());
const median = (name: keyof Round): number =>
  Math.round((results.map((each) => each[name]).sort((a, b) => a - b)[Math.floor(results.length / 2)] as number) * 10) /
  10;
const machine = `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores, Node ${process.version}`;
const names = Object.keys(results[0] as Round) as (keyof Round)[];
const medians = Object.fromEntries(names.map((name) => [name, median(name)]));
if (json) process.stdout.write(`${JSON.stringify({ machine, rounds, ballots, cheap, medians })}\n`);
else {
  process.stdout.write(`${machine}; medians of ${rounds} rounds\n`);
  for (const name of names) process.stdout.write(`  ${name.padEnd(24)}${medians[name]}\n`);
}
