import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GivenPostgres, startGivenPostgres } from "../../test/given-postgres.js";
import { type Database, openBeside, openDatabase } from "./database.js";
import { dumpLines, restoreLines, UnusableDump } from "./dump.js";
import { removeEmbedded } from "./embedded.js";
import { migrate, migrationState } from "./migrations.js";

const directory = mkdtempSync(join(tmpdir(), "psephos-dump-"));
const embedded = join(directory, "postgres");
let from: Database;
let given: GivenPostgres;
let to: Database;

const older = [
  {
    schema: "house",
    migrations: [
      {
        name: "rooms",
        sql: `create table zimmer (id uuid primary key, name text not null, mark bytea, at timestamptz, big numeric(20,0), n bigint generated always as identity, tags text[] not null default '{}', j jsonb);
          create table "bett" (zimmer uuid not null references zimmer (id), place int not null, primary key (zimmer, place));
          create table seed (one boolean primary key); insert into seed values (true);`,
      },
    ],
  },
];
const newer = [
  {
    schema: "house",
    migrations: [
      ...(older[0]?.migrations ?? []),
      { name: "doors", sql: "alter table zimmer add column doors int not null default 1;" },
    ],
  },
];

beforeAll(async () => {
  from = await openDatabase({ url: undefined, directory: embedded, log: () => undefined });
  given = await startGivenPostgres();
  to = await openDatabase({ url: given.url, directory, log: () => undefined });
  await migrate(from.db, older);
  await sql`insert into house.zimmer (id, name, mark, at, big, tags, j)
    select gen_random_uuid(), 'Zimmer "' || i || E'"\\n,\\u00e9', decode(md5(i::text), 'hex'), now() + i * interval '1 microsecond',
      18446744073709551615, array['a,b', 'c"d'], '{"k": [1, null]}' from generate_series(1, 2500) i`.execute(from.db);
  await sql`insert into house.bett select id, 1 from house.zimmer`.execute(from.db);
  await sql`insert into psephos.projected values ('house', 42)`.execute(from.db);
});
afterAll(async () => {
  await from.close();
  await to.close();
  await given.close();
  removeEmbedded(embedded);
  rmSync(directory, { recursive: true, force: true });
});

async function lines(): Promise<string[]> {
  const all: string[] = [];
  // Beside the server that runs the database, as the command does it.
  const beside = await openBeside({ url: undefined, directory: embedded, log: () => undefined });
  for await (const line of dumpLines(beside.db, ["house"])) all.push(line);
  await beside.close();
  return all;
}
async function* stream(all: readonly string[]) {
  yield* all;
}
const fingerprint = async ({ db }: Database) =>
  (
    await sql<{ f: string }>`select md5(string_agg(md5(zimmer::text), '' order by id)) as f from
      (select id, name, mark, at, big, n, tags, j from house.zimmer) zimmer`.execute(db)
  ).rows[0]?.f;

test("a dump made beside the running server comes back whole on another PostgreSQL, and is migrated", async () => {
  const all = await lines();
  expect(all.length).toBe(1 + 2500 + 2500 + 1 + 1);
  expect(await to.holdsTables()).toBe(false);
  expect(await restoreLines(to.db, newer, stream(all))).toEqual({ rows: 5001 });
  expect(await fingerprint(to)).toBe(await fingerprint(from));
  const { rows } = await sql`select doors from house.zimmer limit 1`.execute(to.db);
  expect(rows).toEqual([{ doors: 1 }]);
  expect((await sql`select height from psephos.projected`.execute(to.db)).rows).toEqual([{ height: 42n }]);
  const next = await sql<{
    n: bigint;
  }>`insert into house.zimmer (id, name) values (gen_random_uuid(), 'x') returning n`.execute(to.db);
  expect(next.rows[0]?.n).toBe(2501n);
  expect(await migrationState(to.db, newer)).toEqual({ waiting: [], unknown: [] });
  expect(await migrationState(to.db, older)).toEqual({ waiting: [], unknown: ["house/doors"] });
  expect(await migrationState(from.db, newer)).toEqual({ waiting: ["house/doors"], unknown: [] });
});

test.each<[string, (all: string[]) => string[], RegExp]>([
  ["one that was cut off", (all) => all.slice(0, -1), /incomplete/],
  ["one with a row less", (all) => [...all.slice(0, -9), ...all.slice(-8)], /damaged/],
  ["something else", () => ["hello"], /not a dump/],
  [
    "one of a newer version",
    (all) => [
      (all[0] as string).replace('"position":0', '"position":0},{"module":"house","position":1'),
      ...all.slice(1),
    ],
    /newer version/,
  ],
])("%s is refused, and what was there stays", async (_what, change, reason) => {
  const before = await fingerprint(to);
  const all = change(await lines());
  await expect(restoreLines(to.db, older, stream(all))).rejects.toThrow(reason);
  await expect(restoreLines(to.db, older, stream(all))).rejects.toThrow(UnusableDump);
  expect(await fingerprint(to)).toBe(before);
});
