import { expect, test } from "vitest";
import { fail } from "#base/result.js";
import type { BallotTask } from "./ballot.js";
import { VerdictCache } from "./judge.js";
import { reject } from "./rejections.js";

const task = (id: string) => ({ id }) as BallotTask;

test("a verdict is made once, kept while it is asked for, and the one that nobody asked for goes first", () => {
  const judged: string[] = [];
  const cache = new VerdictCache(2, {
    ballot: ({ id }) => {
      judged.push(id);
      return fail(reject("bad-proof", id));
    },
  });
  expect(cache.known("a")).toBeUndefined();
  for (const id of ["a", "b", "a", "a"])
    expect(cache.ballot(task(id))).toEqual({ ok: false, error: { code: "bad-proof", detail: id } });
  expect(judged).toEqual(["a", "b"]);
  // No room for a third: b was asked for longest ago.
  cache.ballot(task("c"));
  expect(cache.known("a")).toMatchObject({ error: { detail: "a" } });
  expect(cache.known("b")).toBeUndefined();
  expect(cache.known("c")).toMatchObject({ error: { detail: "c" } });
  cache.remember("c", fail(reject("bad-proof", "c, judged elsewhere")));
  expect(cache.ballot(task("c"))).toMatchObject({ error: { detail: "c, judged elsewhere" } });
  expect(judged).toEqual(["a", "b", "c"]);
});
