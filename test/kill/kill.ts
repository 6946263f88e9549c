/**
 * The kill loop: an embedded ledger in a process of its own is killed (SIGKILL) under load, at random moments or at a
 * named step of a write, and looked at afterwards. What must hold each time: every acknowledged transaction is at its
 * place, the chain of headers is whole, and replaying all blocks through the machine gives the stored state's root.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fromHex, toHex } from "#base/bytes.js";
import { openLedger, openReadOnly } from "#ledger/embedded/open.js";
import type { WriteStep } from "#ledger/embedded/store.js";
import type { LedgerReader } from "#ledger/ledger.js";
import { stateRoot } from "#protocol/directory.js";
import { type Replay, startReplay } from "#verify/replay.js";
import { electionScript, freshLedger, must, organisationWire } from "../ledger-kit.js";
import { ballotWire, type TestVoter, UUID } from "../protocol-kit.js";

/** What a child works through. */
export interface KillScript {
  readonly wires: readonly string[];
  /** Nanoseconds, as text: the child's clock starts here. */
  readonly clock: string;
  readonly parallel: number;
}

export interface KillPlan {
  readonly directory: string;
  readonly kills: number;
  /** Real ballots among the load of all rounds, and cheap transactions in each round. */
  readonly ballots: number;
  readonly cheapPerRound: number;
  /** Seed of the moments; the system's scheduling adds its own chance. */
  readonly seed: number;
  readonly onKill?: (report: KillReport) => void;
}

/** What one kill showed. */
export interface KillReport {
  readonly kill: number;
  readonly height: number;
  /** Acknowledged by the process that was killed. */
  readonly acknowledged: number;
  /** Different transactions acknowledged since the beginning. */
  readonly acknowledgedInAll: number;
  /** Transactions in the ledger whose acknowledgement never got out: allowed. */
  readonly unheard: number;
}

const CHILD = fileURLToPath(new URL("./child.ts", import.meta.url));
/** Ballots that are sent again in the next round: the same bytes must be found at their first place. */
const REPEATED = 3;

/** Kills `plan.kills` times; throws at the first thing that does not hold. */
export async function killLoop(plan: KillPlan): Promise<readonly KillReport[]> {
  const { ballots, clock, prepared } = await prepare(plan.directory, plan.ballots);
  const random = randomFrom(plan.seed);
  const watch = new Watch(plan.directory, prepared);
  const reports: KillReport[] = [];
  let cheap = 0;
  while (reports.length < plan.kills) {
    const upTo = Math.ceil((ballots.length * (reports.length + 1)) / plan.kills);
    const from = Math.max(0, Math.floor((ballots.length * reports.length) / plan.kills) - REPEATED);
    const others = Array.from({ length: plan.cheapPerRound }, () => toHex(organisationWire(cheap++)));
    const wires = interleave(ballots.slice(from, upTo), others);
    // One kill in eight comes at some moment after the start, so that opening and recovery are hit, too.
    const moment =
      random() < 0.125 ? { afterMs: random() * 900 } : { afterAcks: random() * wires.length, plusMs: random() * 30 };
    const run = await watch.run({ wires, clock: clock.toString(), parallel: 6 }, moment);
    const report = await watch.inspect(reports.length + 1, run.acks);
    if (run.ended !== "SIGKILL") continue;
    reports.push(report);
    plan.onKill?.(report);
  }
  return reports;
}

/**
 * The child crashes itself at a step of a write, after `after` writes that went well; then it gets the same again and
 * must finish. Gives what the crash showed, and how many of the child's blocks are there.
 */
