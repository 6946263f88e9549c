// bench: the machine alone, verdicts of proofs at hand: ballots checked at the door and applied, by plain and by kernel arithmetic
import { usePublicArithmetic } from "#crypto/public-data.js";
import { computeSwiftly } from "#pool/swift.js";
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

for (const [name, install] of [
  ["plain", () => usePublicArithmetic()],
  ["kernel", computeSwiftly],
] as const) {
  install();
  await measure(`check at the door, ballots, ${name}`, () => {
    for (const wire of wires) if (check(ledger.state, ledger.time, wire, verdicts) !== null) throw new Error("refused");
    return count;
  });
  // Other arrays each time, as another ballot is: what was decoded once is remembered by its array.
  await measure(`check at the door, new ballots, ${name}`, () => {
    for (const wire of wires)
      if (check(ledger.state, ledger.time, wire.slice(), verdicts) !== null) throw new Error("refused");
    return count;
  });
  await measure(`apply a block of ${count}, ballots, ${name}`, () => {
    apply(ledger.state, block, verdicts);
    return count;
  });
  await measure(`apply blocks of one, ballots, ${name}`, () => {
    for (const wire of wires) apply(ledger.state, { ...block, transactions: [wire] }, verdicts);
    return count;
  });
}
report("machine", { ballots: count, question: "yes/no" });
