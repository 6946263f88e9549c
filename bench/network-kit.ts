/** Networks of four validators for benches: their directories, their processes, a steady load, and who used the processor. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fromHex } from "#base/bytes.js";
import { cometGenesis, engineKeyOf, type NamedValidator } from "#ledger/cometbft/genesis-file.js";
import { appDirectory, cometHome } from "#ledger/cometbft/home.js";
import { type NetworkConfig, readNetwork } from "#ledger/cometbft/network.js";
import { installGenesis } from "#ledger/cometbft/open.js";
import { systemClock } from "#ledger/embedded/open.js";
import { silentLog } from "#ledger/ledger.js";
import { RemoteNode } from "#ledger/remote/ledger.js";
import type { Genesis } from "#protocol/genesis.js";
import { prepareTestnet } from "../src/cli/testnet.js";
import { type Process, programProcess, psephosProcess } from "../test/network/processes.js";
import { genesisOf } from "../test/protocol-kit.js";
import { childrenOf, cpuMs, mainThreadMs } from "./cpu.js";

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

/** `psephos …`; `profile`: a directory for its processor profile, written when it stops. */
export function program(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  profile?: string,
): Process {
  if (profile === undefined) return psephosProcess(name, args, env);
  const file = join(import.meta.dirname, "..", "dist", "cli", "psephos.js");
  return programProcess(name, process.execPath, ["--cpu-prof", `--cpu-prof-dir=${profile}`, file, ...args], env);
}

/** Starts the node of a directory; `profile`: a directory for its processor profile, written when it stops. */
export async function startValidator(directory: string, i: number, profile?: string): Promise<Validator> {
  const socket = { path: join(directory, "..", "node.sock") };
  const args = ["node", "--data", join(directory, ".."), "--socket", socket.path];
  const node = program(`node ${i + 1}`, args, {}, profile);
  node.start();
  endAtExit(node);
  await node.says(/runs \(/);
  return Object.assign(node, { socket });
}

/** A bench that fails leaves no process behind. */
export function endAtExit(started: Process): void {
  process.once("exit", () => {
    if (started.pid !== undefined && !started.ended) process.kill(started.pid, "SIGKILL");
  });
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
  /** Of these, what their main threads used: they can use one core each. */
  readonly mainThreads: number;
  readonly engines: number;
  /** The bench's own process. */
  readonly generator: number;
}

/** Processor time from now until it is called. `applications` and `engines`: process numbers. */
export function watchCpu(applications: readonly number[], engines: readonly number[]): () => Used {
  const sum = (pids: readonly number[], of: (pid: number) => number): number =>
    pids.reduce((total, pid) => total + of(pid), 0);
  const now = (): Used => ({
    applications: sum(applications, cpuMs),
    mainThreads: sum(applications, mainThreadMs),
    engines: sum(engines, cpuMs),
    generator: cpuMs(process.pid),
  });
  const before = now();
  return () => {
    const after = now();
    return {
      applications: after.applications - before.applications,
      mainThreads: after.mainThreads - before.mainThreads,
      engines: after.engines - before.engines,
      generator: after.generator - before.generator,
    };
  };
}

/** The CometBFT of each node. */
export function enginesOf(nodes: readonly Process[]): number[] {
  return nodes.flatMap(({ pid }) => (pid === undefined ? [] : childrenOf(pid)));
}

/**
 * Takes a stopped node's application and its copy of the blocks away, as if its disk had been replaced, and starts it
 * again; milliseconds from there until it shows its first block, and until it shows `height`. Its keys and the state of its last vote stay.
 */
export async function replaceDisk(
  directory: string,
  i: number,
  height: number,
): Promise<{ readonly ms: number; readonly node: Validator; readonly first: number; readonly firstMs: number }> {
  await rm(appDirectory(directory), { recursive: true });
  for (const name of ["blockstore.db", "state.db", "cs.wal", "evidence.db"])
    await rm(join(cometHome(directory), "data", name), { recursive: true, force: true });
  const node = await startValidator(directory, i);
  const started = performance.now();
  const remote = new RemoteNode({ nodes: [node.socket], log: silentLog, clock: systemClock });
  await remote.start(30_000);
  const ledger = await remote.founded;
  const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 20));
  while (ledger.status().height === 0) await pause();
  const [first, firstMs] = [ledger.status().height, performance.now() - started];
  while (ledger.status().height < height) await pause();
  const ms = performance.now() - started;
  await remote.close();
  return { ms, node, first, firstMs };
}

/** Bytes of disk that a node's application and its CometBFT use for what they keep; CometBFT's log of what it is about to do is bounded (1 GB) and left out. */
export async function storedBytes(directory: string): Promise<number> {
  let bytes = 0;
  for (const kept of [appDirectory(directory), join(cometHome(directory), "data")])
    for (const entry of await readdir(kept, { recursive: true, withFileTypes: true })) {
      // Files come and go while they are counted.
      const keeps = entry.isFile() && !entry.parentPath.endsWith("cs.wal");
      const found = keeps ? await stat(join(entry.parentPath, entry.name)).catch(() => undefined) : undefined;
      bytes += 512 * (found?.blocks ?? 0);
    }
  return bytes;
}
