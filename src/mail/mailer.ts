/**
 * Letters leave through a table: queued in the transaction that is their reason, so that there is no letter without its
 * reason nor the other way round; sent afterwards, at least once, by whichever server takes the row.
 */
import type { Kysely } from "kysely";
import { assertLetter, type Letter, linksOf } from "./letter.js";
import { createSmtp, type Smtp } from "./smtp.js";
import { type MailTables, mailSchema } from "./tables.js";

export interface MailerOptions {
  readonly db: Kysely<unknown>;
  /** Without it letters stay in the table: the development outbox. */
  readonly smtpUrl: string | undefined;
  readonly from: string;
  /** Nanoseconds since 1970. */
  readonly clock: () => bigint;
  /** `id` is unpredictable: it stands in the letter's headers. */
  readonly newId: () => string;
  readonly log: { warn(details: object, line: string): void };
  /** Pause between looks at the table (default half a second). */
  readonly pauseMs?: number;
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
  close(): Promise<void>;
}

/** Letters sent at the same time, each on a database connection of its own. */
const senders = 4;
/** First pause after a failure; doubled each time up to the longest. */
const firstPauseSeconds = 30;
const longestPauseSeconds = 3 * 3600;
/** After this age a letter is given up: its link has expired. */
const giveUpAfterMs = 4 * 24 * 3600 * 1000;
const rowsPerInsert = 1000;

/** A mailer that starts sending at once when there is an SMTP server. */
export function createMailer(options: MailerOptions): Mailer {
  const tables = (db: Kysely<unknown>) => (db as Kysely<MailTables>).withSchema(mailSchema);
  const smtp = options.smtpUrl === undefined ? undefined : createSmtp({ url: options.smtpUrl, from: options.from });
  const state = { stopping: false, wake: () => {} };
  const now = () => new Date(Number(options.clock() / 1_000_000n));
  const flush = async () => (smtp === undefined ? 0 : sendAll(tables(options.db), smtp, now, options.log));
  const running = (async () => {
    while (smtp !== undefined && !state.stopping) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, options.pauseMs ?? 500);
        state.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (state.stopping) break;
      // A database that is away comes back; letters wait.
      await flush().catch((error: unknown) =>
        options.log.warn({ err: error }, "letters could not be sent; trying again"),
      );
    }
  })();

  return {
    keeps: smtp === undefined,
    queue: async (trx, letters) => {
      for (const letter of letters) assertLetter(letter);
      const created_at = now();
      for (let at = 0; at < letters.length; at += rowsPerInsert) {
        const rows = letters.slice(at, at + rowsPerInsert).map(({ to, subject, text }) => ({
          id: options.newId(),
          recipient: to,
          subject,
          body: text,
          created_at,
          next_attempt_at: created_at,
        }));
        await tables(trx).insertInto("outbox").values(rows).execute();
      }
    },
    kept: async ({ to, limit }) => {
      if (smtp !== undefined) return [];
      const query = tables(options.db).selectFrom("outbox").selectAll().orderBy("position", "desc").limit(limit);
      const rows = await (to === undefined ? query : query.where("recipient", "=", to)).execute();
      return rows.map((row) => ({
        to: row.recipient,
        subject: row.subject,
        text: row.body,
        links: linksOf(row.body),
        createdAt: row.created_at,
      }));
    },
    flush,
    close: async () => {
      state.stopping = true;
      state.wake();
      await running;
      smtp?.close();
    },
  };
}

type Outbox = Kysely<MailTables>;

async function sendAll(db: Outbox, smtp: Smtp, now: () => Date, log: MailerOptions["log"]): Promise<number> {
  let sent = 0;
  const sender = async () => {
    for (;;) {
      const outcome = await sendOne(db, smtp, now, log);
      if (outcome === "none") return;
      if (outcome === "sent") sent++;
    }
  };
  await Promise.all(Array.from({ length: senders }, sender));
  return sent;
}

/**
 * Takes one due row, sends it and deletes it. The row is locked meanwhile, so that other servers pass it by; a crash
 * after sending sends it again under the same message id.
 */
async function sendOne(
  db: Outbox,
  smtp: Smtp,
  now: () => Date,
  log: MailerOptions["log"],
): Promise<"sent" | "not-sent" | "none"> {
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom("outbox")
      .selectAll()
      .where("given_up_at", "is", null)
      .where("next_attempt_at", "<=", now())
      .orderBy("next_attempt_at")
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (row === undefined) return "none";
    const delivery = await smtp.send({ to: row.recipient, subject: row.subject, text: row.body }, row.id);
    if (delivery.outcome === "sent") {
      await trx.deleteFrom("outbox").where("id", "=", row.id).execute();
      return "sent";
    }
    const attempts = row.attempts + 1;
    log.warn({ attempts, reason: delivery.reason }, "a letter was not taken by the mail server");
    const giveUp = delivery.outcome === "refused" || now().getTime() - row.created_at.getTime() > giveUpAfterMs;
    const pauseSeconds = Math.min(firstPauseSeconds * 2 ** (attempts - 1), longestPauseSeconds);
    await trx
      .updateTable("outbox")
      .set({
        attempts,
        last_error: delivery.reason,
        next_attempt_at: new Date(now().getTime() + pauseSeconds * 1000),
        // What was written to somebody is of no use any more; the address shows an officer whom it did not reach.
        ...(giveUp ? { given_up_at: now(), body: "-" } : {}),
      })
      .where("id", "=", row.id)
      .execute();
    return "not-sent";
  });
}
