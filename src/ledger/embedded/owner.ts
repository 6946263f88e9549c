/**
 * Which process may write. The record stands inside the store, where write transactions exclude each other across
 * processes, so two claimants cannot both succeed. A process that died is recognised by its number and start time, so a
 * kill -9 needs no cleaning up; and every block checks the record again, so even if recognition were wrong (another
 * machine's process on a shared disk), the older process stops instead of writing a second history.
 */
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";

export interface Owner {
  /** Names this claim. */
  readonly token: string;
  readonly pid: number;
  /** When the process started, in whatever form the system tells; empty where it does not. */
  readonly started: string;
  readonly host: string;
  /** Device and inode of the data file: a copy of the ledger is nobody's. */
  readonly file: string;
}

/** This process as owner of a data file. */
export function selfAsOwner(dataFile: string): Owner {
  return {
    token: randomUUID(),
    pid: process.pid,
    started: startOf(process.pid),
    host: hostname(),
    file: fileOf(dataFile),
  };
}

/** Whether the process that claimed this data file still runs. */
export function isAlive(owner: Owner, dataFile: string): boolean {
  if (owner.file !== fileOf(dataFile)) return false;
  // A process on another host cannot be seen from here; the check at each block covers the case.
  if (owner.host !== hostname()) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return owner.started === startOf(owner.pid);
}

export function encodeOwner(owner: Owner): Uint8Array {
  return Buffer.from(JSON.stringify(owner), "utf8");
}

/** `undefined` for bytes that are no owner: then nobody is. */
export function decodeOwner(bytes: Uint8Array | undefined): Owner | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8")) as Owner;
  } catch {
    return undefined;
  }
}

function fileOf(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}

function startOf(pid: number): string {
  if (process.platform === "linux") {
    try {
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // Field 22, counted after the command name, which is in brackets and may contain anything.
      return `${boot} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""}`;
    } catch {
      return "";
    }
  }
  if (process.platform === "win32") return "";
  return spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ?? "";
}
