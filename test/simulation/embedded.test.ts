/**
 * Embedded ledgers from seeds, with faults (embedded.ts). One seed again:
 * EMBEDDED_SEED=17 npx vitest run test/simulation/embedded.test.ts. More seeds are in faults.slow.test.ts.
 */
import { beforeAll, expect, test } from "vitest";
import { playEmbedded } from "./embedded.js";
import { templates } from "./people.js";

const one = process.env.EMBEDDED_SEED;

beforeAll(() => {
  templates();
});

if (one !== undefined) {
  test(`seed ${one}`, async () => {
    console.log(await playEmbedded(Number(one)));
  }, 300_000);
} else {
  test("twelve seeds", async () => {
    let faults = 0;
    for (let seed = 0; seed < 12; seed++)
      for (const times of (await playEmbedded(seed)).faults.values()) faults += times;
    expect(faults).toBeGreaterThan(50);
  }, 300_000);
}
