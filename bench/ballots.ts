// bench: ballots checked per second and core: in batches as the ledger has them, one by one as archives have them
//
// Rates count the processor time of this process, not the time on the clock, so that a busy machine does not change them;
// the clock's rates stand beside. Everything runs on one thread, but for the two workers, which are compared with one on
// the clock and need two idle cores to show what they can. The plain implementation (noble), and `belenios-tool` where it is
// installed, are measured in the same run: ratios do not depend on the machine.

import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { GENERATOR, pointFromTrustedAffine, pointToAffine } from "#crypto/group.js";
import { type Kernel, openKernel } from "#crypto/kernel/kernel.js";
import { workerJudge } from "#pool/node.js";
import { type BallotTask, electionObject, judgeBallot } from "#protocol/ballot.js";
import { judgeBatch } from "#protocol/batch.js";
import { taskOf } from "#protocol/machine.js";
import type { Plan } from "#protocol/plan.js";
import { readArchived, verifyArchived } from "#protocol/suite/belenios-v1/archived.js";
import { ballotFromText, verifyBallot } from "#protocol/suite/belenios-v1/ballot.js";
import { canonicalOf, decodeWire } from "#protocol/suite/belenios-v1/wire.js";
import { verifyArchive } from "#verify/archive.js";
import { envelopedWire, resignedWire } from "../test/ballot-forge.js";
import { beleniosTool } from "../test/belenios-tool.js";
import { ballotWire, openElection, TestLedger, trustees, UUID, votersOf } from "../test/protocol-kit.js";
import { option, percentile, wantsJson } from "./kit.js";

const distinct = option("ballots", 64);
const batchSize = option("batch", 2048);
const runs = option("runs", 5);

interface Rate {
  /** Per second of processor time, median of the runs. */
  readonly cpu: number;
  /** Per second on the clock. */
  readonly clock: number;
}

/** Work is repeated for so long before anything is counted: until then the engine is still compiling it. */
const WARM_UP_MS = 1000;

/** Median rates of `work`, which does `count` things; warmed up first. */
function rate(name: string, count: number, work: () => void, times = runs): Rate {
  const warm = performance.now() + WARM_UP_MS;
  do work();
  while (performance.now() < warm);
  const cpu: number[] = [];
  const clock: number[] = [];
  for (let run = 0; run < times; run++) {
    const began = performance.now();
    const before = process.cpuUsage();
    work();
    const after = process.cpuUsage();
    cpu.push((count * 1e6) / (after.user + after.system - before.user - before.system));
    clock.push((count * 1e3) / (performance.now() - began));
  }
  const measured = { cpu: Math.round(median(cpu)), clock: Math.round(median(clock)) };
  if (!wantsJson())
    process.stderr.write(`${name.padEnd(44)} ${measured.cpu}/s of processor time, ${measured.clock}/s on the clock\n`);
  return measured;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return percentile(sorted, 0.5);
}

function must(holds: boolean): void {
  if (!holds) throw new Error("a good ballot was refused");
}

interface Ballots {
  readonly tasks: readonly BallotTask[];
  /** The worst that a voter can send: everything holds but the last equation. */
  readonly bad: readonly BallotTask[];
  readonly texts: readonly string[];
}

function ballotsOf(questions: Plan["questions"], choice: readonly number[]): Ballots {
  const ledger = new TestLedger();
  const voters = votersOf(distinct, UUID);
  openElection(ledger, trustees(1, 0), 0, voters, { questions });
  const tasks = voters.map((voter) => taskOf(ledger.state, ballotWire(ledger, UUID, voter, [choice])) as BallotTask);
  const texts = voters.map(({ credential }, i) => {
    const task = tasks[i] as BallotTask;
    const decoded = decodeWire(task.wire, electionObject(task.electionText), credential.key);
    if (!decoded.ok) throw new Error(decoded.error.detail);
    return canonicalOf(decoded.value).text;
  });
  const bad = voters.slice(0, 16).map(({ credential }, i) => {
    const { wire, electionText, type, sequence, uuid, chainId } = tasks[i] as BallotTask;
    const decoded = decodeWire(wire, electionObject(electionText), credential.key);
    if (!decoded.ok) throw new Error(decoded.error.detail);
    const at = 64 * (decoded.value.layout.pointCount - 2);
    const moved = wire.slice();
    moved.set(pointToAffine(pointFromTrustedAffine(wire.slice(at, at + 64)).add(GENERATOR)), at);
    const forged = resignedWire(moved, electionText, credential, ledger.random);
    const parts = { type, chainId, uuid, electionText, credential, sequence };
    return taskOf(ledger.state, envelopedWire(parts, forged, ledger.random)) as BallotTask;
  });
  return { tasks, texts, bad };
}

