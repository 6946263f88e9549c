// bench: four validators on this machine: ballots a second and time to final, beside the bare engine with an empty application
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fromHex } from "#base/bytes.js";
import { CometJudge } from "#evidence/cometbft/judge.js";
import type { AbciHandlers } from "#ledger/cometbft/abci-messages.js";
import { serveAbci } from "#ledger/cometbft/abci-server.js";
import { cometGenesis, engineKeyOf, type NamedValidator } from "#ledger/cometbft/genesis-file.js";
import { cometHome, writeConfig } from "#ledger/cometbft/home.js";
import { cometProgram, type NetworkConfig, readNetwork } from "#ledger/cometbft/network.js";
import { installGenesis } from "#ledger/cometbft/open.js";
import { CometRpc } from "#ledger/cometbft/rpc.js";
import { Supervisor } from "#ledger/cometbft/supervisor.js";
import { systemClock } from "#ledger/embedded/open.js";
import { type Ledger, silentLog } from "#ledger/ledger.js";
import { RemoteNode } from "#ledger/remote/ledger.js";
import type { Genesis } from "#protocol/genesis.js";
import { prepareTestnet } from "../src/cli/testnet.js";
import { must, RecordingLedger, removeDirectory, temporaryDirectory } from "../test/ledger-kit.js";
import { psephosProcess } from "../test/network/processes.js";
import { ballotWire, genesisOf, openElection, trustees, UUID, votersOf } from "../test/protocol-kit.js";
import { note, option, percentile, report } from "./kit.js";

const count = option("ballots", 2000);
const offered = option("offered", 500);
const SECOND = 1_000_000_000n;
const base = await temporaryDirectory();

interface Network {
  readonly directories: readonly string[];
  readonly configs: readonly NetworkConfig[];
  readonly genesis: Genesis;
}

/** Directories of four validators that have their genesis, founded now. */
async function fresh(name: string): Promise<Network> {
  const directories = await prepareTestnet(join(base, name), 4, 300);
  const configs = await Promise.all(directories.map(async (each) => (await readNetwork(each)) as NetworkConfig));
  const validators: NamedValidator[] = (configs[0] as NetworkConfig).validators.map((each) => ({
    name: each.name,
    key: fromHex(each.key) as Uint8Array,
    power: BigInt(each.power),
  }));
  const time = systemClock() - SECOND;
  const genesis = genesisOf({ engine: "cometbft", engineKey: engineKeyOf(validators), time });
  for (const each of directories) await installGenesis(each, cometGenesis(genesis, validators));
  return { directories, configs, genesis };
}

/** Offers at a steady rate, whatever comes back, as people do; milliseconds to final of each, sorted, and the rate. */
async function offer(wires: readonly Uint8Array[], submit: (wire: Uint8Array, i: number) => Promise<unknown>) {
  const times: number[] = [];
  const started = performance.now();
  const waiting: Promise<void>[] = [];
  for (let i = 0; i < wires.length; ) {
    const due = Math.min(wires.length, Math.ceil(((performance.now() - started) * offered) / 1000));
    for (; i < due; i++) {
      const began = performance.now();
      waiting.push(submit(wires[i] as Uint8Array, i).then(() => void times.push(performance.now() - began)));
    }
    await new Promise((done) => setTimeout(done, 5));
  }
  await Promise.all(waiting);
  const perSecond = (1000 * wires.length) / (performance.now() - started);
  return { perSecond, times: times.sort((a, b) => a - b) };
}

