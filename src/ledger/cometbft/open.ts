/** Opening a network node in its directory: keys, genesis, configuration, the application's data, CometBFT beside it. */
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "#base/bytes.js";
import { systemClock } from "../embedded/open.js";
import { type Ledger, LedgerUnavailable, silentLog } from "../ledger.js";
import { type AbciPlace, serveAbci } from "./abci-server.js";
import { openAppStore } from "./app-store.js";
import { CometLedger, type CometSettings } from "./engine.js";
import { genesisFromFile } from "./genesis-file.js";
import { appDirectory, cometHome, genesisPath, type NodeSettings, nodeKeys, writeConfig } from "./home.js";
import { CometRpc } from "./rpc.js";
import { Supervisor } from "./supervisor.js";

export type CometOptions = Partial<CometSettings> &
  Pick<NodeSettings, "p2p" | "rpc" | "peers" | "local"> &
  Partial<Pick<NodeSettings, "blockMs" | "idleMs">> & {
    /** The CometBFT program. */
    readonly binary: string;
  };

/** Puts CometBFT's genesis file into a node's directory, once; the same file again is fine, another one is refused. */
export async function installGenesis(directory: string, text: string): Promise<void> {
  await nodeKeys(directory);
  const path = genesisPath(directory);
  if (existsSync(path)) {
    if ((await readFile(path, "utf8")) === text) return;
    throw new Error(`${path} is there already and differs. A node serves one network; choose another directory.`);
  }
  await writeFile(path, text, { flag: "wx" });
}

/**
 * Opens the node of a directory that has a genesis, and starts its CometBFT. Reading works at once; submitting waits for
 * the network.
 */
export async function openComet(directory: string, options: CometOptions): Promise<Ledger> {
  const path = genesisPath(directory);
  if (!existsSync(path)) throw new LedgerUnavailable(`There is no genesis in ${directory}.`);
  const genesis = genesisFromFile(await readFile(path, "utf8"));
  if (!genesis.ok) throw new LedgerUnavailable(`${path} founds no network of ours: ${genesis.error}.`);
  await nodeKeys(directory);
  const log = options.log ?? silentLog;
  const idleMs = options.idleMs ?? 5000;
  const application = await openAppStore(appDirectory(directory), genesis.value);
  const supervisor = new Supervisor(options.binary, cometHome(directory), log);
  const ledger = new CometLedger(
    {
      application,
      rpc: new CometRpc(`http://${options.rpc}`),
      supervisor,
      connect: async ({ handlers }) => {
        const server = await serveAbci(handlers, await socketPlace(directory, toHex(application.head.root)), log);
        await writeConfig(directory, {
          ...options,
          application: server.address,
          blockMs: options.blockMs ?? 500,
          idleMs,
        });
        return server;
      },
    },
    settingsOf(options, idleMs),
  );
  try {
    await ledger.start();
    return ledger;
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

/** A socket file in the node's own directory; in the system's one for temporary files where the path would be too long. */
async function socketPlace(directory: string, seed: string): Promise<AbciPlace> {
  if (process.platform === "win32") return { port: 0 };
  const near = join(directory, "application.sock");
  const path = near.length < 100 ? near : join(tmpdir(), `psephos-${process.pid}-${seed.slice(0, 8)}.sock`);
  await rm(path, { force: true });
  return { path };
}

function settingsOf(options: CometOptions, idleMs: number): CometSettings {
  return {
    judge: options.judge,
    clock: options.clock ?? systemClock,
    log: options.log ?? silentLog,
    maxWaiting: options.maxWaiting ?? 5000,
    maxWaitingBytes: options.maxWaitingBytes ?? 64 * 1024 * 1024,
    maxVerdicts: options.maxVerdicts ?? 50_000,
    patienceMs: options.patienceMs ?? 30_000,
    stallMs: options.stallMs ?? idleMs + 25_000,
    ...(options.rulebook === undefined ? {} : { rulebook: options.rulebook }),
  };
}
