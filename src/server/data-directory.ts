/** The directory of everything this server keeps: made, taken for this process, emptied on request. */
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DirectoryLock, lockDirectory } from "#db/directory-lock.js";
import { removeEmbedded } from "#db/embedded.js";

/** Where the parts lie in a data directory. */
export function placesIn(dataDir: string) {
  return {
    postgres: join(dataDir, "postgres"),
    ledger: join(dataDir, "ledger"),
    keys: join(dataDir, "keys"),
    practice: join(dataDir, "practice"),
  };
}

// What Psephos puts into a data directory. A directory with anything else in it is not emptied: it is not ours.
const ownEntries: ReadonlySet<string> = new Set(["lock", "postgres", "ledger", "keys", "practice"]);

/** Makes the directory, takes it for this process and, with `reset`, empties it. */
export function takeDataDirectory(dataDir: string, reset: boolean): DirectoryLock {
  makeDirectory(dataDir);
  // A new or empty one gets its mode from us: as root the database's own user has to pass through; nobody looks around.
  if (readdirSync(dataDir).length === 0) chmodSync(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
  const lock = lockDirectory(dataDir);
  try {
    if (reset) emptyDirectory(dataDir);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Makes a directory and those above it, or says in a sentence why not. Not `recursive: true`: where a file system takes
 * no directories and calls that "not there" (/proc), Node tries for ever.
 */
function makeDirectory(path: string): void {
  try {
    if (isDirectory(path)) return;
    if (dirname(path) !== path) makeDirectory(dirname(path));
    mkdirSync(path);
  } catch (cause) {
    if (cause instanceof UnusableDirectory) throw cause;
    // Another process may have made it meanwhile.
    if (isDirectory(path)) return;
    throw new UnusableDirectory(path, cause as NodeJS.ErrnoException);
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: "there is a file of that name",
  ENOTDIR: "a part of the path is a file",
  ENOENT: "this file system takes no directories there",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};

class UnusableDirectory extends Error {
  constructor(path: string, cause: NodeJS.ErrnoException) {
    const reason = REASONS[cause.code ?? ""] ?? cause.message;
    super(`the directory ${path} cannot be made: ${reason}. Choose another with --data DIR.`, { cause });
  }
}

function emptyDirectory(dataDir: string): void {
  const entries = readdirSync(dataDir);
  const foreign = entries.filter((name) => !ownEntries.has(name));
  if (foreign.length > 0) {
    const some = foreign.slice(0, 3).join(", ");
    throw new Error(`--reset deletes only what Psephos made, but ${dataDir} also holds ${some}. Move that away first.`);
  }
  removeEmbedded(placesIn(dataDir).postgres);
  removeEmbedded(placesIn(placesIn(dataDir).practice).postgres);
  for (const name of entries) if (name !== "lock") rmSync(join(dataDir, name), { recursive: true, force: true });
}
