/**
 * A server as a node of a network: `network.json` in its ledger directory says who the first validators are and where
 * nodes are found. Whoever sets up the first node founds the network; the genesis file that this makes is given to the
 * others. Keys stay where they were made: validators contribute public halves only.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromHex } from "#base/bytes.js";
import type { Genesis } from "#protocol/genesis.js";
import { type Founding, systemClock } from "../embedded/open.js";
import type { Ledger } from "../ledger.js";
import { cometGenesis, engineKeyOf, type NamedValidator, operatedValidators } from "./genesis-file.js";
import { genesisPath } from "./home.js";
import { type CometOptions, installGenesis, openComet } from "./open.js";

/** The file that makes a ledger directory one of a network's node. */
export const NETWORK_FILE = "network.json";

export interface NetworkConfig {
  readonly p2p: string;
  readonly rpc: string;
  readonly peers: readonly string[];
  /** Peers on private or loopback addresses. */
  readonly local: boolean;
  /** Smallest time between two blocks, in milliseconds. */
  readonly blockMs?: number;
  readonly validators: readonly {
    readonly name: string;
    readonly key: string;
    readonly power: number;
    /** Key of who approves changes of the network for it; every validator has one, or none. */
    readonly operator?: string;
  }[];
}

type NodeOptions = Omit<CometOptions, keyof NetworkConfig | "binary">;

/** The configuration of a node's directory; `undefined` when this is no network's node. Rejects for a faulty file. */
export async function readNetwork(directory: string): Promise<NetworkConfig | undefined> {
  const path = join(directory, NETWORK_FILE);
  if (!existsSync(path)) return undefined;
  let value: Partial<NetworkConfig>;
  try {
    value = JSON.parse(await readFile(path, "utf8")) as Partial<NetworkConfig>;
  } catch (error) {
    throw new Error(`${path} is not JSON.`, { cause: error });
  }
  const texts = [value.p2p, value.rpc, ...(value.peers ?? [null])].every((each) => typeof each === "string");
  const validators = Array.isArray(value.validators) && value.validators.length > 0;
  if (!texts || !validators || typeof value.local !== "boolean")
    throw new Error(`${path} needs p2p, rpc, peers, local and validators.`);
  namedValidators(value as NetworkConfig);
  return value as NetworkConfig;
}

function namedValidators({ validators }: NetworkConfig): readonly NamedValidator[] {
  return validators.map(({ name, key, power, operator }) => {
    const approver = operator === undefined ? undefined : fromHex(operator);
    if (operator !== undefined && approver?.length !== 32)
      throw new Error(`The operator's key of ${name} needs 64 hexadecimal digits.`);
    const bytes = fromHex(key);
    if (bytes?.length !== 32 || !Number.isSafeInteger(power) || power < 1)
      throw new Error(`The validator ${name} needs a key of 64 hexadecimal digits and a power of at least 1.`);
    const validator = { name, key: bytes, power: BigInt(power) };
    return approver === undefined ? validator : { ...validator, operator: approver };
  });
}

/** Whether the network of this node was founded and the node has its genesis. */
export function networkFounded(directory: string): boolean {
  return existsSync(genesisPath(directory));
}

/** Founds the network: the genesis names its first validators. The node has it then; the others must be given the file. */
export async function foundNetworkGenesis(
  directory: string,
  config: NetworkConfig,
  { chainId, practice, founder }: Founding,
): Promise<void> {
  const validators = namedValidators(config);
  const genesis: Genesis = {
    version: "psephos1",
    chainId,
    time: systemClock(),
    engine: "cometbft",
    engineKey: engineKeyOf(validators),
    practice,
    founder,
    ...operatedValidators(validators),
  };
  await installGenesis(directory, cometGenesis(genesis, validators));
}

/** Opens the node of a directory whose network was founded. */
export async function openNetworkNode(
  directory: string,
  config: NetworkConfig,
  options: NodeOptions = {},
): Promise<Ledger> {
  const { p2p, rpc, peers, local, blockMs } = config;
  const pace = blockMs === undefined ? {} : { blockMs };
  return openComet(directory, { ...options, ...pace, p2p, rpc, peers, local, binary: cometProgram() });
}

/** A CometBFT of a right version; builds it when there is none. Throws with a sentence that says what to install. */
export function cometProgram(): string {
  const script = fileURLToPath(new URL("../../../scripts/engine.mjs", import.meta.url));
  const found = spawnSync(process.execPath, [script], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (found.status !== 0) throw new Error(found.stderr.trim().split("\n").at(-1) ?? "There is no CometBFT.");
  return found.stdout.trim();
}
