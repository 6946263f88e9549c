/** A citizen of a small town registers for a local election and follows her ballot to the result. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "#client/session.js";
import { castJson, credentialFor, findBallot, sealChoices, type TrustedElection, vote } from "#client/voter.js";
import { finishBallot } from "#protocol/voter.js";
import {
  announceElection,
  countsOf,
  type Election,
  enterAndSeal,
  foundLedger,
  importWithLetters,
  listed,
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

let world: World;
let officer: Officer;
let neighbours: Voter[];
let citizen: Voter & { readonly digitalId: string };
let election: Election;
let paper: TrustedElection;

beforeAll(async () => {
  world = await startWorld();
  officer = await foundLedger(world, "Town of Příbram", "Olga Officer");
});

afterAll(async () => world?.stop());

test("a citizen registers by mail; her own device makes the key that signs the mailed token", async () => {
  citizen = await registerByMail(world, { name: "Žofie Nováková", email: "Zofie@Example.org" });
  expect(citizen.digitalId).toMatch(/^0x[0-9a-f]{40}$/);
  const { actor } = await signIn(citizen.http, citizen.identity, random);
  expect(actor).toMatchObject({ kind: "voter", digital_id: citizen.digitalId, name: "Žofie Nováková" });
  expect(await citizen.http.request("/me")).toMatchObject({ status: "pending", key_bound: true, key_source: "own" });
});

test("an officer approves her; the neighbours come from the town's list", async () => {
  const found = await officer.http.request<{ voters: { id: string; name: string }[]; total: number }>(
    `/officer/voters?status=pending&q=${encodeURIComponent("žofie")}`,
  );
  expect(found).toMatchObject({ total: 1, voters: [{ name: "Žofie Nováková" }] });
  await officer.http.request(`/officer/voters/${found.voters[0]?.id}/approve`, { method: "POST", json: {} });
  expect(await citizen.http.request("/me")).toMatchObject({ status: "approved" });
  neighbours = await importWithLetters(world, officer, people(7, "pribram.example"));
});

test("a local election is announced, its key made, its roll recomputed and sealed", async () => {
  election = await announceElection(world, [officer], {
    name: "A playground at the mill?",
    questions: [
      { question: "Shall the town build the playground?", answers: ["Yes", "No"], min: 1, max: 1, blank: true },
    ],
    ...schedule(world, 30, 90),
    trustees: members("Tomáš", "Tereza"),
    threshold: 1,
  });
  await makeKeys(world, election);
  const roll = await enterAndSeal(world, [officer], election, { kind: "all" });
  expect(roll).toMatchObject({ count: 8, weight: 8, letters: 7, skipped: [] });
  expect(await viewOf(world, election)).toMatchObject({ stage: "sealed", roll: 8, counted: 0 });
});

test("she finds herself on the roll, and her letter names the election's marks", async () => {
  const { elections } = await citizen.http.request<{ elections: { election_id: string }[] }>("/me/elections");
  expect(elections.map(({ election_id }) => election_id)).toEqual([election.uuid]);
  paper = await trustedElection(world, election);
  const { mails } = await citizen.http.request<{ mails: { subject: string; text: string }[] }>(
    `/dev/outbox?to=${encodeURIComponent(citizen.email)}`,
  );
  const letter = mails.find(({ subject }) => subject.includes("playground"));
  expect(letter?.text).toContain(paper.fingerprint);
  expect(letter?.text).toContain(paper.chainId);
});

test("before the opening nothing is taken", async () => {
  await expect(vote(world.client(), paper, citizen.identity, [[0, 1, 0]], random)).rejects.toMatchObject({
    code: "not-yet-open",
    status: 409,
  });
});

test("she votes and gets a receipt that her own client judged; the same ballot again gets the same receipt", async () => {
  await world.until(election.plan.opensAt);
  const http = world.client();
  const credential = credentialFor(paper, citizen.identity);
  const prepared = sealChoices(paper, credential, [[0, 1, 0]], random);
  const finished = finishBallot("cast-ballot", paper, credential, 1, prepared, random);
  const send = () => http.raw("/vote", { method: "POST", json: castJson(paper, credential, finished) });
  const [first, second] = [await send(), await send()];
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(await second.json()).toMatchObject({ tracker: prepared.tracker, status: "recorded" });
  const { judged } = await findBallot(http, paper, prepared.tracker);
  expect(judged.report.verdict).toBe("valid");
  expect(judged.shows).toMatchObject({ status: "counted", sequence: 1 });
});

test("the neighbours vote; the turnout is public, the result is nobody's", async () => {
  for (const [i, neighbour] of neighbours.slice(0, 6).entries())
    await vote(neighbour.http, paper, neighbour.identity, [i < 3 ? [0, 0, 1] : i < 5 ? [0, 1, 0] : [1, 0, 0]], random);
  const http = world.client();
  expect(await http.request(`/elections/${election.uuid}/turnout`)).toMatchObject({ roll: 8, counted: 7, ballots: 7 });
  await expect(http.request(`/elections/${election.uuid}/result`)).rejects.toMatchObject({ status: 404 });
});

test("it closes by time; one of two trustees opens the sum; she reads the result and finds her ballot counted", async () => {
  await world.until(election.plan.closesAt);
  await expect(
    vote(world.client(), paper, (neighbours[6] as Voter).identity, [[0, 1, 0]], random),
  ).rejects.toMatchObject({ code: "closed" });
  await openSum(world, election, election.trustees.slice(1));
  const result = await resultOf(world, election);
  expect(countsOf(result)).toEqual([3, 3, 1]);
  expect(result).toMatchObject({ stage: "tallied", counted: 7, trustees: ["Tereza"] });
  expect(await listed(world, "past", 1)).toEqual([election.uuid]);
});
