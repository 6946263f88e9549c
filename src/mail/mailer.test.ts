import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Database, openDatabase } from "#db/database.js";
import { removeEmbedded } from "#db/embedded.js";
import { migrate } from "#db/migrations.js";
import type { Letter } from "./letter.js";
import { createMailer, type Mailer } from "./mailer.js";
import { mailMigrations } from "./tables.js";

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

const directory = mkdtempSync(join(tmpdir(), "psephos-mail-"));
let database: Database;
let server: SMTPServer;
let port = 0;
let received: Received[] = [];
/** What the mail server says to a recipient; none: it accepts. */
let verdict: (to: string) => { code: number; text: string } | undefined = () => undefined;
let time = 1_800_000_000_000_000_000n;
let mailer: Mailer | undefined;
const warnings: string[] = [];

beforeAll(async () => {
  database = await openDatabase({ url: undefined, directory: join(directory, "postgres"), log: () => undefined });
  await migrate(database.db, [mailMigrations]);
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo: (address, _session, done) => {
      const answer = verdict(address.address);
      done(answer === undefined ? null : Object.assign(new Error(answer.text), { responseCode: answer.code }));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map((each) => each.address),
          text: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.server.address() as { port: number }).port;
});
afterAll(async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await database.close();
  removeEmbedded(join(directory, "postgres"));
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  received = [];
  warnings.length = 0;
  verdict = () => undefined;
});
afterEach(async () => {
  await mailer?.close();
  mailer = undefined;
  await rows().deleteFrom("outbox").execute();
});

function open(smtpUrl: string | undefined): Mailer {
  let id = 0;
  mailer = createMailer({
    db: database.db,
    smtpUrl,
    from: "no-reply@votes.example",
    clock: () => time,
    newId: () => `letter-${time}-${id++}`,
    log: { warn: (details, line) => warnings.push(`${line} ${JSON.stringify(details)}`) },
    pauseMs: 60_000,
  });
  return mailer;
}
const local = () => `smtp://127.0.0.1:${port}`;
const rows = () => (database.db as import("kysely").Kysely<import("./tables.js").MailTables>).withSchema("mail");
const letter = (to: string): Letter => ({
  to,
  subject: "Grüße",
  text: `Hello ${to},\n\nhttps://votes.example/confirm#abc\n`,
});

test("a letter reaches the mail server, and its text is erased", async () => {
  const open_ = open(local());
  await open_.queue(database.db, [letter("ada@x.org"), letter("bob@x.org")]);
  expect(await open_.flush()).toBe(2);
  expect(received.map((each) => each.to).sort()).toEqual([["ada@x.org"], ["bob@x.org"]]);
  expect(received[0]?.from).toBe("no-reply@votes.example");
  expect(received[0]?.text).toMatch(/^Subject: =\?UTF-8\?/m);
  expect(received[0]?.text).toMatch(/^Auto-Submitted: auto-generated/m);
  expect(received[0]?.text).toContain("https://votes.example/confirm#abc");
  expect(received[0]?.text).toContain("multipart/alternative");
  const kept = await rows().selectFrom("outbox").selectAll().execute();
  expect(kept.map(({ state, body, subject }) => [state, body, subject])).toEqual([
    ["sent", "-", "-"],
    ["sent", "-", "-"],
  ]);
});

