/**
 * Networks and embedded ledgers with faults, at length (NETWORK_SEEDS=n, EMBEDDED_SEEDS=n for other numbers). A failure
 * prints the command that plays its seed again. `npm run bench -- simulation` publishes what such a run met.
 */
import { beforeAll, expect, test } from "vitest";
import { playEmbedded } from "./embedded.js";
import { playNetwork } from "./network.js";
import { templates } from "./people.js";

const FIRST = 1000;
const BATCH = 10;
const NETWORKS = Number(process.env.NETWORK_SEEDS ?? 60);
const EMBEDDED = Number(process.env.EMBEDDED_SEEDS ?? 100);
const met = new Set<string>();

beforeAll(() => {
  templates();
});

for (const [what, play, count] of [
  ["networks", playNetwork, NETWORKS],
  ["embedded ledgers", playEmbedded, EMBEDDED],
] as const)
  for (let done = 0; done < count; done += BATCH) {
    const [first, last] = [FIRST + done, FIRST + Math.min(done + BATCH, count) - 1];
    test(`${what}: seeds ${first} to ${last}`, async () => {
      for (let seed = first; seed <= last; seed++) for (const [kind] of (await play(seed)).faults) met.add(kind);
    }, 300_000);
  }

test("the seeds together met every kind of fault", () => {
  expect([...met].sort()).toEqual([
    "busy judge",
    "clock",
    "clock jumps back",
    "crash",
    "doubled message",
    "hostile proposal",
    "late message",
    "lost message",
    "partition",
    "restart",
    "sent twice",
    "stop",
    "wipe",
  ]);
});
