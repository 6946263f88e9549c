/**
 * Letters leave through a table: queued in the transaction that is their reason, so that there is no letter without its
 * reason nor the other way round; sent afterwards by whichever server takes the row (sender.ts says what holds when that
 * server dies).
 */
import { type Kysely, sql } from "kysely";
import {
  type AmongFilter,
  countsAmong,
  countsOf,
  forget,
  type LetterAmong,
  type LetterCount,
  type LetterTrace,
  lettersAmong,
  purgeLetters,
  settle,
  tracesOf,
} from "./deliveries.js";
import { type Folder, openFolder } from "./folder.js";
import { assertLetter, type Letter, linksOf, type Urgency } from "./letter.js";
import type { Returned } from "./returned.js";
import { createSender, type Outbox, type Sender } from "./sender.js";
import { createSmtp } from "./smtp.js";
import { type MailTables, mailSchema } from "./tables.js";

/** Where mail that comes back arrives, and what its absence means. */
export interface ReturnedMail {
  /** A maildir or an mbox file. */
  readonly folder: string;
  /**
   * What the mail server puts there for every letter that it accepts, and within which time at most: a copy, or a report
   * of success. Without it a letter of unknown outcome is sent again.
   */
  readonly evidence?: { readonly kind: "copies" | "reports"; readonly withinMs: number };
}

export interface MailerOptions {
  readonly db: Kysely<unknown>;
  /** Without it letters stay in the table: the development outbox. */
  readonly smtpUrl: string | undefined;
  readonly from: string;
  readonly returned?: ReturnedMail | undefined;
  /** Nanoseconds since 1970. */
  readonly clock: () => bigint;
  /** `id` is unpredictable: it stands in the letter's headers. */
  readonly newId: () => string;
  readonly log: { warn(details: object, line: string): void };
  /** Pause between looks at the table (default half a second). */
  readonly pauseMs?: number;
  /** Pause between looks at the folder (default half a minute). */
  readonly folderPauseMs?: number;
  /** How long one letter may take before others may take it over (default five minutes). */
  readonly leaseMs?: number;
}

/** A letter that stays, to be read in development. */
export interface KeptLetter extends Letter {
  readonly links: readonly string[];
  readonly createdAt: Date;
}

export interface Mailer {
  /** Whether letters stay in the table because there is no SMTP server. */
  readonly keeps: boolean;
  /** Puts letters into the table, inside the given transaction (or at once on a plain connection). */
  queue(trx: Kysely<unknown>, letters: readonly Letter[]): Promise<void>;
  /** Newest first; nothing unless {@link Mailer.keeps}. `to` as it was queued. */
  kept(filter: { readonly to: string | undefined; readonly limit: number }): Promise<readonly KeptLetter[]>;
  /** Sends everything that is due and returns how many were sent; 0 without an SMTP server. */
  flush(): Promise<number>;
  /** Notes what came back about a letter; false when there is no such letter. */
  settle(returned: Returned): Promise<boolean>;
  /** What became of the letters to an address, newest first; reminders are left out. */
  traces(recipient: string): Promise<readonly LetterTrace[]>;
  /** How many letters about an election are in which state. */
  counts(election: string): Promise<readonly LetterCount[]>;
  /** Letters to any of many people, newest first; `counts` how many are in which state. */
  readonly among: {
    letters(filter: Parameters<typeof lettersAmong>[1]): Promise<readonly LetterAmong[]>;
    counts(filter: AmongFilter): ReturnType<typeof countsAmong>;
  };
  /** Erases all that is known of letters to an address, and the voter's wishes, inside the given transaction. */
  forget(trx: Kysely<unknown>, recipient: string, voterId?: string): Promise<void>;
  /** Deletes what is known of letters that were done before this moment; returns how many. */
  purge(before: Date): Promise<number>;
  /** A voter wants no reminders any more. */
  optOut(voterId: string): Promise<void>;
  optedOut(): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
}

const rowsPerInsert = 1000;
const priorityOf: Readonly<Record<Urgency, number>> = { "at-once": 0, normal: 1, bulk: 2 };

