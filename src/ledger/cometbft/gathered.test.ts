import { expect, test, vi } from "vitest";
import { Busy } from "#base/busy.js";
import { ok } from "#base/result.js";
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import { gathered } from "./gathered.js";

const task = (id: string) => ({ id }) as BallotTask;
const verdict = (id: string): BallotVerdict =>
  ok({ tracker: new TextEncoder().encode(id), ciphertexts: new Uint8Array(0) });

/** A judge that answers when it is told to, and remembers what it was asked. */
function slow() {
  const batches: string[][] = [];
  let release = (): void => {};
  let failure: unknown;
  return {
    batches,
    release: (error?: unknown) => {
      failure = error;
      release();
    },
    judge: async (tasks: readonly BallotTask[]) => {
      batches.push(tasks.map(({ id }) => id));
      await new Promise<void>((resolve) => (release = resolve));
      if (failure !== undefined) throw failure;
      return tasks.map(({ id }) => verdict(id));
    },
    close: async () => {},
  };
}
const until = async (what: () => boolean) => {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 1));
};

test("what arrives together, and what arrives meanwhile, is judged together; everyone gets his own verdicts", async () => {
  const below = slow();
  const judge = gathered(below);
  const first = [judge.judge([task("a")]), judge.judge([task("b"), task("c")]), judge.judge([])];
  await until(() => below.batches.length === 1);
  const second = [judge.judge([task("d")]), judge.judge([task("e")])];
  below.release();
  expect(await Promise.all(first)).toEqual([[verdict("a")], [verdict("b"), verdict("c")], []]);
  await until(() => below.batches.length === 2);
  below.release();
  expect(await Promise.all(second)).toEqual([[verdict("d")], [verdict("e")]]);
  expect(below.batches).toEqual([
    ["a", "b", "c"],
    ["d", "e"],
  ]);
});

test("a failure is told to everyone in the batch, and the next batch is judged all the same", async () => {
  const below = slow();
  const judge = gathered(below);
  const failing = [judge.judge([task("a")]), judge.judge([task("b")])];
  await until(() => below.batches.length === 1);
  below.release(new Error("broken"));
  for (const each of failing) await expect(each).rejects.toThrow("broken");
  const next = judge.judge([task("c")]);
  await until(() => below.batches.length === 2);
  below.release();
  expect(await next).toEqual([verdict("c")]);
});

test("L-15: what waits for the next batch is bounded", async () => {
  const below = slow();
  const judge = gathered(below);
  const underway = judge.judge([task("first")]);
  await until(() => below.batches.length === 1);
  const many = judge.judge(Array.from({ length: 20_000 }, (_, i) => task(`${i}`)));
  await expect(judge.judge([task("one more")])).rejects.toThrow(Busy);
  below.release();
  await underway;
  await until(() => below.batches.length === 2);
  below.release();
  expect(await many).toHaveLength(20_000);
});

test("enough for a good batch begins at once, and only once; less waits for company", async () => {
  vi.useFakeTimers();
  try {
    const below = slow();
    const judge = gathered(below);
    const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => task(`${from + i}`));
    const few = judge.judge(ids(0, 20));
    await vi.advanceTimersByTimeAsync(10);
    expect(below.batches).toEqual([]);
    const rest = judge.judge(ids(20, 60));
    expect(below.batches.map(({ length }) => length)).toEqual([60]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(below.batches).toHaveLength(1);
    const block = judge.judge(ids(60, 200));
    below.release();
    expect((await Promise.all([few, rest])).flat()).toHaveLength(60);
    // What came meanwhile is enough, too.
    await vi.advanceTimersByTimeAsync(0);
    expect(below.batches.map(({ length }) => length)).toEqual([60, 140]);
    below.release();
    const lone = judge.judge([task("lone")]);
    expect(await block).toHaveLength(140);
    await vi.advanceTimersByTimeAsync(19);
    expect(below.batches).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(below.batches).toHaveLength(3);
    below.release();
    expect(await lone).toEqual([verdict("lone")]);
  } finally {
    vi.useRealTimers();
  }
});
