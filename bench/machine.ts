/**
 * The machine's own cost per ballot, with verdicts of proofs at hand: the door's check, and applying a block. This is
 * what bounds a node whose proofs are checked by workers.
 */
import { VerdictCache } from "#protocol/judge.js";
import { apply, check } from "#protocol/machine.js";
import { ballotWire, openElection, TestLedger, trustees, UUID, votersOf } from "../test/protocol-kit.js";
import { measure, option, report } from "./kit.js";

const count = option("ballots", 100);
const ledger = new TestLedger();
const voters = votersOf(count);
openElection(ledger, trustees(1, 0), 0, voters);
const wires = voters.map((voter, i) => ballotWire(ledger, UUID, voter, [i % 2 === 0 ? [1, 0] : [0, 1]]));
const verdicts = new VerdictCache(2 * count);
const block = { time: ledger.time, transactions: wires };
if (apply(ledger.state, block, verdicts).rejections.some((rejection) => rejection !== null))
  throw new Error("a ballot was refused");

await measure("check at the door, ballots", () => {
  for (const wire of wires) if (check(ledger.state, ledger.time, wire, verdicts) !== null) throw new Error("refused");
  return count;
});
await measure(`apply a block of ${count}, ballots`, () => {
  apply(ledger.state, block, verdicts);
  return count;
});
report("machine", { ballots: count, question: "yes/no" });
