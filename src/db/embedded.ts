/** Runs a PostgreSQL of our own in a directory: made on first use, durable, recovered after any kind of death. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Account, canEnter, databaseAccount, giveTo } from "./account.js";
import { type Binaries, findBinaries } from "./binaries.js";
import { isRunning, lockDirectory } from "./directory-lock.js";

export interface EmbeddedOptions {
  /** Directory for the database; made if it is not there. */
  readonly directory: string;
  /** Lines that PostgreSQL writes. */
  readonly log: (line: string) => void;
  /** How long the start may take, recovery after a crash included. Default two minutes. */
  readonly startTimeoutMs?: number;
}

export interface EmbeddedPostgres {
  /** How to connect: by a Unix socket in a directory that only the database's user enters. */
  readonly connection: {
    readonly host: string;
    readonly user: string;
    readonly password: string;
    readonly database: string;
  };
  /** Ends all connections, writes everything, stops. */
  close(): Promise<void>;
}

const user = "psephos";
const database = "psephos";
// The kernel's limit for socket addresses is 108 bytes with the final NUL; ".s.PGSQL.5432" has 13.
const maxSocketDirectoryBytes = 108 - 1 - "/.s.PGSQL.5432".length;

/** Starts it; on failure everything is as before and the error's message is a sentence. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  if (process.platform === "win32")
    throw new Error("There is no embedded database on Windows. Set DATABASE_URL to a PostgreSQL server.");
  const account = databaseAccount();
  // Others may pass through (the database's user has to) but not look around.
  mkdirSync(options.directory, { recursive: true, mode: 0o711 });
  const locks = [lockDirectory(options.directory)];
  const release = () => {
    for (const lock of locks) lock.release();
  };
  try {
    const binaries = await findBinaries(account);
    const home = homeFor(account, options.directory);
    // A copied directory points to the same home: that must not be used twice either.
    if (home !== options.directory) locks.push(lockDirectory(home));
    const cluster = join(home, "cluster");
    const password = passwordIn(options.directory);
    checkMajor(cluster, binaries);
    if (!existsSync(cluster)) await initialise(cluster, binaries, account, password);
    await endOrphan(cluster, options.log);
    const host = socketDirectory(cluster, account);
    const begin = () => launch(cluster, host, binaries, account, options.log);
    const server = begin();
    const connection = { host, user, password, database };
    try {
      await untilReady(server, connection, options.startTimeoutMs ?? 120_000);
      await createDatabase(connection);
    } catch (error) {
      await stop(server);
      throw error;
    }
    const keeper = keepRunning(server, begin, cluster, connection, options.log);
    const close = async () => {
      await keeper.end();
      if (host !== cluster) rmSync(host, { recursive: true, force: true });
      release();
    };
    return { connection, close };
  } catch (error) {
    release();
    throw error;
  }
}

/** How to connect to the PostgreSQL that another process runs in this directory; `undefined` when none does. */
export function runningEmbedded(directory: string): EmbeddedPostgres["connection"] | undefined {
  const pointer = join(directory, "location");
  const home = existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : directory;
  const pidFile = join(home, "cluster", "postmaster.pid");
  if (!existsSync(pidFile) || !existsSync(join(directory, "password"))) return undefined;
  // pid, directory, start, port, directory of the socket.
  const [pid, , , , host] = readFileSync(pidFile, "utf8").split("\n");
  if (host === undefined || host === "" || !isRunning(Number(pid))) return undefined;
  return { host, user, password: passwordIn(directory), database };
}

/** Deletes the database of this directory, wherever its files are. The directory must not be in use. */
export function removeEmbedded(directory: string): void {
  if (!existsSync(directory)) return;
  const lock = lockDirectory(directory);
  const pointer = join(directory, "location");
  if (existsSync(pointer)) rmSync(readFileSync(pointer, "utf8").trim(), { recursive: true, force: true });
  rmSync(directory, { recursive: true, force: true });
  lock.release();
}

