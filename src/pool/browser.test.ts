/** The browser's judge with workers of this test's own making: the verdicts are the oracle's, whatever becomes of them. */
import { beforeAll, expect, test } from "vitest";
import { Busy } from "#base/busy.js";
import { type BallotTask, judgeBallot } from "#protocol/ballot.js";
import { taskOf } from "#protocol/machine.js";
import { ballotWire, openElection, TestLedger, trustees, UUID, votersOf } from "../../test/protocol-kit.js";
import { type BrowserOrder, browserJudge, type PoolWorker } from "./browser.js";

let tasks: BallotTask[];

beforeAll(() => {
  const ledger = new TestLedger();
  const voters = votersOf(2, UUID);
  openElection(ledger, trustees(1, 0), 0, voters);
  const good = voters.map((voter) => taskOf(ledger.state, ballotWire(ledger, UUID, voter, [[1, 0]])) as BallotTask);
  const noise = { ...(good[0] as BallotTask), id: "noise", wire: new Uint8Array(40).fill(9) };
  tasks = Array.from({ length: 40 }, (_, i) => [...good, noise][i % 3] as BallotTask);
});

/** A worker in name only; `answer` says what it does with an order. */
function fake(answer: (order: BrowserOrder, worker: PoolWorker) => void, ended: () => void = () => undefined) {
  const worker: PoolWorker = {
    onmessage: null,
    onerror: null,
    postMessage: (order) => setTimeout(() => answer(order, worker)),
    terminate: ended,
  };
  return worker;
}
const honest = ({ number, tasks: portion }: BrowserOrder, worker: PoolWorker) =>
  worker.onmessage?.({ data: { number, verdicts: portion.map(judgeBallot) } });

test("several workers give the oracle's verdicts in the order of the tasks", async () => {
  const judge = browserJudge({ start: () => fake(honest), workers: 2 });
  expect(await judge.judge(tasks)).toEqual(tasks.map(judgeBallot));
  expect(await judge.judge([])).toEqual([]);
});

test("without workers the page's own thread judges", async () => {
  const start = () => {
    throw new Error("no workers here");
  };
  expect(await browserJudge({ start, workers: 2 }).judge(tasks.slice(0, 6))).toEqual(
    tasks.slice(0, 6).map(judgeBallot),
  );
});

test("L-15: a worker that fails takes no verdict with it", async () => {
  const judge = browserJudge({ start: () => fake((_, worker) => worker.onerror?.("gone")), workers: 2 });
  expect(await judge.judge(tasks.slice(0, 20))).toEqual(tasks.slice(0, 20).map(judgeBallot));
  expect(await judge.judge(tasks.slice(0, 3))).toEqual(tasks.slice(0, 3).map(judgeBallot));
});

test("what does not fit is refused with Busy, and taken again afterwards", async () => {
  const judge = browserJudge({ start: () => fake(honest), workers: 1, maxWaiting: 8 });
  const first = judge.judge(tasks.slice(0, 8));
  await expect(judge.judge(tasks.slice(0, 8))).rejects.toThrow(Busy);
  await first;
  expect(await judge.judge(tasks.slice(0, 3))).toHaveLength(3);
});

test("closing finishes what was begun, ends the workers, and takes no more", async () => {
  let ended = 0;
  const judge = browserJudge({ start: () => fake(honest, () => ended++), workers: 2 });
  const begun = judge.judge(tasks);
  await judge.close();
  expect(await begun).toHaveLength(tasks.length);
  expect(ended).toBe(2);
  await expect(judge.judge(tasks)).rejects.toThrow("closed");
});