/** A mailer that starts sending at once when there is an SMTP server. */
export function createMailer(options: MailerOptions): Mailer {
  const tables = (db: Kysely<unknown>): Outbox => (db as Kysely<MailTables>).withSchema(mailSchema);
  const outbox = tables(options.db);
  const now = () => new Date(Number(options.clock() / 1_000_000n));
  const sender = senderOf(options, outbox, now);
  const settleNow = (returned: Returned) => settle(outbox, returned, now());
  const work = sender === undefined ? undefined : startWork(options, sender, settleNow);
  return {
    keeps: sender === undefined,
    queue: async (trx, letters) => {
      for (const letter of letters) assertLetter(letter);
      for (let at = 0; at < letters.length; at += rowsPerInsert) {
        const rows = letters.slice(at, at + rowsPerInsert).map((letter) => rowOf(letter, options.newId(), now()));
        await insertRows(tables(trx), rows);
      }
    },
    kept: async (filter) => (sender === undefined ? keptLetters(outbox, filter) : []),
    flush: async () => sender?.flush() ?? 0,
    settle: settleNow,
    traces: (recipient) => tracesOf(outbox, recipient),
    counts: (election) => countsOf(outbox, election),
    among: {
      letters: (filter) => lettersAmong(outbox, filter),
      counts: (filter) => countsAmong(outbox, filter),
    },
    forget: async (trx, recipient, voterId) => {
      await forget(tables(trx), recipient);
      if (voterId !== undefined) await tables(trx).deleteFrom("optouts").where("voter_id", "=", voterId).execute();
    },
    purge: (before) => purgeLetters(outbox, before),
    optOut: async (voterId) => {
      await outbox
        .insertInto("optouts")
        .values({ voter_id: voterId, created_at: now() })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    optedOut: async () =>
      new Set((await outbox.selectFrom("optouts").select("voter_id").execute()).map((row) => row.voter_id)),
    close: async () => {
      await work?.stop();
      sender?.close();
    },
  };
}

function senderOf(options: MailerOptions, db: Outbox, now: () => Date): Sender | undefined {
  const { smtpUrl: url, from, newId, log, leaseMs, returned } = options;
  if (url === undefined) return undefined;
  const evidence = returned?.evidence;
  return createSender({
    db,
    smtp: createSmtp({ url, from, reportSuccess: evidence?.kind === "reports" }),
    now,
    newId,
    log,
    ...(leaseMs === undefined ? {} : { leaseMs }),
    evidenceMs: evidence?.withinMs ?? 0,
  });
}

/** One parameter however many rows: thousands of them cost more to write and to read than the rows themselves. */
async function insertRows(db: Outbox, rows: readonly ReturnType<typeof rowOf>[]): Promise<void> {
  await sql`insert into ${sql.table(`${mailSchema}.outbox`)} (${rowColumns})
    select ${rowColumns} from json_populate_recordset(null::${sql.table(`${mailSchema}.outbox`)}, ${JSON.stringify(rows)}::json)
    on conflict (intent) where intent is not null do nothing`.execute(db);
}

const rowColumns = sql.join(
  (
    [
      "id",
      "recipient",
      "subject",
      "body",
      "created_at",
      "next_attempt_at",
      "kind",
      "language",
      "election",
      "priority",
      "intent",
      "unsubscribe",
    ] as const satisfies readonly (keyof ReturnType<typeof rowOf>)[]
  ).map((name) => sql.ref(name)),
);

function rowOf(letter: Letter, id: string, now: Date) {
  return {
    id,
    recipient: letter.to,
    subject: letter.subject,
    body: letter.text,
    created_at: now,
    next_attempt_at: letter.sendAt ?? now,
    kind: letter.kind ?? "",
    language: letter.language ?? "en",
    election: letter.election ?? null,
    priority: priorityOf[letter.urgency ?? "normal"],
    intent: letter.intent ?? null,
    unsubscribe: letter.unsubscribe ?? null,
  };
}

async function keptLetters(
  db: Outbox,
  { to, limit }: { readonly to: string | undefined; readonly limit: number },
): Promise<readonly KeptLetter[]> {
  const query = db.selectFrom("outbox").selectAll().orderBy("position", "desc").limit(limit);
  const rows = await (to === undefined ? query : query.where("recipient", "=", to)).execute();
  return rows.map((row) => ({
    to: row.recipient,
    subject: row.subject,
    text: row.body,
    kind: row.kind,
    language: row.language,
    links: linksOf(row.body),
    createdAt: row.created_at,
  }));
}

const betweenTakeBacksMs = 5_000;
const betweenFoldersMs = 30_000;
/** A round ends after this time, however many letters wait. */
const longestRoundMs = 2_000;

/** The rounds: what came back, what dead senders left, what is due. Whatever fails is done again in the next one. */
function startWork(
  options: MailerOptions,
  sender: Sender,
  settleNow: (returned: Returned) => Promise<boolean>,
): { stop(): Promise<void> } {
  const folder: Folder | undefined = options.returned && openFolder(options.returned.folder);
  const state = { stopping: false, wake: () => {} };
  const trouble = (line: string) => (error: unknown) => options.log.warn({ err: error }, line);
  const readFolder = () => folder?.read(async (returned) => void (await settleNow(returned)));
  const tidyUp = async () => {
    await sender.takeBack();
    if (!(await sender.hasOverdue())) return;
    // Evidence that has come by now counts; when the folder cannot be read, nothing is sent twice on a guess.
    await readFolder();
    await sender.sendAgain();
  };
  const due = { tidyUp: 0, folder: 0 };
  const round = async () => {
    const at = performance.now();
    if (at >= due.tidyUp) {
      due.tidyUp = at + Math.min(betweenTakeBacksMs, options.leaseMs ?? betweenTakeBacksMs);
      await tidyUp().catch(trouble("letters of senders that died wait"));
    }
    if (folder !== undefined && at >= due.folder) {
      due.folder = at + (options.folderPauseMs ?? betweenFoldersMs);
      await readFolder()?.catch(trouble("mail that came back could not be read; trying again"));
    }
    // A database that is away comes back; letters wait.
    await sender.flush(longestRoundMs).catch(trouble("letters could not be sent; trying again"));
  };
  const running = (async () => {
    while (!state.stopping) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, options.pauseMs ?? 500);
        state.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (!state.stopping) await round();
    }
  })();
  return {
    stop: async () => {
      state.stopping = true;
      state.wake();
      await running;
    },
  };
}
