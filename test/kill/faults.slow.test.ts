/**
 * A whole server, its database and its clients, while the disk takes nothing, takes long, or memory is short: what was
 * acknowledged stays, everybody else is told no in words, and when the fault is over all goes on without a restart.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { trackerPath } from "#client/receipt-file.js";
import { castJson, credentialFor, sealChoices, type TrustedElection, vote } from "#client/voter.js";
import { finishBallot } from "#protocol/voter.js";
import { type Election, eventually, random, startWorld, type Voter, viewOf, type World } from "../election/kit.js";
import { votingClub } from "./club.js";

const VOTERS = 60;
const scratch = mkdtempSync(join(tmpdir(), "psephos-faults-"));
const slowness = join(scratch, "ms");
const preload = `--import=${pathToFileURL(join(import.meta.dirname, "slow-disk.mjs")).href}`;

let world: World;
let voters: Voter[];
let election: Election;
let paper: TrustedElection;
let next = 0;

/** The server inherits this environment, and nothing else of this process reads it. */
function serverOptions(options: string): void {
  process.env.NODE_OPTIONS = options;
  process.env.SLOW_DISK = slowness;
}

beforeAll(async () => {
  writeFileSync(slowness, "0");
  serverOptions(preload);
  world = await startWorld();
  ({ voters, election, paper } = await votingClub(world, VOTERS));
});

afterAll(async () => {
  delete process.env.NODE_OPTIONS;
  delete process.env.SLOW_DISK;
  await world?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: string | null;
}

interface Sealed {
  readonly tracker: string;
  readonly json: string;
}

/** A ballot of the next voter, to be sent as often as one likes. */
function sealedBallot(): Sealed {
  const credential = credentialFor(paper, (voters[next++] as Voter).identity);
  const prepared = sealChoices(paper, credential, [[1, 0]], random);
  const finished = finishBallot("cast-ballot", paper, credential, 1, prepared, random);
  return { tracker: prepared.tracker, json: JSON.stringify(castJson(paper, credential, finished)) };
}

async function post(path: string, json: string): Promise<Answer> {
  const answer = await fetch(world.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: json,
  });
  const body = (await answer.json()) as { code?: string };
  return { status: answer.status, code: body.code, retryAfter: answer.headers.get("retry-after") };
}

const cast = (ballot: Sealed): Promise<Answer> => post("/vote", ballot.json);
const statusOf = async (path: string): Promise<number> => (await fetch(world.url + path)).status;
const recorded = async ({ tracker }: Sealed): Promise<boolean> =>
  (await statusOf(`/elections/${election.uuid}/ballots/${trackerPath(tracker)}`)) === 200;

/** Whoever heard yes is on the ledger; everybody else heard a coded no with a time to come back. */
async function judge(
  sent: readonly (readonly [Sealed, Answer])[],
): Promise<{ readonly yes: number; readonly no: number }> {
  let yes = 0;
  for (const [ballot, { status, code, retryAfter }] of sent) {
    if (status === 200 || status === 201) {
      yes++;
      expect(await recorded(ballot), "acknowledged, so on the ledger").toBe(true);
    } else
      expect([status, ["unavailable", "overloaded"].includes(code ?? ""), Number(retryAfter) > 0]).toEqual([
        503,
        true,
        true,
      ]);
  }
  return { yes, no: sent.length - yes };
}

/** The same bytes again until they are taken. */
const taken = (ballot: Sealed): Promise<boolean> =>
  eventually("a ballot to be taken", async () => [200, 201].includes((await cast(ballot)).status));

function childrenOf(parent: number): number[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const [, up] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(up) === parent ? [Number(name), ...childrenOf(Number(name))] : [];
    } catch {
      return [];
    }
  });
}

/** Server and database may write no byte into any file (EFBIG, where a read-only disk says EROFS). */
function writable(may: boolean): void {
  for (const pid of [world.serverPid(), ...childrenOf(world.serverPid())])
    spawnSync("prlimit", ["--pid", String(pid), `--fsize=${may ? "unlimited" : "0"}:unlimited`], { stdio: "ignore" });
}

const canLimit = process.platform === "linux" && spawnSync("prlimit", ["--version"], { stdio: "ignore" }).status === 0;

