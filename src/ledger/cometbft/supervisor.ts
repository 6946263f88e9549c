/**
 * Keeps CometBFT running beside the application. CometBFT ends itself whenever a connection to the application breaks,
 * and it does not end when consensus halts; so it is started again when it ends, and whether it works is judged by
 * height, elsewhere, not by the process. When this process dies, CometBFT loses its application and ends, too.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LedgerLog } from "../ledger.js";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A run that lasted this long was a success: the next pause is short again. */
const GOOD_RUN_MS = 30_000;
const STOP_MS = 10_000;

export class Supervisor {
  readonly #binary: string;
  readonly #home: string;
  readonly #log: LedgerLog;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #stopping = false;
  #problem: string | null = null;

  constructor(binary: string, home: string, log: LedgerLog) {
    this.#binary = binary;
    this.#home = home;
    this.#log = log;
  }

  /** The last line that CometBFT said before it ended without being asked to; `null` while it runs. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Process number of the running CometBFT. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    if (this.#stopping) return;
    const logFile = join(this.#home, "cometbft.log");
    const output = openSync(logFile, "a", 0o600);
    const started = performance.now();
    // Its heap is small and short-lived: collecting at four times the live size instead of twice costs some 50 MB.
    const env = { GOGC: "400", ...process.env };
    const child = spawn(this.#binary, ["start", "--home", this.#home], { stdio: ["ignore", output, output], env });
    closeSync(output);
    this.#child = child;
    child.once("error", (error) => this.#ended(`CometBFT cannot be started: ${error.message}`, 0));
    child.once("exit", (code, signal) => {
      const why = `CometBFT ended (${signal ?? `code ${code}`}): ${lastLine(logFile)}`;
      this.#ended(why, performance.now() - started);
    });
    setTimeout(() => {
      if (this.#child === child) this.#problem = null;
    }, 2000).unref();
  }

  #ended(problem: string, ranMs: number): void {
    if (this.#child === undefined) return;
    this.#child = undefined;
    if (this.#stopping) return;
    this.#problem = problem;
    this.#log.warn({ problem }, "CometBFT ended and is started again");
    if (ranMs > GOOD_RUN_MS) this.#pauseMs = FIRST_PAUSE_MS;
    this.#timer = setTimeout(() => this.start(), this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /** Asks CometBFT to end, and ends it when it does not. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGTERM");
    const hard = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(hard);
  }
}

function lastLine(file: string): string {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").at(-1)?.slice(0, 500) ?? "";
  } catch {
    return "";
  }
}
