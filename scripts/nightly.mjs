// npm run nightly [-- --only NAME[,NAME]] [--ballots N]: the runs that take too long for npm test. The results, with date
// and commit, go to bench/nightly.json, which is committed; with --only, the others' last results stay there. The record
// of N ballots (1,000,000 unless said otherwise: 1.7 GB, most of an hour to make) is made once and kept under .cache/.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepare, root, say, stop } from "./setup.mjs";

const after = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const ballots = after("--ballots") ?? "1000000";
const out = join(root, "bench", "nightly.json");

/** A bench; `env`: what its first line names, unless the environment says otherwise. */
const bench = (name, env = {}, args = []) => {
  const chosen = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, process.env[key] ?? value]));
  return () => {
    say(`  ${JSON.stringify(chosen)} ${args.join(" ")}`);
    const done = run(process.execPath, [join(root, "scripts", "bench.mjs"), name, "--json", ...args], chosen, "pipe");
    return done.status === 0 ? jsonOf(done.stdout) : undefined;
  };
};

/** Test files, one after the other: live networks do not share a machine well. */
const tests = (files, env = {}, args = []) => {
  const done = run("npx", ["vitest", "run", "--no-file-parallelism", ...files, ...args], env, "inherit");
  return done.status === 0;
};

/** By name: what is run, and gives its results or undefined when it failed. */
const RUNS = {
  /** kill -9 in a loop under load. */
  kill: bench("kill", { KILLS: "2000" }),
  verify: bench("verify", {}, ["--ballots", ballots]),
  /** Whole elections from seeds, against an independent model. */
  simulation: bench("simulation", { SEEDS: "1000", NETWORKS: "100", EMBEDDED: "200" }),
  /** Every reader of strangers' bytes. */
  fuzz: bench("fuzz", { SECONDS: "120" }),
  /** Each guard of an attack row, broken: its test must notice. */
  breaks: bench("breaks"),
  mutants: bench("mutants", { COUNT: "300" }),
  /** 10^6 random cases of every field operation of the ballot kernel, in both builds, against integers. */
  kernel: () => {
    const cases = 1_000_000;
    return tests(["src/crypto/kernel/kernel.test.ts"], { PSEPHOS_NIGHTLY: "1" }, ["-t", "field"]) && { cases };
  },
  /** The older line of CometBFT, which we run on, too: the ledger contract and live networks. */
  olderEngine: () => {
    const built = run(process.execPath, [join(root, "scripts", "engine.mjs"), "--v0.38"], {}, "pipe");
    if (built.status !== 0) return undefined;
    const names = ["four", "byzantine", "crash", "validators", "time", "double-sign"];
    const suites = [
      "src/ledger/cometbft/engine.slow.test.ts",
      ...names.map((each) => `test/network/${each}.slow.test.ts`),
    ];
    return tests(suites, { COMETBFT: built.stdout.trim() }) && { version: "v0.38.25" };
  },
};

const only = after("--only")?.split(",") ?? (process.argv.includes("--only") ? [""] : undefined);
for (const name of only ?? [])
  if (!(name in RUNS)) stop(`There is no run "${name}". There are: ${Object.keys(RUNS).join(", ")}.`, 2);

function run(program, args, env, stdout) {
  const stdio = ["ignore", stdout, "inherit"];
  return spawnSync(program, args, { cwd: root, env: { ...process.env, ...env }, encoding: "utf8", stdio });
}

/** The report of a bench: all that it printed, or its last line. */
function jsonOf(printed) {
  try {
    return JSON.parse(printed);
  } catch {
    return JSON.parse(printed.trim().split("\n").at(-1) ?? "");
  }
}

const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
const results = existsSync(out) ? JSON.parse(readFileSync(out, "utf8")).results : {};
const failed = [];
// Workers and children load built files.
prepare();
for (const name of only ?? Object.keys(RUNS)) {
  say(`${name} ...`);
  const began = Date.now();
  const result = RUNS[name]();
  const seconds = Math.round((Date.now() - began) / 1000);
  if (result) {
    results[name] = { date: new Date().toISOString(), commit, seconds, ...result };
    // At once: a night may end early.
    writeFileSync(out, `${JSON.stringify({ results }, null, 2)}\n`);
  } else failed.push(name);
  say(`${name}: ${result ? `${seconds} s` : "FAILED"}`);
}
say(failed.length === 0 ? "Nothing failed." : `Failed: ${failed.join(", ")}.`);
process.exit(failed.length === 0 ? 0 : 1);
