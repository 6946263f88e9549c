/** `npm start` as a person meets it: starts, says what is wrong in a sentence, stops when asked, keeps what it has. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const script = join(import.meta.dirname, "..", "scripts", "start.mjs");
let data: string;
const running: ChildProcess[] = [];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "psephos-start-"));
  chmodSync(data, 0o711);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((child) => ended(child, "SIGTERM")));
  // The practice process ends by itself when its server has ended; it may be making its database just then.
  rmSync(data, { recursive: true, force: true, maxRetries: 40, retryDelay: 250 });
});

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, "exit");
  }
  return child.exitCode;
}

interface Started {
  readonly child: ChildProcess;
  readonly said: () => string;
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, [script, "--data", data, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += String(chunk)));
  return { child, said: () => said };
}

/** Waits until the server says where it answers. */
async function ready({ child, said }: Started): Promise<string> {
  for (;;) {
    const url = /Psephos is ready: (\S+)/.exec(said())?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`it stopped: ${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function refused(started: Started): Promise<string> {
  const [code] = await once(started.child, "close");
  expect(code).toBe(1);
  return started.said();
}

test("it starts on a bare directory, is ready, and stops cleanly on SIGTERM", async () => {
  const server = start("--port", "0");
  const url = await ready(server);
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: "ok" });
  expect((await fetch(`${url}/ready`)).status).toBe(200);
  expect(await ended(server.child, "SIGTERM")).toBe(0);
  expect(existsSync(join(data, "lock"))).toBe(false);
  await expect(fetch(`${url}/health`)).rejects.toThrow();
});

test("a busy port is said in a sentence that tells what to do", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const words = await refused(start("--port", String(port)));
  expect(words).toContain(
    `Port ${port} is in use by another program. Stop that program, or choose another port: npm start -- --port ${port + 1}`,
  );
  expect(words).not.toMatch(/\bat .*\.js:\d+/);
  other.close();
});

test("a data directory in use is refused, and its user goes on", async () => {
  const first = start("--port", "0");
  const url = await ready(first);
  expect(await refused(start("--port", "0"))).toContain("in use by another Psephos process");
  expect(await refused(start("--port", "0", "--reset"))).toContain("in use by another Psephos process");
  expect((await fetch(`${url}/ready`)).status).toBe(200);
});

test("after kill -9 the next start works", async () => {
  const first = start("--port", "0");
  await ready(first);
  await ended(first.child, "SIGKILL");
  const url = await ready(start("--port", "0"));
  expect((await fetch(`${url}/ready`)).status).toBe(200);
});

test("--reset does not empty a directory that holds something else", async () => {
  writeFileSync(join(data, "thesis.txt"), "years of work");
  expect(await refused(start("--port", "0", "--reset"))).toContain("also holds thesis.txt");
  expect(existsSync(join(data, "thesis.txt"))).toBe(true);
});
