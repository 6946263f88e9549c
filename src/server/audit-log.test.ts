import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fastify } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OfficerActor } from "#api/actor.js";
import { migrate } from "#db/migrations.js";
import { type AuditAnchor, type AuditEntry, judgeAuditLog } from "#protocol/audit-log.js";
import { organisationOf } from "#protocol/organisation.js";
import { FOUNDER, REGISTRAR, seededRandom } from "../../test/protocol-kit.js";
import { type Registry, startRegistry } from "../../test/registration-kit.js";
import { eraseContents, findContents } from "./audit-erasure.js";
import { type Act, type AuditLog, createAuditLog } from "./audit-log.js";
import { auditActs, isAct } from "./audit-routes.js";
import { type AuditTables, auditMigrations } from "./audit-tables.js";
import { policy } from "./policy.js";
import { erasedEntriesIn } from "./purge-list.js";

let registry: Registry;
let log: AuditLog;
let otherServers: AuditLog;
const keys = mkdtempSync(join(tmpdir(), "psephos-keys-"));
const erased = erasedEntriesIn(keys);
const officer: OfficerActor = {
  kind: "officer",
  organisation: FOUNDER,
  key: "aa".repeat(32),
  name: "Ada",
  role: "owner",
};
const tables = () => (registry.database.db as import("kysely").Kysely<AuditTables>).withSchema("audit");

beforeAll(async () => {
  registry = await startRegistry();
  await migrate(registry.database.db, [auditMigrations]);
  const registrar = { secret: REGISTRAR.secret, key: REGISTRAR.key.toBytes() };
  const create = (seed: string) =>
    createAuditLog({
      db: registry.database.db,
      ledger: {
        registrarKey: registrar.key,
        current: () => registry.ledger,
        create: () => Promise.reject(new Error()),
      },
      registrar,
      random: seededRandom(seed),
      clock: () => registry.time,
      erased,
    });
  log = create("audit");
  otherServers = create("another server");
});
afterAll(async () => {
  await registry.close();
  rmSync(keys, { recursive: true });
});

async function entries(): Promise<AuditEntry[]> {
  const { rows } = await log.read(FOUNDER, 1, 1000);
  return rows.map((row) => ({
    number: Number(row.number),
    content: row.content,
    salt: row.salt,
    contentHash: row.content_hash,
    hash: row.hash,
  }));
}
function anchors(): AuditAnchor[] {
  const entry = organisationOf(registry.ledger.state(), FOUNDER)?.entry;
  return entry === undefined || entry.logEntries === 0 ? [] : [{ entries: entry.logEntries, head: entry.logHead }];
}

test("two servers write one chain; its head goes to the ledger, once", async () => {
  expect(await log.anchor()).toBe(0);
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      (i % 2 === 0 ? log : otherServers).record(officer, { act: "POST /officer/drafts", about: { i } }),
    ),
  );
  expect(judgeAuditLog(await entries(), anchors())).toEqual({ faults: [], entries: 20, anchored: 0, erased: 0 });
  expect(await log.anchor()).toBe(1);
  expect(await otherServers.anchor()).toBe(0);
  await log.record(officer, { act: "DELETE /officer/drafts/:uuid" });
  expect(judgeAuditLog(await entries(), anchors())).toEqual({ faults: [], entries: 21, anchored: 20, erased: 0 });
  const [first] = await entries();
  expect(JSON.parse(first?.content ?? "")).toMatchObject({ officer: officer.key, name: "Ada", role: "owner" });
});

