/**
 * Whole elections from seeds: honest and hostile voters, officers and trustees; an independent model predicts every
 * verdict, seat, counter, tally and result. One seed again: SEED=17 npx vitest run test/simulation (REAL=1 for real
 * proofs, SHOW=1 for its history). More seeds are in simulation.slow.test.ts.
 */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { templates } from "./people.js";
import { play } from "./play.js";

const one = process.env.SEED;

beforeAll(() => {
  templates();
});

if (one !== undefined) {
  test(`seed ${one}`, () => {
    const { codes, stages, blocks } = play(Number(one), process.env.REAL === "1");
    console.log([...codes].sort(), stages, `${blocks} blocks`);
  });
} else {
  test("forty seeds", () => {
    for (let seed = 0; seed < 40; seed++) play(seed, false);
  });

  test("four seeds with real proofs", () => {
    for (let seed = 0; seed < 4; seed++) play(seed, true);
  });
}

test("the model is independent: it imports the vocabulary and nothing else", () => {
  const text = readFileSync(new URL("model.ts", import.meta.url), "utf8");
  expect([...text.matchAll(/from "([^"]+)"/g)].map((each) => each[1])).toEqual(["./acts.js"]);
});
