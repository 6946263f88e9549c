/** Whose rights the embedded PostgreSQL runs with: it refuses to run as root. */
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync } from "node:fs";

export interface Account {
  /** Options for child processes; empty when we are an ordinary user ourselves. */
  readonly ids: { readonly uid?: number; readonly gid?: number };
  readonly name: string;
}

/** Names that are used when they exist, best first; the second one is made when there is none. */
const ownNames = ["postgres", "psephos"] as const;

/** The account to run the database under. As root: `postgres`, or `psephos` (made if needed), or else `nobody`. */
export function databaseAccount(): Account {
  if (process.getuid?.() !== 0) return { ids: {}, name: "the present user" };
  const existing = firstAccount(ownNames);
  if (existing) return existing;
  const commands: readonly (readonly string[])[] = [
    ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "psephos"],
    ["adduser", "-S", "-D", "-H", "psephos"],
  ];
  for (const [command, ...args] of commands) {
    if (command !== undefined && spawnSync(command, args, { stdio: "ignore" }).status === 0) break;
  }
  const account = firstAccount([...ownNames, "nobody"]);
  if (account) return account;
  throw new Error(
    "PostgreSQL does not run as root, and no other user could be made. Start Psephos as an ordinary user.",
  );
}

function firstAccount(names: readonly string[]): Account | undefined {
  for (const name of names) {
    const uid = idOf("-u", name);
    const gid = idOf("-g", name);
    if (uid !== undefined && gid !== undefined) return { ids: { uid, gid }, name };
  }
  return undefined;
}

function idOf(flag: string, name: string): number | undefined {
  const { status, stdout } = spawnSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return status === 0 && /^[0-9]+\n$/.test(stdout) ? Number(stdout) : undefined;
}

/** Whether the account can enter the directory: every folder on the way must let it pass. */
export function canEnter(account: Account, directory: string): boolean {
  return (
    spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", directory], { stdio: "ignore", cwd: "/", ...account.ids }).status === 0
  );
}

/** Gives a file or directory to the account alone. */
export function giveTo(account: Account, path: string, mode: number): void {
  if (account.ids.uid !== undefined && account.ids.gid !== undefined) chownSync(path, account.ids.uid, account.ids.gid);
  chmodSync(path, mode);
}