export async function crashAt(
  directory: string,
  step: WriteStep,
  after: number,
): Promise<KillReport & { readonly blocks: number }> {
  const { clock, prepared } = await prepare(directory, 0);
  const watch = new Watch(directory, prepared);
  const wires = Array.from({ length: 12 }, (_, n) => toHex(organisationWire(n)));
  const script = { wires, clock: clock.toString(), parallel: 3 };
  const crashed = await watch.run(script, { crash: [step, String(after)] });
  if (crashed.ended !== "SIGKILL") throw new Error(`the process did not crash at ${step}`);
  const report = await watch.inspect(1, crashed.acks);
  const rest = await watch.run(script, {});
  if (rest.acks.length !== wires.length) throw new Error(`only ${rest.acks.length} of ${wires.length} in the end`);
  const { unheard } = await watch.inspect(2, rest.acks);
  if (unheard !== 0) throw new Error(`${unheard} transactions entered twice`);
  // Each transaction of the preparation was awaited, so it has a block of its own.
  return { ...report, blocks: report.height - prepared };
}

/** A ledger with an open election, and the ballots for it. */
async function prepare(
  directory: string,
  count: number,
): Promise<{ ballots: string[]; clock: bigint; prepared: number }> {
  let clock = 0n;
  const ledger = await freshLedger(directory, { clock: () => clock });
  const voters = Math.max(2, Math.ceil(count / 5));
  const script = electionScript(ledger.genesis(), voters);
  clock = script.opensAt - 60_000_000_000n;
  for (const wire of script.preparation) await must(ledger, wire);
  await ledger.close();
  const ballots = Array.from({ length: count }, (_, i) => {
    const voter = script.voters[i % voters] as TestVoter;
    const choice = i % 3 === 0 ? [1, 0] : [0, 1];
    return toHex(ballotWire(script.memory, UUID, voter, [choice], 1 + Math.floor(i / voters)));
  });
  return { ballots, clock: script.opensAt, prepared: script.preparation.length };
}

interface Ack {
  readonly id: string;
  readonly height: number;
  readonly index: number;
}

/** When a child is to die; without anything it may finish. */
interface End {
  readonly afterAcks?: number;
  readonly plusMs?: number;
  readonly afterMs?: number;
  readonly crash?: readonly [WriteStep, string];
}

/** Runs children on one ledger, remembers what they acknowledged, and looks at the ledger after each. */
class Watch {
  readonly #directory: string;
  readonly #known = new Map<string, Ack>();
  #replay: Replay | undefined;
  /** Transactions in the ledger, less those of the preparation. */
  #transactions: number;

  constructor(directory: string, prepared: number) {
    this.#directory = directory;
    this.#transactions = -prepared;
  }

