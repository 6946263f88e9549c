/** One process to a directory: two that write the same files lose data without noticing. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface DirectoryLock {
  /** Gives the directory free. Not needed when the process dies: the next one sees that the holder is gone. */
  release(): void;
}

/** The directory is in use; the message is a sentence for the person at the terminal. */
export class DirectoryInUse extends Error {
  override readonly name = "DirectoryInUse";
}

const fileName = "lock";

/**
 * Takes the directory (made if it is not there) for this process, or throws {@link DirectoryInUse}. The lock is a file
 * with the holder's process id and start time; a file whose holder no longer runs is taken over. Works on one machine;
 * it does not guard a network file system against other machines.
 */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, fileName);
  const mine = JSON.stringify({
    pid: process.pid,
    started: startOf(process.pid),
    nonce: randomBytes(8).toString("hex"),
  });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, mine, { mode: 0o644 });
  try {
    // A few rounds: each removes one stale lock at most, and another process may be doing the same.
    for (let round = 0; round < 5; round++) {
      if (linked(draft, path)) return { release: () => release(path, mine) };
      const holder = readOrUndefined(path);
      if (holder === undefined) continue;
      const pid = runningHolder(holder);
      if (pid !== undefined) {
        throw new DirectoryInUse(
          `${directory} is in use by another Psephos process (pid ${pid}). Stop it, or choose another directory.`,
        );
      }
      removeStale(path, holder);
    }
    throw new DirectoryInUse(`${directory} could not be locked: other processes are taking it at the same time.`);
  } finally {
    unlinkSync(draft);
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    // ESRCH: a file under /proc whose process ended between opening and reading.
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

/** Moves the stale lock aside; if a new holder had replaced it in between, puts that one's lock back. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.stale.${randomBytes(4).toString("hex")}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (readFileSync(aside, "utf8") !== stale) linked(aside, path);
  rmSync(aside, { force: true });
}

function release(path: string, mine: string): void {
  if (readOrUndefined(path) === mine) rmSync(path, { force: true });
}

/** The process id of the holder if that very process still runs (a reused id has another start time). */
function runningHolder(content: string): number | undefined {
  let holder: { pid?: unknown; started?: unknown };
  try {
    holder = JSON.parse(content);
  } catch {
    return undefined;
  }
  if (typeof holder.pid !== "number" || !isRunning(holder.pid)) return undefined;
  return startOf(holder.pid) === holder.started ? holder.pid : undefined;
}

/** Whether a process with this id runs, whoever owns it. One that ended and waits for its parent does not run. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return statFields(pid)[0] !== "Z";
}

/** What /proc says after the command name (which is in brackets and may hold anything); empty elsewhere. */
function statFields(pid: number): readonly string[] {
  const stat = process.platform === "linux" ? readOrUndefined(`/proc/${pid}/stat`) : undefined;
  return stat === undefined ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Something that tells two processes with one id apart: when it started. Empty where the system does not say. */
function startOf(pid: number): string {
  // In ticks since boot.
  if (process.platform === "linux") return statFields(pid)[19] ?? "";
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}
