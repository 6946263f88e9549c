import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import { afterEach, expect, test } from "vitest";
import { isDatabaseGone, openDatabase } from "./database.js";
import { DirectoryInUse, isRunning } from "./directory-lock.js";
import { removeEmbedded } from "./embedded.js";

const places: string[] = [];

function place(): string {
  const path = mkdtempSync(join(tmpdir(), "psephos-embedded-"));
  // Open to pass through, so that root's database lies here, too (the closed home has its own test).
  chmodSync(path, 0o711);
  places.push(path);
  return path;
}

function open(directory: string) {
  return openDatabase({ url: undefined, directory, log: () => undefined });
}

afterEach(() => {
  for (const path of places.splice(0)) {
    if (existsSync(join(path, "location"))) removeEmbedded(path);
    rmSync(path, { recursive: true, force: true });
  }
});

test("data stays over a restart; the password is ours alone", async () => {
  const directory = place();
  const first = await open(directory);
  await sql`create table kept (word text)`.execute(first.db);
  await sql`insert into kept values ('pebble')`.execute(first.db);
  await first.close();
  const second = await open(directory);
  expect((await sql`select word from kept`.execute(second.db)).rows).toEqual([{ word: "pebble" }]);
  await second.close();
  expect(statSync(join(directory, "password")).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, "cluster")).mode & 0o777).toBe(0o700);
});

test("a second user of the directory is refused with a sentence, and the first goes on", async () => {
  const directory = place();
  const first = await open(directory);
  await expect(open(directory)).rejects.toThrow(DirectoryInUse);
  await expect(open(directory)).rejects.toThrow(/in use by another Psephos process/);
  expect(() => removeEmbedded(directory)).toThrow(DirectoryInUse);
  expect(await first.alive()).toBe(true);
  await first.close();
});

test("PostgreSQL ended from outside is started again; what was there is there, and closing still ends it", async () => {
  const directory = place();
  const database = await open(directory);
  await sql`create table kept (word text)`.execute(database.db);
  await sql`insert into kept values ('pebble')`.execute(database.db);
  const pid = postmaster(directory);
  process.kill(pid, "SIGKILL");
  const failed = await sql`select 1`.execute(database.db).catch((error) => error);
  // A query under way or the next one fails as "not now", unless the new server was quicker.
  if (failed instanceof Error) expect(isDatabaseGone(failed)).toBe(true);
  // What the dead one began may answer for a moment; it is the new one that counts.
  while ([pid, 0].includes(postmaster(directory)) || !(await database.alive()))
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await sql`select word from kept`.execute(database.db)).rows).toEqual([{ word: "pebble" }]);
  const second = postmaster(directory);
  await database.close();
  expect(isRunning(second)).toBe(false);
});

test("fsync is on, and nothing listens on the network", async () => {
  const database = await open(place());
  const setting = async (name: string) =>
    (await sql<{ v: string }>`select current_setting(${name}) as v`.execute(database.db)).rows[0]?.v;
  expect([await setting("fsync"), await setting("synchronous_commit"), await setting("listen_addresses")]).toEqual([
    "on",
    "on",
    "",
  ]);
  await database.close();
});

test("a lock and a pid file of processes that are gone do not hinder", async () => {
  const directory = place();
  await (await open(directory)).close();
  const stale = { pid: process.pid, started: "1", nonce: "0" };
  writeFileSync(join(directory, "lock"), JSON.stringify(stale));
  // The id of a living process that is not a PostgreSQL: what a restarted container leaves behind.
  writeFileSync(join(directory, "cluster", "postmaster.pid"), `${process.pid}\n${directory}\n1\n5432\n`, {
    mode: 0o600,
  });
  const database = await open(directory);
  expect(await database.alive()).toBe(true);
  await database.close();
});

test("a path too long for a socket works", async () => {
  const directory = join(place(), "d".repeat(60), "e".repeat(60));
  const database = await open(directory);
  expect(await database.alive()).toBe(true);
  await database.close();
});

test.skipIf(process.getuid?.() !== 0)("as root in a directory closed to others (a 0700 home)", async () => {
  const home = place();
  chmodSync(home, 0o700);
  const directory = join(home, "postgres");
  mkdirSync(directory);
  const database = await open(directory);
  await sql`create table kept (word text)`.execute(database.db);
  await database.close();
  const elsewhere = readFileSync(join(directory, "location"), "utf8").trim();
  expect(existsSync(join(elsewhere, "cluster", "PG_VERSION"))).toBe(true);
  const again = await open(directory);
  expect((await sql`select * from kept`.execute(again.db)).rows).toEqual([]);
  await again.close();
  removeEmbedded(directory);
  expect([existsSync(directory), existsSync(elsewhere)]).toEqual([false, false]);
});

// Opens the database and inserts numbers for ever; prints each number when the insert was acknowledged.
const writer = `
  const { openDatabase } = await import("./src/db/database.ts");
  const { sql } = await import("kysely");
  const { db } = await openDatabase({ url: undefined, directory: process.argv[1], log: () => undefined });
  await sql\`create table if not exists n (n int primary key)\`.execute(db);
  const { rows } = await sql\`select coalesce(max(n), 0) as n from n\`.execute(db);
  for (let n = rows[0].n + 1; ; n++) { await sql\`insert into n values (\${n})\`.execute(db); console.log(n); }
`;

/** Starts the writer, kills it with -9 once it has written enough, and returns the last acknowledged number. */
async function writeAndKill(directory: string, count: number): Promise<number> {
  const child: ChildProcess = spawn(
    process.execPath,
    ["--conditions=psephos-source", "--import", "tsx", "--input-type=module", "-e", writer, directory],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = once(child, "exit");
  let last = 0;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    last = Number(line);
    seen += 1;
    if (seen === count) child.kill("SIGKILL");
  }
  await exited;
  return last;
}

test("kill -9 of the process that runs it loses nothing acknowledged and leaves no PostgreSQL behind", async () => {
  const directory = place();
  for (const count of [20, 3, 50]) {
    const last = await writeAndKill(directory, count);
    const pid = Number(readFileSyncOr(join(directory, "cluster", "postmaster.pid")).split("\n")[0]);
    const database = await open(directory);
    const { rows } = await sql<{ count: bigint; max: number }>`select count(*), max(n) from n`.execute(database.db);
    expect(rows[0]?.max).toBeGreaterThanOrEqual(last);
    expect(rows[0]?.count).toBe(BigInt(rows[0]?.max ?? 0));
    await database.close();
    if (pid > 0) expect(isRunning(pid)).toBe(false);
  }
});

test("kill -9 of PostgreSQL itself is recovered from at the next start", async () => {
  const directory = place();
  const database = await open(directory);
  await sql`create table kept (word text)`.execute(database.db);
  const pid = postmaster(directory);
  process.kill(pid, "SIGKILL");
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  // Closed before it was started again, or just after: nothing may be left running either way.
  await database.close();
  const left = postmaster(directory);
  expect(left !== 0 && isRunning(left)).toBe(false);
  const again = await open(directory);
  expect((await sql`select * from kept`.execute(again.db)).rows).toEqual([]);
  await again.close();
});

/** Process number in the pid file; 0 without one. */
function postmaster(directory: string): number {
  return Number(readFileSyncOr(join(directory, "cluster", "postmaster.pid")).split("\n")[0]);
}

function readFileSyncOr(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
