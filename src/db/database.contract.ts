/** What every PostgreSQL we use must do: run for the embedded one and for the one in DATABASE_URL, if given. */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Database, tablesOf } from "./database.js";
import { dropModule, type Migration, MigrationConflict, migrate } from "./migrations.js";
import { dumpSchema } from "./schema.js";

const schema = "contract_check";

const first: Migration = {
  name: "boxes",
  sql: `create table boxes (
      id bigint generated always as identity primary key,
      label text not null unique,
      height bigint not null default 0 check (height >= 0),
      mark bytea
    );
    create index boxes_height on boxes (height);
    comment on table boxes is 'what it''s for';`,
};
const second: Migration = {
  name: "lids",
  sql: "create table lids (box bigint not null references boxes (id), colour text not null default 'red', primary key (box, colour));",
};

interface Tables {
  boxes: { id: bigint; label: string; height: bigint; mark: Buffer | null };
}

export function databaseContract(name: string, open: () => Promise<Database>): void {
  describe(`database contract: ${name}`, () => {
    let database: Database;
    const run = (...migrations: Migration[]) => migrate(database.db, [{ schema, migrations }]);

    beforeAll(async () => {
      database = await open();
      await migrate(database.db, []);
    });
    beforeEach(() => dropModule(database.db, schema));
    afterAll(async () => {
      await dropModule(database.db, schema);
      await database.close();
    });

    test("migrations run once each, in order", async () => {
      expect(await run(first)).toEqual([`${schema}/boxes`]);
      expect(await run(first, second)).toEqual([`${schema}/lids`]);
      expect(await run(first, second)).toEqual([]);
    });

    test("an edited, renamed or missing migration is refused and nothing is changed", async () => {
      await run(first);
      await expect(run({ ...first, sql: `${first.sql} ` })).rejects.toThrow(MigrationConflict);
      await expect(run({ ...first, name: "crates" }, second)).rejects.toThrow(MigrationConflict);
      await expect(run()).rejects.toThrow(/newer or another version/);
      await expect(sql`select 1 from contract_check.lids`.execute(database.db)).rejects.toThrow(/does not exist/);
    });

    test("a migration that fails leaves no trace of those before it", async () => {
      const faulty = { name: "faulty", sql: "create table crates (id int); select 1/0;" };
      await expect(run(first, faulty)).rejects.toThrow(`${schema}/faulty failed: division by zero`);
      await expect(sql`select 1 from contract_check.boxes`.execute(database.db)).rejects.toThrow(/does not exist/);
      expect(await run(first)).toEqual([`${schema}/boxes`]);
    });

    test("two servers that start at once both succeed, and each migration runs once", async () => {
      const done = await Promise.all([run(first, second), run(first, second), run(first, second)]);
      expect(done.flat().sort()).toEqual([`${schema}/boxes`, `${schema}/lids`]);
    });

    test("BIGINT is a bigint, beyond what a double holds, and BYTEA comes back as it went in", async () => {
      await run(first);
      const tables = tablesOf<Tables>(database.db, schema);
      const [height, mark] = [2n ** 63n - 1n, Buffer.from([0, 255, 92, 39])];
      await tables
        .insertInto("boxes")
        .values({ label: "ψ", height, mark } as never)
        .execute();
      const row = await tables.selectFrom("boxes").selectAll().executeTakeFirstOrThrow();
      expect(row).toMatchObject({ id: 1n, label: "ψ", height, mark });
      const { rows } = await sql<{ count: bigint }>`select count(*) as count from contract_check.boxes`.execute(
        database.db,
      );
      expect(rows).toEqual([{ count: 1n }]);
    });

    test("sessions run in UTC", async () => {
      const { rows } = await sql<{ TimeZone: string }>`show time zone`.execute(database.db);
      expect(rows).toEqual([{ TimeZone: "UTC" }]);
    });

    test("a unique violation carries its code and the constraint's name", async () => {
      await run(first);
      const insert = () => sql`insert into contract_check.boxes (label) values ('a')`.execute(database.db);
      await insert();
      await expect(insert()).rejects.toMatchObject({ code: "23505", constraint: "boxes_label_key" });
    });

    test("the schema text is the same after dropping everything and making it again", async () => {
      await run(first, second);
      const text = await dumpSchema(database.db, [schema]);
      await dropModule(database.db, schema);
      await run(first, second);
      expect(await dumpSchema(database.db, [schema])).toBe(text);
      expect(text).toBe(expectedSchema);
    });

    test("it says whether it is alive", async () => {
      expect(await database.alive()).toBe(true);
    });
  });
}

const expectedSchema = `create schema contract_check;

create table contract_check.boxes (
  id bigint not null generated always as identity,
  label text not null,
  height bigint not null default 0,
  mark bytea,
  constraint boxes_pkey PRIMARY KEY (id),
  constraint boxes_height_check CHECK ((height >= 0)),
  constraint boxes_label_key UNIQUE (label)
);
CREATE INDEX boxes_height ON contract_check.boxes USING btree (height);
comment on table contract_check.boxes is 'what it''s for';

create table contract_check.lids (
  box bigint not null,
  colour text not null default 'red'::text,
  constraint lids_pkey PRIMARY KEY (box, colour)
);

alter table contract_check.lids add constraint lids_box_fkey FOREIGN KEY (box) REFERENCES contract_check.boxes(id);
`;
