/**
 * Sends what is in the table. A letter passes three marks, each on disk before the next step: `sending` (somebody has
 * it), `handing` (the last word is about to be said), `sent`. Whoever dies at `sending` has sent nothing, so the letter
 * goes back into the queue. Only who dies at `handing` leaves a letter of which nobody knows; it becomes `unknown` and is
 * resolved by evidence where there is some, else sent again under the same message id (docs/decisions/0017).
 */
import type { Kysely } from "kysely";
import { type Letter, telltaleKinds } from "./letter.js";
import type { Delivery, Smtp, SmtpSession } from "./smtp.js";
import type { MailTables } from "./tables.js";

export type Outbox = Kysely<MailTables>;

interface Row {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly language: string;
  readonly kind: string;
  readonly unsubscribe: string | null;
  readonly attempts: number;
  readonly created_at: Date;
}

export interface SenderOptions {
  readonly db: Outbox;
  readonly smtp: Smtp;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly log: { warn(details: object, line: string): void };
  /** How long one letter may take; then others may take it over. Longer than any conversation (default five minutes). */
  readonly leaseMs?: number;
  /** How long to wait for evidence of a letter whose outcome is unknown; 0: there is none, send again. */
  readonly evidenceMs?: number;
}

export interface Sender {
  /** Sends what is due, beginning no letter after the limit; returns how many were sent. */
  flush(limitMs?: number): Promise<number>;
  /** Takes back letters of senders that died. */
  takeBack(): Promise<void>;
  /** Whether there are letters of unknown outcome whose time for evidence is over. */
  hasOverdue(): Promise<boolean>;
  /** Sends those again. Call after whatever evidence there is was read. */
  sendAgain(): Promise<void>;
  close(): void;
}

/** Letters sent at the same time, each over a connection of its own. */
const senders = 4;
const firstPauseSeconds = 30;
const longestPauseSeconds = 3 * 3600;
/** After this age a letter is given up: its link has expired. */
const expiresAfterMs = 4 * 24 * 3600 * 1000;
const defaultLeaseMs = 5 * 60_000;
/** Pauses of everything while the mail server cannot be reached. */
const firstOutageMs = 2_000;
const longestOutageMs = 5 * 60_000;
const priorities = [0, 1, 2] as const;

export function createSender(options: SenderOptions): Sender {
  const sessions = Array.from({ length: senders }, () => options.smtp.session());
  const outage = { until: 0, pauseMs: 0 };
  return {
    flush: async (limitMs = Number.POSITIVE_INFINITY) => {
      let sent = 0;
      const end = performance.now() + limitMs;
      const goesOn = () => performance.now() < end && options.now().getTime() >= outage.until;
      const work = async (session: SmtpSession) => {
        while (goesOn() && (await mayGo(options))) {
          const delivery = await sendNext(options, session);
          if (delivery === undefined) return;
          if (delivery.outcome === "sent") sent++;
          noteOutage(options, outage, delivery);
        }
      };
      await Promise.all(sessions.map(work));
      return sent;
    },
    takeBack: () => takeBack(options),
    hasOverdue: async () => {
      const row = await overdue(options).select("id").limit(1).executeTakeFirst();
      return row !== undefined;
    },
    sendAgain: () => sendAgain(options),
    close: () => {
      for (const session of sessions) session.close();
    },
  };
}

/** A server that is away is no letter's fault: everything waits, longer each time. */
function noteOutage(options: SenderOptions, outage: { until: number; pauseMs: number }, delivery: Delivery): void {
  if (delivery.outcome !== "unreachable") {
    if (delivery.outcome === "sent") outage.pauseMs = 0;
    return;
  }
  const now = options.now().getTime();
  if (now < outage.until) return;
  outage.pauseMs = Math.min(Math.max(outage.pauseMs * 2, firstOutageMs), longestOutageMs);
  outage.until = now + outage.pauseMs;
  const { reason } = delivery;
  options.log.warn({ reason, pauseMs: outage.pauseMs }, "the mail server cannot be reached; all letters wait");
}

/** Takes a turn under the rate limit, which all servers share. A tenth of a minute's letters may go at once. */
async function mayGo({ db, smtp, now }: SenderOptions): Promise<boolean> {
  if (smtp.perMinute === undefined) return true;
  const stepMs = 60_000 / smtp.perMinute;
  const at = now();
  const burst = new Date(at.getTime() - 6_000);
  const taken = await db.transaction().execute(async (trx) => {
    const row = await trx.selectFrom("pace").select("next_at").forUpdate().executeTakeFirst();
    if (row === undefined || row.next_at > at) return false;
    const from = Math.max(row.next_at.getTime(), burst.getTime());
    await trx
      .updateTable("pace")
      .set({ next_at: new Date(from + stepMs) })
      .execute();
    return true;
  });
  return taken;
}

async function sendNext(options: SenderOptions, session: SmtpSession): Promise<Delivery | undefined> {
  const claim = options.newId();
  const row = await take(options, claim);
  if (row === undefined) return undefined;
  const delivery = await session.send(letterOf(row), row.id, () => aboutToSay(options, row.id, claim));
  if (delivery.outcome === "sent") await persist(options, () => markSent(options, row));
  else if (delivery.outcome !== "withdrawn") await markNotSent(options, row, claim, delivery);
  return delivery;
}

