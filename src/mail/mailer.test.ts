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

test("a server that cannot be reached is no letter's fault: all wait, none is tried again and again", async () => {
  const open_ = open("smtp://127.0.0.1:1");
  await open_.queue(database.db, [letter("ada@x.org"), letter("bob@x.org")]);
  expect(await open_.flush()).toBe(0);
  const kept = await rows().selectFrom("outbox").selectAll().execute();
  expect(kept.map((row) => [row.state, row.attempts])).toEqual([
    ["queued", 0],
    ["queued", 0],
  ]);
  const before = warnings.length;
  await open_.flush();
  expect(warnings.length).toBe(before);
  time += 3_000_000_000n;
  await open_.flush();
  expect(warnings.length).toBeGreaterThan(before);
});

test("a rate limit holds for all servers together", async () => {
  const url = `${local()}?rate=60`;
  const first = open(url);
  const second = createMailer({
    db: database.db,
    smtpUrl: url,
    from: "no-reply@votes.example",
    clock: () => time,
    newId: () => `other-${time}`,
    log: { warn: () => undefined },
    pauseMs: 60_000,
  });
  time += 60_000_000_000n;
  const many = Array.from({ length: 40 }, (_, i) => letter(`v${i}@x.org`));
  await first.queue(database.db, many);
  const together = async () => (await first.flush()) + (await second.flush());
  // A tenth of a minute's letters at once, then one in each second.
  expect(await together()).toBe(7);
  expect(await together()).toBe(0);
  time += 3_000_000_000n;
  expect(await together()).toBe(3);
  await second.close();
});

test("what somebody waits for goes before what goes to everybody, and nothing before its time", async () => {
  const open_ = open(`${local()}?rate=1`);
  time += 600_000_000_000n;
  const later = new Date(Number(time / 1_000_000n) + 3_600_000);
  await open_.queue(database.db, [
    { ...letter("bulk@x.org"), urgency: "bulk" },
    { ...letter("later@x.org"), urgency: "at-once", sendAt: later },
    { ...letter("code@x.org"), urgency: "at-once" },
  ]);
  await open_.flush();
  time += 61_000_000_000n;
  await open_.flush();
  time += 3_600_000_000_000n;
  await open_.flush();
  expect(received.map((each) => each.to[0])).toEqual(["code@x.org", "bulk@x.org", "later@x.org"]);
});

test("one intent, one letter, also when it is queued twice", async () => {
  const open_ = open(local());
  await open_.queue(database.db, [{ ...letter("ada@x.org"), intent: "i" }, letter("bob@x.org")]);
  await open_.queue(database.db, [{ ...letter("ada@x.org"), intent: "i" }, letter("bob@x.org")]);
  expect(await open_.flush()).toBe(3);
});

test("what comes back is noted; a bounce is the last word; a letter can be ended by one request", async () => {
  const open_ = open(local());
  const unsubscribe = "https://votes.example/mail/unsubscribe/abc";
  await open_.queue(database.db, [{ ...letter("Ada@x.org"), kind: "onRoll", election: "E", unsubscribe }]);
  await open_.flush();
  expect(received[0]?.text).toContain(`List-Unsubscribe: <${unsubscribe}>`);
  const { id } = await rows().selectFrom("outbox").select("id").executeTakeFirstOrThrow();
  expect(await open_.settle({ id, event: "bounced", status: "5.1.1" })).toBe(true);
  expect(await open_.settle({ id, event: "accepted", status: undefined })).toBe(true);
  expect(await open_.settle({ id: "unknown", event: "bounced", status: undefined })).toBe(false);
  expect((await open_.traces("ada@X.org")).map((trace) => [trace.kind, trace.state, trace.reason])).toEqual([
    ["onRoll", "bounced", "5.1.1"],
  ]);
  expect(await open_.counts("E")).toEqual([{ kind: "onRoll", state: "bounced", count: 1 }]);
});

test("O-08: whom a reminder went to is erased when it was sent", async () => {
  const open_ = open(local());
  await open_.queue(database.db, [{ ...letter("ada@x.org"), kind: "reminder", election: "E" }]);
  await open_.flush();
  expect(received.length).toBe(1);
  const row = await rows().selectFrom("outbox").selectAll().executeTakeFirstOrThrow();
  expect([row.recipient, row.state, row.body]).toEqual(["", "sent", "-"]);
});

test("O-06: an address is forgotten with all letters to it, and old rows are purged", async () => {
  const open_ = open(local());
  await open_.queue(database.db, [letter("ada@x.org"), letter("bob@x.org")]);
  await open_.forget(database.db, "ADA@x.org");
  expect(await open_.flush()).toBe(1);
  expect(received[0]?.to).toEqual(["bob@x.org"]);
  const at = (seconds: number) => new Date(Number(time / 1_000_000n) + seconds * 1000);
  expect(await open_.purge(at(-1))).toBe(0);
  expect(await open_.purge(at(1))).toBe(1);
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
