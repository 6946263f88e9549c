/** A national referendum: registered voters, three trustees of whom two are needed, revotes, device tests, and proof. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { replayed } from "#client/demonstration.js";
import {
  credentialFor,
  findBallot,
  type RecordedBallot,
  reportMismatch,
  sealChoices,
  send,
  type TrustedElection,
  vote,
} from "#client/voter.js";
import { electionObject } from "#protocol/ballot.js";
import { ballotFromText, trackerBytesOf } from "#protocol/suite/belenios-v1/ballot.js";
import { type Choices, checkOpening, type Randomness } from "#protocol/suite/belenios-v1/seal.js";
import { judgeArchive } from "../belenios-tool.js";
import { capability } from "../capabilities.js";
import { psephos } from "../command.js";
import {
  announceElection,
  bytesAt,
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
  resultOf,
  schedule,
  startWorld,
  type Trustee,
  trustedElection,
  type Voter,
  viewOf,
  type World,
} from "./kit.js";

// Each step is short on a machine of its own; on a busy one it must not fail for that.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const YES: Choices = [[1, 0]];
const NO: Choices = [[0, 1]];

let world: World;
let officer: Officer;
let voters: Voter[];
let election: Election;
let paper: TrustedElection;
let files: string;

const voter = (place: number): Voter => voters[place] as Voter;

beforeAll(async () => {
  files = mkdtempSync(join(tmpdir(), "psephos-referendum-"));
  world = await startWorld();
  officer = await foundLedger(world, "Electoral Commission", "Nadia Officer");
  voters = await importWithLetters(world, officer, people(24, "republic.example"));
});

afterAll(async () => {
  await world?.stop();
  rmSync(files, { recursive: true, force: true });
});

test("the referendum is announced; three trustees make the key, and no two of them see it", async () => {
  election = await announceElection(world, [officer], {
    name: "Referendum on the constitution",
    description: "Article 12 as published on 1 October.",
    questions: [{ question: "Do you approve of article 12?", answers: ["Yes", "No"], min: 1, max: 1, blank: false }],
    ...schedule(world, 60, 120),
    rules: {
      max_casts: 20,
      privacy_floor: 5,
      objection_seconds: 600,
      decryption_seconds: 86_400,
      reissue_delay_seconds: 600,
      reissue_cap: 0,
      mismatch_inquiry: 2,
      phase_seconds: 3_600,
    },
    trustees: members("University", "Court", "Press Council"),
    threshold: 2,
  });
  await makeKeys(world, election);
  const roll = await enterAndSeal(world, [officer], election, { kind: "all" });
  expect(roll).toMatchObject({ count: 24, letters: 24 });
  paper = await trustedElection(world, election);
});

test("twenty voters vote, four change their minds; who voted first is superseded, visibly", async () => {
  await world.until(election.plan.opensAt);
  const first: RecordedBallot[] = [];
  for (let i = 0; i < 20; i++)
    first.push(await vote(voter(i).http, paper, voter(i).identity, i < 9 ? YES : NO, random));
  for (let i = 0; i < 4; i++) await vote(voter(i).http, paper, voter(i).identity, NO, random);
  const before = await findBallot(world.client(), paper, first[0]?.tracker ?? "");
  expect(before.judged.shows?.status).toBe("superseded");
  expect(await viewOf(world, election)).toMatchObject({ stage: "open", counted: 20, ballots: 24 });
});

/** What the second device does: it noted the tracker before the voter decided, and fetches that ballot with proof. */
async function secondDevice(tracker: string, chosen: Choices, randomness: Randomness): Promise<boolean> {
  const http = world.client();
  const { judged } = await findBallot(http, paper, tracker);
  if (judged.shows?.status !== "spoiled") throw new Error("the ballot is not recorded as spoiled: do not open it");
  const path = tracker.replaceAll("+", "-").replaceAll("/", "_");
  const { ballot } = await http.request<{ ballot: string }>(`/elections/${election.uuid}/ballots/${path}`);
  const read = ballotFromText(ballot);
  return read.ok && checkOpening(electionObject(paper.electionText), read.value, chosen, randomness);
}

test("an honest device passes its test: the spoiled ballot holds what was chosen, and another one counts", async () => {
  const [person, credential] = [voter(20), credentialFor(paper, voter(20).identity)];
  const prepared = sealChoices(paper, credential, YES, random);
  const spoiled = await send(person.http, "spoil", paper, credential, 1, prepared, random);
  expect(await secondDevice(spoiled.tracker, YES, prepared.randomness)).toBe(true);
  expect(await secondDevice(spoiled.tracker, NO, prepared.randomness)).toBe(false);
  await expect(send(person.http, "cast", paper, credential, 2, prepared, random)).rejects.toMatchObject({
    code: "ciphertext-reused",
  });
  await vote(person.http, paper, person.identity, YES, random);
  expect(await viewOf(world, election)).toMatchObject({ counted: 21, spoiled: 1, mismatches: 0 });
});

test("a dishonest device is caught: the second device sees another choice, and the report is counted once", async () => {
  const [person, credential] = [voter(21), credentialFor(paper, voter(21).identity)];
  const prepared = sealChoices(paper, credential, NO, random);
  const spoiled = await send(person.http, "spoil", paper, credential, 1, prepared, random);
  expect(await secondDevice(spoiled.tracker, YES, prepared.randomness)).toBe(false);
  const report = { tracker: trackerBytesOf(prepared.text), kind: "other-choice" } as const;
  await reportMismatch(person.http, paper, credential, report, random);
  await expect(
    reportMismatch(person.http, paper, credential, { ...report, kind: "not-opened" }, random),
  ).rejects.toMatchObject({ code: "already-done" });
  expect(await viewOf(world, election)).toMatchObject({ spoiled: 2, mismatches: 1 });
});

