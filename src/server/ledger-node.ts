/**
 * The ledger of this server: opened if it was founded, otherwise founded by set-up, once. Embedded, unless the directory
 * is that of a network's node.
 */
import {
  foundNetworkGenesis,
  type NetworkConfig,
  networkFounded,
  openNetworkNode,
  readNetwork,
} from "#ledger/cometbft/network.js";
import { foundLedger, type LedgerOptions, ledgerExists, openLedger } from "#ledger/embedded/open.js";
import type { Ledger } from "#ledger/ledger.js";
import type { Founding, LedgerPort } from "#ledger/port.js";
import { RemoteNode, type RemoteOptions } from "#ledger/remote/ledger.js";

export interface LedgerNode extends LedgerPort {
  /** Resolves when there is a ledger: at once after the first start, else when set-up has founded it. */
  readonly founded: Promise<Ledger>;
  /** Whether a ledger of its own is there, or a node of somebody's can be reached. */
  ready(): boolean;
  /** Resolves when it is {@link ready}, or after the limit. */
  wait(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

/** How long a server waits for the first answer of a node before it gives up starting. */
const NODE_LIMIT_MS = 60_000;

/** The ledger of a server without one: nodes behind it have it. */
export async function openRemoteNode(registrarKey: Uint8Array, options: RemoteOptions): Promise<LedgerNode> {
  const remote = new RemoteNode(options);
  try {
    await remote.start(NODE_LIMIT_MS);
  } catch (error) {
    await remote.close();
    throw error;
  }
  return {
    registrarKey,
    founded: remote.founded,
    current: () => remote.current(),
    create: (founding) => remote.create(founding),
    ready: () => remote.ready,
    wait: async (limitMs) => {
      await remote.connected(performance.now() + limitMs).catch(() => undefined);
    },
    close: () => remote.close(),
  };
}

export interface LedgerNodeOptions {
  readonly directory: string;
  /** Public half of the registration service's key, compressed. */
  readonly registrarKey: Uint8Array;
  readonly engine: LedgerOptions;
  /** Founds a practice ledger: marked in its genesis for ever, and in every manifest. */
  readonly practice?: boolean;
}

export async function openLedgerNode({
  directory,
  registrarKey,
  engine,
  practice = false,
}: LedgerNodeOptions): Promise<LedgerNode> {
  let ledger: Ledger | undefined;
  let tellFounded: (ledger: Ledger) => void = () => undefined;
  const founded = new Promise<Ledger>((resolve) => (tellFounded = resolve));
  const have = (opened: Ledger): Ledger => {
    ledger = opened;
    tellFounded(opened);
    return opened;
  };
  const engineOf = await engineIn(directory, engine);
  if (await engineOf.exists()) have(await engineOf.open());

  let founding: Promise<Ledger> | undefined;
  return {
    registrarKey,
    founded,
    current: () => ledger,
    ready: () => true,
    wait: async () => {},
    create: async (by: Founding) => {
      if (ledger !== undefined || founding !== undefined) throw new Error("The ledger has been founded already.");
      founding = engineOf.found({ ...by, practice });
      try {
        return have(await founding);
      } finally {
        founding = undefined;
      }
    },
    close: async () => {
      await founding?.catch(() => undefined);
      await ledger?.close();
    },
  };
}

/** How a ledger of this directory is found out about, opened and founded: the one place that knows both engines. */
interface EngineChoice {
  exists(): Promise<boolean>;
  open(): Promise<Ledger>;
  found(founding: Founding & { readonly practice: boolean }): Promise<Ledger>;
}

async function engineIn(directory: string, options: LedgerOptions): Promise<EngineChoice> {
  const network: NetworkConfig | undefined = await readNetwork(directory);
  if (network === undefined)
    return {
      exists: () => ledgerExists(directory),
      open: () => openLedger(directory, options),
      found: (founding) => foundLedger(directory, founding, options),
    };
  const { judge, log, maxWaiting } = options;
  const given = {
    ...(judge === undefined ? {} : { judge }),
    ...(log === undefined ? {} : { log }),
    ...(maxWaiting === undefined ? {} : { maxWaiting }),
  };
  const open = () => openNetworkNode(directory, network, given);
  return {
    exists: async () => networkFounded(directory),
    open,
    found: async (founding) => {
      await foundNetworkGenesis(directory, network, founding);
      return open();
    },
  };
}
