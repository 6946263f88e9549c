// bench: a server under bad loads (embedded ledger): rush at the deadline, outsiders, costly ballots, slow and idle connections
import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { fromBase64Url, toHex } from "#base/bytes.js";
import { workerJudge } from "#pool/node.js";
import { sealeds } from "#protocol/election.js";
import { describe } from "#protocol/machine.js";
import type { Envelope } from "#protocol/voter.js";
import { envelopedWire, resignedWire } from "../test/ballot-forge.js";
import { openElection, START, type TestVoter, trustees, UUID, votersOf } from "../test/protocol-kit.js";
import { ballotFor, startBoard, voteJson } from "../test/voting-kit.js";
import { note, option, percentile, report } from "./kit.js";
import type { Heard, Order, Shot } from "./load-clients.js";

/** Ballots each second in the steady load that goes beside everything else. */
const steady = option("steady", 100);
const seconds = option("seconds", 10);
/** The rush: 30 % of a roll within a deadline's last moments, as fast as it comes. */
const rush = option("rush", 1500);
const outsiders = option("outsiders", 400);
const idle = option("idle", 10_000);
const slow = option("slow", 500);

const judge = workerJudge();
let now: () => bigint = () => START;
const board = await startBoard({ engine: { judge, clock: () => now() } });
now = () => board.time;
const SCENARIOS = 5;
const roll = votersOf(steady * seconds * SCENARIOS + rush);
const known = new Set(roll.map((voter) => toHex(voter.bytes)));
const strangers = votersOf(roll.length + 50).filter((voter) => !known.has(toHex(voter.bytes)));
openElection(board.memory, trustees(1, 0), 0, roll);
await board.perform();
const [opened, began] = [board.time, process.hrtime.bigint()];
now = () => opened + process.hrtime.bigint() - began;
const url = await (await board.begin()).listen({ host: "127.0.0.1", port: 0 });
const port = Number(new URL(url).port);

const file = fileURLToPath(new URL("load-clients.ts", import.meta.url));
const clients = (): ChildProcess => fork(file, { execArgv: ["--import", "tsx"] });
const [people, others] = [clients(), clients()];

function order<T>(child: ChildProcess, what: Order): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once("message", (answer) => resolve(answer as T));
    child.once("exit", (code) => reject(new Error(`the clients ended (${code})`)));
    child.send(what);
  });
}

