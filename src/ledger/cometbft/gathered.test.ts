import { expect, test } from "vitest";
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
  const many = judge.judge(Array.from({ length: 20_000 }, (_, i) => task(`${i}`)));
  await expect(judge.judge([task("one more")])).rejects.toThrow(Busy);
  await until(() => below.batches.length === 1);
  below.release();
  expect(await many).toHaveLength(20_000);
});
