/**
 * A database breaks during the voting: the server is killed, the registry is put back from a backup beside the ledger that
 * went on, and the voting goes on. Whatever a voter has a receipt for is counted; who was erased stays erased; what the
 * ledger does not hold and the backup had not yet is lost, and can be done again.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { importVoters } from "#client/officer.js";
import { signIn } from "#client/session.js";
import { findBallot, type TrustedElection, vote } from "#client/voter.js";
import { psephos } from "../command.js";
import {
  announceElection,
  countsOf,
  type Election,
  enterAndSeal,
  eventually,
  foundLedger,
  importWithLetters,
  makeKeys,
  members,
  type Officer,
  openSum,
  people,
  random,
  registerByMail,
  resultOf,
  schedule,
  startWorld,
  trustedElection,
  type Voter,
  viewOf,
  type World,
} from "./kit.js";

// Each step is short on a machine of its own; on a busy one it must not fail for that.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let world: World;
let officer: Officer;
let voters: Voter[];
let election: Election;
let paper: TrustedElection;
const trackers: string[] = [];
const files = mkdtempSync(join(tmpdir(), "psephos-restore-"));
const backup = join(files, "backup");

const yes = [[0, 1, 0]] as const;
const no = [[0, 0, 1]] as const;
const cast = async (voter: number, choices: typeof yes | typeof no) => {
  const { http, identity } = voters[voter] as Voter;
  trackers.push((await vote(http, paper, identity, choices, random)).tracker);
};
const idOf = async (q: string) => {
  const found = await officer.http.request<{ voters: { id: string }[] }>(`/officer/voters?q=${q}`);
  return found.voters.map(({ id }) => id);
};

beforeAll(async () => {
  world = await startWorld();
  officer = await foundLedger(world, "Town of Příbram", "Olga Officer");
  voters = await importWithLetters(world, officer, people(5, "pribram.example"));
  await importVoters(officer.http, "name,email\nGone Girl,gone@pribram.example\n");
  election = await announceElection(world, [officer], {
    name: "A playground at the mill?",
    questions: [{ question: "Shall the town build it?", answers: ["Yes", "No"], min: 1, max: 1, blank: true }],
    ...schedule(world, 30, 90),
    trustees: members("Tomáš", "Tereza"),
    threshold: 1,
  });
  await makeKeys(world, election);
  await enterAndSeal(world, [officer], election, { kind: "all" });
  paper = await trustedElection(world, election);
  await world.until(election.plan.opensAt);
});

afterAll(async () => {
  await world?.stop();
  rmSync(files, { recursive: true, force: true });
});

test("O-09: a backup is made while people vote; a running server is not restored under its feet", async () => {
  await cast(0, yes);
  await cast(1, no);
  const made = await psephos(["backup", backup, "--data", world.dataDir]);
  expect([made.exitCode, made.stdout]).toEqual([0, expect.stringContaining("registry.jsonl.gz, ledger/ledger.mdb")]);
  const early = await psephos(["restore", backup, "--data", world.dataDir, "--replace"]);
  expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining("A server is running")]);
});

test("O-06, O-09: after the backup life goes on; the server is killed; the registry is put back beside the ledger", async () => {
  await cast(1, yes);
  await cast(2, no);
  const [gone] = await idOf("gone");
  await officer.http.request(`/officer/voters/${gone}`, { method: "DELETE" });
  await registerByMail(world, { name: "Late Larry", email: "larry@example.org" });
  await world.halt("SIGKILL");
  const over = await psephos(["restore", backup, "--data", world.dataDir]);
  expect([over.exitCode, over.stderr]).toEqual([1, expect.stringContaining("--replace")]);
  const done = await psephos(["restore", backup, "--data", world.dataDir, "--replace"]);
  expect([done.exitCode, done.stderr]).toEqual([0, expect.stringContaining("registry put back")]);
  // A ledger is never put back over one that went on.
  const ledger = await psephos(["restore", backup, "--data", world.dataDir, "--replace", "--ledger"]);
  expect([ledger.exitCode, ledger.stderr]).toEqual([1, expect.stringContaining("could lose blocks")]);
  await world.start();
});

test("every ballot with a receipt is there; the read models have caught up with the ledger", async () => {
  const http = world.client();
  for (const tracker of trackers) {
    const { judged } = await findBallot(http, paper, tracker);
    expect(judged.report.verdict).toBe("valid");
  }
  await eventually("four ballots on the board", async () => (await viewOf(world, election)).ballots === 4);
  expect(await viewOf(world, election)).toMatchObject({ stage: "open", counted: 3, roll: 5 });
});

test("who was erased stays erased; who registered after the backup does it again; nothing was found amiss", async () => {
  await signIn(officer.http, officer.signer.identity, random);
  await eventually("the erasure is done again", async () => (await idOf("gone")).length === 0);
  expect(await idOf("larry")).toEqual([]);
  await registerByMail(world, { name: "Late Larry", email: "larry@example.org" });
  expect(await idOf("larry")).toHaveLength(1);
  expect(await officer.http.request("/officer/findings")).toMatchObject({ findings: [] });
  const doctor = await psephos(["doctor", "--data", world.dataDir, "--url", world.url]);
  expect(doctor.stdout).toMatch(/ledger/i);
  expect(doctor.stdout).not.toContain("roll-differs");
});

test("the voting goes on to its end, and the result has every voter's last ballot", async () => {
  await cast(3, yes);
  await cast(2, yes);
  await cast(4, no);
  await world.until(election.plan.closesAt);
  await openSum(world, election, election.trustees.slice(1));
  const result = await resultOf(world, election);
  expect([result.stage, result.counted, countsOf(result)]).toEqual(["tallied", 5, [4, 1, 0]]);
});
