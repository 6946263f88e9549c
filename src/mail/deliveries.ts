/** What became of letters: reports that come back, and what officers and voters may see. */
import { type LetterState, telltaleKinds } from "./letter.js";
import type { Returned } from "./returned.js";
import { erased, type Outbox } from "./sender.js";

/** What became of one letter. */
export interface LetterTrace {
  readonly id: string;
  readonly kind: string;
  readonly state: LetterState;
  readonly election: string | null;
  readonly queuedAt: Date;
  readonly settledAt: Date | null;
  readonly attempts: number;
  /** A status code; never an address. */
  readonly reason: string | null;
}

/** How many letters of a kind are in a state. */
export interface LetterCount {
  readonly kind: string;
  readonly state: LetterState;
  readonly count: number;
}

/** Which earlier states each event ends. A report of delivery is the last word, a copy only that it was taken. */
const before: Readonly<Record<Returned["event"], readonly LetterState[]>> = {
  accepted: ["queued", "sending", "handing", "unknown"],
  delivered: ["queued", "sending", "handing", "unknown", "sent"],
  bounced: ["queued", "sending", "handing", "unknown", "sent"],
};

/** Notes what came back; harmless when it is noted already. Returns whether there is such a letter. */
export async function settle(db: Outbox, returned: Returned, now: Date): Promise<boolean> {
  const row = await db.selectFrom("outbox").select(["kind", "state"]).where("id", "=", returned.id).executeTakeFirst();
  if (row === undefined) return false;
  const state = returned.event === "accepted" ? "sent" : returned.event;
  await db
    .updateTable("outbox")
    .set({
      state,
      settled_at: now,
      claim: null,
      claimed_until: null,
      ...(returned.status === undefined ? {} : { last_error: returned.status }),
      ...erased(row.kind),
    })
    .where("id", "=", returned.id)
    .where("state", "in", [...before[returned.event]])
    .execute();
  return true;
}

/** Letters to one address, newest first; without those that would tell who had not voted. */
export async function tracesOf(db: Outbox, recipient: string): Promise<readonly LetterTrace[]> {
  const rows = await db
    .selectFrom("outbox")
    .select(["id", "kind", "state", "election", "created_at", "settled_at", "attempts", "last_error"])
    .where((eb) => eb(eb.fn<string>("lower", ["recipient"]), "=", recipient.toLowerCase()))
    .where("kind", "not in", [...telltaleKinds])
    .orderBy("position", "desc")
    .limit(200)
    .execute();
  return rows.map(({ created_at, settled_at, last_error, ...row }) => ({
    ...row,
    queuedAt: created_at,
    settledAt: settled_at,
    reason: last_error,
  }));
}

export async function countsOf(db: Outbox, election: string): Promise<readonly LetterCount[]> {
  const rows = await db
    .selectFrom("outbox")
    .select((eb) => ["kind", "state", eb.fn.countAll<bigint>().as("count")])
    .where("election", "=", election)
    .groupBy(["kind", "state"])
    .orderBy("kind")
    .orderBy("state")
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

/** Erases all that is known of letters to an address (row O-06). Those not sent yet are not sent. */
export async function forget(db: Outbox, recipient: string): Promise<void> {
  await db
    .deleteFrom("outbox")
    .where((eb) => eb(eb.fn<string>("lower", ["recipient"]), "=", recipient.toLowerCase()))
    .execute();
}

const perPurge = 5_000;

/** Deletes rows of letters that were done before this moment, a few thousand at a time; returns how many. */
export async function purgeLetters(db: Outbox, before: Date): Promise<number> {
  let purged = 0;
  for (;;) {
    const { numDeletedRows } = await db
      .deleteFrom("outbox")
      .where("id", "in", (eb) => eb.selectFrom("outbox").select("id").where("settled_at", "<", before).limit(perPurge))
      .executeTakeFirst();
    purged += Number(numDeletedRows);
    if (numDeletedRows < BigInt(perPurge)) return purged;
  }
}
