/** `psephos officer audit-log`: what officers did, checked against the heads that the ledger holds. */
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { AuditLogPage } from "#api/audit.js";
import { auditEntryOf, gatherAnchors, wholeAuditLog } from "#client/audit-log.js";
import type { Http } from "#client/http.js";
import { type ReplayOptions, replayLedger, replayStream } from "#client/record.js";
import { type AuditAnchor, judgeAuditLog } from "#protocol/audit-log.js";
import { type CodeOptions, withCode } from "./code.js";
import { httpOf, officerOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, counted, paint, say, shown } from "./terminal.js";

type Options = ServerOptions & CodeOptions & { file?: string; out?: string; record?: string; json?: boolean };
type Log = Pick<AuditLogPage, "organisation" | "entries">;

const HELP = `
Each entry is hashed together with the one before it, and from time to time the last hash is put on the ledger. An entry
that was changed, taken out or put in afterwards is seen, up to the last entry that the ledger covers.

Examples:
  psephos officer audit-log --code-file officer.code
  psephos officer audit-log --code-file officer.code --out log.json
  psephos officer audit-log --file log.json --record record.psephos`;

export function addAuditLogCommand(officer: Command): void {
  withCode(withServer(officer.command("audit-log").description("show and verify what the officers did")))
    .option("--file <file>", "a log that was saved, instead of the server's")
    .option("--out <file>", "save the log")
    .option("--record <file>", "a ledger's record that was saved, instead of the server's")
    .option("--json", "print the report as JSON")
    .addHelpText("after", HELP)
    .action(async (options: Options) => {
      process.exitCode = await verifyLog(options);
    });
}

async function verifyLog(options: Options): Promise<number> {
  const log = options.file === undefined ? await download(options) : readLog(options.file);
  if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(log)}\n`, { mode: 0o600 });
  const entries = log.entries.map(auditEntryOf);
  const anchors = await anchorsOf(log.organisation, options);
  const report = judgeAuditLog(entries, anchors);
  if (options.json === true) {
    say(JSON.stringify({ organisation: log.organisation, anchors: anchors.length, ...report }));
    return report.faults.length === 0 ? 0 : 1;
  }
  for (const entry of log.entries) say(lineOf(entry));
  const covered = `${counted(report.entries, "entry", "entries")}, ${report.anchored} of them covered by the ledger`;
  say(`${covered}; the contents of ${report.erased} were erased.`);
  for (const fault of report.faults) say(paint(fault, "bad"));
  if (report.faults.length === 0) say(paint("The log holds.", "good"));
  return report.faults.length === 0 ? 0 : 1;
}

async function download(options: Options): Promise<Log> {
  const { http, organisation } = await officerOf(options);
  return { organisation, entries: await wholeAuditLog(http) };
}

function readLog(path: string): Log {
  try {
    const log = JSON.parse(readFileSync(path, "utf8")) as Log;
    if (typeof log.organisation === "string" && Array.isArray(log.entries)) return log;
  } catch (cause) {
    throw new CommandError(`${path} cannot be read as a log: ${(cause as Error).message}.`, 2);
  }
  throw new CommandError(`${path} is not a log that psephos officer audit-log --out has saved.`, 2);
}

/** All heads that the replayed ledger holds for an organisation. */
async function anchorsOf(organisation: string, options: Options): Promise<readonly AuditAnchor[]> {
  const { anchors, onBlock } = gatherAnchors(organisation);
  const replayed =
    options.record === undefined
      ? await replayFromServer(httpOf(options), organisation, { onBlock })
      : await replayStream(createReadStream(options.record), { onBlock });
  if (!replayed.ok) throw new CommandError(replayed.error);
  return anchors;
}

async function replayFromServer(http: Http, organisation: string, options: ReplayOptions) {
  const { elections } = await http.request<{ elections: readonly { id: string }[] }>(
    `/elections?organisation=${organisation}&limit=1`,
  );
  const election = elections[0]?.id;
  if (election === undefined)
    throw new CommandError("There is no election yet whose record would show what the ledger holds; use --record.");
  return replayLedger(http, election, options);
}

function lineOf({ number, content }: Log["entries"][number]): string {
  if (content === null) return `${number}  (erased)`;
  try {
    const { at, name, role, act, about, refused } = JSON.parse(content) as Record<string, unknown>;
    const rest = [about, refused === undefined ? undefined : { refused }].filter((part) => part !== undefined);
    return shown(
      `${number}  ${at}  ${name} (${role})  ${act}${rest.map((part) => `  ${JSON.stringify(part)}`).join("")}`,
    );
  } catch {
    return shown(`${number}  ${content}`);
  }
}
