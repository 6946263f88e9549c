import { afterAll, beforeAll, expect, test } from "vitest";
import type { OfficerActor } from "#api/actor.js";
import { migrate } from "#db/migrations.js";
import { type AuditAnchor, type AuditEntry, judgeAuditLog } from "#protocol/audit-log.js";
import { organisationOf } from "#protocol/organisation.js";
import { FOUNDER, REGISTRAR, seededRandom } from "../../test/protocol-kit.js";
import { type Registry, startRegistry } from "../../test/registration-kit.js";
import { type AuditLog, createAuditLog } from "./audit-log.js";
import { isAct } from "./audit-routes.js";
import { type AuditTables, auditMigrations } from "./audit-tables.js";
import { policy } from "./policy.js";

let registry: Registry;
let log: AuditLog;
let otherServers: AuditLog;
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
    });
  log = create("audit");
  otherServers = create("another server");
});
afterAll(() => registry.close());

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

test("contents can be erased after their time; the chain and the anchors hold", async () => {
  const later = new Date(Number(registry.time / 1_000_000n) + 1);
  expect(await log.eraseContents(later)).toBe(21);
  await log.record(officer, { act: "POST /officer/drafts" });
  expect(judgeAuditLog(await entries(), anchors())).toEqual({ faults: [], entries: 22, anchored: 20, erased: 21 });
});

test("whoever rewrites the table, and even all hashes after it, is found out by the ledger", async () => {
  await tables().deleteFrom("entries").where("number", "=", 22n).execute();
  await tables().deleteFrom("entries").where("number", "=", 21n).execute();
  expect(judgeAuditLog(await entries(), anchors()).faults).toEqual([]);
  await tables().deleteFrom("entries").where("number", "=", 20n).execute();
  expect(judgeAuditLog(await entries(), anchors()).faults).toEqual([
    "The ledger holds the head of 20 entries, but the log has only 19.",
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
