/** `psephos backup` and `psephos restore`: registry, ledger and what stands beside them, while servers run. */
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type { Command } from "commander";
import { openBeside, openDatabase } from "#db/database.js";
import { DirectoryInUse, lockDirectory } from "#db/directory-lock.js";
import { dumpLines, restoreLines, UnusableDump } from "#db/dump.js";
import { copyBeside, ledgerExists } from "#ledger/embedded/open.js";
import { placesIn } from "#server/data-directory.js";
import { allMigrations } from "#server/migrations.js";
import { purgeListName } from "#server/purge-list.js";
import { version } from "#server/version.js";
import { CommandError, note, say } from "./terminal.js";

interface BackupOptions {
  readonly data: string;
  readonly keys?: string;
  readonly withKeys?: boolean;
}
interface RestoreOptions {
  readonly data: string;
  readonly keys?: string;
  readonly replace?: boolean;
  readonly ledger?: boolean;
}

/** Beside the files: what they are and their hashes. */
interface Contents {
  readonly psephos: "backup-1";
  readonly version: string;
  readonly made: string;
  readonly files: Readonly<Record<string, string>>;
}

const registryFile = "registry.jsonl.gz";
const contentsFile = "contents.json";
const dataOption = [
  "--data <dir>",
  "the server's data directory (else PSEPHOS_DATA)",
  process.env.PSEPHOS_DATA ?? "data",
] as const;
const keysOption = ["--keys <dir>", "directory of the registration key (else PSEPHOS_KEYS, else DATA/keys)"] as const;

export function addBackupCommands(program: Command): void {
  program
    .command("backup")
    .description("copy registry and ledger into a new directory, while the server runs")
    .argument("<directory>", "a directory that does not exist yet")
    .option(...dataOption)
    .option(...keysOption)
    .option("--with-keys", "copy the registration key and the node's key, too: whoever has them can act as this server")
    .addHelpText("after", "\nWith DATABASE_URL the registry is that database; else the one in the data directory.")
    .action((directory: string, options: BackupOptions) => backup(resolve(directory), options));
  program
    .command("restore")
    .description("put a backup's registry (and ledger, where there is none) back; the server must be stopped")
    .argument("<directory>", "what psephos backup has made")
    .option(...dataOption)
    .option(...keysOption)
    .option("--replace", "replace the registry that is there")
    .option("--ledger", "put the ledger back as well; only where there is none")
    .action((directory: string, options: RestoreOptions) => restore(resolve(directory), options));
}

function keysIn(options: BackupOptions | RestoreOptions): string {
  return options.keys ?? process.env.PSEPHOS_KEYS ?? placesIn(options.data).keys;
}

async function backup(target: string, options: BackupOptions): Promise<void> {
  if (existsSync(target)) throw new CommandError(`${target} exists already; a backup goes into a new directory.`, 2);
  const places = placesIn(options.data);
  const url = process.env.DATABASE_URL || undefined;
  if (url === undefined && !existsSync(places.postgres))
    throw new CommandError(`There is no registry in ${options.data}. Name the data directory with --data.`, 2);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const files: string[] = [registryFile];
  const database = await openBeside({ url, directory: places.postgres, log: () => undefined });
  try {
    const lines = dumpLines(
      database.db,
      allMigrations.map((module) => module.schema),
    );
    await pipeline(
      Readable.from(withFeeds(lines)),
      createGzip(),
      createWriteStream(join(target, registryFile), { mode: 0o600 }),
    );
  } finally {
    await database.close();
  }
  note("registry copied");
  // The ledger second: it is never behind the registry then, and the registry follows it again from where it stood.
  if (await copyBeside(places.ledger, join(target, "ledger"))) files.push("ledger/ledger.mdb");
  else note("There is no embedded ledger here: the server is not set up yet, or the nodes of its network have it.");
  const keys = keysIn(options);
  const copied: [string, string][] = [[keys, purgeListName]];
  if (options.withKeys === true) copied.push([keys, "registrar.key"], [places.ledger, "node.key"]);
  for (const [from, name] of copied) {
    if (!existsSync(join(from, name))) continue;
    copyFileSync(join(from, name), join(target, name));
    chmodSync(join(target, name), 0o600);
    files.push(name);
  }
  const hashes: Record<string, string> = {};
  for (const name of files) hashes[name] = await hashOf(join(target, name));
  const contents: Contents = { psephos: "backup-1", version, made: new Date().toISOString(), files: hashes };
  writeFileSync(join(target, contentsFile), `${JSON.stringify(contents, undefined, 1)}\n`, { mode: 0o600 });
  say(`${target}: ${files.join(", ")}`);
  if (options.withKeys !== true) note("Keys are not in it. Keep copies of registrar.key and node.key apart, once.");
}

