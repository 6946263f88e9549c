/** Networks of four validators for benches: their directories, their processes, a steady load, and who used the processor. */
import { join } from "node:path";
import { fromHex } from "#base/bytes.js";
import { cometGenesis, engineKeyOf, type NamedValidator } from "#ledger/cometbft/genesis-file.js";
import { type NetworkConfig, readNetwork } from "#ledger/cometbft/network.js";
import { installGenesis } from "#ledger/cometbft/open.js";
import { systemClock } from "#ledger/embedded/open.js";
import type { Genesis } from "#protocol/genesis.js";
import { prepareTestnet } from "../src/cli/testnet.js";
import { type Process, programProcess, psephosProcess } from "../test/network/processes.js";
import { genesisOf } from "../test/protocol-kit.js";
import { childrenOf, cpuMs } from "./cpu.js";

export const SECOND = 1_000_000_000n;

export interface Network {
  readonly directories: readonly string[];
  readonly configs: readonly NetworkConfig[];
  readonly genesis: Genesis;
  /** Smallest time between two blocks. */
  readonly blockMs: number;
}

/** Directories of four validators that have their genesis, founded now. */
export async function freshNetwork(base: string, name: string, blockMs: number): Promise<Network> {
  const directories = await prepareTestnet(join(base, name), 4, blockMs);
  const configs = await Promise.all(directories.map(async (each) => (await readNetwork(each)) as NetworkConfig));
  const validators: NamedValidator[] = (configs[0] as NetworkConfig).validators.map((each) => ({
    name: each.name,
    key: fromHex(each.key) as Uint8Array,
    power: BigInt(each.power),
  }));
  const time = systemClock() - SECOND;
  const genesis = genesisOf({ engine: "cometbft", engineKey: engineKeyOf(validators), time });
  for (const each of directories) await installGenesis(each, cometGenesis(genesis, validators));
  return { directories, configs, genesis, blockMs };
}

export interface Validator extends Process {
  readonly socket: { readonly path: string };
}

/** Starts the node of a directory; `profile`: a directory for its processor profile, written when it stops. */
export async function startValidator(directory: string, i: number, profile?: string): Promise<Validator> {
  const socket = { path: join(directory, "..", "node.sock") };
  const args = ["node", "--data", join(directory, ".."), "--socket", socket.path];
  const program = join(import.meta.dirname, "..", "dist", "cli", "psephos.js");
  const node =
    profile === undefined
      ? psephosProcess(`node ${i + 1}`, args)
      : programProcess(`node ${i + 1}`, process.execPath, [
          "--cpu-prof",
          `--cpu-prof-dir=${profile}`,
          program,
          ...args,
        ]);
  node.start();
  await node.says(/runs \(/);
  return Object.assign(Object.create(node) as Process, { socket });
}

export interface Load {
  readonly perSecond: number;
  /** Milliseconds to final of each, sorted. */
  readonly times: readonly number[];
}

/** Offers at a steady rate, whatever comes back, as people do; ends when all are final. */
export async function offerSteadily(
  wires: readonly Uint8Array[],
  perSecond: number,
  submit: (wire: Uint8Array, i: number) => Promise<unknown>,
): Promise<Load> {
  const times: number[] = [];
  const started = performance.now();
  const waiting: Promise<void>[] = [];
  for (let i = 0; i < wires.length; ) {
    const due = Math.min(wires.length, Math.ceil(((performance.now() - started) * perSecond) / 1000));
    for (; i < due; i++) {
      const began = performance.now();
      waiting.push(submit(wires[i] as Uint8Array, i).then(() => void times.push(performance.now() - began)));
    }
    await new Promise((done) => setTimeout(done, 5));
  }
  await Promise.all(waiting);
  const rate = (1000 * wires.length) / (performance.now() - started);
  return { perSecond: rate, times: times.sort((a, b) => a - b) };
}

export interface Used {
  /** Milliseconds of processor, all nodes together. */
  readonly applications: number;
  readonly engines: number;
  /** The bench's own process. */
  readonly generator: number;
}

/** Processor time from now until it is called. `applications` and `engines`: process numbers. */
export function watchCpu(applications: readonly number[], engines: readonly number[]): () => Used {
  const sum = (pids: readonly number[]): number => pids.reduce((total, pid) => total + cpuMs(pid), 0);
  const before = { applications: sum(applications), engines: sum(engines), generator: cpuMs(process.pid) };
  return () => ({
    applications: sum(applications) - before.applications,
    engines: sum(engines) - before.engines,
    generator: cpuMs(process.pid) - before.generator,
  });
}

/** The CometBFT of each node. */
export function enginesOf(nodes: readonly Process[]): number[] {
  return nodes.flatMap(({ pid }) => (pid === undefined ? [] : childrenOf(pid)));
}
