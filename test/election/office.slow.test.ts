/**
 * An office by the command line: people with roles, a second organisation, rules of admission, one person who stood there
 * twice, and what is erased from the log of acts.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { AuditLogPage } from "#api/audit.js";
import { fromHex } from "#base/bytes.js";
import { mailedToken } from "#client/demonstration.js";
import { importVoters } from "#client/officer.js";
import { register } from "#client/voter.js";
import { judgeAuditLog } from "#protocol/audit-log.js";
import { psephos } from "../command.js";
import { foundLedger, type Officer, startWorld, type World } from "./kit.js";

// Each step is short on a machine of its own; on a busy one it must not fail for that.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let world: World;
let olga: Officer;
const files = mkdtempSync(join(tmpdir(), "psephos-office-"));
const at = (name: string) => join(files, name);

beforeAll(async () => {
  world = await startWorld();
  olga = await foundLedger(world, "Town of Example", "Olga");
  writeFileSync(at("olga"), olga.code);
});

afterAll(async () => {
  await world?.stop();
  rmSync(files, { recursive: true, force: true });
});

async function as(code: string, ...words: readonly string[]) {
  return psephos([...words, "--url", world.url, "--code-file", at(code)]);
}
async function run(code: string, ...words: readonly string[]): Promise<string> {
  const outcome = await as(code, ...words);
  expect(`${outcome.exitCode} ${outcome.exitCode === 0 ? "" : outcome.stderr}`).toBe("0 ");
  return outcome.stdout;
}

/** A code in a file, and its public key as an officer. */
async function newOfficer(name: string): Promise<string> {
  await psephos(["identity", "new", "--out", at(name)]);
  return (await psephos(["identity", "show", "--role", "officer", "--code-file", at(name)])).stdout.trim();
}

test("a role is given and taken away; who has none is told so", async () => {
  const key = await newOfficer("rita");
  expect((await as("rita", "officer", "people", "list")).stderr).toContain("no officer's");
  const wrong = await as("olga", "officer", "people", "appoint", key, "--as", "queen", "--name", "Rita");
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("registrar")]);
  const appoint = ["officer", "people", "appoint", key, "--as", "registrar", "--name", "Rita"];
  expect(await run("olga", ...appoint)).toContain("is registrar from now on");
  const people = (await run("rita", "officer", "people", "list")).trim().split("\n");
  expect(people.map((line) => [line.split(/\s+/)[0], line.split(/\s+/).at(-1)])).toEqual(
    expect.arrayContaining([
      ["registrar", "Rita"],
      ["owner", "Olga"],
    ]),
  );
  // A registrar gives no roles.
  const own = await as("rita", "officer", "people", "appoint", key, "--as", "owner");
  expect([own.exitCode, own.stderr]).toEqual([1, expect.stringContaining("[not-allowed]")]);
  expect(await run("olga", "officer", "people", "dismiss", key)).toContain("has ended");
  expect((await as("rita", "officer", "people", "list")).exitCode).toBe(1);
});

test("a second organisation is founded and is one of its officer's own", async () => {
  const key = await newOfficer("cleo");
  const bad = await as("olga", "officer", "organisation", "found", "Chess Club", "--officer", "Cleo");
  expect([bad.exitCode, bad.stderr]).toEqual([2, expect.stringContaining("Name=PUBLICKEY")]);
  const founded = await run("olga", "officer", "organisation", "found", "Chess Club", "--officer", `Cleo=${key}`);
  const id = /Organisation (\S+):/.exec(founded)?.[1] as string;
  expect(founded).toContain("is recorded");
  expect(await run("olga", "officer", "organisation", "list")).toContain("Town of Example");
  expect(await run("olga", "officer", "organisation", "list")).not.toContain(id);
});