function measureKind(kernel: Kernel, name: string, { tasks, texts, bad }: Ballots) {
  const worst = Array.from({ length: Math.min(256, batchSize) }, (_, i) => bad[i % bad.length] as BallotTask);
  const many = Array.from({ length: batchSize }, (_, i) => tasks[i % tasks.length] as BallotTask);
  const election = electionObject((tasks[0] as BallotTask).electionText);
  const random = (length: number): Uint8Array => randomBytes(length);
  const few = many.slice(0, 64);
  const single = (text: string): void => {
    const ballot = readArchived(kernel, text);
    must(ballot.ok && verifyArchived(kernel, election, ballot.value) === null);
  };
  const plain = texts.slice(0, Math.min(8, texts.length));
  return {
    batch: rate(`${name}: batch of ${batchSize}`, many.length, () =>
      must(judgeBatch(many, kernel, random).every((verdict) => verdict.ok)),
    ),
    smallBatch: rate(`${name}: batches of 64`, few.length * 4, () => {
      for (let i = 0; i < 4; i++) must(judgeBatch(few, kernel, random).every((verdict) => verdict.ok));
    }),
    allBad: rate(
      `${name}: a batch of ${worst.length}, each bad in its last equation`,
      worst.length,
      () => must(judgeBatch(worst, kernel, random).every((verdict) => !verdict.ok)),
      3,
    ),
    single: rate(`${name}: from the archive, one by one`, texts.length, () => texts.forEach(single)),
    plainWire: rate(
      `${name}: plain implementation, wire`,
      plain.length,
      () => must(tasks.slice(0, plain.length).every((task) => judgeBallot(task).ok)),
      3,
    ),
    plainArchive: rate(
      `${name}: plain implementation, archive`,
      plain.length,
      () => {
        for (const text of plain) {
          const ballot = ballotFromText(text);
          must(ballot.ok && verifyBallot(election, ballot.value) === null);
        }
      },
      3,
    ),
  };
}

/** Ballots a second on the clock with one worker and with two, run by turns, and the median of the turns' ratios. */
async function measureWorkers(tasks: readonly BallotTask[]) {
  const many = Array.from({ length: 4 * batchSize }, (_, i) => tasks[i % tasks.length] as BallotTask);
  const pools = [workerJudge({ workers: 1 }), workerJudge({ workers: 2 })] as const;
  const perSecond: [number[], number[]] = [[], []];
  // The first two turns warm up.
  for (let turn = 0; turn < runs + 2; turn++) {
    for (const [index, pool] of pools.entries()) {
      const began = performance.now();
      must((await pool.judge(many)).every((verdict) => verdict.ok));
      if (turn >= 2) perSecond[index as 0 | 1].push((many.length * 1e3) / (performance.now() - began));
    }
  }
  await Promise.all(pools.map((pool) => pool.close()));
  const [one, two] = perSecond;
  const ratio = median(two.map((rate, i) => rate / (one[i] as number)));
  return { one: Math.round(median(one)), two: Math.round(median(two)), ratio };
}

/** A whole archive verified by us and by `belenios-tool`, by turns, on the clock; `undefined` without the tool. */
function measureTool(file: string, uuid: string) {
  if (spawnSync("belenios-tool", ["--version"]).status !== 0) return undefined;
  const archive = readFileSync(join(import.meta.dirname, "..", "vectors", "belenios", file));
  const ballots = archive.toString("latin1").split('{"election_uuid"').length - 1;
  const directory = mkdtempSync(join(tmpdir(), "psephos-bench-"));
  const [ours, theirs]: [number[], number[]] = [[], []];
  try {
    writeFileSync(join(directory, `${uuid}.bel`), archive);
    for (let turn = 0; turn < 4; turn++) {
      const began = performance.now();
      must(verifyArchive(archive).verdict === "valid");
      const middle = performance.now();
      must(beleniosTool(["election", "verify", "--dir", directory], { cwd: directory }).exitCode === 0);
      if (turn === 0) continue;
      ours.push((ballots * 1e3) / (middle - began));
      theirs.push((ballots * 1e3) / (performance.now() - middle));
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const ratio = median(ours.map((rate, i) => rate / (theirs[i] as number)));
  return { ballots, psephos: Math.round(median(ours)), beleniosTool: Math.round(median(theirs)), ratio };
}

const kernel = openKernel("best");
if (kernel === undefined) throw new Error("this Node has no WebAssembly");
const yesNoBallots = ballotsOf([{ question: "?", answers: ["Yes", "No"], min: 1, max: 1, blank: false }], [1, 0]);
const yesNo = measureKind(kernel, "yes/no", yesNoBallots);
const five = measureKind(
  kernel,
  "5 candidates",
  ballotsOf([{ question: "?", answers: ["A", "B", "C", "D", "E"], min: 1, max: 1, blank: false }], [0, 0, 1, 0, 0]),
);
const workers = await measureWorkers(yesNoBallots.tasks);
/** The archives' single-threaded verification from end to end, ballots a second. */
const wholeArchive = {
  yesNo: measureTool("yesno-pYsz3Gnhyepwe5.bel", "pYsz3Gnhyepwe5"),
  five: measureTool("five-tz4Y6RbqxByezU.bel", "tz4Y6RbqxByezU"),
};
const result = {
  bench: "ballots",
  batchYesNoPerSecond: yesNo.batch.cpu,
  batchFivePerSecond: five.batch.cpu,
  singleYesNoPerSecond: yesNo.single.cpu,
  singleFivePerSecond: five.single.cpu,
  twoWorkersRatio: workers.ratio,
  targets: { batchYesNo: 8000, batchFive: 4000, singleYesNo: 800, singleFive: 370, twoWorkersRatio: 1.8 },
  timesPlain: {
    batchYesNo: yesNo.batch.cpu / yesNo.plainWire.cpu,
    batchFive: five.batch.cpu / five.plainWire.cpu,
    singleYesNo: yesNo.single.cpu / yesNo.plainArchive.cpu,
    singleFive: five.single.cpu / five.plainArchive.cpu,
  },
  /** A batch of bad ballots costs so many times a good one of 2,048. */
  worstFactor: { yesNo: yesNo.batch.cpu / yesNo.allBad.cpu, five: five.batch.cpu / five.allBad.cpu },
  workers,
  wholeArchive,
  yesNo,
  five,
  kernel: kernel.simd ? "SIMD" : "scalar",
  batchSize,
  distinctBallots: distinct,
  runs,
  machine: { cpu: cpus()[0]?.model.trim() ?? "unknown", cores: cpus().length, node: process.versions.node },
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
