import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { takeDataDirectory } from "./data-directory.js";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "psephos-data-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test("a directory is made with those above it", () => {
  const path = join(folder(), "a", "b");
  const lock = takeDataDirectory(path, false);
  expect(existsSync(path)).toBe(true);
  lock.release();
});

test.runIf(existsSync("/proc/self"))("a place that takes no directories is refused at once, in a sentence", () => {
  expect(() => takeDataDirectory("/proc/psephos/data", false)).toThrow(
    "the directory /proc/psephos cannot be made: this file system takes no directories there. Choose another with --data DIR.",
  );
});

test("a file in the way is named", () => {
  const file = join(folder(), "file");
  writeFileSync(file, "");
  expect(() => takeDataDirectory(file, false)).toThrow(`${file} cannot be made: there is a file of that name`);
  expect(() => takeDataDirectory(join(file, "data"), false)).toThrow("cannot be made");
});
