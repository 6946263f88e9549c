/**
 * What all benches share: repeated measurement with medians, and a report that names machine and versions, because a
 * figure without them says nothing. With `--json` the report is one JSON object on stdout.
 */
import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";

export interface Measurement {
  readonly name: string;
  /** What `median` counts. */
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

export interface MeasureOptions {
  /** Runs that are counted; one more goes before, to warm up. */
  readonly runs?: number;
  readonly warmUp?: number;
}

const measurements: Measurement[] = [];

/**
 * Runs `work` several times. `work` returns how many things it did; what is noted is things per second.
 */
export async function measure(
  name: string,
  work: () => number | Promise<number>,
  { runs = 5, warmUp = 1 }: MeasureOptions = {},
): Promise<Measurement> {
  for (let i = 0; i < warmUp; i++) await work();
  const rates: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = process.hrtime.bigint();
    const count = await work();
    rates.push((count * 1e9) / Number(process.hrtime.bigint() - start));
  }
  return note(name, "per second", rates);
}

/** Runs `work` several times and notes its duration in milliseconds. */
export async function measureMs(
  name: string,
  work: () => unknown,
  { runs = 5, warmUp = 1 }: MeasureOptions = {},
): Promise<Measurement> {
  for (let i = 0; i < warmUp; i++) await work();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = process.hrtime.bigint();
    await work();
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return note(name, "ms", times);
}

/** Notes values that a bench took by other means. */
export function note(name: string, unit: string, values: readonly number[]): Measurement {
  const sorted = [...values].sort((a, b) => a - b);
  const measurement = {
    name,
    unit,
    median: percentile(sorted, 0.5),
    min: sorted[0] ?? Number.NaN,
    max: sorted[sorted.length - 1] ?? Number.NaN,
    runs: sorted.length,
  };
  measurements.push(measurement);
  if (!wantsJson()) process.stderr.write(`${lineOf(measurement)}\n`);
  return measurement;
}

/** Value below which `part` of the sorted values lie. */
export function percentile(sorted: readonly number[], part: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return low + (high - low) * (at - Math.floor(at));
}

/** Number given on the command line as `--name VALUE`, for benches that scale. */
export function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isFinite(value)) throw new RangeError(`--${name} needs a number`);
  return value;
}

export function wantsJson(): boolean {
  return process.argv.includes("--json");
}

/** Prints the report: to be called once, at the end. `facts` say what was measured (ballots, questions, workers…). */
export function report(bench: string, facts: Readonly<Record<string, string | number>> = {}): void {
  const machine = machineFacts();
  if (wantsJson()) {
    process.stdout.write(`${JSON.stringify({ bench, machine, facts, measurements }, null, 2)}\n`);
    return;
  }
  const lines = [
    `bench ${bench}: ${machine.cpu}, ${machine.cores} cores, ${machine.memory}, Node ${machine.node}, ${machine.commit}`,
    ...Object.entries(facts).map(([name, value]) => `  ${name}: ${value}`),
    ...measurements.map((each) => `  ${lineOf(each)}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function lineOf({ name, unit, median, min, max, runs }: Measurement): string {
  return `${name.padEnd(52)} ${show(median).padStart(12)} ${unit}  (${show(min)} to ${show(max)}, ${runs} runs)`;
}

function show(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}

function machineFacts() {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.versions.node,
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
  };
}

function commit(): string {
  try {
    return `commit ${execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim()}`;
  } catch {
    return "commit unknown";
  }
}