/**
 * Where the cluster lies: in the directory itself, or, when the database's user cannot enter that (root's home is
 * often closed), under /var/lib/psephos; then the directory holds a pointer to it.
 */
function homeFor(account: Account, directory: string): string {
  const pointer = join(directory, "location");
  if (existsSync(pointer)) return readFileSync(pointer, "utf8").trim();
  if (canEnter(account, directory)) return directory;
  const id = createHash("sha256").update(realpathSync(directory)).digest("hex").slice(0, 16);
  const home = join("/var/lib/psephos", id);
  mkdirSync(home, { recursive: true, mode: 0o711 });
  if (!canEnter(account, home)) throw new Error(`The user ${account.name} can enter neither ${directory} nor ${home}.`);
  writeFileSync(pointer, `${home}\n`);
  return home;
}

/** The database's password: made once, readable by us alone. */
function passwordIn(directory: string): string {
  const path = join(directory, "password");
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString("hex"), { mode: 0o600 });
  return readFileSync(path, "utf8");
}

function checkMajor(cluster: string, binaries: Binaries): void {
  const path = join(cluster, "PG_VERSION");
  if (!existsSync(path)) return;
  const major = readFileSync(path, "utf8").trim();
  if (major === binaries.major) return;
  throw new Error(
    `${cluster} was made by PostgreSQL ${major}, but PostgreSQL ${binaries.major} is installed now. Convert it with pg_upgrade.`,
  );
}

/** Makes the cluster beside its place and moves it there when it is whole: a crash leaves nothing half-made. */
async function initialise(cluster: string, binaries: Binaries, account: Account, password: string): Promise<void> {
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  giveTo(account, draft, 0o700);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(account, passwordFile, 0o600);
  // The builtin provider orders and compares text alike on every machine.
  const locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const access = [`--username=${user}`, "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  try {
    await run(binaries.initdb, [`--pgdata=${draft}`, ...locale, ...access], account);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, cluster);
}

function run(command: string, args: readonly string[], account: Account): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...account.ids,
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
      env: environment(),
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
    child.on("error", (error) =>
      reject(new Error(`${command} cannot be started (as ${account.name}).`, { cause: error })),
    );
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`The database could not be made: ${lastLines(said)}`)),
    );
  });
}

/** Nothing of our environment reaches PostgreSQL: it might hold secrets or settings meant for another server. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-4).join(" | ");
}

/**
 * A PostgreSQL that outlived its Psephos (killed with -9) is stopped; a pid file without such a process is removed.
 * We hold the directory's lock, so the process, if any, serves nobody.
 */
async function endOrphan(cluster: string, log: (line: string) => void): Promise<void> {
  const path = join(cluster, "postmaster.pid");
  if (!existsSync(path)) return;
  const pid = Number(readFileSync(path, "utf8").split("\n")[0]);
  if (Number.isInteger(pid) && pid > 0 && isRunning(pid) && commandOf(pid).includes(cluster)) {
    log(`stopping the PostgreSQL (pid ${pid}) that an earlier run left behind`);
    for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
      if (isRunning(pid)) process.kill(pid, signal);
      if (await goneWithin(pid, 20_000)) break;
    }
  }
  rmSync(path, { force: true });
}

function commandOf(pid: number): string {
  // Without /proc we cannot ask cheaply; PostgreSQL itself then refuses to start over a living server.
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) ? readFileSync(path, "latin1") : "";
}

