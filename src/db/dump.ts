/**
 * The whole database as lines of JSON, and back: a copy made in one snapshot beside running servers, without a program
 * of PostgreSQL's, that any PostgreSQL takes in again.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import { type ModuleMigrations, migrate, migrateWithin } from "./migrations.js";

/** The first line. */
interface Head {
  readonly psephos: "registry-1";
  readonly migrations: readonly { module: string; position: number; name: string; hash: string }[];
  readonly projected: readonly { module: string; height: string }[];
  readonly tables: readonly string[];
}

const rowsPerFetch = 1_000;

/** Lines without line feeds. One snapshot: what commits meanwhile is not in it. */
export async function* dumpLines(db: Kysely<unknown>, schemas: readonly string[]): AsyncGenerator<string> {
  // A generator cannot live inside a callback: the transaction is driven by hand.
  const trx = await db.startTransaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute();
  try {
    await sql`set local statement_timeout = 0`.execute(trx);
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx);
    const tables = await tablesIn(trx, schemas);
    const { rows: migrations } = await sql<Head["migrations"][number]>`
      select module, position, name, hash from psephos.migrations order by module, position`.execute(trx);
    const { rows: projected } = await sql<Head["projected"][number]>`
      select module, height::text from psephos.projected order by module`.execute(trx);
    const head: Head = { psephos: "registry-1", migrations, projected, tables };
    yield JSON.stringify(head);
    let count = 0;
    for (const table of tables) {
      await sql`declare copy no scroll cursor for select to_jsonb(t)::text as line from ${sql.table(table)} t`.execute(
        trx,
      );
      for (;;) {
        const { rows } = await sql<{ line: string }>`fetch ${sql.lit(rowsPerFetch)} from copy`.execute(trx);
        for (const { line } of rows) yield `["${table}",${line}]`;
        count += rows.length;
        if (rows.length < rowsPerFetch) break;
      }
      await sql`close copy`.execute(trx);
    }
    yield JSON.stringify({ end: count });
    await trx.commit().execute();
  } catch (error) {
    await trx.rollback().execute();
    throw error;
  }
}

/** Tables with their schema, each after those that it refers to. */
async function tablesIn(db: Kysely<unknown>, schemas: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ name: string; needs: string[] }>`
    select n.nspname || '.' || c.relname as name,
      coalesce((select array_agg(distinct fn.nspname || '.' || fc.relname)
        from pg_constraint k join pg_class fc on fc.oid = k.confrelid join pg_namespace fn on fn.oid = fc.relnamespace
        where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid), '{}') as needs
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname in (${sql.join(schemas)}) order by 1`.execute(db);
  const ordered: string[] = [];
  const visit = (name: string) => {
    if (ordered.includes(name)) return;
    for (const other of rows.find((row) => row.name === name)?.needs ?? []) visit(other);
    ordered.push(name);
  };
  for (const { name } of rows) visit(name);
  return ordered;
}

/** What stands in the way of taking a dump in; the message is a sentence. */
export class UnusableDump extends Error {
  override readonly name = "UnusableDump";
}

/**
 * Replaces everything in the modules' schemas by a dump, in one transaction, and then brings the tables up to date. A
 * dump of an older version is taken in as it was and migrated; one of a newer version is refused.
 */
export async function restoreLines(
  db: Kysely<unknown>,
  modules: readonly ModuleMigrations[],
  lines: AsyncIterable<string>,
): Promise<{ readonly rows: number }> {
  const iterator = lines[Symbol.asyncIterator]();
  const first = await iterator.next();
  const head = headOf(first.done === true ? "" : first.value);
  const then = modules.map((module) => asItWas(module, head));
  const rows = await db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = 0`.execute(trx);
    for (const { schema } of modules) await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(trx);
    await sql`drop schema if exists psephos cascade`.execute(trx);
    await migrateWithin(trx, then);
    // Rows that migrations put in themselves are in the dump as well.
    for (const table of [...head.tables].reverse()) await sql`delete from ${sql.table(table)}`.execute(trx);
    const count = await takeRows(trx, iterator, new Set(head.tables));
    for (const { module, height } of head.projected)
      await sql`insert into psephos.projected (module, height) values (${module}, ${height})`.execute(trx);
    await setSequences(trx, head.tables);
    return count;
  });
  await migrate(db, modules);
  return { rows };
}

function headOf(line: string): Head {
  const sentence = "This is not a dump of a registry.";
  let head: Head;
  try {
    head = JSON.parse(line) as Head;
  } catch (cause) {
    throw new UnusableDump(sentence, { cause });
  }
  if (head?.psephos !== "registry-1" || !Array.isArray(head.tables)) throw new UnusableDump(sentence);
  return head;
}

function asItWas(module: ModuleMigrations, head: Head): ModuleMigrations {
  const recorded = head.migrations.filter((each) => each.module === module.schema);
  if (recorded.length > module.migrations.length)
    throw new UnusableDump(`The dump was made by a newer version (${module.schema}). Install that version first.`);
  return { schema: module.schema, migrations: module.migrations.slice(0, recorded.length) };
}

async function takeRows(
  trx: Transaction<unknown>,
  lines: AsyncIterator<string>,
  tables: ReadonlySet<string>,
): Promise<number> {
  let count = 0;
  let batch: { readonly table: string; readonly rows: string[] } = { table: "", rows: [] };
  const flush = async () => {
    if (batch.rows.length === 0) return;
    const json = `[${batch.rows.join(",")}]`;
    const table = sql.table(batch.table);
    await sql`insert into ${table} overriding system value
      select * from jsonb_populate_recordset(null::${table}, ${json}::jsonb)`.execute(trx);
    batch = { table: "", rows: [] };
  };
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    if (next.value.startsWith("{")) {
      await flush();
      if ((JSON.parse(next.value) as { end?: unknown }).end !== count) throw new UnusableDump("The dump is damaged.");
      return count;
    }
    const comma = next.value.indexOf(",");
    const table = next.value.slice(2, comma - 1);
    if (!tables.has(table)) throw new UnusableDump(`The dump is damaged: it has rows of ${table}.`);
    if (batch.table !== table || batch.rows.length >= rowsPerFetch) {
      await flush();
      batch = { table, rows: [] };
    }
    batch.rows.push(next.value.slice(comma + 1, -1));
    count += 1;
  }
  throw new UnusableDump("The dump is incomplete: its last line is missing.");
}

/** Numbers that the database gives go on after the highest that was used. */
async function setSequences(trx: Transaction<unknown>, tables: readonly string[]): Promise<void> {
  const { rows } = await sql<{ name: string; column: string }>`
    select table_schema || '.' || table_name as name, column_name as column
    from information_schema.columns where is_identity = 'YES'`.execute(trx);
  for (const { name, column } of rows) {
    if (!tables.includes(name)) continue;
    await sql`select setval(pg_get_serial_sequence(${name}, ${column}), coalesce(max(${sql.ref(column)}), 0) + 1, false)
      from ${sql.table(name)}`.execute(trx);
  }
}
