/**
 * Networks of four validators from seeds, with faults (network.ts). One seed again:
 * NETWORK_SEED=17 npx vitest run test/simulation/network.test.ts. More seeds are in network.slow.test.ts.
 */
import { beforeAll, expect, test } from "vitest";
import { playNetwork } from "./network.js";
import { templates } from "./people.js";

const one = process.env.NETWORK_SEED;

beforeAll(() => {
  templates();
});

if (one !== undefined) {
  test(`seed ${one}`, async () => {
    console.log(await playNetwork(Number(one)));
  }, 300_000);
} else {
  test("twelve seeds", async () => {
    let faults = 0;
    for (let seed = 0; seed < 12; seed++)
      for (const times of (await playNetwork(seed)).faults.values()) faults += times;
    expect(faults).toBeGreaterThan(100);
  }, 300_000);
}