  /** What one child acknowledged before its end, and how it ended. */
  async run(script: KillScript, end: End): Promise<{ readonly acks: Ack[]; readonly ended: string | number }> {
    const file = join(this.#directory, "script.json");
    await writeFile(file, JSON.stringify(script));
    const child = startChild(this.#directory, file, end.crash ?? []);
    const exited = new Promise<number | string>((resolve) =>
      child.on("exit", (code, signal) => resolve(signal ?? code ?? "")),
    );
    let errors = "";
    child.stderr?.on("data", (chunk) => {
      errors += String(chunk);
    });
    const killIn = (ms: number): void => void setTimeout(() => child.kill("SIGKILL"), ms);
    if (end.afterMs !== undefined) killIn(end.afterMs);
    const acks: Ack[] = [];
    let armed = end.afterAcks !== undefined;
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const [word, id, height, index] = line.split(" ");
      if (word === "ack") acks.push({ id: id as string, height: Number(height), index: Number(index) });
      if (!armed || acks.length < (end.afterAcks ?? 0)) continue;
      armed = false;
      killIn(end.plusMs ?? 0);
    }
    const ended = await exited;
    if (ended !== "SIGKILL" && ended !== 0) throw new Error(`the ledger's process ended with ${ended}: ${errors}`);
    return { acks, ended };
  }

  async inspect(kill: number, acks: readonly Ack[]): Promise<KillReport> {
    const reader = await openReadOnly(this.#directory);
    for (const ack of acks) {
      const before = this.#known.get(ack.id);
      if (before !== undefined && (before.height !== ack.height || before.index !== ack.index))
        throw new Error(`kill ${kill}: ${ack.id} was acknowledged at two places`);
      this.#known.set(ack.id, ack);
    }
    for (const ack of this.#known.values()) {
      const place = reader.place(fromHex(ack.id) as Uint8Array);
      if (place?.height !== ack.height || place.index !== ack.index)
        throw new Error(`kill ${kill}: acknowledged ${ack.id} is not at ${ack.height}/${ack.index}`);
    }
    const height = this.#replayNew(reader, kill);
    await reader.close();
    const acknowledgedInAll = this.#known.size;
    const unheard = this.#transactions - acknowledgedInAll;
    return { kill, height, acknowledged: acks.length, acknowledgedInAll, unheard };
  }

  /** Replays what is new through the machine and compares roots. */
  #replayNew(reader: LedgerReader, kill: number): number {
    this.#replay ??= begun(reader);
    const replay = this.#replay;
    for (let block = reader.block(replay.height + 1); block !== undefined; block = reader.block(replay.height + 1)) {
      const fault = replay.next(block);
      if (fault !== null) throw new Error(`kill ${kill}: ${fault.code} at ${fault.height}: ${fault.detail}`);
      this.#transactions += block.transactions.length;
    }
    const state = reader.state();
    if (state.height !== replay.height) throw new Error(`kill ${kill}: the state is at ${state.height}`);
    const roots = [state.root, stateRoot(state), replay.root].map(toHex);
    if (new Set(roots).size !== 1) throw new Error(`kill ${kill}: roots differ: ${roots.join(" ")}`);
    return replay.height;
  }
}

function begun(reader: LedgerReader): Replay {
  const started = startReplay(reader.genesis());
  if (!started.ok) throw new Error(started.error.detail);
  return started.value;
}

/** What another process may do meanwhile: read, not write. Returns the height it read and the refusal it got. */
export async function lookMeanwhile(directory: string): Promise<{ readonly height: number; readonly refusal: string }> {
  const { clock } = await prepare(directory, 0);
  const file = join(directory, "script.json");
  const wires = Array.from({ length: 60 }, (_, n) => toHex(organisationWire(n)));
  await writeFile(file, JSON.stringify({ wires, clock: clock.toString(), parallel: 2 }));
  const child = startChild(directory, file, []);
  const exited = new Promise((resolve) => child.on("exit", resolve));
  let acks = 0;
  let seen: { height: number; refusal: string } | undefined;
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    if (!line.startsWith("ack") || ++acks !== 5) continue;
    const refusal = await openLedger(directory).then(
      () => "",
      (error: Error) => error.message,
    );
    const reader = await openReadOnly(directory);
    const state = reader.state();
    await new Promise((resolve) => setTimeout(resolve, 300));
    // The child has written more, and this state is still whole.
    if (toHex(stateRoot(state)) !== toHex(state.root)) throw new Error("the state changed under the reader");
    if (reader.state().height <= state.height) throw new Error("the reader does not see what is written");
    seen = { height: state.height, refusal };
    await reader.close();
  }
  await exited;
  if (seen === undefined) throw new Error("the ledger's process acknowledged too little");
  return seen;
}

function startChild(directory: string, script: string, more: readonly string[]): ChildProcess {
  const flags = ["--conditions=psephos-source", "--import", "tsx"];
  return spawn(process.execPath, [...flags, CHILD, directory, script, ...more], { stdio: ["ignore", "pipe", "pipe"] });
}

/** A few among many, evenly. */
function interleave<T>(few: readonly T[], many: readonly T[]): T[] {
  const every = Math.max(1, Math.floor(many.length / Math.max(1, few.length)));
  const out = many.flatMap((item, i) => {
    const guest = i % every === 0 ? few[i / every] : undefined;
    return guest === undefined ? [item] : [item, guest];
  });
  return [...out, ...few.slice(Math.ceil(many.length / every))];
}

/** Numbers 0 ≤ x < 1 that follow from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