/** The engine alone: an application that takes everything and does nothing. */
async function bare(wires: readonly Uint8Array[]): Promise<Awaited<ReturnType<typeof offer>>> {
  const { directories, configs } = await fresh("bare");
  const binary = cometProgram();
  const final = new Map<string, () => void>();
  const stops: (() => Promise<void>)[] = [];
  for (const [i, directory] of directories.entries()) {
    const first = i === 0;
    let height = 0;
    const handlers: AbciHandlers = {
      echo: ({ message }) => ({ message }),
      flush: () => null,
      info: () => ({ height, appHash: new Uint8Array(0), appVersion: 1 }),
      "init-chain": () => ({ appHash: new Uint8Array(32) }),
      query: () => ({ code: 1, log: "" }),
      "check-tx": () => ({ code: 0, log: "" }),
      commit: () => ({ retainHeight: 0 }),
      "list-snapshots": () => null,
      "offer-snapshot": () => ({ accept: false }),
      "load-snapshot-chunk": () => null,
      "apply-snapshot-chunk": () => ({ accept: false }),
      "prepare-proposal": ({ transactions }) => ({ transactions: transactions.slice(0, 1500) }),
      "process-proposal": () => ({ accept: true }),
      "extend-vote": () => null,
      "verify-vote-extension": () => ({ accept: true }),
      "finalize-block": ({ block }) => {
        height = block.height;
        if (first) for (const each of block.transactions) final.get(keyOf(each))?.();
        return {
          codes: block.transactions.map(() => 0),
          appHash: new Uint8Array(32),
          validatorUpdates: [],
          appVersion: null,
        };
      },
    };
    const path = join(base, `bare${i}.sock`);
    const server = await serveAbci(handlers, { path }, silentLog);
    const config = configs[i] as NetworkConfig;
    await writeConfig(directory, { ...config, application: server.address, blockMs: 300, idleMs: 5000 });
    const supervisor = new Supervisor(binary, cometHome(directory), silentLog);
    supervisor.start();
    stops.push(async () => {
      await supervisor.stop();
      await server.close();
    });
  }
  const rpcs = configs.map(({ rpc }) => new CometRpc(`http://${rpc}`));
  while ((await rpcs[0]?.status().catch(() => undefined))?.height !== 2)
    await new Promise((done) => setTimeout(done, 100));
  const outcome = await offer(wires, async (wire, i) => {
    const done = new Promise<void>((resolve) => final.set(keyOf(wire), resolve));
    await (rpcs[i % 4] as CometRpc).offer(wire);
    await done;
  });
  for (const stop of stops) await stop();
  return outcome;
}

function keyOf(wire: Uint8Array): string {
  return Buffer.from(wire.subarray(-48)).toString("base64");
}

const network = await fresh("net");
mkdirSync(join(base, "sockets"));
const sockets = network.directories.map((_, i) => ({ path: join(base, "sockets", `${i}`) }));
const processes = network.directories.map((directory, i) =>
  psephosProcess(`node ${i + 1}`, ["node", "--data", join(directory, ".."), "--socket", sockets[i]?.path as string]),
);
for (const each of processes) each.start();
for (const each of processes) await each.says(/runs \(/);
const remotes = sockets.map((place) => new RemoteNode({ nodes: [place], log: silentLog, clock: systemClock }));
for (const each of remotes) await each.start(30_000);
const ledgers: Ledger[] = await Promise.all(remotes.map((each) => each.founded));
const ledger = ledgers[0] as Ledger;

const memory = new RecordingLedger("bench", network.genesis);
const voters = votersOf(count, UUID);
const opensAt = systemClock() + 40n * SECOND;
const hour = 3600n * SECOND;
const rules = { ...planRules(), latestClose: opensAt + 3n * hour };
openElection(memory, trustees(1, 0), 0, voters, { opensAt, closesAt: opensAt + hour, rules });
for (const wire of memory.wires) await must(ledger, wire);
const wires = voters.map((voter, i) => ballotWire(memory, UUID, voter, [i % 3 === 0 ? [1, 0] : [0, 1]]));
while (systemClock() < opensAt + SECOND) await new Promise((done) => setTimeout(done, 100));

const before = ledger.status().height;
const began = performance.now();
const loaded = await offer(wires, (wire, i) => must(ledgers[i % 4] as Ledger, wire));
const blocks = ledger.status().height - before;
note("ballots, four validators, full verification", "per second", [loaded.perSecond]);
note("time to final, median", "ms", [percentile(loaded.times, 0.5)]);
note("time to final, 95th percentile", "ms", [percentile(loaded.times, 0.95)]);
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
for (const each of processes) await each.stop();
const plain = await bare(wires);
note("bare engine, the same transactions", "per second", [plain.perSecond]);
note("bare engine, 95th percentile to final", "ms", [percentile(plain.times, 0.95)]);
await removeDirectory(base);
report("network", {
  ballots: count,
  offered,
  validators: 4,
  "ratio to the bare engine": (loaded.perSecond / plain.perSecond).toFixed(2),
});

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
