// npm test: everything (types, lint, tests of all circles). npm run check (--fast): the same without *.slow.test.ts.
// Ends with one line "N passed, N failed"; before it, the list of what this machine could not run. Other arguments go
// to vitest.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { compile, prepare, root, runTool, say } from "./setup.mjs";

const fast = process.argv.includes("--fast");
const forVitest = process.argv.slice(2).filter((argument) => argument !== "--fast");
const cache = join(root, ".cache");
const report = join(cache, "vitest.json");
const absences = join(cache, "absent.txt");

// Not built here: what does not compile is counted as a failure below, and the other checks still run.
prepare({ build: false });
mkdirSync(cache, { recursive: true });
for (const file of [report, absences]) rmSync(file, { force: true });

let passed = 0;
let failed = 0;

function check(name, run) {
  say(`${name} ...`);
  if (run()) passed += 1;
  else {
    failed += 1;
    say(`${name}: failed`);
  }
}

check("types", () => compile("tsconfig.json"));
if (failed === 0) prepare();
check("lint", () => runTool("@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]) === 0);

// Built once, before the test files that need it run side by side. Without Go it says so, and those tests are listed below.
if (!fast) {
  say("network engine ...");
  spawnSync(process.execPath, [join(root, "scripts", "engine.mjs")], { stdio: ["ignore", "ignore", "inherit"] });
}

say(fast ? "tests (without the slow ones) ..." : "tests ...");
const vitestArgs = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
if (fast) vitestArgs.push("--exclude", "**/*.slow.test.ts", "--exclude", "**/node_modules/**");
const status = runTool("vitest/vitest.mjs", [...vitestArgs, ...forVitest], {
  env: { ...process.env, PSEPHOS_ABSENCES: absences },
});

const results = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined;
passed += results?.numPassedTests ?? 0;
failed += results?.numFailedTests ?? 0;
// A file that does not even load has no failed test in the report; it must not pass unseen.
const brokenFiles = (results?.testResults ?? []).filter(
  (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
);
failed += brokenFiles.length;
if (status !== 0 && failed === 0) failed = 1;

const absent = existsSync(absences)
  ? [...new Set(readFileSync(absences, "utf8").split("\n").filter(Boolean))].sort()
  : [];
const skipped = results?.numPendingTests ?? 0;
process.stdout.write("\n");
if (absent.length > 0) {
  process.stdout.write("Not run on this machine (.ci/setup installs what is missing):\n");
  for (const line of absent) process.stdout.write(`  ${line}\n`);
}
if (skipped > 0) process.stdout.write(`${skipped} tests skipped\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
