// bench: verifying ballots one by one, replaying a record alone and with workers; from 2,000 ballots on: psephos verify of large records
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { workerJudge } from "#pool/node.js";
import { plainVerdicts } from "#protocol/ballot.js";
import { taskOf } from "#protocol/machine.js";
import type { Plan } from "#protocol/plan.js";
import { verifyRecord, verifyRecordWith } from "#verify/record.js";
import { ballotWire, openElection, shareWire, toDecryption, trustees, UUID, votersOf } from "../test/protocol-kit.js";
import { RecordedLedger } from "../test/record-kit.js";
import { bigRecord } from "./big-record.js";
import { measure, measureMs, note, option, report } from "./kit.js";

const ballots = option("ballots", 500);
if (ballots >= 2_000) {
  await measureLarge();
  process.exit(0);
}

/** `psephos verify` as people run it, of a record of a tenth and of the whole: seconds, and memory at its highest. */
async function measureLarge(): Promise<void> {
  const sayPeak = "process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS))";
  for (const count of [Math.round(ballots / 10), ballots]) {
    const path = await bigRecord(count);
    const started = process.hrtime.bigint();
    const done = spawnSync(
      process.execPath,
      ["--import", `data:text/javascript,${sayPeak}`, "dist/cli/psephos.js", "verify", path, "--json"],
      { encoding: "utf8" },
    );
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    if (done.status !== 0) throw new Error(`a good record was refused: ${done.stdout}${done.stderr}`);
    const peak = Number(/peak (\d+)/.exec(done.stderr)?.[1]) / 1024;
    note(`psephos verify, ${count} ballots`, "seconds", [seconds]);
    note(`psephos verify, ${count} ballots`, "ballots per second", [count / seconds]);
    note(`psephos verify, ${count} ballots, peak`, "MiB", [peak]);
    note(`size of the record of ${count}`, "bytes per ballot", [statSync(path).size / count]);
  }
  report("verify", { ballots, question: "yes/no" });
}

const perBlock = option("per-block", 50);
const oneByOne = Math.min(100, ballots);

const QUESTIONS: readonly (readonly [string, Plan["questions"], readonly number[]])[] = [
  ["yes/no", [{ question: "?", answers: ["Yes", "No"], min: 1, max: 1, blank: false }], [0, 1]],
  [
    "5 candidates",
    [{ question: "?", answers: ["A", "B", "C", "D", "E"], min: 1, max: 1, blank: false }],
    [0, 0, 1, 0, 0],
  ],
];

for (const [name, questions, choice] of QUESTIONS) {
  const ledger = new RecordedLedger(name);
  const voters = votersOf(oneByOne);
  openElection(ledger, trustees(1, 0), 0, voters, { questions });
  const tasks = voters.map((voter) => {
    const task = taskOf(ledger.state, ballotWire(ledger, UUID, voter, [choice]));
    if (task === null) throw new Error("no proofs to judge");
    return task;
  });
  await measure(`verify one by one, ${name}`, () => {
    for (const task of tasks) if (!plainVerdicts.ballot(task).ok) throw new Error("a good ballot was refused");
    return tasks.length;
  });
}

const ledger = new RecordedLedger("replay");
const specs = trustees(0, 3);
const voters = votersOf(ballots);
openElection(ledger, specs, 2, voters);
for (let at = 0; at < voters.length; at += perBlock)
  ledger.block(...voters.slice(at, at + perBlock).map((voter) => ballotWire(ledger, UUID, voter, [[1, 0]])));
toDecryption(ledger, UUID);
for (const { code } of specs.slice(0, 2)) ledger.must(shareWire(ledger, UUID, code));
const record = ledger.record();

await measureMs(
  `verify a record of ${ballots} ballots, one thread`,
  () => {
    if (verifyRecord([record]).verdict !== "valid") throw new Error("a good record was refused");
  },
  { runs: 3, warmUp: 0 },
);
const judge = workerJudge();
function* pieces(): Generator<Uint8Array> {
  for (let at = 0; at < record.length; at += 1 << 20) yield record.subarray(at, at + (1 << 20));
}
await measureMs(
  `verify a record of ${ballots} ballots, with workers`,
  async () => {
    if ((await verifyRecordWith(pieces(), { judge })).verdict !== "valid") throw new Error("a good record was refused");
  },
  { runs: 3, warmUp: 0 },
);
await judge.close();
note("size of the record", "bytes per ballot", [record.length / ballots]);
report("verify", { ballots, "ballots in a block": perBlock, blocks: ledger.blocks.length });
