/** `psephos testnet`: a network of several validators on this machine, one of which serves people. For trying out. */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { toHex } from "#base/bytes.js";
import { platformRandom } from "#client/http.js";
import { makeCode } from "#crypto/base58.js";
import { removeEmbedded } from "#db/embedded.js";
import { freePort } from "#ledger/cometbft/free-port.js";
import { genesisPath, nodeKeys } from "#ledger/cometbft/home.js";
import {
  cometProgram,
  NETWORK_FILE,
  type NetworkConfig,
  networkFounded,
  openNetworkNode,
  readNetwork,
} from "#ledger/cometbft/network.js";
import { installGenesis } from "#ledger/cometbft/open.js";
import type { Ledger } from "#ledger/ledger.js";
import { identityFromCode, keyBytes } from "#protocol/identity.js";
import { placesIn } from "#server/data-directory.js";
import { addGenesisCommand } from "./genesis.js";
import { addMonitorCommand } from "./monitor.js";
import { addNodeCommand } from "./node.js";
import { CommandError, counted, note, say } from "./terminal.js";
import { runSmoke, startTestnet, statusOfTestnet, stopTestnet } from "./testnet-processes.js";

interface TestnetOptions {
  readonly validators: string;
  readonly data: string;
  readonly port: string;
  readonly reset?: boolean;
  readonly smoke?: boolean;
}

const LOOK_MS = 500;
const MARK = "testnet.json";
/** With this each node's operator approves changes of the network. */
const OPERATOR_CODE = "operator.code";

/** `testnet`, and the commands of which networks of several organisations are made: `node`, `genesis`, `monitor`. */
export function addTestnetCommand(program: Command): void {
  addNodeCommand(program);
  addGenesisCommand(program);
  addMonitorCommand(program);
  program
    .command("testnet")
    .description("run a network of several validators on this machine; for trying out")
    .argument("[action]", "run (until Ctrl-C), start (in the background), status, stop or wipe", "run")
    .option("--validators <n>", "how many, each with its own CometBFT", "4")
    .option("--data <dir>", "where everything is kept", "testnet")
    .option("--port <port>", "port of the server: the first validator's own, or with start one in front of all", "8080")
    .option("--reset", "delete that directory first, if a testnet made it")
    .option(
      "--smoke",
      "four validators, a whole election, one killed in its middle, the record verified; then all is gone",
    )
    .addHelpText(
      "after",
      `
The server prints a link with which its first officer is set up; that founds the network. Each node's directory holds
the code of its operator (operator.code), with whom officers change the network: psephos validators --help`,
    )
    .action((action: string, options: TestnetOptions) => act(action, options));
}

async function act(action: string, options: TestnetOptions): Promise<void> {
  if (options.smoke === true) return smoke(countOf(options));
  const base = resolve(options.data);
  switch (action) {
    case "run":
      return run(options);
    case "start":
      cometProgram();
      return startTestnet(base, await prepareTestnet(base, countOf(options)), Number(options.port));
    case "status":
      return statusOfTestnet(marked(base));
    case "stop":
      return stopTestnet(marked(base));
    case "wipe":
      await stopTestnet(marked(base));
      removeEmbedded(placesIn(join(base, "server")).postgres);
      removeEmbedded(placesIn(join(base, "node1")).postgres);
      rmSync(base, { recursive: true });
      return say(`${base} is gone.`);
    default:
      throw new CommandError(`There is no "${action}"; testnet knows run, start, status, stop and wipe.`, 2);
  }
}

function countOf(options: TestnetOptions): number {
  const count = Number(options.validators);
  if (!Number.isInteger(count) || count < 1 || count > 10) throw new CommandError("--validators takes 1 to 10.", 2);
  return count;
}

/** A directory that a testnet made, and no other. */
function marked(base: string): string {
  if (!existsSync(join(base, MARK))) throw new CommandError(`There is no testnet in ${base}.`, 2);
  return base;
}

/** The whole proof in one go: exits with 0 only when everything held. */
async function smoke(count: number): Promise<void> {
  cometProgram();
  const home = mkdtempSync(join(tmpdir(), "psephos-smoke-"));
  chmodSync(home, 0o711);
  const base = join(home, "net");
  const nodes = await prepareTestnet(base, count, 250);
  try {
    await runSmoke(base, nodes, home, await freePort());
  } catch (error) {
    note(`The logs are in ${base}.`);
    throw error;
  } finally {
    await stopTestnet(base);
  }
  removeEmbedded(placesIn(join(base, "server")).postgres);
  rmSync(home, { recursive: true, force: true });
}

