/** What became of letters: reports that come back, and what officers and voters may see. */
import { type RawBuilder, sql } from "kysely";
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

/** A letter and the person whom it went to, as {@link lettersAmong} finds them. */
export interface LetterAmong extends LetterTrace {
  readonly person: string;
  /** Of the row in the table: where the next page begins. */
  readonly position: bigint;
}

/** Which letters among many people's. */
export interface AmongFilter {
  /** Query with the columns `id` and `mailbox`: whose letters. */
  readonly people: RawBuilder<unknown>;
  /** Kinds that may be seen; those that would tell who had not voted never are. */
  readonly kinds: readonly string[];
  /** Letters about other elections than these are left out; those about none are not. */
  readonly elections: readonly string[];
}

function among({ people, kinds, elections }: AmongFilter) {
  const seen = kinds.filter((kind) => !telltaleKinds.has(kind));
  return sql`mail.outbox o join (${people}) p on lower(p.mailbox) = lower(o.recipient)
    where o.kind = any (${seen}::text[]) and (o.election is null or o.election = any (${elections as string[]}::text[]))`;
}

/** Letters to these people, newest first, below `before`. */
export async function lettersAmong(
  db: Outbox,
  filter: AmongFilter & { readonly states?: readonly LetterState[]; readonly before?: bigint; readonly limit: number },
): Promise<readonly LetterAmong[]> {
  const { states, before, limit } = filter;
  // Written out, not as parameters: the database sees that the small index of troubles will do.
  const inState = states === undefined ? sql`` : sql`and o.state in (${sql.join(states.map((each) => sql.lit(each)))})`;
  const below = before === undefined ? sql`` : sql`and o.position < ${before}`;
  const { rows } = await sql<{
    id: string;
    kind: string;
    state: LetterState;
    election: string | null;
    created_at: Date;
    settled_at: Date | null;
    attempts: number;
    last_error: string | null;
    position: bigint;
    person: string;
  }>`select o.id, o.kind, o.state, o.election, o.created_at, o.settled_at, o.attempts, o.last_error, o.position,
      p.id as person
    from ${among(filter)} ${inState} ${below} order by o.position desc limit ${limit}`.execute(db);
  return rows.map(({ created_at, settled_at, last_error, ...row }) => ({
    ...row,
    queuedAt: created_at,
    settledAt: settled_at,
    reason: last_error,
  }));
}

/** How many letters to these people are in each state. */
export async function countsAmong(
  db: Outbox,
  filter: AmongFilter,
): Promise<readonly { readonly state: LetterState; readonly count: number }[]> {
  const { rows } = await sql<{ state: LetterState; count: string }>`
    select o.state, count(*) as count from ${among(filter)} group by o.state order by o.state`.execute(db);
  return rows.map(({ state, count }) => ({ state, count: Number(count) }));
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
