/** Letters on paper from end to end: made offline, keys imported, on the roll, and voted with the printed code. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importVoters } from "#client/officer.js";
import { judgeUseFile } from "#client/used.js";
import { psephos } from "../command.js";
import {
  announceElection,
  type Election,
  enterAndSeal,
  foundLedger,
  makeKeys,
  members,
  type Officer,
  schedule,
  startWorld,
  trustedElection,
  type World,
} from "./kit.js";

let world: World;
let officer: Officer;
let election: Election;
let codes: string[];
let fingerprint: string;
const directory = mkdtempSync(join(tmpdir(), "psephos-letters-"));
const at = (name: string) => join(directory, name);
const voters = ["Zoë Ångström", "<img src=x onerror=alert(1)>", "أمينة الفاسي", "José Ñúñez", "李小龙", "Ada", "Bob"];
const codePattern = /[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}-[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}/g;

beforeAll(async () => {
  world = await startWorld();
  officer = await foundLedger(world, "Town of Příbram", "Olga Officer");
});

afterAll(async () => {
  await world?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const make = (list: string, out: string) =>
  psephos([
    ...["letters", "make", list, "--out", out],
    ...["--organisation", "Town of Příbram", "--address", "vote.example.org"],
  ]);

test("a list with a faulty line gives no letters", async () => {
  writeFileSync(at("faulty.csv"), "name,external_id\nAda,1\nBob,1\nEve,\n");
  const answer = await make(at("faulty.csv"), at("none"));
  expect(answer.exitCode).toBe(2);
  expect(answer.stderr).toContain("line 3");
  expect(answer.stderr).toContain("line 4");
  expect(() => statSync(at("none"))).toThrow();
});

test("one page for each voter: name, address, code, QR; names stay text; files are the user's alone", async () => {
  const lines = voters.map((name, i) => `"${name}";N-${i};"Mill Lane ${i}\n123 Příbram";${i === 2 ? "ar" : ""}`);
  writeFileSync(at("list.csv"), `name;external_id;address;language\n${lines.join("\n")}\n`);
  const answer = await make(at("list.csv"), at("batch"));
  expect([answer.exitCode, answer.stdout]).toEqual([0, expect.stringContaining("7 letters")]);
  expect(readdirSync(at("batch")).sort()).toEqual(["letters-0001.html", "public-keys.csv"]);
  for (const name of readdirSync(at("batch"))) expect(statSync(join(at("batch"), name)).mode & 0o777).toBe(0o600);
  const pages = readFileSync(at("batch/letters-0001.html"), "utf8");
  codes = pages.match(codePattern) ?? [];
  expect(new Set(codes).size).toBe(voters.length);
  expect(pages.match(/<article/g)).toHaveLength(voters.length);
  expect(pages.match(/<svg/g)).toHaveLength(voters.length);
  expect(pages).toContain('<article lang="ar" dir="rtl">');
  expect(pages).toContain("vote.example.org");
  // E-08: markup in a name stays text; nothing is loaded or run.
  expect(pages).not.toMatch(/<(img|script)|src=["']?http/);
  const keys = readFileSync(at("batch/public-keys.csv"), "utf8");
  expect(keys.match(codePattern)).toBeNull();
  expect(keys).not.toContain("Mill Lane");
  expect((await make(at("list.csv"), at("batch"))).exitCode).toBe(2);
});

test("a sample can be checked before the post takes the letters", async () => {
  const check = (code: string) =>
    psephos(["letters", "check", at("batch/public-keys.csv")], { env: { PSEPHOS_CODE: code } });
  expect((await check(codes[0] as string)).stdout).toContain("belongs to Zoë Ångström");
  expect((await check("11111-111111-11111-111111")).exitCode).not.toBe(0);
});

test("the keys are imported; the roll has them; the server never saw a code", async () => {
  const answer = await importVoters(officer.http, readFileSync(at("batch/public-keys.csv")));
  expect(answer).toMatchObject({ added: voters.length, letters: voters.length, faults: 0 });
  election = await announceElection(world, [officer], {
    name: "A playground at the mill?",
    questions: [{ question: "Shall the town build it?", answers: ["Yes", "No"], min: 1, max: 1, blank: true }],
    ...schedule(world, 30, 90),
    trustees: members("Tomáš", "Tereza"),
    threshold: 1,
  });
  await makeKeys(world, election);
  expect(await enterAndSeal(world, [officer], election, { kind: "all" })).toMatchObject({
    count: voters.length,
    letters: voters.length,
  });
  fingerprint = (await trustedElection(world, election)).fingerprint;
  await world.until(election.plan.opensAt);
});

const used = (code: string, ...more: string[]) =>
  psephos(["used", election.uuid, "--url", world.url, "--fingerprint", fingerprint, ...more], {
    env: { PSEPHOS_CODE: code },
  });

test("R-04: whoever has not voted proves alone that nobody voted in her place, and sees it if somebody did", async () => {
  const [first, second] = codes as [string, string];
  const never = await used(first, "--out", at("never.json"));
  expect([never.exitCode, never.stdout]).toEqual([0, expect.stringContaining("never used")]);
  // Somebody opened the envelope, and votes with the printed code.
  const vote = await psephos(["vote", election.uuid, "--url", world.url, "--choose", "1"], {
    env: { PSEPHOS_CODE: first },
  });
  expect([vote.exitCode, vote.stderr]).toEqual([0, ""]);
  const now = await used(first, "--out", at("used.json"));
  expect(now.stdout).toContain("used for 1 ballot, the last of which counts");
  expect(now.stderr).toContain("tell the election office");
  const tracker = /Tracker: (\S+)/.exec(vote.stdout)?.[1] as string;
  expect(now.stdout).toContain(tracker);
  expect((await used(second)).stdout).toContain("never used");
  // Anyone judges the kept proofs; a changed one does not hold.
  const judged = await psephos(["receipt", "check", at("used.json")]);
  expect([judged.exitCode, judged.stdout]).toEqual([0, expect.stringContaining("used for 1 ballot")]);
  expect(judgeUseFile(readFileSync(at("never.json"), "utf8"))?.shows).toMatchObject({ lastSequence: 0 });
  const forged = JSON.parse(readFileSync(at("used.json"), "utf8"));
  const early = JSON.parse(readFileSync(at("never.json"), "utf8"));
  writeFileSync(
    at("forged.json"),
    JSON.stringify({ ...forged, receipt: { ...forged.receipt, proof: early.receipt.proof } }),
  );
  expect((await psephos(["receipt", "check", at("forged.json")])).exitCode).toBe(1);
  writeFileSync(at("other.json"), JSON.stringify({ ...early, credential: forged.credential.replace(/./g, "0") }));
  expect((await psephos(["receipt", "check", at("other.json")])).exitCode).toBe(1);
});

test("a code that is on no roll is told so", async () => {
  const answer = await used("11111-111111-11111-111111");
  expect(answer.exitCode).not.toBe(0);
});
