// npm run nightly [-- --ballots N]: the runs that take too long for npm test. Each is a bench with larger numbers; the
// results, with date and commit, go to bench/nightly.json, which is committed. The record of N ballots (1,000,000 unless
// said otherwise: 1.7 GB, most of an hour to make) is made once and kept under .cache/.
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, say } from "./setup.mjs";

const at = process.argv.indexOf("--ballots");
const ballots = at < 0 ? "1000000" : process.argv[at + 1];

const runs = [
  { bench: "kill", env: { KILLS: process.env.KILLS ?? "2000" } },
  { bench: "verify", args: ["--ballots", ballots] },
];

/** The report of a bench: all that it printed, or its last line. */
function jsonOf(printed) {
  try {
    return JSON.parse(printed);
  } catch {
    return JSON.parse(printed.trim().split("\n").at(-1) ?? "");
  }
}

const results = {};
let failed = false;
for (const { bench, env = {}, args = [] } of runs) {
  say(`${bench} ${JSON.stringify(env)} ${args.join(" ")} ...`);
  const done = spawnSync(process.execPath, [join(root, "scripts", "bench.mjs"), bench, "--json", ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (done.status === 0) results[bench] = jsonOf(done.stdout);
  else failed = true;
  say(done.status === 0 ? JSON.stringify(results[bench]) : `${bench}: failed`);
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
// The older line of CometBFT, which we run on, too: the ledger contract and live networks.
say("CometBFT v0.38.25: the ledger contract and live networks ...");
const olderBegan = Date.now();
const built = spawnSync(process.execPath, [join(root, "scripts", "engine.mjs"), "--v0.38"], {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
});
const suites = ["four", "byzantine", "crash", "validators", "time"].map((name) => `test/network/${name}.slow.test.ts`);
const older = spawnSync("npx", ["vitest", "run", "src/ledger/cometbft/engine.slow.test.ts", ...suites], {
  cwd: root,
  env: { ...process.env, COMETBFT: built.stdout.trim() },
  stdio: ["ignore", "ignore", "inherit"],
});
if (built.status === 0 && older.status === 0)
  results.olderEngine = { version: "v0.38.25", seconds: Math.round((Date.now() - olderBegan) / 1000) };
else failed = true;
say(results.olderEngine ? `v0.38.25: ${JSON.stringify(results.olderEngine)}` : "v0.38.25: failed");
const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
const report = { date: new Date().toISOString(), commit, results };
if (!failed) writeFileSync(join(root, "bench", "nightly.json"), `${JSON.stringify(report, null, 2)}\n`);
process.exit(failed ? 1 : 0);
