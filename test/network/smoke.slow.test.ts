/** The whole proof as a person runs it: `psephos testnet --smoke`, on the built files. */
import { describe, expect, test } from "vitest";
import { cometBinary } from "../comet-node.js";
import { psephos } from "../command.js";

describe.skipIf(cometBinary() === undefined)("psephos testnet --smoke", () => {
  test("L-19: four validators, a whole election, the server's own node killed in its middle, the record verified", async () => {
    const { exitCode, stdout, stderr } = await psephos(["testnet", "--smoke"]);
    expect(exitCode, stdout + stderr).toBe(0);
    for (const line of ["is killed", "Everything holds", "the same state", "Everything held", "Stopped"])
      expect(stdout).toContain(line);
  }, 400_000);
});
