/** Brings each module's tables to the state its code expects; all or nothing, one process at a time. */
import { createHash } from "node:crypto";
import { type Kysely, sql, type Transaction } from "kysely";

export interface Migration {
  /** Ordered by place in the list; the name is for people and must not change. */
  readonly name: string;
  /** Statements, run with the module's schema first on the search path. Never edited once released: add another. */
  readonly sql: string;
}

export interface ModuleMigrations {
  /** The module's own SQL schema, made if it is not there. */
  readonly schema: string;
  readonly migrations: readonly Migration[];
}

/** The recorded migrations contradict the code's. Starting would mean guessing what the tables look like. */
export class MigrationConflict extends Error {
  override readonly name = "MigrationConflict";
}

// Any number will do, as long as it stays: two servers that start at once take turns by it.
const advisoryLock = 0x70_73_65_70;

/** Runs what has not been run yet, in one transaction; returns "schema/name" of each. */
export async function migrate(db: Kysely<unknown>, modules: readonly ModuleMigrations[]): Promise<readonly string[]> {
  return db.transaction().execute((trx) => migrateWithin(trx, modules));
}

/** The same inside a transaction that does more. */
export async function migrateWithin(
  trx: Transaction<unknown>,
  modules: readonly ModuleMigrations[],
): Promise<readonly string[]> {
  await sql`set local statement_timeout = 0`.execute(trx);
  await sql`select pg_advisory_xact_lock(${sql.lit(advisoryLock)})`.execute(trx);
  await createRegister(trx);
  const done: string[] = [];
  for (const module of modules) {
    checkSchemaName(module.schema);
    const next = await countDone(trx, module);
    if (next < module.migrations.length) {
      await sql`create schema if not exists ${sql.id(module.schema)}`.execute(trx);
      await sql`set local search_path to ${sql.id(module.schema)}, public`.execute(trx);
    }
    for (const [offset, migration] of module.migrations.slice(next).entries()) {
      await runOne(trx, module.schema, next + offset, migration);
      done.push(`${module.schema}/${migration.name}`);
    }
  }
  return done;
}

/** What {@link migrate} would run, and what the database knows that this version does not. Changes nothing. */
export async function migrationState(
  db: Kysely<unknown>,
  modules: readonly ModuleMigrations[],
): Promise<{ readonly waiting: readonly string[]; readonly unknown: readonly string[] }> {
  const there = await sql<{ there: boolean }>`select to_regclass('psephos.migrations') is not null as there`.execute(
    db,
  );
  const recorded = there.rows[0]?.there
    ? (await sql<{ module: string; name: string }>`select module, name from psephos.migrations`.execute(db)).rows
    : [];
  const done = new Set(recorded.map(({ module, name }) => `${module}/${name}`));
  const ours = modules.flatMap(({ schema, migrations }) => migrations.map(({ name }) => `${schema}/${name}`));
  return {
    waiting: ours.filter((name) => !done.has(name)),
    unknown: [...done].filter((name) => !ours.includes(name)),
  };
}

/** Deletes a module's tables and what is recorded about them, so that {@link migrate} makes them anew, empty. */
export async function dropModule(db: Kysely<unknown>, schema: string): Promise<void> {
  checkSchemaName(schema);
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(advisoryLock)})`.execute(trx);
    await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(trx);
    await sql`delete from psephos.migrations where module = ${schema}`.execute(trx);
    await sql`delete from psephos.projected where module = ${schema}`.execute(trx);
  });
}

async function createRegister(trx: Transaction<unknown>): Promise<void> {
  await sql`create schema if not exists psephos`.execute(trx);
  await sql`
    create table if not exists psephos.migrations (
      module text not null,
      position integer not null,
      name text not null,
      hash text not null,
      applied_at timestamptz not null default now(),
      primary key (module, position)
    )`.execute(trx);
  // Up to which block each module's tables follow the ledger; written together with the tables themselves.
  await sql`
    create table if not exists psephos.projected (
      module text primary key,
      height bigint not null
    )`.execute(trx);
}

/** How many of the module's migrations are recorded; they must be the first of its list, unchanged. */
async function countDone(trx: Transaction<unknown>, module: ModuleMigrations): Promise<number> {
  const { rows } = await sql<{ name: string; hash: string }>`
    select name, hash from psephos.migrations where module = ${module.schema} order by position`.execute(trx);
  for (const [position, row] of rows.entries()) {
    const known = module.migrations[position];
    const label = `${module.schema}/${row.name}`;
    if (known === undefined || known.name !== row.name) {
      throw new MigrationConflict(
        `The database knows the migration ${label}, this version does not: it was used by a newer or another version.`,
      );
    }
    if (hashOf(known) !== row.hash) {
      throw new MigrationConflict(
        `The migration ${label} was edited after it had been run. Undo the edit and add another migration.`,
      );
    }
  }
  return rows.length;
}

async function runOne(
  trx: Transaction<unknown>,
  schema: string,
  position: number,
  migration: Migration,
): Promise<void> {
  try {
    await sql.raw(migration.sql).execute(trx);
  } catch (error) {
    throw new Error(`The migration ${schema}/${migration.name} failed: ${(error as Error).message}`, { cause: error });
  }
  await sql`insert into psephos.migrations (module, position, name, hash)
    values (${schema}, ${position}, ${migration.name}, ${hashOf(migration)})`.execute(trx);
}

function hashOf(migration: Migration): string {
  return createHash("sha256").update(migration.sql).digest("hex");
}

function checkSchemaName(schema: string): void {
  if (!/^[a-z][a-z_]{0,40}$/.test(schema) || schema === "psephos")
    throw new Error(`"${schema}" cannot be a module's schema.`);
}