async function run(options: TestnetOptions): Promise<void> {
  const count = countOf(options);
  const base = resolve(options.data);
  if (options.reset === true && existsSync(base)) {
    if (!existsSync(join(base, MARK))) throw new CommandError(`${base} was not made by a testnet; nothing deleted.`, 2);
    rmSync(base, { recursive: true });
  }
  note("Looking for CometBFT (it is built once, which takes some minutes) ...");
  cometProgram();
  const nodes = await prepareTestnet(base, count);
  const main = fileURLToPath(new URL("./psephos.js", import.meta.url));
  const server = spawn(process.execPath, [main, "serve", "--data", join(base, "node1"), "--port", options.port], {
    stdio: "inherit",
  });
  const ended = new Promise<void>((done) => server.once("exit", () => done()));
  let stopping = false;
  const stop = () => {
    stopping = true;
    server.kill("SIGTERM");
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  void ended.then(() => {
    stopping = true;
  });
  const others = await joinWhenFounded(nodes, () => stopping);
  if (others.length > 0)
    say(
      `${counted(count, "validator")} run${count === 1 ? "s" : ""}. Ctrl-C stops them; the same command starts them again.`,
    );
  await ended;
  for (const each of others) await each.close();
  if (server.exitCode !== 0 && server.exitCode !== null) process.exitCode = 1;
}

/** Directories, keys, addresses and peers of a new testnet; those of one that is there. Gives the ledger directories. */
export async function prepareTestnet(base: string, count: number, blockMs?: number): Promise<readonly string[]> {
  const nodes = Array.from({ length: count }, (_, i) => join(base, `node${i + 1}`, "ledger"));
  if (existsSync(join(base, MARK))) {
    const { validators } = JSON.parse(readFileSync(join(base, MARK), "utf8")) as { validators: number };
    if (validators !== count) throw new CommandError(`${base} holds a testnet of ${validators}; use --reset.`, 2);
    return nodes;
  }
  if (existsSync(base)) throw new CommandError(`${base} is there already; choose another directory with --data.`, 2);
  mkdirSync(base, { recursive: true, mode: 0o711 });
  const keys = [];
  for (const node of nodes) keys.push(await nodeKeys(node));
  const p2p: string[] = [];
  for (const _ of nodes) p2p.push(`127.0.0.1:${await freePort()}`);
  const validators = keys.map(({ validatorKey }, i) => ({
    name: `node ${i + 1}`,
    key: toHex(validatorKey),
    power: 10,
    operator: operatorOf(join(nodes[i] as string, "..")),
  }));
  for (const [i, node] of nodes.entries()) {
    const config: NetworkConfig = {
      p2p: p2p[i] as string,
      rpc: `127.0.0.1:${await freePort()}`,
      peers: keys.map(({ nodeId }, k) => `${nodeId}@${p2p[k]}`).filter((_, k) => k !== i),
      local: true,
      ...(blockMs === undefined ? {} : { blockMs }),
      validators,
    };
    writeFileSync(join(node, NETWORK_FILE), `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  }
  writeFileSync(join(base, MARK), `${JSON.stringify({ validators: count })}\n`);
  return nodes;
}

/** Makes the operator's code of a node (beside it, for trying out only: a real one lives elsewhere); gives its key. */
function operatorOf(data: string): string {
  const code = makeCode(platformRandom);
  writeFileSync(join(data, OPERATOR_CODE), `${code}\n`, { mode: 0o600, flag: "wx" });
  return toHex(keyBytes(identityFromCode(code, "operator")));
}

/** Waits until set-up on the first node has founded the network, gives the others its genesis, and starts them. */
export async function joinWhenFounded(nodes: readonly string[], stopping: () => boolean): Promise<Ledger[]> {
  const [first, ...rest] = nodes as [string, ...string[]];
  while (!stopping() && !networkFounded(first)) await new Promise((done) => setTimeout(done, LOOK_MS));
  if (stopping()) return [];
  const genesis = readFileSync(genesisPath(first), "utf8");
  return Promise.all(
    rest.map(async (node) => {
      await installGenesis(node, genesis);
      return openNetworkNode(node, (await readNetwork(node)) as NetworkConfig);
    }),
  );
}
