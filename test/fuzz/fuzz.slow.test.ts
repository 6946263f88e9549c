/** Every reader of strangers' bytes on damaged inputs (FUZZ=n inputs for each; SEED=n). */
import { expect, test } from "vitest";
import { corpus } from "./corpus.js";
import { fuzz } from "./fuzz.js";
import { TARGETS } from "./targets.js";

const COUNT = Number(process.env.FUZZ ?? 3000);
const SEED = Number(process.env.SEED ?? 1);

for (const target of TARGETS)
  test(`${target.name}: never throws, hangs or accepts a second form`, async () => {
    for (const [i, seed] of target.seeds(corpus()).entries())
      expect(await target.read(seed), `${target.name}: seed ${i} is accepted`).toBeDefined();
    expect(target.seeds(corpus()).length).toBeGreaterThan(0);
    await fuzz(target, COUNT, SEED);
  });
