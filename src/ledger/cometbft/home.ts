/**
 * The files of one node: CometBFT's home directory with its two keys, its configuration, and the genesis; beside it the
 * application's data. Keys are made here, readable by their owner only, and never overwritten.
 */
import { generateKeyPairSync } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toHex } from "#base/bytes.js";
import { ed25519Key, ed25519Sign } from "#crypto/ed25519.js";
import { addressOf } from "#evidence/cometbft/validators.js";

export interface NodeKeys {
  /** Ed25519 public key with which this node votes. */
  readonly validatorKey: Uint8Array;
  /** How peers name this node. */
  readonly nodeId: string;
}

/** Addresses and peers of a node. */
export interface NodeSettings {
  /** Where the application listens: `unix:///path` or `tcp://host:port`. */
  readonly application: string;
  /** `host:port` on which other nodes reach this one; a host of a network interface. */
  readonly p2p: string;
  /** `host:port` of the RPC: a loopback address. */
  readonly rpc: string;
  /** `nodeid@host:port` of every other node that is known. */
  readonly peers: readonly string[];
  /** Peers on private or loopback addresses: one machine, or one building. */
  readonly local: boolean;
  /** Smallest time between two blocks, in milliseconds. */
  readonly blockMs: number;
  /** Time between blocks when there is nothing to order, in milliseconds: bounds how far block time lags. */
  readonly idleMs: number;
}

export const cometHome = (directory: string): string => join(directory, "cometbft");
export const appDirectory = (directory: string): string => join(directory, "application");
export const genesisPath = (directory: string): string => join(cometHome(directory), "config", "genesis.json");

/** Makes the keys of a node unless they are there, and gives their public halves. */
export async function nodeKeys(directory: string): Promise<NodeKeys> {
  const config = join(cometHome(directory), "config");
  const data = join(cometHome(directory), "data");
  await mkdir(config, { recursive: true, mode: 0o700 });
  await mkdir(data, { recursive: true, mode: 0o700 });
  const validatorFile = join(config, "priv_validator_key.json");
  const nodeFile = join(config, "node_key.json");
  if (!existsSync(validatorFile)) {
    const { key, secret } = freshKey();
    await writeSecret(validatorFile, {
      address: toHex(addressOf(key)).toUpperCase(),
      pub_key: { type: "tendermint/PubKeyEd25519", value: base64(key) },
      priv_key: { type: "tendermint/PrivKeyEd25519", value: base64(secret) },
    });
    // Never made anew while the key is there: it is what keeps a validator from signing twice.
    await writeSecret(join(data, "priv_validator_state.json"), { height: "0", round: 0, step: 0 });
  }
  if (!existsSync(nodeFile))
    await writeSecret(nodeFile, { priv_key: { type: "tendermint/PrivKeyEd25519", value: base64(freshKey().secret) } });
  const validatorKey = await publicKeyOf(validatorFile);
  return { validatorKey, nodeId: toHex(addressOf(await publicKeyOf(nodeFile))) };
}

/** Ed25519 as CometBFT stores it: seed and public key together. */
function freshKey(): { key: Uint8Array; secret: Uint8Array } {
  const { privateKey } = generateKeyPairSync("ed25519");
  const seed = Buffer.from(privateKey.export({ format: "jwk" }).d as string, "base64url");
  const key = ed25519Key(new Uint8Array(seed));
  return { key, secret: new Uint8Array([...seed, ...key]) };
}

async function writeSecret(path: string, value: object): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: "wx" });
}

/** Signs with the validator's key: for what is said before there is a network. Never anything that looks like a vote. */
export async function signAsValidator(directory: string, message: Uint8Array): Promise<Uint8Array> {
  const seed = await seedOf(join(cometHome(directory), "config", "priv_validator_key.json"));
  return ed25519Sign(seed, message);
}

async function publicKeyOf(path: string): Promise<Uint8Array> {
  return ed25519Key(await seedOf(path));
}

async function seedOf(path: string): Promise<Uint8Array> {
  if (process.platform !== "win32" && ((await stat(path)).mode & 0o077) !== 0)
    throw new Error(`${path} can be read by others. Run: chmod 600 ${path}`);
  const file = JSON.parse(await readFile(path, "utf8")) as { priv_key?: { value?: string } };
  const secret = Buffer.from(file.priv_key?.value ?? "", "base64");
  if (secret.length !== 64) throw new Error(`${path} holds no Ed25519 key.`);
  return new Uint8Array(secret.subarray(0, 32));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

/** Writes CometBFT's configuration; what is not in it keeps CometBFT's own default. */
export async function writeConfig(directory: string, settings: NodeSettings): Promise<void> {
  const { application, p2p, rpc, peers, local, blockMs, idleMs } = settings;
  const text = `# Written at each start; settings of the node are options of psephos.
proxy_app = ${quoted(application)}
abci = "socket"
log_level = "error"
filter_peers = false

[rpc]
laddr = ${quoted(`tcp://${rpc}`)}
max_body_bytes = 2000000
max_request_batch_size = 100
unsafe = false

[p2p]
laddr = ${quoted(`tcp://${p2p}`)}
persistent_peers = ${quoted(peers.join(","))}
pex = false
addr_book_strict = ${!local}
allow_duplicate_ip = ${local}
send_rate = 51200000
recv_rate = 51200000
flush_throttle_timeout = "10ms"

[mempool]
size = 20000
max_tx_bytes = 450000
max_txs_bytes = 268435456
cache_size = 40000
recheck = true

[consensus]
timeout_propose = "2s"
timeout_commit = "${blockMs}ms"
create_empty_blocks = true
create_empty_blocks_interval = "${idleMs}ms"
double_sign_check_height = 0

[storage]
discard_abci_responses = true

[tx_index]
indexer = "null"

[instrumentation]
prometheus = false
`;
  await writeFile(join(cometHome(directory), "config", "config.toml"), text, { mode: 0o600 });
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
