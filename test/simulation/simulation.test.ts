/**
 * Whole elections from seeds: honest and hostile voters, officers and trustees; an independent model predicts every
 * verdict, seat, counter, tally and result. One seed again: SEED=17 npx vitest run test/simulation (REAL=1 for real proofs).
 */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { REJECTIONS } from "#protocol/rejections.js";
import { templates } from "./people.js";
import { type Outcome, play } from "./play.js";

const one = process.env.SEED;
const count = Number(process.env.SEEDS ?? 300);
const codes = new Map<string, number>();
const stages = new Map<string, number>();

function remember(outcome: Outcome): void {
  for (const [code, times] of outcome.codes) codes.set(code, (codes.get(code) ?? 0) + times);
  for (const stage of outcome.stages) stages.set(stage, (stages.get(stage) ?? 0) + 1);
}

beforeAll(() => {
  templates();
});

if (one !== undefined) {
  test(`seed ${one}`, () => {
    const outcome = play(Number(one), process.env.REAL === "1");
    console.log([...outcome.codes].sort(), outcome.stages, outcome.blocks);
  });
} else {
  const BATCH = 25;
  for (let first = 0; first < count; first += BATCH) {
    const last = Math.min(count, first + BATCH) - 1;
    test(`seeds ${first} to ${last}`, () => {
      for (let seed = first; seed <= last; seed++) remember(play(seed, false));
    });
  }

  test("a dozen seeds with real proofs", () => {
    for (let seed = 0; seed < 12; seed++) remember(play(seed, true));
  });

  test("the seeds together meet every ending and nearly every rejection", () => {
    for (const stage of ["tallied", "cancelled", "lapsed", "withheld", "undecided"])
      expect(stages.get(stage), stage).toBeGreaterThan(0);
    const silent = REJECTIONS.map((row) => row.code).filter((code) => !codes.has(code));
    // Certificates and complaints need a dishonest dealer: transactions/ceremony tests have them.
    expect(silent.filter((code) => !["bad-certificate", "bad-complaint"].includes(code))).toEqual([]);
  });
}

test("the model is independent: it imports the vocabulary and nothing else", () => {
  const imports = [...readFileSync(new URL("model.ts", import.meta.url), "utf8").matchAll(/from "([^"]+)"/g)].map(
    (each) => each[1],
  );
  expect(imports).toEqual(["./acts.js"]);
});
