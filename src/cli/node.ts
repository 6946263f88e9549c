/** `psephos node`: one node of a network, validator or full node, with its CometBFT; servers in front of it use its socket. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { toHex } from "#base/bytes.js";
import { genesisFromFile } from "#ledger/cometbft/genesis-file.js";
import { nodeKeys } from "#ledger/cometbft/home.js";
import { networkFounded, readNetwork } from "#ledger/cometbft/network.js";
import { installGenesis } from "#ledger/cometbft/open.js";
import { type NodeAddress, nodeAddress } from "#ledger/remote/messages.js";
import { serveNode } from "#ledger/remote/serving.js";
import { workerJudge } from "#pool/node.js";
import { openLedgerNode } from "#server/ledger-node.js";
import { createLog } from "#server/log.js";
import { CommandError, note, say } from "./terminal.js";

interface NodeOptions {
  readonly data: string;
  readonly socket?: string;
  readonly genesis?: string;
  readonly wait?: boolean;
  readonly logLevel: string;
}

const LOOK_MS = 300;
/** Longest path of a socket file that every system takes. */
const MAX_SOCKET_PATH = 100;

export function addNodeCommand(program: Command): void {
  program
    .command("node")
    .description("run one node of a network with its CometBFT; `serve --node` uses its socket")
    .option("--data <dir>", "the node's directory (its ledger/network.json says where the others are)", "node")
    .option("--socket <place>", "where servers reach it: a path, or tcp://127.0.0.1:port (default: <data>/node.sock)")
    .option("--genesis <file>", "the network's genesis, put into place at the first start")
    .option("--wait", "wait until that file is there")
    .option("--log-level <level>", "fatal, error, warn, info, debug, trace or silent", "warn")
    .action((options: NodeOptions) => run(options));
}

/** Where servers reach a node of this directory. */
export function socketOf(data: string, given?: string): NodeAddress {
  const address = nodeAddress(given ?? join(data, "node.sock"));
  if (typeof address === "string") throw new CommandError(address, 2);
  if ("path" in address) {
    const path = resolve(address.path);
    if (path.length > MAX_SOCKET_PATH)
      throw new CommandError(`${path} is too long for a socket; choose a shorter one with --socket.`, 2);
    return { path };
  }
  // Who reaches the socket can offer transactions and use up the node's time: it is not for the network.
  if (!/^(127(\.\d{1,3}){3}|localhost|::1)$/.test(address.host))
    throw new CommandError("--socket takes a path or a loopback address. Servers elsewhere come through a tunnel.", 2);
  return address;
}

async function run(options: NodeOptions): Promise<void> {
  const data = resolve(options.data);
  const directory = join(data, "ledger");
  const place = socketOf(data, options.socket);
  const network = await readNetwork(directory);
  if (network === undefined)
    throw new CommandError(`${directory} has no network.json. Make one with: psephos genesis install`, 2);
  if (options.genesis !== undefined) await putGenesis(directory, resolve(options.genesis), options.wait === true);
  const log = createLog(options.logLevel);
  const judge = workerJudge({}, (error) => log.error({ err: error }, "a worker that checks proofs died"));
  const node = await openLedgerNode({ directory, registrarKey: new Uint8Array(0), engine: { judge, log } });
  const socket = await serveNode(node, place, log);
  const { validatorKey, nodeId } = await nodeKeys(directory);
  const votes = network.validators.some(({ key }) => key === toHex(validatorKey));
  const where = "path" in place ? place.path : `tcp://${place.host}:${place.port}`;
  say(
    `Node ${nodeId} runs (${votes ? "a validator" : "a full node without a vote"}). Servers: psephos serve --node ${where}`,
  );
  if (!networkFounded(directory))
    say("Its network is not founded yet: the first server in front of it prints a set-up link.");
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    // Servers go to another node first, with what they are waiting for.
    await socket.close();
    await node.close();
    await judge.close();
    process.exit(0);
  };
  process.on("SIGINT", () => void stop());
  process.on("SIGTERM", () => void stop());
}

async function putGenesis(directory: string, file: string, wait: boolean): Promise<void> {
  if (!existsSync(file) && wait) note(`Waiting for ${file} ...`);
  while (wait && !existsSync(file)) await new Promise((done) => setTimeout(done, LOOK_MS));
  if (!existsSync(file)) throw new CommandError(`There is no ${file}.`, 2);
  let text = readFileSync(file, "utf8");
  let genesis = genesisFromFile(text);
  for (let i = 0; wait && !genesis.ok && i < 20; i++) {
    // Whoever makes it may be in the middle of it.
    await new Promise((done) => setTimeout(done, LOOK_MS));
    text = readFileSync(file, "utf8");
    genesis = genesisFromFile(text);
  }
  if (!genesis.ok) throw new CommandError(`${file} founds no network of ours: ${genesis.error}.`, 2);
  await installGenesis(directory, text);
}
