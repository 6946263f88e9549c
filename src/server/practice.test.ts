/** The practice ledger's code, and the one setting in which it must not be there. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseServerOptions } from "./options.js";

const built = join(import.meta.dirname, "..", "..", "dist");

test("production has no practice ledger, whatever the flags say", () => {
  const practiceOf = (args: string[], env: Record<string, string>) => {
    const parsed = parseServerOptions(args, env);
    return parsed.ok && parsed.value !== "help" ? parsed.value.practice : parsed;
  };
  expect(practiceOf(["--practice"], {})).toBe("beside");
  expect(practiceOf(["--practice", "--no-practice"], {})).toBeUndefined();
  expect(practiceOf([], {})).toBeUndefined();
  expect(practiceOf(["--practice"], { NODE_ENV: "production" })).toBeUndefined();
});

test.skipIf(!existsSync(join(built, "server", "practice.js")))("its code does not load in production", () => {
  for (const file of ["server/practice.js", "cli/practice-main.js"]) {
    const { status, stderr } = spawnSync(process.execPath, [join(built, file)], {
      env: { ...process.env, NODE_ENV: "production" },
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr).toContain("There is no practice ledger on a server for real elections.");
  }
});