describe.skipIf(!canLimit)("a disk that takes nothing any more, under ledger and database alike", () => {
  test("votes are told so, what is recorded stays readable, and it goes on by itself when the disk is back", async () => {
    const [before, during] = [sealedBallot(), [1, 2, 3, 4].map(sealedBallot)];
    await taken(before);
    writable(false);
    const answers = await Promise.all(during.map(cast));
    expect(await judge(during.map((ballot, i) => [ballot, answers[i] as Answer]))).toEqual({ yes: 0, no: 4 });
    expect(await statusOf("/health")).toBe(200);
    // What the ledger holds is read from it meanwhile; a busy machine may say "later" first.
    await eventually("the election", async () => (await statusOf(`/elections/${election.uuid}`)) === 200);
    // The database may be going down and up meanwhile: coded, never a bare failure.
    const asked = await post("/register", JSON.stringify({ name: "Ann", email: "ann@club.example" }));
    expect([201, 503]).toContain(asked.status);
    writable(true);
    for (const ballot of during) await taken(ballot);
    await eventually("the tables", async () => (await viewOf(world, election)).counted === next);
    for (const ballot of [before, ...during]) await eventually("the board", () => recorded(ballot));
    await eventually("readiness", async () => (await statusOf("/ready")) === 200);
  });
});

test("a slow disk: each write takes 400 ms, nobody is lost, and many ballots share a write", async () => {
  writeFileSync(slowness, "400");
  const ballots = Array.from({ length: 24 }, sealedBallot);
  const height = async () => ((await world.client().request("/ledger/status")) as { height: number }).height;
  const from = await height();
  const answers = await Promise.all(ballots.map(cast));
  const { yes } = await judge(ballots.map((ballot, i) => [ballot, answers[i] as Answer]));
  for (const ballot of ballots) await taken(ballot);
  const blocks = (await height()) - from;
  expect(yes).toBeGreaterThan(0);
  expect(blocks).toBeLessThan(ballots.length);
  writeFileSync(slowness, "0");
});

test("a disk that stands still for 3 s: the server sheds with a time to come back, and goes on", async () => {
  writeFileSync(slowness, "3000");
  const ballots = Array.from({ length: 8 }, sealedBallot);
  const sent = await Promise.all(ballots.map(async (ballot) => [ballot, await cast(ballot)] as const));
  writeFileSync(slowness, "0");
  await judge(sent);
  for (const ballot of ballots) await taken(ballot);
  expect(await statusOf("/health")).toBe(200);
  await vote(world.client(), paper, (voters[next++] as Voter).identity, [[0, 1]], random);
});

/** Somebody who sends nearly all of a large body, and then nothing more. */
function holder(): { readonly said: () => string; readonly end: () => void } {
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  let said = "";
  socket.on("data", (chunk) => {
    said += String(chunk);
  });
  socket.on("error", () => undefined);
  const head = "POST /register HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 950000\r\n\r\n";
  socket.write(`${head}{"name":"${"x".repeat(900_000)}`);
  return { said: () => said, end: () => void socket.destroy() };
}

const HOLDERS = 300;

test("short of memory: with a heap of 64 MiB, 300 people who hold large bodies open are turned away, and voters are not", async () => {
  await world.halt("SIGTERM");
  serverOptions(`${preload} --max-old-space-size=64`);
  await world.start();
  const pid = world.serverPid();
  const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  const before = resident();
  const holders = Array.from({ length: HOLDERS }, holder);
  const turnedAway = () => holders.filter(({ said }) => said().startsWith("HTTP/1.1 503")).length;
  const ballots = Array.from({ length: 10 }, sealedBallot);
  const sent = await Promise.all(ballots.map(async (ballot) => [ballot, await cast(ballot)] as const));
  await judge(sent);
  await eventually("nearly all to be turned away", async () => turnedAway() > HOLDERS - 50);
  // All of their bodies together would be 270 MB.
  expect(resident() - before).toBeLessThan(150);
  for (const ballot of ballots) await taken(ballot);
  for (const { end } of holders) end();
  await eventually("a large body to be read again", async () => {
    const large = JSON.stringify({ name: "x".repeat(300_000), email: "a@club.example" });
    return (await post("/register", large)).status === 400;
  });
  expect([world.serverPid(), await statusOf("/health")]).toEqual([pid, 200]);
});
