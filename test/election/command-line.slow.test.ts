/**
 * An election by the command line alone: officer, voters and trustees are processes that know an address and a file with
 * a code. One trustee never touches the network: its transactions are made from a record and carried over as files.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { formatInstant } from "#base/instant.js";
import { mailedToken } from "#client/demonstration.js";
import { type CommandAnswer, psephos } from "../command.js";
import { minutes, setupTokenOf, startWorld, type World } from "./kit.js";

// Each step is short on a machine of its own; on a busy one it must not fail for that.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let world: World;
let files: string;

beforeAll(async () => {
  world = await startWorld();
  files = mkdtempSync(join(tmpdir(), "psephos-command-line-"));
});

afterAll(async () => {
  await world.stop();
  rmSync(files, { recursive: true, force: true });
});

const at = (name: string) => join(files, name);

/** A command that must succeed; its output. */
async function run(...words: readonly string[]): Promise<string> {
  const outcome: CommandAnswer = await psephos([...words]);
  expect(`${outcome.exitCode}${outcome.exitCode === 0 ? "" : `\n${outcome.stderr}`}`).toBe("0");
  return outcome.stdout;
}

/** The same against the server, as somebody with a code. */
const as = (code: string, ...words: readonly string[]) => run(...words, "--url", world.url, "--code-file", at(code));

const VOTERS = ["vera", "viktor", "valentina", "vito", "violet"];
let uuid: string;

test("an officer founds the ledger, voters register and are approved", async () => {
  const link = `${world.url}/setup#${setupTokenOf(world)}`;
  const founded = await run(
    "officer",
    "setup",
    link,
    "--organisation",
    "Chess Club",
    "--name",
    "Olga",
    "--out",
    at("olga"),
  );
  expect(founded).toContain("you are its first officer");
  for (const name of VOTERS) {
    await run("identity", "new", "--out", at(name));
    await run("register", "--name", name, "--email", `${name}@example.org`, "--url", world.url);
    const token = await mailedToken(world.client(), `${name}@example.org`);
    expect(await as(name, "confirm", "--token", token)).toContain("0x");
  }
  expect(await as("olga", "officer", "voters", "approve-all")).toContain("5 approved");
  expect(await as("olga", "officer", "voters", "list")).toContain("vera@example.org");
});

test("a draft says what blocks it, until the trustees have made their keys", async () => {
  const opens = world.now() + minutes(60);
  const draft = {
    name: "President of the club",
    description: "For one year.",
    questions: [{ question: "Who?", answers: ["Anna", "Boris"], min: 1, max: 1, blank: true }],
    opens_at: formatInstant(opens),
    closes_at: formatInstant(opens + minutes(60)),
    trustees: ["tina", "tom", "tess"].map((name) => ({ name, part: "member" })),
    threshold: 2,
  };
  writeFileSync(at("draft.json"), JSON.stringify(draft));
  const shown = await as("olga", "officer", "draft", "create", at("draft.json"));
  uuid = /Draft (\S+),/.exec(shown)?.[1] as string;
  expect(shown).toContain("blocks: Trustee tina has not made a key yet.");
  const links = (await as("olga", "officer", "invite", uuid)).trim().split("\n");
  for (const line of links) {
    const [name, link] = line.split(": ") as [string, string];
    await run("trustee", "new-code", "--out", at(name));
    expect(await run("trustee", "accept", link, "--code-file", at(name))).toContain("Your key is registered");
  }
  expect(await as("olga", "officer", "draft", "show", uuid)).toContain("ready to be announced");
  const early = await psephos(["officer", "seal", uuid, "--url", world.url, "--code-file", at("olga")]);
  expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining("has not been announced yet")]);
  expect(await as("olga", "officer", "announce", uuid)).toContain("recorded on the ledger");
  const soon = await psephos(["officer", "seal", uuid, "--url", world.url, "--code-file", at("olga")]);
  expect([soon.exitCode, soon.stderr]).toEqual([
    1,
    expect.stringContaining(
      'too early to seal. The key ceremony is at "commit" and waits for tina, tom, tess. No roll has been entered.',
    ),
  ]);
});

test("two trustees work online, the third on files alone", async () => {
  for (let phase = 0; phase < 5; phase++) {
    for (const name of ["tina", "tom"])
      expect(await as(name, "trustee", "step", uuid)).toContain("is recorded in block");
    await run("export", uuid, "--url", world.url, "--out", at("record"));
    const made = await run(
      "trustee",
      "step",
      uuid,
      "--record",
      at("record"),
      "--out",
      at("step"),
      "--code-file",
      at("tess"),
    );
    expect(made).toContain("send it with");
    expect(await run("inspect", at("step"))).toContain(uuid);
    expect(await run("trustee", "submit", at("step"), "--url", world.url)).toContain("Recorded in block");
  }
  expect(await as("tina", "trustee", "step", uuid)).toContain("The key ceremony is done");
});

