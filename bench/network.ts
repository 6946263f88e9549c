// bench: four validators on this machine: ballots a second, time to final, receipts, catching up, servers in front, and beside it the bare engine
import { Busy } from "#base/busy.js";
import { CometJudge, decodeFinality } from "#evidence/cometbft/judge.js";
import { systemClock } from "#ledger/embedded/open.js";
import { type Block, type Ledger, LedgerUnavailable, silentLog } from "#ledger/ledger.js";
import { RemoteNode } from "#ledger/remote/ledger.js";
import { must, RecordingLedger, removeDirectory, temporaryDirectory } from "../test/ledger-kit.js";
import { openElection, type TestVoter, trustees, UUID, votersOf } from "../test/protocol-kit.js";
import { ballotFor, voteJson } from "../test/voting-kit.js";
import { startBare } from "./bare-network.js";
import { note, option, percentile, report } from "./kit.js";
import { startServers } from "./network-http.js";
import {
  enginesOf,
  freshNetwork,
  type Load,
  offerSteadily,
  replaceDisk,
  SECOND,
  startValidator,
  storedBytes,
  type Used,
  type Validator,
  watchCpu,
} from "./network-kit.js";

const count = option("ballots", 3000);
const offered = option("offered", 450);
const blockMs = option("block-ms", 500);
/** Ballots over HTTP, for each number of servers; 0 leaves the servers out. */
const overHttp = option("http", 700);
const connections = option("connections", 256);
/** Ballots that warm up what is compiled as it runs; they are not measured. */
const warm = Math.min(500, count);
const cores = 2;

const base = await temporaryDirectory();
const network = await freshNetwork(base, "net", blockMs);
const profile = process.env.PROFILE;
const nodes: Validator[] = await Promise.all(
  network.directories.map((each, i) => startValidator(each, i, i === 1 ? profile : undefined)),
);
const remotes = nodes.map(({ socket }) => new RemoteNode({ nodes: [socket], log: silentLog, clock: systemClock }));
for (const each of remotes) await each.start(30_000);
const ledgers: Ledger[] = await Promise.all(remotes.map((each) => each.founded));
const ledger = ledgers[0] as Ledger;

const memory = new RecordingLedger("bench", network.genesis);
const voters = votersOf(warm + count + 2 * overHttp, UUID);
const opensAt = systemClock() + 40n * SECOND;
const hour = 3600n * SECOND;
openElection(memory, trustees(1, 0), 0, voters, { opensAt, closesAt: opensAt + hour, rules: planRules() });
for (const wire of memory.wires) await must(ledger, wire);
// Sealed before anything is measured.
const sealed = await sealAll(voters);
const wires = sealed.map(({ transaction }) => transaction);
while (systemClock() < opensAt + SECOND) await pause(100);

let again = 0;
await offerSteadily(wires.slice(0, warm), offered / 2, everywhere);
const measured = wires.slice(warm, warm + count);
const bytesBefore = await storedBytes(network.directories[0] as string);
const loaded = await underLoad();
note("bytes on the ledger for a ballot", "bytes", [(wires[0] as Uint8Array).length]);
const bytesAfter = await storedBytes(network.directories[0] as string);
note("bytes in a node's stores for a ballot", "bytes", [(bytesAfter - bytesBefore) / count]);
await idle();
await receipts();
await catchingUp();
for (const each of remotes) await each.close();
if (overHttp > 0) await servers();
for (const each of nodes) await each.stop();
const plain = await bareLoad();
await removeDirectory(base);
report("network", {
  ballots: count,
  offered,
  validators: 4,
  "block-ms": blockMs,
  "ratio of rates to the bare engine": (loaded.perSecond / plain.perSecond).toFixed(2),
  "ratio of processor to the bare engine": (loaded.cpuMs / plain.cpuMs).toFixed(2),
});

async function underLoad(): Promise<{ perSecond: number; cpuMs: number }> {
  const used = watchCpu(
    nodes.map(({ pid }) => pid as number),
    enginesOf(nodes),
  );
  again = 0;
  const [before, began] = [ledger.status().height, performance.now()];
  const load = await offerSteadily(measured, offered, everywhere);
  const ms = performance.now() - began;
  const cpuMs = tell("four validators, full verification", load, used());
  note("  ballots that had to be sent again", "ballots", [again]);
  blocksSince(before, ms);
  return { perSecond: load.perSecond, cpuMs };
}

