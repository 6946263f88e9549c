/** A testnet in the background: a process for each node, and one server in front of all; and the whole proof with it. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHttp } from "#client/http.js";
import { freePort } from "#ledger/cometbft/free-port.js";
import { genesisPath } from "#ledger/cometbft/home.js";
import { Connection } from "#ledger/remote/connection.js";
import { headFrom, nodeAddress } from "#ledger/remote/messages.js";
import { demo } from "./demo.js";
import { CommandError, counted, note, say, table } from "./terminal.js";

/** Written at each start: what runs, and where. */
const PROCESSES = "processes.json";

interface Running {
  readonly name: string;
  readonly pid: number;
  /** Socket of a node, or address of the server. */
  readonly place: string;
}

const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 30_000;
const LOOK_MS = 200;
const pause = (): Promise<void> => new Promise((done) => setTimeout(done, LOOK_MS));

/** `nodes`: their ledger directories. */
export async function startTestnet(base: string, nodes: readonly string[], port: number): Promise<void> {
  if (processesOf(base).some(alive)) throw new CommandError(`The testnet in ${base} runs already.`, 2);
  const running: Running[] = [];
  const keep = (name: string, place: string, args: readonly string[]): void => {
    running.push({ name, place, pid: launch(join(base, `${name}.log`), args) });
    writeFileSync(join(base, PROCESSES), `${JSON.stringify(running, null, 2)}\n`);
  };
  const founded = genesisPath(nodes[0] as string);
  for (const [i, ledger] of nodes.entries()) {
    const data = dirname(ledger);
    const near = join(data, "node.sock");
    const place = near.length < 100 ? near : `tcp://127.0.0.1:${await freePort()}`;
    const genesis = i === 0 ? [] : ["--genesis", founded, "--wait"];
    keep(`node${i + 1}`, place, ["node", "--data", data, "--socket", place, ...genesis]);
  }
  const sockets = running.map(({ place }) => place).join(",");
  const url = `http://127.0.0.1:${port}`;
  keep("server", url, ["serve", "--node", sockets, "--port", String(port), "--data", join(base, "server")]);
  await untilReady(base, url);
  say(`${counted(nodes.length, "validator")} and a server run in the background: ${url}`);
  const link = setupLink(base);
  if (link !== undefined && !existsSync(founded))
    say(`It has no officer yet. Set it up, once, with this link: ${link}`);
}

