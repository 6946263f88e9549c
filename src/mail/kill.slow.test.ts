import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Database, openDatabase } from "#db/database.js";
import { migrate } from "#db/migrations.js";
import { type GivenPostgres, startGivenPostgres } from "../../test/given-postgres.js";
import { createMailer } from "./mailer.js";
import { type MailTables, mailMigrations } from "./tables.js";

const kills = Number(process.env.KILLS ?? 24);
const letters = 60 * kills;

const directory = mkdtempSync(join(tmpdir(), "psephos-mail-kill-"));
const maildir = join(directory, "maildir");
let postgres: GivenPostgres;
let database: Database;
let server: SMTPServer;
let port = 0;
/** How often each message id was taken. */
let taken = new Map<string, number>();
/** Whether the mail server puts a copy into the maildir before it answers. */
let copies = false;
let serial = 0;
/** Called between a whole message and the answer to it. */
let beforeAnswer: () => void = () => undefined;

beforeAll(async () => {
  for (const part of ["new", "cur", "tmp"]) mkdirSync(join(maildir, part), { recursive: true });
  postgres = await startGivenPostgres();
  database = await openDatabase({ url: postgres.url, directory, log: () => undefined });
  await migrate(database.db, [mailMigrations]);
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const id = /^Message-ID: <(.*)@/im.exec(text)?.[1] ?? "";
        taken.set(id, (taken.get(id) ?? 0) + 1);
        if (copies) keepCopy(text);
        beforeAnswer();
        setTimeout(() => done(), 2);
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.server.address() as { port: number }).port;
});
afterAll(async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await database.close();
  await postgres.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  taken = new Map();
  beforeAnswer = () => undefined;
  await rows().deleteFrom("outbox").execute();
});

const rows = () => (database.db as import("kysely").Kysely<MailTables>).withSchema("mail");

function keepCopy(text: string): void {
  const name = `${String(serial++).padStart(8, "0")}.copy`;
  writeFileSync(join(maildir, "tmp", name), text);
  renameSync(join(maildir, "tmp", name), join(maildir, "new", name));
}

// The built files start faster. `console.log` says when it is sending.
const program = `
  const { openDatabase } = await import("./dist/db/database.js");
  const { createMailer } = await import("./dist/mail/mailer.js");
  const { randomBytes } = await import("node:crypto");
  const [url, smtpUrl, folder] = process.argv.slice(1);
  const { db } = await openDatabase({ url, directory: "", log: () => undefined });
  createMailer({
    db, smtpUrl, from: "no-reply@votes.example",
    clock: () => BigInt(Date.now()) * 1_000_000n,
    newId: () => randomBytes(16).toString("hex"),
    log: { warn: (details, line) => process.stderr.write(line + JSON.stringify(details) + "\\n") },
    pauseMs: 5, folderPauseMs: 50, leaseMs: 1_500,
    ...(folder ? { returned: { folder, evidence: { kind: "copies", withinMs: 1_500 } } } : {}),
  });
  console.log("sending");
`;

function startSender(): ChildProcess {
  const args = [postgres.url, `smtp://127.0.0.1:${port}`, ...(copies ? [maildir] : [])];
  return spawn(process.execPath, ["--input-type=module", "-e", program, ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
}

const waiting = async () => {
  const { count } = await rows()
    .selectFrom("outbox")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .where("state", "!=", "sent")
    .executeTakeFirstOrThrow();
  return Number(count);
};

/** Queues letters and lets senders send them; each but the last is killed: by time, or between last word and answer. */
async function sendUnderKills(): Promise<void> {
  const queueing = createMailer({
    db: database.db,
    smtpUrl: undefined,
    from: "",
    clock: () => BigInt(Date.now()) * 1_000_000n,
    newId: () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join(""),
    log: { warn: () => undefined },
  });
  await queueing.queue(
    database.db,
    Array.from({ length: letters }, (_, i) => ({
      to: `v${i}@x.org`,
      subject: "Vote",
      text: `Hello ${i}\n${"text ".repeat(2_000)}\n`,
      intent: `letter ${i}`,
    })),
  );
  for (let kill = 0; kill < kills && (await waiting()) > 0; kill++) {
    const child = startSender();
    const gone = new Promise((resolve) => child.once("exit", resolve));
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    const die = () => child.kill("SIGKILL");
    // Every second one dies exactly where nobody can know: the mail server has the letter, its answer is not there.
    const countdown = { left: 1 + Math.floor((kill * 7) % 25) };
    if (kill % 2 === 0) beforeAnswer = () => void (--countdown.left === 0 && die());
    else setTimeout(die, 20 + ((kill * 37) % 300));
    await gone;
    beforeAnswer = () => undefined;
  }
  const last = startSender();
  const end = Date.now() + 120_000;
  while ((await waiting()) > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
  last.kill("SIGKILL");
  expect(await waiting()).toBe(0);
}

const times = () => [...taken.values()];

test("with copies as evidence, every letter is taken exactly once, however often the sender is killed", async () => {
  copies = true;
  await sendUnderKills();
  expect(taken.size).toBe(letters);
  expect(times().filter((count) => count !== 1)).toEqual([]);
});

test("without evidence every letter is taken at least once, and only those in flight twice, under the same id", async () => {
  copies = false;
  await sendUnderKills();
  expect(taken.size).toBe(letters);
  const again = times().filter((count) => count > 1);
  // Those that die between last word and answer leave at least the letter they died for.
  expect(again.length).toBeGreaterThan(0);
  // Four letters are on their way at a time.
  expect(again.length).toBeLessThanOrEqual(4 * kills);
});