test("O-05: what the log says of one person can be erased; the chain and the anchors hold, and nothing else goes", async () => {
  const later = new Date(Number(registry.time / 1_000_000n) + 1);
  const person = { id: "7f3c1a52-0d6b-4b7e-9a31-5f0f8a1c2b3d", email: 'Zoë."Q"@x.org' };
  await log.record(officer, { act: "POST /officer/voters/:id/approve", about: { id: person.id } });
  await log.record(officer, { act: "POST /officer/admission/addresses", sent: { add: [person.email, "bob@x.org"] } });
  await log.record(officer, { act: "POST /officer/admission/addresses", sent: { add: ["bob@x.org"] } });
  const before = await entries();
  const texts = [person.id.toUpperCase(), 'zoë."q"@x.org'];
  expect(await findContents(registry.database.db, { texts, before: new Date(0) })).toEqual([]);
  const found = await findContents(registry.database.db, { texts, before: later });
  expect(found.map((entry) => Number(entry.number))).toEqual([22, 23]);
  const now = registry.time;
  await eraseContents(registry.database.db, found, { erased, random: seededRandom("erasure"), now });
  const after = await entries();
  expect(judgeAuditLog(after, anchors())).toEqual({ faults: [], entries: 25, anchored: 20, erased: 2 });
  expect(JSON.stringify(after)).not.toMatch(/7f3c1a52|zoë/i);
  expect(after.map((entry) => entry.content !== null)).toEqual(after.map((_, i) => i !== 21 && i !== 22));
  expect(JSON.parse(after[24]?.content ?? "")).toMatchObject({ role: "operator", about: { entries: [22, 23] } });
  // Without the salt nobody can try contents; the hash is still the one that stood there, and the ledger covers it.
  expect(after.slice(0, 24).map((entry) => entry.contentHash)).toEqual(before.map((entry) => entry.contentHash));
  expect(await log.anchor()).toBe(1);
  expect(judgeAuditLog(await entries(), anchors())).toMatchObject({ faults: [], anchored: 25 });
  // A backup from before brings the contents back: the next start erases them again, and only them.
  for (const entry of before.slice(21, 23))
    await tables()
      .updateTable("entries")
      .set({ content: entry.content, salt: entry.salt as Buffer })
      .where("number", "=", BigInt(entry.number))
      .execute();
  expect(await log.eraseAgain()).toBe(2);
  expect(await log.eraseAgain()).toBe(0);
  expect(await entries()).toEqual(after);
  // End of retention: everything that is old enough.
  const old = await findContents(registry.database.db, { texts: undefined, before: later });
  expect(old.length).toBe(23);
  await eraseContents(registry.database.db, old, { erased, random: seededRandom("retention"), now });
  expect(judgeAuditLog(await entries(), anchors())).toEqual({ faults: [], entries: 26, anchored: 25, erased: 25 });
});

test("whoever rewrites the table, and even all hashes after it, is found out by the ledger", async () => {
  await tables().deleteFrom("entries").where("number", "=", 26n).execute();
  expect(judgeAuditLog(await entries(), anchors()).faults).toEqual([]);
  await tables().deleteFrom("entries").where("number", "=", 25n).execute();
  expect(judgeAuditLog(await entries(), anchors()).faults).toEqual([
    "The ledger holds the head of 25 entries, but the log has only 24.",
  ]);
});

test("every changing route of officers is an act, and so is handing out personal data of many", () => {
  const names = [...policy.keys()].filter((name) => name.includes("/officer/"));
  expect(names.filter((name) => !name.startsWith("GET ") && !isAct(name))).toEqual(["POST /officer/letters/preview"]);
  expect(isAct("GET /officer/voters/export")).toBe(true);
  expect(isAct("GET /officer/elections/:uuid/roll/recomputation")).toBe(true);
  expect(isAct("GET /officer/drafts")).toBe(false);
  expect(isAct("POST /vote")).toBe(false);
});

test("a list that is sent as a stream leaves no name and no address in the log", async () => {
  const acts: Act[] = [];
  const kept = { record: async (_: unknown, act: Act) => acts.push(act) } as unknown as AuditLog;
  const app = fastify();
  app.addContentTypeParser("text/csv", (_request, payload, done) => done(null, payload));
  auditActs(app, kept, () => officer);
  app.post("/officer/voters/import", async (request) => {
    let length = 0;
    for await (const chunk of request.body as AsyncIterable<Uint8Array>) length += chunk.length;
    return { length };
  });
  const list = "name,email\nVera Voter,vera@example.org\n";
  const headers = { "content-type": "text/csv" };
  const answer = await app.inject({ method: "POST", url: "/officer/voters/import", headers, payload: list });
  expect(answer.json()).toEqual({ length: list.length });
  expect(acts).toEqual([{ act: "POST /officer/voters/import" }]);
  await app.close();
});
