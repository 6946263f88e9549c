/** Runs a target on damaged inputs and holds it to its promise. */
import { bytesEqual, toHex } from "#base/bytes.js";
import { Dice } from "../simulation/author.js";
import { corpus } from "./corpus.js";
import { mutate } from "./mutate.js";
import { keptInputs, type Target } from "./targets.js";

/** Longest time for one input, in milliseconds: a reader that hangs is a way to stop a server. */
const MAX_MS = 1000;

export interface FuzzOutcome {
  readonly inputs: number;
  readonly accepted: number;
  readonly slowestMs: number;
}

/** Everything to begin with: what is accepted, and what earlier runs kept. */
export function beginnings(target: Target): readonly Uint8Array[] {
  return [...target.seeds(corpus()), ...keptInputs(target.name)];
}

/** Damages `count` inputs. Throws at the first that breaks the promise, with the input. */
export async function fuzz(target: Target, count: number, seed: number): Promise<FuzzOutcome> {
  const dice = new Dice(seed);
  const inputs = beginnings(target);
  let [accepted, slowestMs] = [0, 0];
  for (const input of inputs) {
    const { took } = await held(target, input);
    slowestMs = Math.max(slowestMs, took);
  }
  for (let i = 0; i < count; i++) {
    const outcome = await held(target, mutate(dice, dice.pick(inputs), inputs));
    if (outcome.accepted) accepted++;
    slowestMs = Math.max(slowestMs, outcome.took);
  }
  return { inputs: inputs.length + count, accepted, slowestMs: Math.round(slowestMs) };
}

/** One input: no exception, an answer in time, the bytes left alone, and one form only of what is accepted. */
export async function held(
  target: Target,
  input: Uint8Array,
): Promise<{ readonly accepted: boolean; readonly took: number }> {
  const before = Uint8Array.from(input);
  const started = process.cpuUsage();
  const fail = (what: string, cause?: unknown): never => {
    throw new Error(`${target.name}: ${what}: ${toHex(before)}`, { cause });
  };
  let canonical: Uint8Array | undefined;
  try {
    canonical = await target.read(input);
  } catch (error) {
    fail(`throws (${(error as Error).message})`, error);
  }
  const used = process.cpuUsage(started);
  const took = (used.user + used.system) / 1000;
  if (took > MAX_MS) fail(`takes ${Math.round(took)} ms`);
  if (!bytesEqual(before, input)) fail("changes its input");
  if (canonical !== undefined && target.exact && !bytesEqual(canonical, before)) fail("accepts a second form");
  return { accepted: canonical !== undefined, took };
}