test("rules of admission are set, shown, and approve who waits", async () => {
  const http = world.client();
  await register(http, { name: "Ada", email: "ada@members.example" });
  await psephos(["identity", "new", "--out", at("ada")]);
  await run("ada", "confirm", "--token", await mailedToken(http, "ada@members.example"));
  const unsaid = await as("olga", "officer", "rules", "domains");
  expect([unsaid.exitCode, unsaid.stderr]).toEqual([2, expect.stringContaining("--none")]);
  const set = await run("olga", "officer", "rules", "domains", "MEMBERS.example", "town.example", "--apply");
  expect(set).toBe("Domains: members.example, town.example. 1 who waited approved.\n");
  writeFileSync(at("addresses"), "bob@example.org\n\nno address\r\nEVE@example.org\n");
  const added = await as("olga", "officer", "rules", "allow", "--file", at("addresses"), "--add", "dan@example.org");
  expect([added.exitCode, added.stdout]).toEqual([1, expect.stringContaining("3 added, 0 taken away, 3 on the list")]);
  expect(added.stderr).toContain("no address: the address");
  const removed = await run("olga", "officer", "rules", "allow", "--remove", "bob@example.org", "--json");
  expect(JSON.parse(removed)).toMatchObject({ removed: 1, total: 2, faulty: [] });
  expect(await run("olga", "officer", "rules", "allowed")).toBe("dan@example.org\neve@example.org\n");
  const claims = await as("olga", "officer", "rules", "claims", "department=Physics");
  expect([claims.exitCode, claims.stderr]).toEqual([1, expect.stringContaining("no identity provider")]);
  expect((await as("olga", "officer", "rules", "claims", "department")).exitCode).toBe(2);
  expect(await run("olga", "officer", "rules", "claims", "--none")).toBe("Claims: none.\n");
  expect(await run("olga", "officer", "rules", "show")).toMatch(
    /domains +members\.example, town\.example\nclaims +none\nprovider +none.*\nallow-list +2 addresses\n/,
  );
  expect(JSON.parse(await run("olga", "officer", "rules", "show", "--json"))).toEqual({
    domains: ["members.example", "town.example"],
    addresses: 2,
    claims: [],
    provider: null,
  });
});

test("one person who stood there twice becomes one", async () => {
  const list = 'name,email,group\nDora Double,dora@example.org,a\n"Double, Dora",dora@example.net,b\n';
  await importVoters(olga.http, list, false, false);
  const found = JSON.parse(await run("olga", "officer", "voters", "doubles", "--json"));
  expect(found.total).toBe(1);
  const [kept, gone] = found.doubles[0].voters as { id: string; email: string }[];
  const shown = await run("olga", "officer", "voters", "doubles");
  for (const voter of [kept, gone]) expect(shown).toContain(`${voter?.id}`);
  const same = await as("olga", "officer", "voters", "merge", `${kept?.id}`, "--into", `${kept?.id}`);
  expect([same.exitCode, same.stderr]).toEqual([1, expect.stringContaining("the same voter")]);
  const merged = await run("olga", "officer", "voters", "merge", `${gone?.id}`, "--into", `${kept?.id}`);
  expect(merged).toBe(`One voter now: ${kept?.id}.\n`);
  expect(await run("olga", "officer", "voters", "doubles")).toBe("0 names more than once\n");
  const { voters } = await olga.http.request<{ voters: { email: string; groups: string[] }[] }>(
    "/officer/voters?q=dora",
  );
  expect(voters).toMatchObject([{ email: kept?.email, groups: ["a", "b"] }]);
});

test("what the log says of one person is erased beside the running server; the log still holds", async () => {
  const erase = (...words: readonly string[]) => psephos(["erase-log", "--data", world.dataDir, ...words]);
  const logged = async () => (await olga.http.raw("/officer/audit-log?limit=1000")).text();
  expect(await logged()).toContain("bob@example.org");
  const short = await erase("--of", "bo", "--older-than", "0");
  expect([short.exitCode, short.stderr]).toEqual([2, expect.stringContaining("too short")]);
  expect((await erase("--of", "bob@example.org", "--older-than", "soon")).exitCode).toBe(2);
  const none = await erase("--of", "bob@example.org", "--older-than", "1", "--yes");
  expect([none.exitCode, none.stdout]).toEqual([0, "There is no such entry.\n"]);
  // Without --yes it only shows what it would erase.
  const shown = await erase("--of", "BOB@example.org", "--older-than", "0");
  expect([shown.exitCode, shown.stdout]).toEqual([0, expect.stringContaining("POST /officer/admission/addresses")]);
  expect(shown.stderr).toContain("Nothing was erased");
  expect(await logged()).toContain("bob@example.org");
  const done = await erase("--of", "bob@example.org", "--older-than", "0", "--yes", "--json");
  expect(done.exitCode).toBe(0);
  const { entries } = JSON.parse(done.stdout) as { entries: { number: number }[] };
  // Adding him, and taking him away again.
  expect(entries).toHaveLength(2);
  const after = await logged();
  expect(after).not.toContain("bob@example.org");
  expect(after).toContain("erase contents");
  const log = JSON.parse(after) as AuditLogPage;
  const bytes = (hex: string) => fromHex(hex) as Uint8Array;
  const report = judgeAuditLog(
    log.entries.map(({ number, content, salt, content_hash, hash }) => ({
      number,
      content,
      salt: salt === null ? null : bytes(salt),
      contentHash: bytes(content_hash),
      hash: bytes(hash),
    })),
    [],
  );
  expect(report).toMatchObject({ faults: [], erased: 2 });
});
