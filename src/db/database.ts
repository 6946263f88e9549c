/** The database as the rest of the house sees it: one PostgreSQL, given by address or run by us, the same either way. */
import { CompiledQuery, Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { runningEmbedded, startEmbedded } from "./embedded.js";

export interface DatabaseOptions {
  /** Address of a PostgreSQL (`postgres://...`); without it one runs in `directory`. */
  readonly url: string | undefined;
  /** Where the embedded one keeps its files. Not used with `url`. */
  readonly directory: string;
  /** Lines about the database for the log; no secrets in them. */
  readonly log: (line: string) => void;
  /** Most connections at once (default 20). */
  readonly maxConnections?: number;
  /** How long a given server may take to answer at first (default 20 s), and an embedded one to start (two minutes). */
  readonly startTimeoutMs?: number;
}

export interface Database {
  /** Query builder without tables; modules take theirs with {@link tablesOf}. */
  readonly db: Kysely<unknown>;
  /** Whether a connection answers at the moment. Never throws. */
  alive(): Promise<boolean>;
  /** Whether it holds tables of ours already. */
  holdsTables(): Promise<boolean>;
  /** Whether other programs of ours are connected. */
  othersConnected(): Promise<boolean>;
  /** Waits for running queries, closes connections and, if we run it, PostgreSQL itself. */
  close(): Promise<void>;
}

/** The query builder of one module: its own tables in its own SQL schema. */
export function tablesOf<Tables>(db: Kysely<unknown>, schema: string): Kysely<Tables> {
  return (db as Kysely<Tables>).withSchema(schema);
}

/** Opens the database. Fails with a sentence that names host and reason, never a password. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.url !== undefined) {
    const pool = createPool({ connectionString: options.url }, options);
    try {
      await firstAnswer(pool, options.url, options.startTimeoutMs ?? 20_000);
    } catch (error) {
      await pool.end();
      throw error;
    }
    return databaseOver(pool, async () => undefined);
  }
  const embedded = await startEmbedded(options);
  return databaseOver(createPool({ ...embedded.connection }, options), embedded.close);
}

/**
 * Opens the database beside the server that runs it, if one does; else as {@link openDatabase}. For commands that work
 * on a live installation.
 */
export async function openBeside(options: DatabaseOptions): Promise<Database> {
  const running = options.url === undefined ? runningEmbedded(options.directory) : undefined;
  if (running === undefined) return openDatabase(options);
  return databaseOver(createPool({ ...running }, options), async () => undefined);
}

function databaseOver(pool: pg.Pool, closeServer: () => Promise<void>): Database {
  const dialect = new PostgresDialect({
    pool,
    onCreateConnection: async (connection) => {
      await connection.executeQuery(CompiledQuery.raw("set time zone 'UTC'"));
    },
  });
  const db = new Kysely<unknown>({ dialect });
  let closing: Promise<void> | undefined;
  const close = async () => {
    await db.destroy();
    await closeServer();
  };
  return {
    db,
    alive: async () => {
      try {
        await sql`select 1`.execute(db);
        return true;
      } catch {
        return false;
      }
    },
    holdsTables: async () => {
      const { rows } = await sql<{ there: boolean }>`
        select to_regclass('registration.voters') is not null as there`.execute(db);
      return rows[0]?.there === true;
    },
    othersConnected: async () => {
      const { rows } = await sql<{ others: bigint }>`
        select count(*) as others from pg_stat_activity
        where application_name = 'psephos' and datname = current_database() and client_port is distinct from
          (select client_port from pg_stat_activity where pid = pg_backend_pid())`.execute(db);
      return (rows[0]?.others ?? 0n) > 0n;
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function createPool(connection: pg.PoolConfig, options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    max: options.maxConnections ?? 20,
    connectionTimeoutMillis: 10_000,
    // A query that hangs must not hold a connection for ever; migrations and rebuilding lift this for themselves.
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: 60_000,
    application_name: "psephos",
    types: { getTypeParser },
  });
  pool.on("error", (error) => options.log(`an idle database connection failed: ${error.message}`));
  pool.on("connect", (client) => {
    // The pool listens to idle connections only; one that is in use but silent may fail as well.
    client.on("error", (error) => options.log(`a database connection failed: ${error.message}`));
  });
  return pool;
}

const bigintOid = 20;

/** BIGINT is a `bigint` everywhere: heights, times in nanoseconds and sequences do not fit a double. */
function getTypeParser(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === bigintOid && format !== "binary") return (value) => BigInt(value);
  return pg.types.getTypeParser(oid, format as "text") as (value: string) => unknown;
}

async function firstAnswer(pool: pg.Pool, url: string, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    try {
      await pool.query("select 1");
      return;
    } catch (error) {
      if (Date.now() > deadline || !isPassing(error)) {
        throw new Error(`The database at ${placeOf(url)} cannot be used: ${(error as Error).message}`, {
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

/** Faults that end by themselves while a database server starts: not reachable yet (system codes), or starting up. */
function isPassing(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return (
    code === "ECONNREFUSED" || code === "ENOENT" || code === "EAI_AGAIN" || code === "ECONNRESET" || code === "57P03"
  );
}

function placeOf(url: string): string {
  if (!URL.canParse(url)) return "the address in DATABASE_URL";
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** SQLSTATE classes and codes that say "not now": connection exceptions, shutdown, start-up, too many connections. */
const NOT_NOW = /^(08...|57P0[1-4]|53300)$/;
const NOT_CONNECTED = new Set(["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT"]);

/**
 * Whether a query failed because the database cannot be reached at the moment, not because of what was asked. Errors of
 * `pg` carry an SQLSTATE or the system's code; those of a lost connection and of a full pool have words only.
 */
export function isDatabaseGone(error: unknown): boolean {
  const { code, message, syscall } = error as { code?: unknown; message?: unknown; syscall?: unknown };
  if (typeof code === "string" && NOT_NOW.test(code)) return true;
  if (typeof code === "string" && NOT_CONNECTED.has(code))
    return syscall === "connect" || syscall === "read" || syscall === "write";
  return (
    typeof message === "string" && /^(Connection terminated|timeout exceeded when trying to connect)/.test(message)
  );
}