async function* withFeeds(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

async function restore(source: string, options: RestoreOptions): Promise<void> {
  const contents = await checked(source);
  const places = placesIn(options.data);
  mkdirSync(options.data, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const lock = lockOf(options.data);
  try {
    await restoreRegistry(source, options, places.postgres);
    restorePurgeList(source, keysIn(options));
    for (const [name, directory] of [
      ["registrar.key", keysIn(options)],
      ["node.key", places.ledger],
    ] as const) {
      if (contents.files[name] === undefined || existsSync(join(directory, name))) continue;
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      copyFileSync(join(source, name), join(directory, name));
      chmodSync(join(directory, name), 0o600);
      note(`${name} put back`);
    }
    if (options.ledger === true) await restoreLedger(source, places.ledger);
  } finally {
    lock.release();
  }
  say("Restored. At its start the server follows the ledger again, erases again whom the purge list names,");
  say("and notes where the ledger knows more (psephos doctor shows it).");
}

function lockOf(directory: string) {
  try {
    return lockDirectory(directory);
  } catch (error) {
    if (error instanceof DirectoryInUse)
      throw new CommandError("A server is running on this data directory. Stop it first.");
    throw error;
  }
}

/** Reads the list of contents and compares every hash before anything is touched. */
async function checked(source: string): Promise<Contents> {
  if (!existsSync(join(source, contentsFile)))
    throw new CommandError(`${source} is not a backup: ${contentsFile} is missing (it is written last).`, 2);
  const contents = JSON.parse(readFileSync(join(source, contentsFile), "utf8")) as Contents;
  for (const [name, hash] of Object.entries(contents.files)) {
    if (!existsSync(join(source, name)) || (await hashOf(join(source, name))) !== hash)
      throw new CommandError(`${name} of this backup is missing or damaged. Take another backup.`);
  }
  return contents;
}

async function restoreRegistry(source: string, options: RestoreOptions, directory: string): Promise<void> {
  const url = process.env.DATABASE_URL || undefined;
  const database = await openDatabase({ url, directory, log: () => undefined });
  try {
    if (options.replace !== true && (await database.holdsTables()))
      throw new CommandError("There is a registry already. To replace it: --replace (make a backup of it first).");
    if (url !== undefined && (await database.othersConnected()))
      throw new CommandError("A server is using this database. Stop all servers first.");
    const input = createReadStream(join(source, registryFile)).pipe(createGunzip());
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    const { rows } = await restoreLines(database.db, allMigrations, lines);
    note(`registry put back: ${rows} rows`);
  } catch (error) {
    if (error instanceof UnusableDump) throw new CommandError(error.message);
    throw error;
  } finally {
    await database.close();
  }
}

/** Both lists count: who was erased before or after the backup stays erased. */
function restorePurgeList(source: string, keys: string): void {
  const kept = join(source, purgeListName);
  if (!existsSync(kept)) return;
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  appendFileSync(join(keys, purgeListName), readFileSync(kept), { mode: 0o600 });
}

async function restoreLedger(source: string, directory: string): Promise<void> {
  if (!existsSync(join(source, "ledger", "ledger.mdb"))) throw new CommandError("This backup holds no ledger.");
  if (await ledgerExists(directory))
    throw new CommandError(
      `${directory} holds a ledger. A ledger is never put back over another: it could lose blocks.`,
    );
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const name of ["ledger.mdb", "genesis.cbor"]) {
    const from = join(source, "ledger", name);
    if (existsSync(from)) copyFileSync(from, join(directory, name));
  }
  note("ledger put back; it needs the node.key that its genesis names");
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  if (statSync(path).size > 0) for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
