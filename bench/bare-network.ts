/** The engine alone: four CometBFT with an application that takes everything and does nothing. What ours is compared with. */
import { join } from "node:path";
import type { AbciHandlers } from "#ledger/cometbft/abci-messages.js";
import { serveAbci } from "#ledger/cometbft/abci-server.js";
import { cometHome, writeConfig } from "#ledger/cometbft/home.js";
import { cometProgram, type NetworkConfig } from "#ledger/cometbft/network.js";
import { CometRpc } from "#ledger/cometbft/rpc.js";
import { Supervisor } from "#ledger/cometbft/supervisor.js";
import { silentLog } from "#ledger/ledger.js";
import type { Network } from "./network-kit.js";

export interface BareNetwork {
  /** Process numbers of the four CometBFT; the applications run in this process. */
  readonly engines: readonly number[];
  /** Resolves when the transaction is in a block. */
  submit(wire: Uint8Array, i: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it with the same settings that a node of ours has. */
export async function startBare({ directories, configs, blockMs }: Network): Promise<BareNetwork> {
  const final = new Map<string, () => void>();
  const supervisors: Supervisor[] = [];
  const stops: (() => Promise<void>)[] = [];
  for (const [i, directory] of directories.entries()) {
    const tell = i === 0 ? (wire: Uint8Array) => final.get(keyOf(wire))?.() : () => undefined;
    const server = await serveAbci(idleApplication(tell), { path: join(directory, "..", "bare.sock") }, silentLog);
    const config = configs[i] as NetworkConfig;
    await writeConfig(directory, { ...config, application: server.address, blockMs, idleMs: 5000 });
    const supervisor = new Supervisor(cometProgram(), cometHome(directory), silentLog);
    supervisor.start();
    supervisors.push(supervisor);
    stops.push(async () => {
      await supervisor.stop();
      await server.close();
    });
  }
  const rpcs = configs.map(({ rpc }) => new CometRpc(`http://${rpc}`));
  while (((await rpcs[0]?.status().catch(() => undefined))?.height ?? 0) < 2)
    await new Promise((done) => setTimeout(done, 100));
  return {
    engines: supervisors.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    submit: async (wire, i) => {
      const done = new Promise<void>((resolve) => final.set(keyOf(wire), resolve));
      const [answer] = await (rpcs[i % rpcs.length] as CometRpc).offer([wire]);
      if (answer?.kind !== "taken") throw new Error(`not taken: ${JSON.stringify(answer)}`);
      await done;
    },
    stop: async () => {
      for (const stop of stops) await stop();
    },
  };
}

function idleApplication(tell: (wire: Uint8Array) => void): AbciHandlers {
  let height = 0;
  return {
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
      for (const each of block.transactions) tell(each);
      const codes = block.transactions.map(() => 0);
      return { codes, appHash: new Uint8Array(32), validatorUpdates: [], appVersion: null };
    },
  };
}

function keyOf(wire: Uint8Array): string {
  return Buffer.from(wire.subarray(-48)).toString("base64");
}
