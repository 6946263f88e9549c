// bench: four validators on this machine: ballots a second and time to final, beside the bare engine with an empty application
import { CometJudge } from "#evidence/cometbft/judge.js";
import { systemClock } from "#ledger/embedded/open.js";
import { type Ledger, silentLog } from "#ledger/ledger.js";
import { RemoteNode } from "#ledger/remote/ledger.js";
import { must, RecordingLedger, removeDirectory, temporaryDirectory } from "../test/ledger-kit.js";
import { ballotWire, openElection, trustees, UUID, votersOf } from "../test/protocol-kit.js";
import { startBare } from "./bare-network.js";
import { note, option, percentile, report } from "./kit.js";
import {
  enginesOf,
  freshNetwork,
  type Load,
  offerSteadily,
  SECOND,
  startValidator,
  type Used,
  watchCpu,
} from "./network-kit.js";

const count = option("ballots", 2000);
const offered = option("offered", 500);
const blockMs = option("block-ms", 300);
const profile = process.env.PROFILE;
const base = await temporaryDirectory();

const network = await freshNetwork(base, "net", blockMs);
const nodes = await Promise.all(
  network.directories.map((each, i) => startValidator(each, i, i === 1 ? profile : undefined)),
);
const remotes = nodes.map(({ socket }) => new RemoteNode({ nodes: [socket], log: silentLog, clock: systemClock }));
for (const each of remotes) await each.start(30_000);
const ledgers: Ledger[] = await Promise.all(remotes.map((each) => each.founded));
const ledger = ledgers[0] as Ledger;

const memory = new RecordingLedger("bench", network.genesis);
// The first ballots warm up what is compiled as it runs; they are not measured.
const warm = Math.min(500, count);
const voters = votersOf(warm + count, UUID);
const opensAt = systemClock() + 20n * SECOND;
const hour = 3600n * SECOND;
const rules = { ...planRules(), latestClose: opensAt + 3n * hour };
openElection(memory, trustees(1, 0), 0, voters, { opensAt, closesAt: opensAt + hour, rules });
for (const wire of memory.wires) await must(ledger, wire);
const wires: Uint8Array[] = [];
for (const [i, voter] of voters.entries()) {
  wires.push(ballotWire(memory, UUID, voter, [i % 3 === 0 ? [1, 0] : [0, 1]]));
  if (i % 16 === 0) await new Promise((done) => setImmediate(done));
}
while (systemClock() < opensAt + SECOND) await new Promise((done) => setTimeout(done, 100));

await offerSteadily(wires.splice(0, warm), offered / 2, (wire, i) => must(ledgers[i % 4] as Ledger, wire));
const before = ledger.status().height;
const began = performance.now();
const used = watchCpu(
  nodes.map(({ pid }) => pid as number),
  enginesOf(nodes),
);
const loaded = await offerSteadily(wires, offered, (wire, i) => must(ledgers[i % 4] as Ledger, wire));
const cpu = used();
const blocks = ledger.status().height - before;
tell("four validators, full verification", loaded, cpu);
note("block interval, loaded", "ms", [(performance.now() - began) / blocks]);
const idleFrom = ledger.status().height;
await new Promise((done) => setTimeout(done, 16_000));
note("block interval, idle", "ms", [16_000 / Math.max(1, ledger.status().height - idleFrom)]);

const { height } = await must(ledger, ballotWire(memory, UUID, voters[0] as (typeof voters)[0], [[1, 0]], 2));
const { header, evidence } = await ledger.evidence(height);
note("evidence of a receipt", "bytes", [header.length + evidence.length]);
const judge = new CometJudge({ chainId: network.genesis.chainId, validatorsHash: network.genesis.engineKey });
const timed = (): number => {
  const start = performance.now();
  if (!judge.root(header, evidence).ok) throw new Error("the evidence does not hold");
  return performance.now() - start;
};
note("check of a receipt's evidence, first", "ms", [timed()]);
note("check of a receipt's evidence, known height", "ms", [timed(), timed(), timed()]);

for (const each of remotes) await each.close();
for (const each of nodes) await each.stop();
const plain = await bareLoad();
await removeDirectory(base);
report("network", {
  ballots: count,
  offered,
  validators: 4,
  "ratio to the bare engine": (loaded.perSecond / plain.perSecond).toFixed(2),
});

async function bareLoad(): Promise<Load> {
  const bare = await startBare(await freshNetwork(base, "bare", blockMs));
  const used = watchCpu([], bare.engines);
  const load = await offerSteadily(wires, offered, bare.submit);
  tell("bare engine, the same transactions", load, used());
  await bare.stop();
  return load;
}

function tell(name: string, { perSecond, times }: Load, { applications, engines, generator }: Used): void {
  note(name, "per second", [perSecond]);
  note("  time to final, median", "ms", [percentile(times, 0.5)]);
  note("  time to final, 95th percentile", "ms", [percentile(times, 0.95)]);
  if (applications > 0) note("  processor, four applications", "ms a ballot", [applications / count]);
  note("  processor, four CometBFT", "ms a ballot", [engines / count]);
  note("  processor, load generator", "ms a ballot", [generator / count]);
}

function planRules() {
  const minute = 60n * SECOND;
  return {
    maxCasts: 5,
    privacyFloor: 2,
    objectionPeriod: minute,
    decryptionPeriod: hour,
    reissueDelay: minute,
    reissueCap: 2,
    mismatchInquiry: 3,
    phaseLimit: 10n * minute,
  };
}
