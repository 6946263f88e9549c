/**
 * Four validators of this machine, each with a CometBFT of its own, and for each a pair of hands between CometBFT and its
 * application: a test can make one of them lie, fall silent or die at a chosen call. Production code has no such hands.
 */
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { concat, toBase64Url, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { ApiError, type Http } from "#client/http.js";
import type { AbciHandlers } from "#ledger/cometbft/abci-messages.js";
import { serveAbci } from "#ledger/cometbft/abci-server.js";
import { openAppStore } from "#ledger/cometbft/app-store.js";
import { CometLedger } from "#ledger/cometbft/engine.js";
import { freePort } from "#ledger/cometbft/free-port.js";
import { genesisFromFile } from "#ledger/cometbft/genesis-file.js";
import { appDirectory, cometHome, genesisPath, nodeKeys, writeConfig } from "#ledger/cometbft/home.js";
import { type CometOptions, openComet } from "#ledger/cometbft/open.js";
import { CometRpc } from "#ledger/cometbft/rpc.js";
import { Supervisor } from "#ledger/cometbft/supervisor.js";
import { systemClock } from "#ledger/embedded/open.js";
import { type Ledger, silentLog } from "#ledger/ledger.js";
import { encode } from "#protocol/encoding/shape.js";
import { type Genesis, genesisHash, genesisShape } from "#protocol/genesis.js";
import { blockJson } from "#voting/blocks.js";
import { recordBytes } from "#voting/record.js";
import { foundNetwork } from "../comet-node.js";
import { blocksOf, must, organisationWire, removeDirectory, temporaryDirectory } from "../ledger-kit.js";

/** Stands between CometBFT and the honest application. */
export type Hands = (honest: AbciHandlers) => AbciHandlers;

export interface LiveNetwork {
  readonly base: string;
  readonly directories: readonly string[];
  readonly genesis: Genesis;
  readonly options: CometOptions[];
  node(i: number): Ledger;
  /** Opens the i-th node (from 0), with other hands than honest ones when given. */
  open(i: number, hands?: Hands): Promise<void>;
  close(i: number): Promise<void>;
  /** Resolves when that node shows this height. */
  reach(i: number, height: number): Promise<void>;
  dispose(): Promise<void>;
}

/** Directories, keys and addresses of a network; no node runs yet. */
export async function liveNetwork(binary: string, count = 4, change: Partial<CometOptions> = {}): Promise<LiveNetwork> {
  const base = await temporaryDirectory();
  const directories = Array.from({ length: count }, (_, i) => join(base, `n${i + 1}`));
  const genesis = await foundNetwork(directories);
  const options = await optionsOf(directories, binary, change);
  const nodes: (Ledger | undefined)[] = directories.map(() => undefined);
  const node = (i: number): Ledger => nodes[i] as Ledger;
  return {
    base,
    directories,
    genesis,
    options,
    node,
    open: async (i, hands) => {
      const [directory, chosen] = [directories[i] as string, options[i] as CometOptions];
      nodes[i] = hands === undefined ? await openComet(directory, chosen) : await openWith(directory, chosen, hands);
    },
    close: async (i) => {
      await nodes[i]?.close();
      nodes[i] = undefined;
    },
    reach: async (i, height) => {
      for await (const block of node(i).follow(height, AbortSignal.timeout(90_000))) if (block.height >= height) return;
      throw new Error(`node ${i + 1} did not reach height ${height}`);
    },
    dispose: async () => {
      await Promise.all(nodes.map((each) => each?.close()));
      await removeDirectory(base);
    },
  };
}

/** Where each node of these directories listens, and who its peers are. */
export async function optionsOf(
  directories: readonly string[],
  binary: string,
  change: Partial<CometOptions> = {},
): Promise<CometOptions[]> {
  const ids = await Promise.all(directories.map(async (directory) => (await nodeKeys(directory)).nodeId));
  const addresses: string[] = [];
  for (const _ of directories) addresses.push(`127.0.0.1:${await freePort()}`);
  const options: CometOptions[] = [];
  for (const [i, p2p] of addresses.entries())
    options.push({
      binary,
      p2p,
      rpc: `127.0.0.1:${await freePort()}`,
      peers: ids.map((id, k) => `${id}@${addresses[k]}`).filter((_, k) => k !== i),
      local: true,
      blockMs: 200,
      idleMs: 1000,
      ...change,
    });
  return options;
}

/** What `openComet` does, with hands between CometBFT and the application; `change`: another configuration. */
export async function openWith(
  directory: string,
  options: CometOptions,
  hands: Hands,
  change: (config: string) => string = (config) => config,
): Promise<Ledger> {
  const genesis = genesisFromFile(await readFile(genesisPath(directory), "utf8"));
  if (!genesis.ok) throw new Error(genesis.error);
  const log = options.log ?? silentLog;
  const ledger = new CometLedger(
    {
      application: await openAppStore(appDirectory(directory), genesis.value),
      rpc: new CometRpc(`http://${options.rpc}`),
      supervisor: new Supervisor(options.binary, cometHome(directory), log),
      connect: async ({ handlers }) => {
        const server = await serveAbci(hands(handlers), { port: 0 }, log);
        const pace = { blockMs: options.blockMs ?? 200, idleMs: options.idleMs ?? 1000 };
        await writeConfig(directory, { ...options, ...pace, application: server.address });
        const config = join(cometHome(directory), "config", "config.toml");
        await writeFile(config, change(await readFile(config, "utf8")));
        return server;
      },
    },
    {
      judge: options.judge,
      clock: options.clock ?? systemClock,
      log,
      maxWaiting: 5000,
      maxWaitingBytes: 64 * 1024 * 1024,
      maxVerdicts: 50_000,
      patienceMs: options.patienceMs ?? 30_000,
      stallMs: options.stallMs ?? 25_000,
    },
  );
  await ledger.start();
  return ledger;
}

/** A moment by which that many transactions, one after the other, are surely recorded, however slow this machine is now. */
export async function momentAfter(ledger: Ledger, transactions: number): Promise<bigint> {
  await must(ledger, organisationWire(900));
  const began = systemClock();
  for (const n of [901, 902, 903]) await must(ledger, organisationWire(n));
  const each = (systemClock() - began) / 3n;
  return systemClock() + BigInt(2 * transactions) * each + 4_000_000_000n;
}

/** The whole record up to a height. */
export async function recordOf(ledger: Ledger, height: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of recordBytes(ledger, height)) chunks.push(chunk);
  return concat(...chunks);
}

