// bench: how large: a model of many chains, one for each constituency, from a club to a referendum of 50 million voters
import { readFileSync } from "node:fs";
import { type Measurement, option, wantsJson } from "./kit.js";

/** What was measured for one chain: `--from` names what `npm run bench -- network --json` printed. */
interface Measured {
  /** Ballots a second that a chain of four validators records, as measured: on fewer cores than they would have. */
  readonly chainPerSecond: number;
  /** Milliseconds of processor of one validator (application and CometBFT) for a ballot. */
  readonly validatorMs: number;
  /** Seconds to final below the limit. */
  readonly finalS: number;
  /** Casts over HTTP that a server's core carries through. */
  readonly serverPerCore: number;
  /** Bytes of a ballot in a node's stores together. */
  readonly storedBytes: number;
  /** Milliseconds to re-verify a ballot of a record, on one core. */
  readonly recheckMs: number;
}

interface Election {
  readonly name: string;
  readonly voters: number;
  readonly constituencies: number;
  readonly turnout: number;
  /** Hours for which voting is open. */
  readonly hours: number;
  /** Part of all casts that comes in the busiest hour. */
  readonly peak: number;
  /** Casts for each voter who votes, revotes included. */
  readonly casts: number;
}

interface Prediction {
  readonly name: string;
  readonly chains: number;
  readonly votersPerChain: number;
  readonly peakPerChain: number;
  /** Part of what a chain can do. */
  readonly load: number;
  readonly coresPerValidator: number;
  readonly serverCores: number;
  readonly gigabytesPerChain: number;
  readonly gigabytes: number;
  readonly hoursToVerifyOnOneCore: number;
  readonly bound: string;
}

const given = fromFile();
const measured: Measured = {
  chainPerSecond: option("chain", given("four validators, full verification") ?? 400),
  validatorMs: option(
    "validator-ms",
    ((given("  processor, four applications") ?? 4) + (given("  processor, four CometBFT") ?? 2.3)) / 4,
  ),
  finalS: option("final", (given("  time to final, median") ?? 1000) / 1000),
  serverPerCore: option("server", 1000 / (given("  processor, servers") ?? 1.7)),
  storedBytes: option("stored", given("bytes in a node's stores for a ballot") ?? 4700),
  recheckMs: option("recheck", 0.3),
};

/** Medians by name from a report of the network's bench: the first of a name is of the network, not of the bare engine. */
function fromFile(): (name: string) => number | undefined {
  const at = process.argv.indexOf("--from");
  if (at < 0) return () => undefined;
  const { measurements } = JSON.parse(readFileSync(process.argv[at + 1] as string, "utf8")) as {
    measurements: readonly Measurement[];
  };
  return (name) => measurements.find((each) => each.name === name)?.median;
}

/** Load above which the queue grows faster than it shrinks at the worst moments. */
const SAFE_LOAD = 0.5;
/** Within the busiest hour, the busiest second has this many times its mean (Poisson, with margin). */
const BURST = 1.3;
/** Largest roll of one election (docs/spec: limits). */
const MAX_ROLL = 10_000_000;

export function predict(election: Election, m: Measured): Prediction {
  const { name, voters, constituencies, turnout, hours, peak, casts } = election;
  const votersPerChain = Math.ceil(voters / constituencies);
  const castsPerChain = votersPerChain * turnout * casts;
  const peakPerChain = (castsPerChain * Math.max(peak, 1 / hours) * BURST) / 3600;
  const load = peakPerChain / m.chainPerSecond;
  const gigabytesPerChain = (castsPerChain * m.storedBytes) / 1e9;
  const bound =
    votersPerChain > MAX_ROLL
      ? "the roll of one election"
      : load > SAFE_LOAD
        ? "ballots a second of one chain"
        : (castsPerChain * m.recheckMs) / 3.6e6 > 12
          ? "the time of a verifier with one core"
          : "nothing";
  return {
    name,
    chains: constituencies,
    votersPerChain,
    peakPerChain,
    load,
    // Half busy at the peak, and never less than two: the rules and CometBFT run beside each other.
    coresPerValidator: Math.max(2, Math.ceil((peakPerChain * m.validatorMs) / 1000 / SAFE_LOAD)),
    serverCores: Math.ceil((peakPerChain * constituencies) / m.serverPerCore),
    gigabytesPerChain,
    gigabytes: gigabytesPerChain * constituencies,
    hoursToVerifyOnOneCore: (castsPerChain * constituencies * m.recheckMs) / 3.6e6,
    bound,
  };
}