test("a letter of a transaction that fails is not sent", async () => {
  const open_ = open(local());
  const failing = database.db.transaction().execute(async (trx) => {
    await open_.queue(trx, [letter("ada@x.org")]);
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await open_.flush()).toBe(0);
});

test("a busy mail server is asked again later, with growing pauses, and the log has no address", async () => {
  const open_ = open(local());
  verdict = () => ({ code: 451, text: "try ada@x.org later" });
  await open_.queue(database.db, [letter("ada@x.org")]);
  const pauses: number[] = [];
  for (let i = 0; i < 4; i++) {
    expect(await open_.flush()).toBe(0);
    const row = await rows().selectFrom("outbox").selectAll().executeTakeFirstOrThrow();
    expect(row.attempts).toBe(i + 1);
    pauses.push(row.next_attempt_at.getTime() - Number(time / 1_000_000n));
    expect(await open_.flush()).toBe(0);
    expect((await rows().selectFrom("outbox").select("attempts").executeTakeFirstOrThrow()).attempts).toBe(i + 1);
    time = BigInt(row.next_attempt_at.getTime()) * 1_000_000n;
  }
  expect(pauses).toEqual([30_000, 60_000, 120_000, 240_000]);
  verdict = () => undefined;
  expect(await open_.flush()).toBe(1);
  expect(warnings.length).toBe(4);
  expect(warnings.join()).not.toContain("ada@");
});

test("a recipient who is refused for good is given up, and the text is erased", async () => {
  const open_ = open(local());
  verdict = (to) => (to.startsWith("ada") ? { code: 550, text: "no such user" } : undefined);
  await open_.queue(database.db, [letter("ada@x.org"), letter("bob@x.org")]);
  expect(await open_.flush()).toBe(1);
  const row = await rows().selectFrom("outbox").selectAll().where("state", "=", "refused").executeTakeFirstOrThrow();
  expect([row.recipient, row.body, row.settled_at === null]).toEqual(["ada@x.org", "-", false]);
  time += 10n ** 18n;
  expect(await open_.flush()).toBe(0);
});

test("two servers that drain one table send each letter once", async () => {
  const first = open(local());
  const second = createMailer({
    db: database.db,
    smtpUrl: local(),
    from: "no-reply@votes.example",
    clock: () => time,
    newId: () => "x",
    log: { warn: () => undefined },
    pauseMs: 60_000,
  });
  await first.queue(
    database.db,
    Array.from({ length: 60 }, (_, i) => letter(`v${i}@x.org`)),
  );
  const counts = await Promise.all([first.flush(), second.flush()]);
  await second.close();
  expect(counts[0] + counts[1]).toBe(60);
  expect(new Set(received.map((each) => each.to[0])).size).toBe(60);
});

test("without a mail server letters stay, newest first, with their links", async () => {
  const open_ = open(undefined);
  await open_.queue(database.db, [letter("ada@x.org"), letter("bob@x.org")]);
  expect(await open_.flush()).toBe(0);
  const kept = await open_.kept({ to: undefined, limit: 10 });
  expect(kept.map((each) => each.to)).toEqual(["bob@x.org", "ada@x.org"]);
  expect(kept[0]?.links).toEqual(["https://votes.example/confirm#abc"]);
  expect((await open_.kept({ to: "ada@x.org", limit: 10 })).length).toBe(1);
});

test.each<[string, Partial<Letter>]>([
  ["a line break in the address", { to: "ada@x.org\r\nBcc: eve@x.org" }],
  ["two addresses", { to: "ada@x.org,eve@x.org" }],
  ["a name with the address", { to: "Ada <ada@x.org>" }],
  ["a line break in the subject", { subject: "Hello\r\nBcc: eve@x.org" }],
  ["a Unicode line break in the subject", { subject: "Hello\u2028Bcc: eve@x.org" }],
  ["an empty subject", { subject: "" }],
  ["a control character in the text", { text: "Hello\u001b[2J" }],
])("R-16: %s is never queued", async (_what, change) => {
  const open_ = open(undefined);
  await expect(open_.queue(database.db, [{ ...letter("ada@x.org"), ...change }])).rejects.toThrow();
  expect(await open_.kept({ to: undefined, limit: 10 })).toEqual([]);
});

test("a URL of another kind is refused with a sentence, without its password", () => {
  expect(() => open("http://someone:hunter2@x.org")).toThrow(/starts with smtp/);
  expect(() => open("not a url hunter2")).toThrow(/form smtp/);
});
