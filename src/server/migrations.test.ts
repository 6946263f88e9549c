/** An installation of the first tables is brought up to date, step by step and in one go, with everything it held. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "#db/database.js";
import { removeEmbedded } from "#db/embedded.js";
import { migrate } from "#db/migrations.js";
import { allMigrations } from "./migrations.js";

const directory = mkdtempSync(join(tmpdir(), "psephos-upgrade-"));
let database: Database;

beforeAll(async () => {
  chmodSync(directory, 0o711);
  database = await openDatabase({ url: undefined, directory: join(directory, "postgres"), log: () => undefined });
});
afterAll(async () => {
  await database.close();
  removeEmbedded(join(directory, "postgres"));
  rmSync(directory, { recursive: true, force: true });
});

/** The tables as they were when each module had so many migrations. */
const asOf = (count: number) =>
  allMigrations.map((module) => ({ ...module, migrations: module.migrations.slice(0, count) }));

async function empty(db: Kysely<unknown>): Promise<void> {
  for (const schema of [...allMigrations.map((module) => module.schema), "psephos"])
    await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(db);
}

async function fill(db: Kysely<unknown>): Promise<void> {
  await sql`insert into registration.voters
      (id, name, email, mailbox, digital_id, public_key, key_source, language, created_at, key_changed_at)
    values ('00000000-0000-4000-8000-000000000001', 'Zoë', 'zoe@x.org', 'Zoe@x.org', ${`0x${"a".repeat(40)}`},
      ${Buffer.alloc(32, 7)}, 'own', 'de', '2026-01-01', '2026-01-01')`.execute(db);
  await sql`insert into registration.standings (voter_id, organisation, status, groups, district, weight)
    values ('00000000-0000-4000-8000-000000000001', 'town', 'approved', '{a,b}', 'North', 3)`.execute(db);
  await sql`insert into mail.outbox (id, recipient, subject, body, created_at, next_attempt_at)
    values ('letter', 'zoe@x.org', 'Subject', 'Body', '2026-01-01', '2026-01-01')`.execute(db);
}

/** What was filled in, and every column that there is. */
async function facts(db: Kysely<unknown>) {
  const rows = async (query: ReturnType<typeof sql>) => (await query.execute(db)).rows;
  return {
    voters: await rows(
      sql`select name, email, mailbox, encode(public_key, 'hex') as key, language from registration.voters`,
    ),
    standings: await rows(sql`select status, groups, district, weight from registration.standings`),
    letters: await rows(sql`select recipient, subject, body, state from mail.outbox`),
    columns: await rows(sql`select table_schema, table_name, column_name, data_type, is_nullable, column_default
      from information_schema.columns where table_schema = any (${allMigrations.map(({ schema }) => schema)}::text[])
      order by 1, 2, 3`),
  };
}

test("the first tables with people in them become today's, in one go or one migration after the other", async () => {
  const { db } = database;
  const most = Math.max(...allMigrations.map((module) => module.migrations.length));
  await migrate(db, allMigrations);
  const { columns } = await facts(db);
  await empty(db);
  const found = [];
  for (const steps of [[most], Array.from({ length: most }, (_, i) => i + 1)]) {
    await migrate(db, asOf(1));
    await fill(db);
    for (const count of steps) await migrate(db, asOf(count));
    expect(await migrate(db, allMigrations)).toEqual([]);
    found.push(await facts(db));
    await empty(db);
  }
  for (const each of found)
    expect(each).toEqual({
      voters: [{ name: "Zoë", email: "zoe@x.org", mailbox: "Zoe@x.org", key: "07".repeat(32), language: "de" }],
      standings: [{ status: "approved", groups: ["a", "b"], district: "North", weight: 3 }],
      letters: [{ recipient: "zoe@x.org", subject: "Subject", body: "Body", state: "queued" }],
      columns,
    });
});
