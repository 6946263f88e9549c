/** L-17, L-18: killed under load or at each step of a write, the ledger keeps all that it acknowledged. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freshLedger, removeDirectory, temporaryDirectory } from "../ledger-kit.js";
import { crashAt, killLoop, lookMeanwhile } from "./kill.js";

let directory: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => removeDirectory(directory));

test("L-18: ten kills at random moments, with real ballots among the load", async () => {
  const reports = await killLoop({ directory, kills: 10, ballots: 20, cheapPerRound: 60, seed: 1 });
  expect(reports).toHaveLength(10);
  expect(reports.at(-1)?.acknowledgedInAll).toBeGreaterThan(50);
}, 180_000);

test.each([
  { step: "begin", expected: 2 },
  { step: "written", expected: 2 },
  { step: "committed", expected: 3 },
  { step: "answered", expected: 3 },
] as const)("L-17: a crash at step '$step' of the third write leaves $expected blocks", async ({ step, expected }) => {
  const { blocks, unheard } = await crashAt(directory, step, 2);
  expect(blocks).toBe(expected);
  if (expected === 2) expect(unheard).toBe(0);
  if (step === "committed") expect(unheard).toBeGreaterThan(0);
});

test("another process reads while one writes, and is refused when it wants to write", async () => {
  const { height, refusal } = await lookMeanwhile(directory);
  expect(height).toBeGreaterThan(0);
  expect(refusal).toMatch(/in use by process \d+/);
});

const canLimit = spawnSync("prlimit", ["--version"], { stdio: "ignore" }).status === 0;

test.skipIf(!canLimit)(
  "a full disk: submitters are told, nothing is lost, and it goes on when there is room",
  async () => {
    await (await freshLedger(directory)).close();
    const program = fileURLToPath(new URL("./full-disk.ts", import.meta.url));
    const flags = ["--conditions=psephos-source", "--import", "tsx"];
    const child = spawnSync(process.execPath, [...flags, program, directory], { encoding: "utf8" });
    expect(child.stderr).toBe("");
    const seen = JSON.parse(child.stdout);
    expect(seen.accepted).toBeGreaterThan(3);
    expect(seen.message).toContain("send the same transaction again");
    expect(seen.logged).toEqual(["a block could not be written"]);
    expect(seen.during).toEqual({ unavailable: true, stopped: null, waiting: 0, height: seen.accepted });
    expect(seen).toMatchObject({ retried: true, sound: true, kept: seen.accepted + 1 });
  },
);