function launch(logFile: string, args: readonly string[]): number {
  const main = fileURLToPath(new URL("./psephos.js", import.meta.url));
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(process.execPath, [main, ...args], { detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new CommandError("A process could not be started.");
  return child.pid;
}

async function untilReady(base: string, url: string): Promise<void> {
  const server = processesOf(base).at(-1) as Running;
  for (const until = performance.now() + START_LIMIT_MS; performance.now() < until; await pause()) {
    if (!alive(server)) break;
    const answer = await fetch(`${url}/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
  }
  throw new CommandError(`The server did not start; ${join(base, "server.log")} says why.`);
}

function setupLink(base: string): string | undefined {
  const log = readFileSync(join(base, "server.log"), "utf8");
  return [...log.matchAll(/with this link: (\S+)/g)].at(-1)?.[1];
}

function processesOf(base: string): readonly Running[] {
  const path = join(base, PROCESSES);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Running[]) : [];
}

/** Whether the process runs and is ours: numbers are given out again. */
function alive({ pid }: Running): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const line = `/proc/${pid}/cmdline`;
  if (!existsSync("/proc/self/cmdline")) return true;
  // A process that has ended and was not waited for has no command line any more.
  return existsSync(line) && readFileSync(line, "utf8").includes("psephos");
}

export async function statusOfTestnet(base: string): Promise<void> {
  const rows: string[][] = [];
  let all = true;
  for (const each of processesOf(base)) {
    const runs = alive(each);
    const what = !runs
      ? "down"
      : each.place.startsWith("http")
        ? await serverSays(each.place)
        : await nodeSays(each.place);
    all &&= runs;
    rows.push([each.name, runs ? String(each.pid) : "-", what, each.place]);
  }
  if (rows.length === 0) say("Nothing was started here yet.");
  for (const line of table(rows)) say(line);
  if (!all || rows.length === 0) process.exitCode = 1;
}

async function serverSays(url: string): Promise<string> {
  const answer = await fetch(`${url}/ready`).catch(() => undefined);
  return answer === undefined ? "does not answer" : answer.status === 200 ? "ready" : "not ready";
}

async function nodeSays(place: string): Promise<string> {
  const address = nodeAddress(place);
  if (typeof address === "string") return address;
  const connection = new Connection(address, () => {});
  const late = setTimeout(() => connection.end(), 2000);
  try {
    const { genesis, height, stopped } = headFrom(await connection.ask("follow"));
    return genesis === null ? "not founded" : (stopped ?? `height ${height}`);
  } catch {
    return "does not answer";
  } finally {
    clearTimeout(late);
    connection.end();
  }
}

/** Asks all to end, the server first, and ends what does not. */
export async function stopTestnet(base: string): Promise<void> {
  const processes = [...processesOf(base)].reverse();
  for (const part of [processes.slice(0, 1), processes.slice(1)]) {
    const living = part.filter(alive);
    for (const { pid } of living) process.kill(pid, "SIGTERM");
    for (const until = performance.now() + STOP_LIMIT_MS; living.some(alive); await pause()) {
      if (performance.now() < until) continue;
      note("Something did not end in time and was killed.");
      for (const each of living.filter(alive)) process.kill(each.pid, "SIGKILL");
    }
  }
  rmSync(join(base, PROCESSES), { force: true });
  say("Stopped.");
}

const SECOND = 1_000_000_000n;

/** A whole election on a fresh testnet; its first node, the one that the server uses, is killed when half have voted. */
export async function runSmoke(base: string, nodes: readonly string[], data: string, port: number): Promise<void> {
  const began = performance.now();
  await startTestnet(base, nodes, port);
  const url = `http://127.0.0.1:${port}`;
  const setupToken = setupLink(base)?.split("#")[1] ?? "";
  const killed = processesOf(base)[0] as Running;
  const midway = async (): Promise<void> => {
    if (nodes.length < 4) return;
    process.kill(killed.pid, "SIGKILL");
    say(`         ${killed.name}, through which the server works, is killed`);
  };
  const server = { url, setupToken, turnTo: async () => {}, stop: async () => {} };
  const calendar = { opensAfter: 30n * SECOND, lasts: 40n * SECOND };
  await demo(server, { voters: 40, turnout: 40, revotes: 5 }, data, calendar, midway);
  if (nodes.length >= 4) await sameRoots(base, url);
  say(`Everything held, in ${Math.round((performance.now() - began) / 1000)} seconds.`);
}

/** The nodes that are left agree with what the server shows. */
async function sameRoots(base: string, url: string): Promise<void> {
  const http = createHttp({ url });
  const { height, root } = await http.request<{ height: number; root: string }>("/ledger/status");
  for (const { name, place } of processesOf(base).slice(1, -1)) {
    const address = nodeAddress(place);
    if (typeof address === "string") throw new CommandError(address);
    const connection = new Connection(address, () => {});
    try {
      let block: readonly unknown[] | null = null;
      for (let i = 0; block === null && i < 100; i++, await pause())
        block = (await connection.ask("block", height)) as readonly unknown[] | null;
      const theirs = Buffer.from((block?.[2] ?? []) as Uint8Array).toString("hex");
      if (theirs !== root) throw new CommandError(`${name} has another state at height ${height}.`);
    } finally {
      connection.end();
    }
  }
  say(`         the other nodes have the same state at height ${height}`);
}
