/** `psephos verify`: judges a record, an archive or all of them in a directory; from a file, or from a server. */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { concat } from "#base/bytes.js";
import { scratchState } from "#ledger/scratch.js";
import type { Verdicts } from "#protocol/ballot.js";
import { archiveVerifier } from "#verify/archive.js";
import { type RecordStep, recordVerifier } from "#verify/record.js";
import type { ReplayStore } from "#verify/replay.js";
import { exitCodeOf, type Report, reportToJson } from "#verify/report.js";
import { judgeAhead } from "./judge-ahead.js";
import { printReport } from "./report.js";
import { CommandError, type Progress, paint, progress, say } from "./terminal.js";

/** Bytes of unknown kind, with their length where it is known. */
interface Source {
  readonly name: string;
  readonly size: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

interface VerifyOptions {
  readonly json?: boolean;
}

export function addVerifyCommand(program: Command): void {
  program
    .command("verify")
    .description("verify an election's record or archive: all ballots, all proofs, the result")
    .argument("<what>", "a file, a directory with records or archives, or the address of an election")
    .option("--json", "print the report as JSON; of a directory a list of reports")
    .addHelpText(
      "after",
      `
Exit codes: 0 everything holds; 1 a check failed; 2 the input cannot be judged.

Examples:
  psephos verify election.bel
  psephos verify record.psephos --json
  psephos verify https://vote.example.org/elections/4eUJG2iYJxUzQj`,
    )
    .action(async (what: string, options: VerifyOptions) => {
      process.exitCode = await verifyAll(what, options);
    });
}

/** Verifies everything that `what` names; the exit code of the worst. */
async function verifyAll(what: string, options: VerifyOptions): Promise<number> {
  const sources = await sourcesOf(what);
  const reports: Report[] = [];
  for (const source of sources) {
    const report = await verifySource(source);
    if (options.json !== true) printReport(report, source.name);
    reports.push(report);
  }
  if (options.json === true)
    say(sources.length === 1 ? reportToJson(reports[0] as Report) : JSON.stringify(reports, undefined, 2));
  else if (sources.length > 1) say(paint(`${sources.length} files judged.`, "dim"));
  return Math.max(...reports.map((report) => exitCodeOf(report.verdict)));
}

async function sourcesOf(what: string): Promise<Source[]> {
  if (/^https?:\/\//.test(what)) return [await sourceOfUrl(what)];
  const info = await stat(what).catch(() => undefined);
  if (info === undefined) throw new CommandError(`There is no file or directory ${what}.`, 2);
  if (!info.isDirectory()) return [fileSource(what, info.size)];
  const names = (await readdir(what)).filter((name) => /\.(bel|psephos)$/.test(name)).sort();
  if (names.length === 0)
    throw new CommandError(`${what} holds neither a record (*.psephos) nor an archive (*.bel).`, 2);
  return Promise.all(names.map(async (name) => fileSource(join(what, name), (await stat(join(what, name))).size)));
}

function fileSource(path: string, size: number): Source {
  return { name: path, size, chunks: createReadStream(path, { highWaterMark: CHUNK }) };
}

/** An election's address means its record; any other address is taken as it is. */
async function sourceOfUrl(url: string): Promise<Source> {
  const address = /\/elections\/[1-9A-HJ-NP-Za-km-z]{14,22}\/?$/.test(url) ? `${url.replace(/\/$/, "")}/record` : url;
  const response = await fetch(address).catch((cause: unknown) => {
    throw new CommandError(`${address} does not answer: ${cause instanceof Error ? cause.message : String(cause)}.`, 2);
  });
  if (!response.ok || response.body === null) throw new CommandError(`${address} answered ${response.status}.`, 2);
  const size = Number(response.headers.get("content-length") ?? 0);
  return { name: address, size, chunks: response.body as unknown as AsyncIterable<Uint8Array> };
}

const RECORD_MAGIC = "psephos-record";

/** Bytes handed to the verifier at a time: some thousand ballots, so that proofs are judged in large batches. */
const CHUNK = 2 << 20;
/** The same bytes in fewer, larger pieces: a network delivers small ones. */
async function* inChunks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < CHUNK) continue;
    yield waiting.length === 1 ? piece : concat(...waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield concat(...waiting);
}

/** Judges one source with the verifier that its first bytes ask for. */
async function verifySource(source: Source): Promise<Report> {
  const bar = progress("Verifying", source.size);
  const show = shownOn(bar);
  const ahead = judgeAhead();
  // A short record never leaves its pages in memory: no file is made.
  const store = scratchState();
  let verifier: ReturnType<typeof chosenVerifier> | undefined;
  let read = 0;
  try {
    for await (const chunk of inChunks(source.chunks)) {
      verifier ??= chosenVerifier(chunk, ahead.verdicts, store);
      read += chunk.length;
      for (const step of verifier.push(chunk)) {
        // Steps of an archive have no tasks: its verifier recomputes commitments and judges in one go.
        const { tasks = [], needs = 0 } = step as Partial<RecordStep>;
        await ahead.judge({ tasks, needs });
        show(read, step.ballots);
      }
    }
    // The last word is said before the state is thrown away.
    return (verifier ?? chosenVerifier(new Uint8Array(0), ahead.verdicts, store)).finish();
  } catch (cause) {
    throw new CommandError(
      `${source.name} could not be read to its end: ${cause instanceof Error ? cause.message : String(cause)}.`,
      2,
    );
  } finally {
    bar.stop();
    await ahead.close();
    await store.close();
  }
}

const SHOWN_EVERY_MS = 100;

/** Shows position and rate; the bar itself adds the time that is left. */
function shownOn(bar: Progress): (bytes: number, ballots: number) => void {
  const started = performance.now();
  let last = 0;
  return (bytes, ballots) => {
    const now = performance.now();
    if (now - last < SHOWN_EVERY_MS) return;
    last = now;
    const rate = Math.round((ballots * 1000) / (now - started));
    bar.update(bytes, `${ballots} ballots, ${rate}/s,`);
  };
}

function chosenVerifier(start: Uint8Array, verdicts: Verdicts, store: ReplayStore) {
  const text = new TextDecoder("latin1").decode(start.subarray(0, RECORD_MAGIC.length));
  return text === RECORD_MAGIC ? recordVerifier({ verdicts, store }) : archiveVerifier();
}