test("one voter votes on the command line and keeps a receipt, which is judged without the server's word", async () => {
  const [code, receipt] = [join(files, "code.txt"), join(files, "receipt.json")];
  writeFileSync(code, `${voter(22).code}\n`, { mode: 0o600 });
  const voted = await psephos([
    ...["vote", election.uuid, "--url", world.url, "--code-file", code],
    ...["--choose", "1", "--out", receipt],
  ]);
  expect(voted).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Recorded and counted") });
  const judged = await psephos(["receipt", "check", receipt, "--online", "--url", world.url]);
  expect(judged).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("recorded and counted") });
  writeFileSync(receipt, readFileSync(receipt, "utf8").replace(/"tracker": "(.)/, '"tracker": "x'));
  expect((await psephos(["receipt", "check", receipt])).exitCode).toBe(1);
});

test("the board lists every ballot; a page at a time gives the same as all at once", async () => {
  const http = world.client();
  type Page = { count: number; ballots: { position: number; status: string }[]; next: number | null };
  const all = await http.request<Page>(`/elections/${election.uuid}/ballots?limit=1000`);
  expect(all.count).toBe(28);
  const statuses = all.ballots.map(({ status }) => status);
  expect(["counted", "superseded", "spoiled"].map((each) => statuses.filter((one) => one === each).length)).toEqual([
    22, 4, 2,
  ]);
  const paged: unknown[] = [];
  for (let next: number | null = -1; next !== null; ) {
    const page: Page = await http.request(
      `/elections/${election.uuid}/ballots?limit=10${next === -1 ? "" : `&after=${next}`}`,
    );
    paged.push(...page.ballots);
    next = page.next;
  }
  expect(paged).toEqual(all.ballots);
});

test("shares are taken only after the objection period; two of three give the result", async () => {
  await world.until(election.plan.closesAt);
  const [university, court, press] = election.trustees as [Trustee, Trustee, Trustee];
  const ledger = await replayed(world.client(), election.uuid);
  await expect(openSum(world, election, [university], ledger)).rejects.toMatchObject({ code: "too-early" });
  await world.until(election.plan.closesAt + election.plan.rules.objectionPeriod);
  await openSum(world, election, [university], ledger);
  await expect(resultOf(world, election)).rejects.toMatchObject({ status: 404 });
  await openSum(world, election, [press], ledger);
  const result = await resultOf(world, election);
  // Nine said yes, four of them changed to no; eleven said no; the tester and the one at the command line said yes.
  expect(countsOf(result)).toEqual([7, 15]);
  expect(result).toMatchObject({ stage: "tallied", counted: 22, trustees: ["University", "Press Council"] });
  await expect(openSum(world, election, [court], ledger)).rejects.toMatchObject({ code: "wrong-stage" });
});

test("psephos verify: 0 for the record and the archive, 1 for altered ones, 2 for what is neither", async () => {
  const http = world.client();
  const record = await bytesAt(http, `/elections/${election.uuid}/record`);
  const archive = await bytesAt(http, `/elections/${election.uuid}/archive.bel`);
  const path = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(join(files, name), bytes);
    return join(files, name);
  };
  for (const [name, bytes] of [
    ["record.psephos", record],
    ["archive.bel", archive],
  ] as const) {
    const good = await psephos(["verify", path(name, bytes), "--json"]);
    expect({ name, code: good.exitCode, stderr: good.stderr }).toEqual({ name, code: 0, stderr: "" });
    const report = JSON.parse(good.stdout) as { verdict: string };
    expect(report.verdict).toBe("valid");
    const altered = Uint8Array.from(bytes);
    const place = Math.floor(bytes.length * 0.6);
    altered[place] = (altered[place] as number) ^ 1;
    const bad = await psephos(["verify", path(`altered-${name}`, altered)]);
    expect({ name, code: bad.exitCode }).toEqual({ name, code: 1 });
  }
  expect((await psephos(["verify", path("letter.txt", "Dear voter")])).exitCode).toBe(2);
  expect((await psephos(["verify", join(files, "nothing")])).exitCode).toBe(2);
  const online = await psephos(["verify", `${world.url}/elections/${election.uuid}`, "--json"]);
  expect(online.exitCode).toBe(0);
  const { elections } = JSON.parse(online.stdout) as {
    elections: { uuid: string; result: { answers: { count: number }[] }[] }[];
  };
  expect(elections[0]?.result[0]?.answers.map(({ count }) => count)).toEqual([7, 15]);
});

test.skipIf(!capability("belenios-tool"))(
  "the real belenios-tool accepts the archive and every ballot in it",
  async () => {
    const archive = await bytesAt(world.client(), `/elections/${election.uuid}/archive.bel`);
    // 22 that count and 4 that were superseded; the spoiled ones are not ballots of a Belenios election.
    expect(judgeArchive(archive, election.uuid)).toMatchObject({ accepted: true, ballots: 26 });
  },
);

test("answers about a finished election are the same bytes again, and say so by 304", async () => {
  const url = `${world.url}/elections/${election.uuid}/result`;
  const first = await fetch(url);
  const etag = first.headers.get("etag") ?? "";
  expect(etag).not.toBe("");
  const again = await eventually("304", async () => {
    const response = await fetch(url, { headers: { "if-none-match": etag } });
    return response.status === 304 && response;
  });
  expect(await again.text()).toBe("");
});
