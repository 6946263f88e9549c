import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DirectoryInUse, isRunning, lockDirectory } from "./directory-lock.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "psephos-lock-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("one holder at a time; a released directory is free and holds no leftovers", () => {
  const lock = lockDirectory(directory);
  expect(() => lockDirectory(directory)).toThrow(DirectoryInUse);
  lock.release();
  expect(readdirSync(directory)).toEqual([]);
  lockDirectory(directory).release();
});

test.each([
  ["of a process that ended", JSON.stringify({ pid: 2 ** 22 + 1, started: "1", nonce: "a" })],
  ["of an earlier process with our id", JSON.stringify({ pid: process.pid, started: "1", nonce: "a" })],
  ["that is not readable", "half a li"],
  ["that is empty", ""],
])("a lock %s is taken over", (_what, content) => {
  writeFileSync(join(directory, "lock"), content);
  lockDirectory(directory).release();
  expect(readdirSync(directory)).toEqual([]);
});

test("releasing leaves another holder's lock alone", () => {
  const lock = lockDirectory(directory);
  const theirs = JSON.stringify({ pid: 1, started: "0", nonce: "b" });
  writeFileSync(join(directory, "lock"), theirs);
  lock.release();
  expect(readdirSync(directory)).toEqual(["lock"]);
});

test("of many processes that take over a stale lock at once, one wins", async () => {
  writeFileSync(join(directory, "lock"), JSON.stringify({ pid: 2 ** 22 + 1, started: "1", nonce: "a" }));
  const script = `
    const { lockDirectory } = await import("./src/db/directory-lock.ts");
    process.stdin.once("data", () => {
      try { lockDirectory(process.argv[1]); console.log("won"); } catch { console.log("lost"); }
    });
    console.log("here");`;
  const children = Array.from({ length: 5 }, () =>
    spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script, directory], {
      stdio: ["pipe", "pipe", "inherit"],
    }),
  );
  await Promise.all(children.map((child) => once(child.stdout, "data")));
  const answers = children.map(async (child) => String((await once(child.stdout, "data"))[0]).trim());
  for (const child of children) child.stdin.write("go\n");
  expect((await Promise.all(answers)).sort()).toEqual(["lost", "lost", "lost", "lost", "won"]);
  for (const child of children) child.stdin.end();
  await Promise.all(children.map((child) => once(child, "exit")));
});

test("a process that ended but was not waited for does not run", () => {
  expect(isRunning(process.pid)).toBe(true);
  expect(isRunning(2 ** 22 + 1)).toBe(false);
});