test("the roll is entered, checked and sealed; voters vote, one again, one tests the device", async () => {
  expect(await as("olga", "officer", "roll", "enter", uuid)).toContain("5 credentials");
  expect(await as("olga", "officer", "roll", "check", uuid)).toContain("follows from the voters' keys");
  const drawn = JSON.parse(
    await as("olga", "officer", "roll", "sample", uuid, "--size", "3", "--json", "--csv", at("sample.csv")),
  );
  expect(readFileSync(at("sample.csv"), "utf8").split("\r\n")).toHaveLength(5);
  expect(drawn).toMatchObject({ roll_count: VOTERS.length, generation: 1 });
  expect(new Set(drawn.voters.map((voter: { email: string }) => voter.email)).size).toBe(3);
  for (const voter of drawn.voters) {
    expect(VOTERS).toContain(voter.name);
    // The person compares the key with what the own client shows.
    expect(await run("identity", "show", "--code-file", at(voter.name))).toBe(`${voter.public_key}\n`);
  }
  expect(await as("olga", "officer", "seal", uuid)).toContain("recorded on the ledger");
  const early = await psephos(["vote", uuid, "--choose", "1", "--url", world.url, "--code-file", at("vera")]);
  expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining("[not-yet-open]")]);
  await world.until(world.now() + minutes(61));
  const choices = ["1", "2", "1", "blank", "1"];
  for (const [i, name] of VOTERS.entries())
    expect(await as(name, "vote", uuid, "--choose", choices[i] as string, "--out", at(`${name}.receipt`))).toContain(
      "Recorded and counted",
    );
  expect(await as("viktor", "vote", uuid, "--choose", "1")).toContain("Recorded and counted");
  expect(await as("vito", "vote", uuid, "--choose", "2", "--test")).toContain("Recorded as a test, not counted");
  expect(await run("receipt", "check", at("vera.receipt"), "--online", "--url", world.url)).toContain(
    "recorded and counted",
  );
  expect(await run("receipt", "check", at("viktor.receipt"), "--online", "--url", world.url)).toContain("superseded");
  expect(await run("elections", "--when", "open", "--url", world.url)).toContain("President of the club");
  const none = await psephos(["result", uuid, "--url", world.url]);
  expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining("it is open until 20")]);
});

test("a wrong choice, a wrong code, a wrong election: sentences and exit codes, nothing sent", async () => {
  const bad = async (exitCode: number, sentence: string, ...words: readonly string[]) => {
    const outcome = await psephos([...words, "--url", world.url]);
    expect([outcome.exitCode, outcome.stderr]).toEqual([exitCode, expect.stringContaining(sentence)]);
  };
  writeFileSync(at("no-code"), "not a code");
  await bad(2, "is none of the answers", "vote", uuid, "--choose", "3", "--code-file", at("vera"));
  await bad(2, "not a recovery code", "vote", uuid, "--choose", "1", "--code-file", at("no-code"));
  await bad(1, "[unknown-election]", "vote", "1".repeat(14), "--choose", "1", "--code-file", at("vera"));
  await run("identity", "new", "--out", at("stranger"));
  await bad(1, "not on the roll", "vote", uuid, "--choose", "1", "--code-file", at("stranger"));
  await bad(1, "This code is no officer's at", "officer", "proposals", "--code-file", at("stranger"));
});

test("trustees open the sum, one from files; a second sum is refused; everyone can verify", async () => {
  const early = await psephos([
    "trustee",
    "share",
    uuid,
    "--url",
    world.url,
    "--code-file",
    at("tina"),
    "--notes",
    at("notes"),
  ]);
  expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining("[not-final]")]);
  await world.until(world.now() + minutes(61));
  expect(await as("tina", "trustee", "share", uuid, "--notes", at("notes"))).toContain("is recorded in block");
  await run("export", uuid, "--url", world.url, "--out", at("closed"));
  writeFileSync(at("other-notes"), JSON.stringify({ [uuid]: "0".repeat(64) }));
  const offline = ["trustee", "share", uuid, "--record", at("closed"), "--out", at("share"), "--code-file", at("tess")];
  const second = await psephos([...offline, "--notes", at("other-notes")]);
  expect([second.exitCode, second.stderr]).toEqual([1, expect.stringContaining("[other-tally]")]);
  await run(...offline, "--notes", at("tess-notes"));
  await run("trustee", "submit", at("share"), "--url", world.url);
  expect(await run("result", uuid, "--url", world.url)).toMatch(/5 of 5 voters.*Anna +4 .*opened by tina, tess/s);
  await run("export", uuid, "--url", world.url, "--out", at("whole.psephos"));
  await run("export", uuid, "--belenios", "--url", world.url, "--out", at("whole.bel"));
  const told = await run("verify", files);
  expect(told).toContain("2 files judged");
  expect(told).toMatch(/Anna\s+4 /);
  expect(told).toMatch(/Boris\s+0 /);
  expect(readFileSync(at("whole.bel")).length).toBeGreaterThan(10_000);
});