/** CometBFT's genesis file of a node. */
export function genesisText(directory: string): string {
  return readFileSync(genesisPath(directory), "utf8");
}

/** A node's ledger as its server shows it to whoever watches. */
export function httpOfLedger(url: string, ledger: Ledger): Http {
  const answer = (path: string): unknown => {
    const genesis = ledger.genesis();
    const { height, time } = ledger.state();
    if (path === "/ledger/status")
      return {
        genesis_hash: toHex(genesisHash(genesis)),
        engine: genesis.engine,
        height,
        time: formatInstant(time),
      };
    if (path === "/ledger/genesis") return { genesis: toBase64Url(encode(genesisShape, genesis)) };
    if (path.startsWith("/elections")) return { elections: [], next: null };
    const one = /^\/ledger\/blocks\/(\d+)$/.exec(path);
    const from = Number(one?.[1] ?? /from=(\d+)/.exec(path)?.[1]);
    const blocks = [...blocksOf(ledger)].slice(from - 1, one === null ? from + 49 : from).map(blockJson);
    if (one !== null && blocks.length === 0) throw new ApiError(404, "not-found", "There is no such block yet.");
    return one === null ? { blocks, next: null } : blocks[0];
  };
  return {
    url,
    request: async <T>(path: string) => answer(path) as T,
    raw: () => Promise.reject(new Error("not used")),
    forget: () => {},
  };
}