let nextVoter = 0;
/** One ballot of each of the next voters, evenly over the time. */
async function ballots(count: number, over: number): Promise<Shot[]> {
  const shots: Shot[] = [];
  for (let i = 0; i < count; i++) {
    shots.push({ at: (i * over * 1000) / count, body: bodyOf(roll[nextVoter++] as TestVoter) });
    // The server shares this thread: without a turn of its own it would think itself overloaded.
    if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return shots;
}

function bodyOf(voter: TestVoter, sequence = 1): string {
  return JSON.stringify(voteJson(voter, ballotFor(board, voter, [[1, 0]], sequence)));
}

interface Outcome {
  readonly heard: readonly Heard[];
  readonly seconds: number;
}

async function load(child: ChildProcess, shots: readonly Shot[], connections = 256): Promise<Outcome> {
  const started = performance.now();
  const heard = await order<Heard[]>(child, { kind: "send", port, shots, connections });
  return { heard, seconds: (performance.now() - started) / 1000 };
}

/** Notes what the people heard, and holds the promise: a yes means on the ledger, everybody else heard a no. */
function judgeLoad(name: string, shots: readonly Shot[], { heard, seconds: took }: Outcome): void {
  const taken = heard.filter((each) => each.status === 201);
  const times = taken.map((each) => each.ms).sort((a, b) => a - b);
  for (const { shot } of taken)
    if (!isOnLedger((shots[shot] as Shot).body)) throw new Error(`${name}: acknowledged, but not on the ledger`);
  const silent = heard.filter((each) => each.status === 0).length;
  if (silent > 0) throw new Error(`${name}: ${silent} clients heard nothing`);
  note(`${name}: ballots taken`, "per second", [taken.length / took]);
  note(`${name}: taken of ${shots.length} sent`, "ballots", [taken.length]);
  for (const part of [0.5, 0.95, 0.99]) note(`${name}: p${part * 100}`, "ms", [percentile(times, part)]);
  for (const [code, times] of countCodes(heard)) note(`${name}: refused, ${code}`, "ballots", [times]);
}

function countCodes(heard: readonly Heard[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { status, code } of heard)
    if (status !== 201) counts.set(`${status} ${code}`, (counts.get(`${status} ${code}`) ?? 0) + 1);
  return counts;
}

const onLedger = new Set<string>();
let read = 0;
/** By the hash of the wire ballot. */
function isOnLedger(body: string): boolean {
  for (; read < board.ledger.status().height; read++)
    for (const wire of board.ledger.block(read + 1)?.transactions ?? []) {
      const { ballot } = (describe(wire)?.body ?? {}) as { ballot?: Uint8Array };
      if (ballot !== undefined) onLedger.add(hashOf(ballot));
    }
  return onLedger.has(hashOf(fromBase64Url((JSON.parse(body) as { ballot: string }).ballot) as Uint8Array));
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Ballots whose last proof does not hold, signed by people on the roll: everything is checked before that shows. */
async function costly(count: number, over: number): Promise<Shot[]> {
  const electionText = sealeds.get(board.memory.state, UUID)?.electionText as string;
  const { random, chainId } = board.memory;
  const shots: Shot[] = [];
  for (let i = 0; i < count; i++) {
    // Not those of the steady load beside it: they vote later, with a sound ballot.
    const voter = roll[nextVoter + steady * seconds + i] as TestVoter;
    const parts = {
      type: "cast-ballot",
      chainId,
      uuid: UUID,
      electionText,
      credential: voter.credential,
      sequence: 1,
    } as const;
    const wrong = ballotFor(board, voter, [[1, 0]]).ballot.slice();
    // The response of the last proof; the signature stands after it.
    wrong.set(new Uint8Array(32).fill(1), wrong.length - 64);
    const transaction = envelopedWire(parts, resignedWire(wrong, electionText, voter.credential, random), random);
    const { body, signatures } = describe(transaction) as { body: { ballot: Uint8Array }; signatures: Envelope };
    const vote = { ...ballotFor(board, voter, [[1, 0]]), ballot: body.ballot, ...signatures };
    shots.push({ at: (i * over * 1000) / count, body: JSON.stringify(voteJson(voter, vote)) });
    if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return shots;
}

function strangersShots(count: number, over: number): Shot[] {
  const bodies = strangers.map((voter) => bodyOf(voter));
  return Array.from({ length: count }, (_, i) => ({
    at: (i * over * 1000) / count,
    body: bodies[i % bodies.length] as string,
  }));
}

/** The same steady load, beside what somebody else does. */
async function beside(name: string, act: () => Promise<unknown>): Promise<void> {
  const shots = await ballots(steady * seconds, seconds);
  const acting = act();
  judgeLoad(name, shots, await load(people, shots));
  await acting;
}

async function hostile(name: string, shots: readonly Shot[]): Promise<void> {
  const { heard, seconds: took } = await load(others, shots, 64);
  note(`${name}: hostile requests answered`, "per second", [heard.length / took]);
  for (const [code, times] of countCodes(heard)) note(`${name}: told ${code}`, "answers", [times]);
  if (heard.some((each) => each.status === 201)) throw new Error(`${name}: a hostile ballot was taken`);
}

/** Resident memory of this process, which is the server, in MiB. */
function memory(): number {
  return process.memoryUsage().rss / 2 ** 20;
}

const before = memory();
await beside("steady", async () => undefined);

const flood = strangersShots(outsiders * seconds, seconds);
await beside("with outsiders", () => hostile("with outsiders", flood));

// As many as the steady load itself.
const dear = await costly(steady * seconds, seconds);
await beside("with costly ballots", () => hostile("with costly ballots", dear));

const slowly = await order<number>(others, { kind: "hold", port, connections: slow, dribble: true });
await beside("with slow requests", async () => undefined);
const stillSlow = await order<number>(others, { kind: "release" });
note("with slow requests: open at the beginning and at the end", "connections", [slowly, stillSlow]);

const held = await order<number>(others, { kind: "hold", port, connections: idle, dribble: false });
await beside("with idle connections", async () => undefined);
note("with idle connections: held", "connections", [held]);
await order(others, { kind: "release" });

const late = await ballots(rush, 1);
judgeLoad("rush within a second", late, await load(people, late, 512));

note("resident memory before and after", "MiB", [before, memory()]);
people.kill();
others.kill();
await board.close();
await judge.close();
report("load", { steady, seconds, rush, outsiders, slow, idle, roll: roll.length });
