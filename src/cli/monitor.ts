/** `psephos monitor`: follows two or more nodes over their public API and raises an alarm when they break a promise. */
import { randomInt } from "node:crypto";
import { appendFileSync, existsSync } from "node:fs";
import { readFile, truncate } from "node:fs/promises";
import type { Command } from "commander";
import { createHttp } from "#client/http.js";
import { type Watch, watchNodes } from "#client/watch.js";
import { noteLines, notesFrom, type WatchNote, type WatchNotes } from "#client/watch-notes.js";
import { CommandError, say } from "./terminal.js";

interface MonitorOptions {
  readonly node: readonly string[];
  readonly every: string;
  readonly stall: string;
  readonly late: string;
  readonly genesis?: string;
  readonly for?: string;
  readonly state?: string;
}

export function addMonitorCommand(program: Command): void {
  program
    .command("monitor")
    .description("follow two or more nodes and raise alarms, as JSON lines; exits with 1 when there was any")
    .requiredOption("--node <address...>", "addresses of servers, each in front of a node of its own")
    .option("--every <seconds>", "how often to look", "5")
    .option("--stall <seconds>", "without a block for so long a network has stalled", "30")
    .option("--late <seconds>", "how long after its closing an election may be shown as open", "60")
    .option("--genesis <hash>", "hash of the ledger's genesis (else the first node's is believed)")
    .option("--state <file>", "keep what was seen in this file, so that a later run begins where this one ends")
    .option("--for <seconds>", "end after this time (else with Ctrl-C)")
    .action((options: MonitorOptions) => monitor(options));
}

async function monitor(options: MonitorOptions): Promise<void> {
  const every = secondsFrom("--every", options.every);
  const until =
    options.for === undefined ? Number.POSITIVE_INFINITY : performance.now() + secondsFrom("--for", options.for);
  const hash = options.genesis?.toLowerCase();
  if (hash !== undefined && !/^[0-9a-f]{64}$/.test(hash))
    throw new CommandError("--genesis takes 64 hexadecimal digits.", 2);
  const limits = {
    stallMs: secondsFrom("--stall", options.stall),
    closeMs: secondsFrom("--late", options.late),
    ...(hash === undefined ? {} : { genesisHash: hash }),
  };
  for (const url of options.node)
    if (!URL.canParse(url)) throw new CommandError(`--node takes an http or https address, not "${url}".`, 2);
  const https = options.node.map((url) => createHttp({ url, tries: 1 }));
  const notes = options.state === undefined ? undefined : await notesIn(options.state);
  const watch = watchWith(() => watchNodes(https, limits, () => randomInt(2 ** 32) / 2 ** 32, notes));
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort());
  process.once("SIGTERM", () => stopping.abort());
  let alarms = 0;
  let last = "";
  while (!stopping.signal.aborted) {
    const raised = await watch.look(performance.now(), BigInt(Date.now()) * 1_000_000n);
    const time = new Date().toISOString();
    // What goes on is said once, and again when it changes.
    const now = JSON.stringify(raised.map(({ alarm, node }) => [alarm, node]));
    if (now !== last) {
      for (const each of raised) say(JSON.stringify({ time, ...each }));
      if (raised.length === 0) say(JSON.stringify({ time, alarm: null, heights: watch.heights() }));
    }
    last = now;
    alarms += raised.length;
    if (performance.now() + every > until) break;
    await sleep(every, stopping.signal);
  }
  say(JSON.stringify({ time: new Date().toISOString(), ended: true, heights: watch.heights(), alarms }));
  if (alarms > 0) process.exitCode = 1;
}

/** The notes of earlier runs, and where this one adds its own; a run that died while it wrote a line loses that line. */
async function notesIn(file: string): Promise<WatchNotes> {
  const text = existsSync(file) ? await readFile(file, "utf8") : "";
  const notes = notesFrom(text);
  if (!notes.ok) throw new CommandError(`${file} is no file of psephos monitor: ${notes.error} cannot be read.`, 2);
  const whole = text.lastIndexOf("\n") + 1;
  if (whole < text.length) await truncate(file, Buffer.byteLength(text.slice(0, whole)));
  const write = (added: readonly WatchNote[]): void => appendFileSync(file, noteLines(added), { mode: 0o600 });
  return { earlier: notes.value, write };
}

function watchWith(start: () => Watch): Watch {
  try {
    return start();
  } catch (error) {
    throw new CommandError((error as Error).message, 2);
  }
}

/** Milliseconds. */
function secondsFrom(name: string, text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0)) throw new CommandError(`${name} takes a number of seconds.`, 2);
  return seconds * 1000;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