function letterOf(row: Row): Letter {
  const { recipient: to, subject, body: text, language, unsubscribe } = row;
  return { to, subject, text, language, ...(unsubscribe === null ? {} : { unsubscribe }) };
}

/** The most urgent letter that is due, for us alone. */
async function take({ db, now, leaseMs = defaultLeaseMs }: SenderOptions, claim: string): Promise<Row | undefined> {
  const at = now();
  for (const priority of priorities) {
    const row = await db
      .updateTable("outbox")
      .set({ state: "sending", claim, claimed_until: new Date(at.getTime() + leaseMs) })
      .where("id", "=", (eb) =>
        eb
          .selectFrom("outbox")
          .select("id")
          .where("state", "=", "queued")
          .where("priority", "=", priority)
          .where("next_attempt_at", "<=", at)
          .orderBy("next_attempt_at")
          .orderBy("position")
          .limit(1)
          .forUpdate()
          .skipLocked(),
      )
      .returningAll()
      .executeTakeFirst();
    if (row !== undefined) return row;
  }
  return undefined;
}

/** The fence: who lost the letter meanwhile (too slow, taken back) does not say the last word. */
async function aboutToSay(
  { db, now, leaseMs = defaultLeaseMs }: SenderOptions,
  id: string,
  claim: string,
): Promise<boolean> {
  const at = now();
  const { numUpdatedRows } = await db
    .updateTable("outbox")
    .set({ state: "handing", claimed_until: new Date(at.getTime() + leaseMs) })
    .where("id", "=", id)
    .where("claim", "=", claim)
    .where("state", "=", "sending")
    .where("claimed_until", ">", at)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The text is of no use any more; of some letters not even whom they went to may stay. */
async function markSent({ db, now }: SenderOptions, row: Row): Promise<void> {
  await db
    .updateTable("outbox")
    .set({ state: "sent", settled_at: now(), claim: null, claimed_until: null, ...erased(row.kind) })
    .where("id", "=", row.id)
    .where("state", "in", ["handing", "unknown", "queued"])
    .execute();
}

export function erased(kind: string) {
  const everything = telltaleKinds.has(kind) ? { recipient: "", unsubscribe: null } : {};
  return { body: "-", subject: "-", ...everything };
}

async function markNotSent(
  { db, now, log, evidenceMs = 0 }: SenderOptions,
  row: Row,
  claim: string,
  delivery: Exclude<Delivery, { readonly outcome: "sent" | "withdrawn" }>,
): Promise<void> {
  const own = db.updateTable("outbox").where("id", "=", row.id).where("claim", "=", claim);
  const free = { claim: null, claimed_until: null, last_error: delivery.reason };
  const at = now();
  if (delivery.outcome === "unreachable") {
    await own.set({ ...free, state: "queued" }).execute();
    return;
  }
  const attempts = row.attempts + 1;
  log.warn({ attempts, reason: delivery.reason }, "a letter was not taken by the mail server");
  if (delivery.outcome === "unknown") {
    const until = new Date(at.getTime() + evidenceMs);
    await own.set({ ...free, attempts, state: "unknown", next_attempt_at: until }).execute();
    return;
  }
  const old = at.getTime() - row.created_at.getTime() > expiresAfterMs;
  if (delivery.outcome === "refused" || old) {
    const state = delivery.outcome === "refused" ? "refused" : "expired";
    await own.set({ ...free, attempts, state, settled_at: at, ...erased(row.kind) }).execute();
    return;
  }
  const pauseSeconds = Math.min(firstPauseSeconds * 2 ** (attempts - 1), longestPauseSeconds);
  const next_attempt_at = new Date(at.getTime() + pauseSeconds * 1000);
  await own.set({ ...free, attempts, state: "queued", next_attempt_at }).execute();
}

/** What the mail server has said must not be lost to a database that is away for a moment. */
async function persist({ log }: SenderOptions, write: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries === 5) throw error;
      log.warn({ err: error }, "that a letter was sent could not be noted; trying again");
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** tries));
    }
  }
}

async function takeBack({ db, now, evidenceMs = 0 }: SenderOptions): Promise<void> {
  const at = now();
  const free = { claim: null, claimed_until: null };
  await db
    .updateTable("outbox")
    .set({ ...free, state: "queued" })
    .where("state", "=", "sending")
    .where("claimed_until", "<", at)
    .execute();
  await db
    .updateTable("outbox")
    .set({ ...free, state: "unknown", next_attempt_at: new Date(at.getTime() + evidenceMs) })
    .where("state", "=", "handing")
    .where("claimed_until", "<", at)
    .execute();
}

function overdue({ db, now }: SenderOptions) {
  return db.selectFrom("outbox").where("state", "=", "unknown").where("next_attempt_at", "<=", now());
}

/** No evidence came in time: the same letter once more, under the same message id. */
async function sendAgain(options: SenderOptions): Promise<void> {
  await options.db
    .updateTable("outbox")
    .set((eb) => ({ state: "queued" as const, attempts: eb("attempts", "+", 1) }))
    .where("id", "in", overdue(options).select("id"))
    .where("state", "=", "unknown")
    .execute();
}
