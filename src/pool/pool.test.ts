/** Judges: the plain one is the oracle; workers give the same verdicts, whatever becomes of them. */
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Busy } from "#base/busy.js";
import { type BallotTask, judgeBallot } from "#protocol/ballot.js";
import type { Judge } from "#protocol/judge.js";
import { VerdictCache } from "#protocol/judge.js";
import { taskOf } from "#protocol/machine.js";
import {
  ballotWire,
  openElection,
  TestLedger,
  type TestVoter,
  trustees,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";
import { judgingKernel } from "./ballots.js";
import { localJudge, plainJudge } from "./judge.js";
import { builtWorkerFile, workerJudge } from "./node.js";

/** Good ballots, and one with an altered proof, one with an altered envelope, one that is noise. */
let tasks: BallotTask[];
let directory: string;
const judges: Judge[] = [];

beforeAll(async () => {
  const ledger = new TestLedger();
  const voters = votersOf(4, UUID);
  openElection(ledger, trustees(1, 0), 0, voters);
  const good = voters.map(
    (voter: TestVoter, i) =>
      taskOf(ledger.state, ballotWire(ledger, UUID, voter, [i % 2 === 0 ? [1, 0] : [0, 1]])) as BallotTask,
  );
  const [first, second, third] = good as [BallotTask, BallotTask, BallotTask];
  const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  tasks = [
    ...good,
    { ...first, id: "altered proof", wire: flipped(first.wire, first.wire.length - 1) },
    { ...second, id: "altered envelope", response: flipped(second.response, 31) },
    { ...third, id: "noise", wire: new Uint8Array(40).fill(9) },
  ];
  directory = await mkdtemp(join(tmpdir(), "psephos-pool-"));
});

afterAll(async () => {
  for (const judge of judges) await judge.close();
  await rm(directory, { recursive: true, force: true });
});

const keep = (judge: Judge): Judge => {
  judges.push(judge);
  return judge;
};

async function expectOracle(judge: Judge): Promise<void> {
  const verdicts = await judge.judge(tasks);
  expect(verdicts.map((verdict) => verdict.ok)).toEqual([true, true, true, true, false, false, false]);
  expect(verdicts).toEqual(tasks.map(judgeBallot));
}

test("the plain judge gives the oracle's verdicts in order, and none after closing", async () => {
  const judge = plainJudge();
  await expectOracle(judge);
  await judge.close();
  await expect(judge.judge(tasks)).rejects.toThrow("closed");
});

test("the kernel on this thread gives the oracle's verdicts; PSEPHOS_PLAIN=1 does without it", async () => {
  await expectOracle(localJudge());
  expect(judgingKernel()).toBeDefined();
  process.env.PSEPHOS_PLAIN = "1";
  try {
    expect(judgingKernel()).toBeUndefined();
    await expectOracle(localJudge());
  } finally {
    delete process.env.PSEPHOS_PLAIN;
  }
});

describe.skipIf(!existsSync(builtWorkerFile()))("workers from built files", () => {
  test("give the oracle's verdicts in order", async () => {
    const judge = keep(workerJudge({ workers: 2 }));
    await expectOracle(judge);
    const [one, two] = await Promise.all([judge.judge(tasks.slice(0, 2)), judge.judge(tasks.slice(4))]);
    expect(one.map((verdict) => verdict.ok)).toEqual([true, true]);
    expect(two.map((verdict) => verdict.ok)).toEqual([false, false, false]);
    expect(await judge.judge([])).toEqual([]);
  });

  test("finish what was begun when they are closed", async () => {
    const judge = workerJudge({ workers: 1 });
    const begun = judge.judge(tasks);
    await judge.close();
    expect(await begun).toHaveLength(tasks.length);
    await expect(judge.judge(tasks)).rejects.toThrow("closed");
  });

  test("refuse with Busy what does not fit, and take it again afterwards", async () => {
    const judge = keep(workerJudge({ workers: 1, maxWaiting: 8 }));
    const first = judge.judge(tasks);
    await expect(judge.judge(tasks)).rejects.toThrow(Busy);
    await first;
    await expectOracle(judge);
  });
});

test("L-15: a worker that dies takes no verdict with it, and is not replaced for ever", async () => {
  const workerFile = join(directory, "dying.mjs");
  await writeFile(
    workerFile,
    'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit(1));',
  );
  const troubled = join(directory, "failing.mjs");
  await writeFile(
    troubled,
    'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => { throw new Error("no"); });',
  );
  await expectOracle(keep(workerJudge({ workers: 2, workerFile })));
  const heard: string[] = [];
  const judge = keep(workerJudge({ workers: 1, workerFile: troubled }, (error) => heard.push(error.message)));
  for (let i = 0; i < 20; i++) expect(await judge.judge(tasks.slice(4, 5))).toHaveLength(1);
  expect(heard.length).toBeGreaterThan(0);
  expect(heard.length).toBeLessThanOrEqual(17);
});

test("without built files the pool is the plain judge", async () => {
  await expectOracle(keep(workerJudge({ workers: 2, workerFile: join(directory, "missing.js") })));
});

test("the verdict cache keeps the latest used, and judges what it does not know", () => {
  let judged = 0;
  const cache = new VerdictCache(2, {
    ballot: (task) => {
      judged++;
      return judgeBallot(task);
    },
  });
  const [a, b, c] = tasks as [BallotTask, BallotTask, BallotTask];
  cache.ballot(a);
  cache.ballot(b);
  expect(cache.ballot(a)).toEqual(judgeBallot(a));
  expect(judged).toBe(2);
  cache.ballot(c);
  expect(cache.known(b.id)).toBeUndefined();
  expect(cache.known(a.id)?.ok).toBe(true);
});