/** How the blocks since a height were made: a round above 0 means that a proposer was late or refused. */
function blocksSince(height: number, ms: number): void {
  const blocks: Block[] = [];
  for (let at = height + 1; at <= ledger.status().height; at++) blocks.push(ledger.block(at) as Block);
  const rounds = blocks.map(({ evidence }) => {
    const finality = decodeFinality(evidence);
    return finality.ok ? finality.value.commit.round : 0;
  });
  note("block interval, loaded", "ms", [ms / blocks.length]);
  note("  blocks that took a second round", "blocks", [rounds.filter((round) => round > 0).length]);
  note(
    "  ballots in a block",
    "ballots",
    blocks.map(({ transactions }) => transactions.length),
  );
}

/** Offers to each node in turn; what was not taken in, or not in time, is sent again, as a server does. */
async function everywhere(wire: Uint8Array, i: number): Promise<void> {
  for (;;) {
    try {
      await must(ledgers[i % 4] as Ledger, wire);
      return;
    } catch (error) {
      if (!(error instanceof Busy || error instanceof LedgerUnavailable)) throw error;
      again++;
      await pause(500);
    }
  }
}

async function idle(): Promise<void> {
  await pause(1000);
  const from = ledger.status().height;
  await pause(20_000);
  note("block interval, idle", "ms", [20_000 / Math.max(1, ledger.status().height - from)]);
}

/** Evidence of a receipt: its size, and how long a client takes to judge it. */
async function receipts(): Promise<void> {
  const { height } = await must(ledger, seal(voters[0] as TestVoter, 2).transaction);
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
}

/** The last node loses its disk and fetches everything anew. */
async function catchingUp(): Promise<void> {
  await remotes[3]?.close();
  await nodes[3]?.stop();
  const { height } = ledger.status();
  const { ms, node, first, firstMs } = await replaceDisk(network.directories[3] as string, 3, height);
  nodes[3] = node;
  let ballots = 0;
  for (let at = first + 1; at <= height; at++) ballots += ledger.block(at)?.transactions.length ?? 0;
  note("catching up, from its first block on", "transactions per second", [(ballots * 1000) / (ms - firstMs)]);
  note("catching up, until its first block", "ms", [firstMs]);
  note("catching up from nothing", "ballots per second", [((warm + count) * 1000) / ms]);
  note("catching up from nothing", "blocks per second", [(height * 1000) / ms]);
}

/** One and two servers in front of the nodes, each with voters of its own. */
async function servers(): Promise<void> {
  const sockets = nodes.map(({ socket }) => socket.path);
  const both = await startServers(base, sockets, 2);
  for (const instances of [1, 2]) {
    const from = warm + count + (instances - 1) * overHttp;
    const bodies = sealed
      .slice(from, from + overHttp)
      .map((ballot, i) => JSON.stringify(voteJson(voters[from + i] as TestVoter, ballot)));
    await both.cast(`POST /vote, ${instances} server${instances > 1 ? "s" : ""}`, instances, bodies, connections);
  }
  await both.close();
}

async function bareLoad(): Promise<{ perSecond: number; cpuMs: number }> {
  const bare = await startBare(await freshNetwork(base, "bare", blockMs));
  await offerSteadily(wires.slice(0, warm), offered / 2, bare.submit);
  const used = watchCpu([], bare.engines);
  const load = await offerSteadily(measured, offered, bare.submit);
  const cpuMs = tell("bare engine, the same transactions", load, used());
  await bare.stop();
  return { perSecond: load.perSecond, cpuMs };
}

/** Notes a load; gives all processor milliseconds of a ballot. */
function tell(name: string, { perSecond, times }: Load, used: Used): number {
  const all = (used.applications + used.engines + used.generator) / count;
  note(name, "per second", [perSecond]);
  note("  time to final, median", "ms", [percentile(times, 0.5)]);
  note("  time to final, 95th percentile", "ms", [percentile(times, 0.95)]);
  if (used.applications > 0) {
    note("  processor, four applications", "ms a ballot", [used.applications / count]);
    note("  processor, their main threads", "ms a ballot", [used.mainThreads / count]);
  }
  note("  processor, four CometBFT", "ms a ballot", [used.engines / count]);
  note("  processor, load generator", "ms a ballot", [used.generator / count]);
  note(`  what ${cores} cores would carry at that`, "per second", [(cores * 1000) / all]);
  return all;
}

function seal(voter: TestVoter, sequence = 1) {
  return ballotFor({ memory }, voter, [[1, 0]], sequence);
}

async function sealAll(all: readonly TestVoter[]) {
  const made: ReturnType<typeof seal>[] = [];
  for (const voter of all) {
    made.push(seal(voter));
    // The connections to the nodes live on this thread, too.
    if (made.length % 16 === 0) await new Promise((done) => setImmediate(done));
  }
  return made;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
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
    latestClose: opensAt + 3n * hour,
  };
}