/**
 * The busiest hour of one chain, second by second: ballots arrive at random, a block takes what is there up to what the
 * chain can do. Gives the longest queue and the 95th percentile of the wait in seconds.
 */
export function simulateHour(
  perSecond: number,
  { chainPerSecond: capacity, finalS }: Measured,
  random: () => number,
): { queue: number; p95: number } {
  let waiting = 0;
  let longest = 0;
  const waits: number[] = [];
  for (let second = 0; second < 3600; second++) {
    // Sum of uniform numbers: a normal approximation of Poisson arrivals.
    let noise = -6;
    for (let i = 0; i < 12; i++) noise += random();
    waiting += Math.max(0, Math.round(perSecond + noise * Math.sqrt(perSecond)));
    waits.push(waiting / capacity + finalS);
    waiting = Math.max(0, waiting - capacity);
    longest = Math.max(longest, waiting);
  }
  waits.sort((a, b) => a - b);
  return { queue: longest, p95: waits[Math.floor(0.95 * waits.length)] as number };
}

/** The same numbers in every run: a model must not depend on luck. Park and Miller's generator. */
function repeatable(): () => number {
  let seed = 20_270_131;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}

const elections: readonly Election[] = [
  { name: "club of 500", voters: 500, constituencies: 1, turnout: 0.6, hours: 72, peak: 0.1, casts: 1.05 },
  { name: "university, 30,000", voters: 30_000, constituencies: 1, turnout: 0.4, hours: 72, peak: 0.1, casts: 1.05 },
  { name: "city, 500,000", voters: 500_000, constituencies: 1, turnout: 0.5, hours: 24, peak: 0.12, casts: 1.05 },
  {
    name: "small country, 1 million",
    voters: 1_000_000,
    constituencies: 1,
    turnout: 0.65,
    hours: 168,
    peak: 0.05,
    casts: 1.05,
  },
  {
    name: "5 million, 20 chains",
    voters: 5_000_000,
    constituencies: 20,
    turnout: 0.7,
    hours: 48,
    peak: 0.12,
    casts: 1.05,
  },
  {
    name: "50 million, one chain",
    voters: 50_000_000,
    constituencies: 1,
    turnout: 0.75,
    hours: 48,
    peak: 0.12,
    casts: 1.05,
  },
  {
    name: "50 million, 100 chains",
    voters: 50_000_000,
    constituencies: 100,
    turnout: 0.75,
    hours: 48,
    peak: 0.12,
    casts: 1.05,
  },
  {
    name: "50 million, 500 chains",
    voters: 50_000_000,
    constituencies: 500,
    turnout: 0.75,
    hours: 48,
    peak: 0.12,
    casts: 1.05,
  },
  {
    name: "50 million, 500 chains, one day",
    voters: 50_000_000,
    constituencies: 500,
    turnout: 0.75,
    hours: 12,
    peak: 0.2,
    casts: 1.05,
  },
];

const rows = elections.map((each) => {
  const prediction = predict(each, measured);
  return { ...prediction, ...simulateHour(prediction.peakPerChain / BURST, measured, repeatable()) };
});
if (wantsJson()) process.stdout.write(`${JSON.stringify({ bench: "scale", measured, rows }, null, 2)}\n`);
else {
  const cell = (value: number, digits = 0): string => value.toLocaleString("en", { maximumFractionDigits: digits });
  const head = [
    "election",
    "chains",
    "voters/chain",
    "peak/s",
    "load",
    "p95 s",
    "cores/validator",
    "server cores",
    "GB/chain",
    "GB",
    "core-hours to verify",
    "bound by",
  ];
  const lines = rows.map((row) => [
    row.name,
    cell(row.chains),
    cell(row.votersPerChain),
    cell(row.peakPerChain, 1),
    `${cell(100 * row.load)} %`,
    row.p95 > 3600 ? "-" : cell(row.p95, 1),
    row.load > 1 ? "-" : cell(row.coresPerValidator),
    cell(row.serverCores),
    cell(row.gigabytesPerChain, 1),
    cell(row.gigabytes, 1),
    cell(row.hoursToVerifyOnOneCore, 1),
    row.bound,
  ]);
  for (const line of [head, head.map(() => "---"), ...lines]) process.stdout.write(`| ${line.join(" | ")} |\n`);
}
