/**
 * A provincial election: districts with rolls of their own, several questions, weights, two officers of whom both are
 * needed, a court that nobody can do without, and everything that can happen on the way: an election is extended, one
 * cancelled, one withheld. At the end the electoral commission verifies it all from the public record.
 */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parseInstant } from "#api/instant.js";
import type { DraftBody } from "#api/management.js";
import { formatInstant } from "#base/instant.js";
import { replayed } from "#client/demonstration.js";
import { cancel, enterRoll, extend, importVoters, seal } from "#client/officer.js";
import { type TrustedElection, vote } from "#client/voter.js";
import type { Choices } from "#protocol/suite/belenios-v1/seal.js";
import { recordVerifier } from "#verify/record.js";
import {
  announceElection,
  appoint,
  byAll,
  bytesAt,
  countsOf,
  type Election,
  enterAndSeal,
  foundLedger,
  importWithLetters,
  listed,
  makeKeys,
  members,
  minutes,
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

const SITTING = "sitting2";
/** South is where weights are: five, six and seven households stand behind three of its delegates. */
const SOUTH_WEIGHTS = [1, 1, 2, 2, 2, 3];

let world: World;
let officers: Officer[];
let calendar: { readonly opens_at: string; readonly closes_at: string };
let north: Voter[];
let south: Voter[];
const elections = {} as Record<"province" | "north" | "south" | "given-up" | "too-few", Election>;
const papers = {} as Record<"province" | "north" | "south" | "too-few", TrustedElection>;

beforeAll(async () => {
  world = await startWorld();
  const first = await foundLedger(world, "Provincial Commission", "Ana Officer");
  const second = await appoint(world, [first], "Bo Officer", 2);
  officers = [first, second];
  calendar = schedule(world, 60, 120);
});

afterAll(async () => world?.stop());

const only = (place: number): Officer[] => [officers[place] as Officer];

test("the office's list: districts and weights; a faulty line is named and stops nobody else", async () => {
  const [first] = officers as [Officer];
  const dry = await importVoters(first.http, "name,email,weight\nA,a@x.example,0\nB,b@x.example,2\n", true);
  expect(dry).toMatchObject({ added: 1, faults: 1, faulty: [{ line: 2 }], dry_run: true });
  const northern = people(8, "north.example").map((person) => ({ ...person, district: "North" }));
  const southern = people(6, "south.example").map((person, i) => ({
    ...person,
    district: "South",
    weight: SOUTH_WEIGHTS[i] as number,
  }));
  north = await importWithLetters(world, first, northern);
  south = await importWithLetters(world, first, southern);
});

function laterThan(time: string, count: number): string {
  const instant = parseInstant(time);
  return instant.ok ? formatInstant(instant.value + minutes(count)) : time;
}

function draft(fields: Partial<DraftBody>): DraftBody {
  const rules: DraftBody["rules"] = {
    max_casts: 5,
    privacy_floor: 5,
    objection_seconds: 0,
    decryption_seconds: 86_400,
    reissue_delay_seconds: 60,
    reissue_cap: 0,
    mismatch_inquiry: 1,
    phase_seconds: 3_600,
  };
  return { sitting: SITTING, ...calendar, rules, ...fields };
}

test("one officer alone announces nothing: the proposal waits for the second", async () => {
  const fields = draft({
    name: "Assembly of the province",
    questions: [
      { question: "Who shall lead the assembly?", answers: ["Ibsen", "Juárez", "Kovács"], min: 1, max: 1, blank: true },
      {
        question: "Which projects first?",
        answers: ["Rail", "Clinics", "Schools", "Dykes"],
        min: 0,
        max: 2,
        blank: false,
      },
    ],
    trustees: [{ name: "Court", part: "mandatory" }, ...members("University", "Chamber", "Union")],
    threshold: 2,
  });
  await expect(announceElection(world, only(0), fields)).rejects.toThrow("collecting, with 1 approvals");
  elections.province = await announceElection(world, officers, fields);
});

test("the other elections of the sitting, and two that will come to nothing", async () => {
  const yesNo = (question: string) => [{ question, answers: ["Yes", "No"], min: 1, max: 1, blank: false }];
  elections.north = await announceElection(
    world,
    officers,
    draft({
      name: "Harbour of the north",
      questions: yesNo("Shall the harbour be dredged?"),
      rules: {
        ...(draft({}).rules as NonNullable<DraftBody["rules"]>),
        latest_close: laterThan(calendar.closes_at, 60),
      },
      trustees: members("Harbour master", "Pilots"),
      threshold: 1,
    }),
  );
  const court: DraftBody["trustees"] = [{ name: "Court", part: "mandatory" }];
  const single = (name: string) => draft({ name, questions: yesNo(`${name}?`), trustees: court });
  elections.south = await announceElection(world, officers, single("Water board of the south"));
  elections["too-few"] = await announceElection(world, officers, single("A question that hardly anybody answers"));
  elections["given-up"] = await announceElection(world, officers, single("A question that is given up"));
  const all = Object.values(elections).map(({ uuid }) => uuid);
  expect((await listed(world, "upcoming", 5)).sort()).toEqual(all.sort());
});

test("one is given up before it opens: both officers say so, with a reason", async () => {
  const given = elections["given-up"];
  await byAll(officers, ({ http, signer }) => cancel(http, signer, given.uuid, "The parliament has decided it."));
  expect(await viewOf(world, given)).toMatchObject({ stage: "cancelled" });
});

test("keys are made: a court that must, a group of which two must, each for itself", async () => {
  await makeKeys(world, elections.province, elections.north, elections.south, elections["too-few"]);
});

test("each question has exactly its district as its roll; a weight of one person needs a recorded override", async () => {
  const all = { kind: "all" } as const;
  await enterRoll((officers[0] as Officer).http, elections.province.uuid, all);
  const ledger = await replayed(world.client(), elections.province.uuid);
  const { http, signer } = officers[0] as Officer;
  await expect(seal(http, signer, ledger, elections.province.plan)).rejects.toMatchObject({ code: "unique-weight" });

  const province = await enterAndSeal(world, officers, elections.province, all, { uniqueWeights: true });
  expect(province).toMatchObject({ count: 14, weight: 8 + 11, letters: 14 });
  const inNorth = { kind: "district", district: "North" } as const;
  expect(await enterAndSeal(world, officers, elections.north, inNorth)).toMatchObject({ count: 8, weight: 8 });
  expect(await enterAndSeal(world, officers, elections["too-few"], inNorth)).toMatchObject({ count: 8 });
  const inSouth = { kind: "district", district: "South" } as const;
  expect(await enterAndSeal(world, officers, elections.south, inSouth, { uniqueWeights: true })).toMatchObject({
    count: 6,
    weight: 11,
  });
  for (const name of ["province", "north", "south", "too-few"] as const)
    papers[name] = await trustedElection(world, elections[name]);
  expect(papers.province.manifest).toMatchObject({ uniqueWeights: true, letters: 14 });
});

/** Leader (or blank) and projects of a voter. */
function assembly(leader: number | "blank", ...projects: number[]): Choices {
  const first = [0, 0, 0, 0];
  first[leader === "blank" ? 0 : leader + 1] = 1;
  return [first, [0, 1, 2, 3].map((project) => (projects.includes(project) ? 1 : 0))];
}

const YES: Choices = [[1, 0]];
const NO: Choices = [[0, 1]];

test("voters answer what concerns them, in one go; the neighbours' question is not theirs", async () => {
  await world.until(elections.province.plan.opensAt);
  for (const [i, person] of north.entries()) {
    await vote(person.http, papers.province, person.identity, assembly(i < 4 ? 0 : 1, 0, 1), random);
    if (i < 5) await vote(person.http, papers.north, person.identity, i < 3 ? YES : NO, random);
    if (i < 2) await vote(person.http, papers["too-few"], person.identity, YES, random);
  }
  for (const [i, person] of south.entries()) {
    await vote(person.http, papers.province, person.identity, i === 5 ? assembly("blank") : assembly(2, 3), random);
    await vote(person.http, papers.south, person.identity, i < 2 ? YES : NO, random);
  }
  const [northerner, southerner] = [north[0] as Voter, south[0] as Voter];
  await expect(vote(southerner.http, papers.north, southerner.identity, YES, random)).rejects.toMatchObject({
    code: "not-on-roll",
  });
  await expect(vote(northerner.http, papers.south, northerner.identity, YES, random)).rejects.toMatchObject({
    code: "not-on-roll",
  });
});

test("a storm: the north's election stays open for another half hour, as far as its plan allows", async () => {
  const { uuid, plan } = elections.north;
  const { http, signer } = officers[0] as Officer;
  await expect(extend(http, signer, uuid, plan.rules.latestClose + 1n)).rejects.toMatchObject({
    code: "extension-limit",
  });
  await byAll(officers, (officer) => extend(officer.http, officer.signer, uuid, plan.closesAt + minutes(30)));
  await world.until(plan.closesAt);
  const late = north[5] as Voter;
  await vote(late.http, papers.north, late.identity, NO, random);
  await expect(vote(late.http, papers.province, late.identity, assembly(0), random)).rejects.toMatchObject({
    code: "closed",
  });
  await expect(
    byAll(officers, (officer) =>
      extend(officer.http, officer.signer, elections.south.uuid, plan.closesAt + minutes(30)),
    ),
  ).rejects.toMatchObject({ code: "too-late" });
  await world.until(plan.closesAt + minutes(30));
});

test("the court and two of three open the province's sum; without the court nothing opens", async () => {
  const { trustees } = elections.province;
  const [court, university, chamber] = trustees as [Trustee, Trustee, Trustee, Trustee];
  await openSum(world, elections.province, [university, chamber]);
  expect(await viewOf(world, elections.province)).toMatchObject({ stage: "closed", counted: 14 });
  await openSum(world, elections.province, [court]);
  const result = await resultOf(world, elections.province);
  // Four of the north for each; the south's weights 1+1+2+2+2 for the third; its delegate of weight 3 left it blank.
  expect(countsOf(result, 0)).toEqual([4, 4, 8, 3]);
  expect(countsOf(result, 1)).toEqual([8, 8, 0, 8]);
  expect(result).toMatchObject({ counted: 14, counted_weight: 19 });
});

test("the districts' results; a question that two answered is never opened", async () => {
  await openSum(world, elections.north, elections.north.trustees.slice(0, 1));
  expect(countsOf(await resultOf(world, elections.north))).toEqual([3, 3]);
  await openSum(world, elections.south, elections.south.trustees);
  expect(countsOf(await resultOf(world, elections.south))).toEqual([2, 9]);
  const few = elections["too-few"];
  expect(await viewOf(world, few)).toMatchObject({ stage: "withheld", counted: 2 });
  await expect(openSum(world, few, few.trustees)).rejects.toMatchObject({ code: "not-final" });
  await expect(resultOf(world, few)).rejects.toMatchObject({ status: 404 });
});

test("the commission verifies every election of the sitting from one public record", async () => {
  const record = await bytesAt(world.client(), `/elections/${elections.province.uuid}/record`);
  const verifier = recordVerifier();
  for (const _step of verifier.push(record)) {
    // One step is one block.
  }
  const report = verifier.finish();
  expect(report.verdict).toBe("valid");
  const stages = new Map(report.elections.map(({ uuid, stage, verdict }) => [uuid, `${stage} ${verdict}`]));
  const expected = {
    province: "tallied",
    north: "tallied",
    south: "tallied",
    "given-up": "cancelled",
    "too-few": "withheld",
  };
  for (const [name, stage] of Object.entries(expected))
    expect(stages.get(elections[name as keyof typeof elections].uuid), name).toBe(`${stage} valid`);
});
