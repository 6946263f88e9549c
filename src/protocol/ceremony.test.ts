import { expect, test } from "vitest";
import { openElection, ballotWire, runCeremony, announce, planOf, shareWire, toDecryption, TestLedger, trustees, UUID, votersOf } from "../../test/protocol-kit.js";
import { results } from "./election.js";

test("a whole election: one mandatory trustee and 2 of 3", () => {
  const ledger = new TestLedger();
  const specs = trustees(1, 3);
  const voters = votersOf(4);
  openElection(ledger, specs, 2, voters);
  for (const [i, voter] of voters.entries()) ledger.must(ballotWire(ledger, UUID, voter, [i < 3 ? [1, 0] : [0, 1]]));
  toDecryption(ledger, UUID);
  for (const spec of specs.slice(0, 3)) ledger.must(shareWire(ledger, UUID, spec.code));
  expect(results.get(ledger.state, UUID)?.counts).toEqual([[3, 1]]);
  expect(results.get(ledger.state, UUID)?.owners).toEqual([1, 2, 3]);
  expect(ledger.entry(UUID).mark).toBe("tallied");
});
