/** Puts the parts together in the order they need each other, and takes them apart in the reverse order. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { Logger } from "pino";
import { type Database, openDatabase } from "#db/database.js";
import { lockDirectory } from "#db/directory-lock.js";
import { removeEmbedded } from "#db/embedded.js";
import { migrate } from "#db/migrations.js";
import { createHttp } from "./http.js";
import { allMigrations } from "./migrations.js";
import type { ServerOptions } from "./options.js";
import { addStatusRoutes } from "./status.js";
import { version } from "./version.js";

/** A running server. */
export interface Server {
  /** Where it answers, without a trailing slash. */
  readonly url: string;
  /** Takes no new requests, finishes those at hand, then closes everything. */
  close(): Promise<void>;
}

/** Parts that were opened, to be closed in reverse order. */
type Closers = (() => void | Promise<void>)[];

/** Starts everything. On failure what was started already is closed again. */
export async function compose(options: ServerOptions, log: Logger): Promise<Server> {
  const closers: Closers = [];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  try {
    // Before the slow parts, so that the message about a busy port comes at once.
    await checkPortFree(options.host, options.port);
    const lock = prepareDirectory(options);
    closers.push(() => lock.release());
    const database = await openDatabaseFor(options, log);
    closers.push(() => database.close());
    const applied = await migrate(database.db, allMigrations);
    if (applied.length > 0) log.info({ applied }, "tables brought up to date");

    const http = await createHttp({ logger: log, ...(options.tls ? { tls: readTls(options.tls) } : {}) });
    closers.push(() => http.close());
    addStatusRoutes(http, version, async () => ({ database: await database.alive() }));
    await http.listen({ host: options.host, port: options.port });
    return { url: urlOf(http.server.address() as AddressInfo, options.tls !== undefined), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openDatabaseFor(options: ServerOptions, log: Logger): Promise<Database> {
  return openDatabase({
    url: options.databaseUrl,
    directory: join(options.dataDir, "postgres"),
    log: (line) => log.debug({ from: "database" }, line),
  });
}

/** Makes the data directory, takes it for this process and, if asked, empties it. */
function prepareDirectory(options: ServerOptions) {
  const { dataDir, reset } = options;
  if (!existsSync(dataDir)) {
    mkdirSync(dataDir, { recursive: true });
    // The database's own user has to pass through when we are root; nobody but us looks around.
    chmodSync(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
  }
  const lock = lockDirectory(dataDir);
  try {
    if (reset) emptyDirectory(dataDir);
  } catch (error) {
    lock.release();
    throw error;
  }
  return lock;
}

/** What Psephos puts into a data directory. A directory with anything else in it is not emptied: it is not ours. */
const ownEntries: ReadonlySet<string> = new Set(["lock", "postgres", "ledger", "keys", "practice", "outbox"]);

function emptyDirectory(dataDir: string): void {
  const entries = readdirSync(dataDir);
  const foreign = entries.filter((name) => !ownEntries.has(name));
  if (foreign.length > 0) {
    throw new Error(
      `--reset deletes only what Psephos made, but ${dataDir} also holds ${foreign.slice(0, 3).join(", ")}. Move that away first.`,
    );
  }
  removeEmbedded(join(dataDir, "postgres"));
  for (const name of entries) if (name !== "lock") rmSync(join(dataDir, name), { recursive: true, force: true });
}

function checkPortFree(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  });
}

function readTls(tls: { readonly certFile: string; readonly keyFile: string }) {
  return { cert: readFileSync(tls.certFile, "utf8"), key: readFileSync(tls.keyFile, "utf8") };
}

function urlOf(address: AddressInfo, tls: boolean): string {
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `${tls ? "https" : "http"}://${host}:${address.port}`;
}
