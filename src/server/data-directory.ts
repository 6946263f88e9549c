/** The directory of everything this server keeps: made, taken for this process, emptied on request. */
import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type DirectoryLock, lockDirectory } from "#db/directory-lock.js";
import { removeEmbedded } from "#db/embedded.js";

/** Where the parts lie in a data directory. */
export function placesIn(dataDir: string) {
  return { postgres: join(dataDir, "postgres"), ledger: join(dataDir, "ledger"), keys: join(dataDir, "keys") };
}

// What Psephos puts into a data directory. A directory with anything else in it is not emptied: it is not ours.
const ownEntries: ReadonlySet<string> = new Set(["lock", "postgres", "ledger", "keys", "practice"]);

/** Makes the directory, takes it for this process and, with `reset`, empties it. */
export function takeDataDirectory(dataDir: string, reset: boolean): DirectoryLock {
  mkdirSync(dataDir, { recursive: true });
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

function emptyDirectory(dataDir: string): void {
  const entries = readdirSync(dataDir);
  const foreign = entries.filter((name) => !ownEntries.has(name));
  if (foreign.length > 0) {
    const some = foreign.slice(0, 3).join(", ");
    throw new Error(`--reset deletes only what Psephos made, but ${dataDir} also holds ${some}. Move that away first.`);
  }
  removeEmbedded(placesIn(dataDir).postgres);
  for (const name of entries) if (name !== "lock") rmSync(join(dataDir, name), { recursive: true, force: true });
}
