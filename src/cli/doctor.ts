/** `psephos doctor`: one line for each thing that a server needs, with what to do about it. */
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import type { Command } from "commander";
import { sql } from "kysely";
import { type Database, openBeside } from "#db/database.js";
import { migrationState } from "#db/migrations.js";
import { networkFounded, readNetwork } from "#ledger/cometbft/network.js";
import { ledgerExists, openReadOnly } from "#ledger/embedded/open.js";
import { placesIn } from "#server/data-directory.js";
import { allMigrations } from "#server/migrations.js";
import { counted, paint, say, type Tone } from "./terminal.js";

type Verdict = "ok" | "warn" | "bad";

/** What was found; for anything but `ok` the sentence says what to do. */
export interface Finding {
  readonly verdict: Verdict;
  readonly what: string;
  readonly sentence: string;
}

interface Options {
  readonly data: string;
  readonly url?: string;
  readonly json?: boolean;
}

const tones: Readonly<Record<Verdict, Tone>> = { ok: "good", warn: "warn", bad: "bad" };

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("check what a server needs: database, mail, clock, disk, ledger, keys, certificates")
    .option("--data <dir>", "the server's data directory (else PSEPHOS_DATA)", process.env.PSEPHOS_DATA ?? "data")
    .option("--url <address>", "also ask the running server whether it is ready")
    .option("--json", "print the findings as JSON")
    .addHelpText(
      "after",
      "\nReads the server's environment (DATABASE_URL, SMTP_URL, MAIL_FOLDER, PSEPHOS_KEYS, PSEPHOS_TLS_CERT).\nExit codes: 0 nothing is wrong (warnings may be there), 1 something is.",
    )
    .action(async (options: Options) => {
      const findings = await examine(options);
      if (options.json === true) say(JSON.stringify(findings));
      else for (const each of findings) say(lineOf(each));
      process.exitCode = findings.some((each) => each.verdict === "bad") ? 1 : 0;
    });
}

function lineOf({ verdict, what, sentence }: Finding): string {
  return `${paint(verdict.padEnd(4), tones[verdict])}  ${what.padEnd(12)}  ${sentence}`;
}

async function examine(options: Options): Promise<Finding[]> {
  const places = placesIn(options.data);
  const keys = process.env.PSEPHOS_KEYS ?? places.keys;
  return [
    node(),
    ...(await disk(options.data)),
    ...(await database(places.postgres)),
    await mailServer(process.env.SMTP_URL || undefined),
    ...mailFolder(process.env.MAIL_FOLDER || undefined),
    await ledger(places.ledger),
    keyFile(
      "keys",
      join(keys, "registrar.key"),
      "It is made at the first start; after that losing it means that rolls cannot be entered any more.",
    ),
    ...certificate(process.env.PSEPHOS_TLS_CERT || undefined),
    ...(options.url === undefined ? [] : await server(options.url)),
  ];
}

function found(verdict: Verdict, what: string, sentence: string): Finding {
  return { verdict, what, sentence };
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  return good
    ? found("ok", "node", `version ${process.versions.node}`)
    : found("bad", "node", `version ${process.versions.node} is too old: install 20.19 or newer.`);
}

async function disk(directory: string): Promise<Finding[]> {
  if (!existsSync(directory))
    return [
      found("warn", "disk", `${directory} does not exist yet: the first start makes it, or name another with --data.`),
    ];
  const { bavail, blocks, bsize } = await statfs(directory);
  const free = bavail * bsize;
  const sentence = `${(free / 2 ** 30).toFixed(1)} GiB free, ${Math.round((100 * bavail) / Math.max(blocks, 1))} % of the disk`;
  if (free < 2 ** 28)
    return [found("bad", "disk", `${sentence}: the ledger stops when it cannot write. Make room now.`)];
  return [
    free < 2 ** 31
      ? found("warn", "disk", `${sentence}: make room before an election opens.`)
      : found("ok", "disk", sentence),
  ];
}