async function goneWithin(pid: number, limitMs: number): Promise<boolean> {
  for (let waited = 0; waited < limitMs; waited += 50) {
    if (!isRunning(pid)) return true;
    await delay(50);
  }
  return !isRunning(pid);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function socketDirectory(cluster: string, account: Account): string {
  if (Buffer.byteLength(cluster) <= maxSocketDirectoryBytes) return cluster;
  const directory = mkdtempSync(join(tmpdir(), "psephos-"));
  giveTo(account, directory, 0o700);
  return directory;
}

interface RunningServer {
  readonly child: ChildProcess;
  readonly watchdog: ChildProcess;
  readonly exited: Promise<void>;
  lastWords: string;
}

function launch(
  cluster: string,
  host: string,
  binaries: Binaries,
  account: Account,
  log: (line: string) => void,
): RunningServer {
  const settings = {
    listen_addresses: "",
    unix_socket_directories: host,
    unix_socket_permissions: "0700",
    // What an acknowledged write needs to survive a power failure; these are the defaults, said aloud.
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    log_timezone: "UTC",
    TimeZone: "UTC",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // A session of its own: Ctrl-C in a terminal must reach us first, so that requests at hand can finish.
  const child = spawn(binaries.postgres, ["-D", cluster, "-p", "5432", ...flags], {
    ...account.ids,
    cwd: "/",
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: environment(),
  });
  const exited = new Promise<void>((resolve) => {
    child.on("exit", () => resolve());
    child.on("error", () => resolve());
  });
  const server: RunningServer = { child, watchdog: watch(child.pid), exited, lastWords: "" };
  child.on("error", (error) => (server.lastWords = error.message));
  child.stderr?.on("data", (chunk) => {
    server.lastWords = (server.lastWords + String(chunk)).slice(-2_000);
    for (const line of String(chunk).trim().split("\n")) log(line);
  });
  return server;
}

/** Ends PostgreSQL when this process dies without doing it: the pipe closes then, whatever killed us. */
function watch(pid: number | undefined): ChildProcess {
  const script = 'cat >/dev/null; kill -INT "$1" 2>/dev/null';
  return spawn("/bin/sh", ["-c", script, "sh", String(pid ?? 0)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
}

type Connection = EmbeddedPostgres["connection"];

async function untilReady(server: RunningServer, connection: Connection, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  let gone = false;
  void server.exited.then(() => (gone = true));
  for (;;) {
    if (gone) throw new Error(`PostgreSQL did not start: ${lastLines(server.lastWords)}`);
    const refused = await tryConnect(connection);
    if (refused === undefined) return;
    if (Date.now() > deadline) {
      throw new Error(`PostgreSQL was not ready after ${limitMs / 1000} s: ${lastLines(server.lastWords)}`, {
        cause: refused,
      });
    }
    await delay(25);
  }
}

async function tryConnect(connection: Connection): Promise<unknown> {
  const client = new pg.Client({ ...connection, database: "postgres", connectionTimeoutMillis: 5_000 });
  // An error after the connection failed has nobody waiting for it.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    return error ?? new Error("refused");
  }
}

async function createDatabase(connection: Connection): Promise<void> {
  const client = new pg.Client({ ...connection, database: "postgres" });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}

/**
 * PostgreSQL can be ended from outside (the kernel does that when memory runs out). Then it is started again, after a
 * pause that grows while that does not help; in the meantime queries fail and /ready says so.
 */
function keepRunning(
  first: RunningServer,
  begin: () => RunningServer,
  cluster: string,
  connection: Connection,
  log: (line: string) => void,
): { end(): Promise<void> } {
  let server = first;
  let ending = false;
  const kept = (async () => {
    for (let pauseMs = 200; ; pauseMs = Math.min(2_000, 2 * pauseMs)) {
      await server.exited;
      if (ending) return;
      server.watchdog.kill("SIGKILL");
      log(`PostgreSQL has ended; starting it again: ${lastLines(server.lastWords)}`);
      await delay(pauseMs);
      try {
        await endOrphan(cluster, log);
        if (ending) return;
        server = begin();
        await untilReady(server, connection, 120_000);
        pauseMs = 100;
      } catch (error) {
        log((error as Error).message);
      }
    }
  })();
  return {
    end: async () => {
      ending = true;
      await stop(server);
      await kept;
    },
  };
}

/** SIGINT is PostgreSQL's fast shutdown; SIGQUIT, recovered from at the next start, only if that hangs. */
async function stop(server: RunningServer): Promise<void> {
  server.child.kill("SIGINT");
  const hurry = setTimeout(() => server.child.kill("SIGQUIT"), 30_000);
  await server.exited;
  clearTimeout(hurry);
  server.watchdog.kill("SIGKILL");
}
