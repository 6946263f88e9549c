// npm run nightly: the runs that take too long for npm test. Each is a bench with larger numbers; the results, with date
// and commit, go to bench/nightly.json, which is committed.
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, say } from "./setup.mjs";

const runs = [{ bench: "kill", env: { KILLS: process.env.KILLS ?? "2000" } }];

const results = {};
let failed = false;
for (const { bench, env } of runs) {
  say(`${bench} ${JSON.stringify(env)} ...`);
  const done = spawnSync(process.execPath, [join(root, "scripts", "bench.mjs"), bench, "--json"], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = done.stdout.trim().split("\n").at(-1) ?? "";
  if (done.status === 0) results[bench] = JSON.parse(line);
  else failed = true;
  say(done.status === 0 ? line : `${bench}: failed`);
}
// 10^6 random cases of every field operation of the ballot kernel, in both builds, against integers.
const cases = 1_000_000;
say(`kernel: ${cases} random field cases ...`);
const began = Date.now();
const kernel = spawnSync("npx", ["vitest", "run", "src/crypto/kernel/kernel.test.ts", "-t", "field"], {
  cwd: root,
  env: { ...process.env, PSEPHOS_NIGHTLY: "1" },
  stdio: ["ignore", "ignore", "inherit"],
});
if (kernel.status === 0) results.kernel = { cases, seconds: Math.round((Date.now() - began) / 1000) };
else failed = true;
say(kernel.status === 0 ? `kernel: ${JSON.stringify(results.kernel)}` : "kernel: failed");
const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
const report = { date: new Date().toISOString(), commit, results };
if (!failed) writeFileSync(join(root, "bench", "nightly.json"), `${JSON.stringify(report, null, 2)}\n`);
process.exit(failed ? 1 : 0);