async function database(directory: string): Promise<Finding[]> {
  const url = process.env.DATABASE_URL || undefined;
  if (url === undefined && !existsSync(directory))
    return [found("warn", "database", "There is none yet: the first start makes one, or set DATABASE_URL.")];
  let opened: Database;
  try {
    opened = await openBeside({ url, directory, log: () => undefined, startTimeoutMs: 10_000 });
  } catch (error) {
    return [found("bad", "database", `${(error as Error).message} Is it running, and is DATABASE_URL right?`)];
  }
  try {
    return [await tables(opened), await clock(opened), ...(await letters(opened)), ...(await restored(opened))];
  } catch (error) {
    return [found("bad", "database", `It does not answer as it should: ${(error as Error).message}.`)];
  } finally {
    await opened.close();
  }
}

async function tables({ db }: Database): Promise<Finding> {
  const { rows } = await sql<{ version: string }>`select current_setting('server_version') as version`.execute(db);
  const name = `PostgreSQL ${rows[0]?.version ?? "?"}`;
  const { waiting, unknown } = await migrationState(db, allMigrations);
  if (unknown.length > 0)
    return found(
      "bad",
      "database",
      `${name} was used by a newer version (${unknown.join(", ")}). Start that version, or restore a backup.`,
    );
  if (waiting.length > 0)
    return found(
      "warn",
      "database",
      `${name}; ${counted(waiting.length, "migration")} will run at the next start. Make a backup before: psephos backup DIR`,
    );
  return found("ok", "database", `${name}, all tables up to date`);
}

/** Against the database's clock, which is another machine's where there is one. Ballots count by block time. */
async function clock({ db }: Database): Promise<Finding> {
  const before = Date.now();
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const middle = (before + Date.now()) / 2;
  const offMs = Math.round(Math.abs((rows[0]?.now.getTime() ?? middle) - middle));
  return offMs > 2_000
    ? found(
        "bad",
        "clock",
        `It differs from the database's by ${offMs} ms. Set up time synchronisation (chrony or systemd-timesyncd) on both.`,
      )
    : found("ok", "clock", `${new Date(middle).toISOString()}, within ${offMs} ms of the database's`);
}

async function letters({ db }: Database): Promise<Finding[]> {
  const there = await sql<{ there: boolean }>`select to_regclass('mail.pace') is not null as there`.execute(db);
  if (there.rows[0]?.there !== true) return [];
  const { rows } = await sql<{ waiting: number; oldest: number; failed: number }>`
    select count(*) filter (where state in ('queued', 'sending', 'handing', 'unknown') and next_attempt_at <= now())::int as waiting,
      coalesce(extract(epoch from now() - min(created_at) filter (where state = 'queued' and next_attempt_at <= now())), 0)::int as oldest,
      count(*) filter (where state in ('refused', 'bounced', 'expired'))::int as failed
    from mail.outbox`.execute(db);
  const { waiting = 0, oldest = 0, failed = 0 } = rows[0] ?? {};
  const sentence = `${counted(waiting, "letter")} waiting, ${failed} not delivered in the last 90 days`;
  if (waiting > 0 && oldest > 3600 && process.env.SMTP_URL)
    return [
      found(
        "warn",
        "letters",
        `${sentence}; the oldest waits for ${Math.round(oldest / 60)} minutes. Look at the mail server and at the rate in SMTP_URL.`,
      ),
    ];
  return [found("ok", "letters", sentence)];
}

async function restored({ db }: Database): Promise<Finding[]> {
  const there = await sql<{
    there: boolean;
  }>`select to_regclass('registration.reconciliations') is not null as there`.execute(db);
  if (there.rows[0]?.there !== true) return [];
  const { rows } = await sql<{ election: string; finding: string }>`
    select election, finding from registration.reconciliations order by height`.execute(db);
  return rows.map(({ election, finding }) =>
    found(
      "warn",
      "restored",
      `Election ${election}: ${finding}. The ledger is right; see docs/operate/README.md, “After a restore”.`,
    ),
  );
}

async function mailServer(url: string | undefined): Promise<Finding> {
  if (url === undefined)
    return found(
      "warn",
      "mail",
      "SMTP_URL is not set: letters stay in the database. Set it to smtp://user:password@host:587.",
    );
  if (!URL.canParse(url)) return found("bad", "mail", "SMTP_URL is not of the form smtp://user:password@host:587.");
  const { hostname, port, protocol } = new URL(url);
  const number = port === "" ? (protocol === "smtps:" ? 465 : 587) : Number(port);
  const place = `${hostname}:${number}`;
  const answer = await greetingOf(hostname.replace(/^\[|\]$/g, ""), number, protocol === "smtps:");
  return answer === undefined
    ? found("ok", "mail", `${place} answers`)
    : found("bad", "mail", `${place} does not answer (${answer}). Check address and firewall.`);
}

/** Undefined when it greets (or, with TLS from the start, takes the connection); else why not. */
function greetingOf(host: string, port: number, tls: boolean): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 5_000 });
    const end = (outcome: string | undefined) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once("connect", () => tls && end(undefined));
    socket.once("data", (data) => end(String(data).startsWith("220") ? undefined : "it is no mail server"));
    socket.once("timeout", () => end("no answer within 5 s"));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}

function mailFolder(path: string | undefined): Finding[] {
  if (path === undefined) return [];
  return existsSync(path)
    ? [found("ok", "mail folder", path)]
    : [
        found(
          "bad",
          "mail folder",
          `${path} is not there: what comes back is not read. Make it, or correct MAIL_FOLDER.`,
        ),
      ];
}

async function ledger(directory: string): Promise<Finding> {
  try {
    if ((await readNetwork(directory)) !== undefined)
      return networkFounded(directory)
        ? found("ok", "ledger", "a node of a network; psephos validators show lists them")
        : found("warn", "ledger", "a node of a network that is not founded yet.");
    if (!(await ledgerExists(directory)))
      return found(
        "warn",
        "ledger",
        "There is none yet: start the server and open the set-up link, or name its nodes with --node.",
      );
    const reader = await openReadOnly(directory);
    try {
      const { chainId, height, time } = reader.status();
      const ahead = Number(time / 1_000_000n) - Date.now();
      if (ahead > 5_000)
        return found(
          "bad",
          "ledger",
          `Its last block is ${Math.round(ahead / 1000)} s in the future: the clock was wrong. Correct it; blocks go on when the time has come.`,
        );
      return found(
        "ok",
        "ledger",
        `${chainId}, height ${height}, last block ${new Date(Number(time / 1_000_000n)).toISOString()}`,
      );
    } finally {
      await reader.close();
    }
  } catch (error) {
    return found("bad", "ledger", (error as Error).message);
  }
}

function keyFile(what: string, path: string, meaning: string): Finding {
  if (!existsSync(path)) return found("warn", what, `${path} is not there. ${meaning}`);
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) return found("bad", what, `${path} can be read by others. Run: chmod 600 ${path}`);
  return found("ok", what, `${path} is readable by its owner alone`);
}

const day = 24 * 3600 * 1000;

function certificate(path: string | undefined): Finding[] {
  if (path === undefined) return [];
  try {
    const { validTo, subjectAltName } = new X509Certificate(readFileSync(path));
    const days = Math.floor((Date.parse(validTo) - Date.now()) / day);
    const sentence = `${subjectAltName ?? path}, valid until ${new Date(validTo).toISOString().slice(0, 10)}`;
    if (days < 0) return [found("bad", "certificate", `${sentence}: it has expired. Renew it and restart the server.`)];
    return [found(days < 21 ? "warn" : "ok", "certificate", days < 21 ? `${sentence}: renew it.` : sentence)];
  } catch (error) {
    return [found("bad", "certificate", `${path} is no certificate that can be read: ${(error as Error).message}.`)];
  }
}

async function server(url: string): Promise<Finding[]> {
  try {
    const answer = await fetch(new URL("/ready", url), { signal: AbortSignal.timeout(5_000) });
    const { status, checks } = (await answer.json()) as { status: string; checks: Record<string, boolean> };
    const missing = Object.entries(checks).flatMap(([name, good]) => (good ? [] : [name]));
    const off = Math.abs(Date.parse(answer.headers.get("date") ?? "") - Date.now());
    const late =
      off > 5_000
        ? [found("warn", "clock", `The server's differs from this machine's by ${Math.round(off / 1000)} s.`)]
        : [];
    return [
      status === "ready"
        ? found("ok", "server", `${url} is ready`)
        : found("bad", "server", `${url} is not ready: ${missing.join(", ")}. Its log says more.`),
      ...late,
    ];
  } catch (error) {
    return [found("bad", "server", `${url} does not answer: ${(error as Error).message}. Is it running?`)];
  }
}
