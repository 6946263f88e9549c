/** Letters to many voters that officers ask for: reminders to those who have not voted, and the letter of the roll again. */
import type { Kysely } from "kysely";
import type { z } from "zod";
import type { OfficerActor } from "#api/actor.js";
import type { mailingRequestSchema, mailingSchema } from "#api/mailings.js";
import { ProblemError, refuse } from "#api/problem.js";
import { formatInstant } from "#base/instant.js";
import type { Letter } from "#mail/letter.js";
import { electionOf, sealeds } from "#protocol/election.js";
import { oneLine } from "#words/mail/text.js";
import { type Context, registryOf, type Tables } from "./context.js";
import { type Addressee, instantInLetter, letterTo } from "./letters.js";
import { notVoted } from "./places.js";
import { noSuchElection, requireElection } from "./roll-secret.js";
import { newUuid } from "./token.js";
import { unsubscribeLink } from "./unsubscribe.js";

type Mailing = z.output<typeof mailingSchema>;
type Row = Awaited<ReturnType<typeof rowsOf>>[number];

const mostWaiting = 20;

/** Notes a mailing; whoever runs {@link runMailings} next does it. */
export async function addMailing(
  context: Context,
  actor: OfficerActor,
  uuid: string,
  request: z.output<typeof mailingRequestSchema>,
): Promise<Mailing> {
  const { stage, entry } = await requireElection(context, actor.organisation, uuid);
  if (stage !== "sealed" && stage !== "open")
    refuse("conflict", `Letters to a roll go between seal and close; the election is ${stage}.`);
  const now = context.date();
  const due = request.due_at === undefined ? now : new Date(request.due_at);
  if (due.getTime() * 1e6 >= Number(entry.closesAt))
    refuse("invalid-request", "/body/due_at: the election is closed by then");
  const waiting = await context.tables
    .selectFrom("mailings")
    .select("id")
    .where("election", "=", uuid)
    .where("state", "=", "scheduled")
    .execute();
  if (waiting.length >= mostWaiting) refuse("conflict", "Enough letters are scheduled for this election.");
  const row = {
    id: newUuid(context.random),
    organisation: actor.organisation,
    election: uuid,
    kind: request.kind,
    audience: request.audience,
    note: request.note,
    due_at: due,
    created_at: now,
    created_by: actor.key,
    state: "scheduled" as const,
    letters: null,
    finished_at: null,
  };
  await context.tables.insertInto("mailings").values(row).execute();
  return asAnswer(row);
}

export async function listMailings(context: Context, actor: OfficerActor, uuid: string): Promise<Mailing[]> {
  // Not `requireElection`: what was sent stays to be seen when the roll's secret is erased.
  const own = await context.tables
    .selectFrom("roll_secrets")
    .select("election")
    .where("election", "=", uuid)
    .where("organisation", "=", actor.organisation)
    .executeTakeFirst();
  if (own === undefined) noSuchElection();
  return (await rowsOf(context.tables, actor.organisation, uuid)).map(asAnswer);
}

function rowsOf(tables: Tables, organisation: string, uuid: string) {
  return tables
    .selectFrom("mailings")
    .selectAll()
    .where("organisation", "=", organisation)
    .where("election", "=", uuid)
    .orderBy("created_at")
    .limit(200)
    .execute();
}

export async function cancelMailing(context: Context, actor: OfficerActor, uuid: string, id: string): Promise<void> {
  const cancelled = await context.tables
    .updateTable("mailings")
    .set({ state: "cancelled", finished_at: context.date() })
    .where("id", "=", id)
    .where("election", "=", uuid)
    .where("organisation", "=", actor.organisation)
    .where("state", "=", "scheduled")
    .returning("id")
    .executeTakeFirst();
  if (cancelled === undefined) refuse("not-found", "No letters with this identifier are scheduled.");
}

function asAnswer(row: Row): Mailing {
  const at = (date: Date) => formatInstant(BigInt(date.getTime()) * 1_000_000n);
  return {
    id: row.id,
    kind: row.kind,
    audience: row.audience,
    note: row.note,
    due_at: at(row.due_at),
    created_at: at(row.created_at),
    created_by: row.created_by,
    state: row.state,
    letters: row.letters,
  };
}

/**
 * Does what is due; returns how many mailings were done. Letters are queued in the transaction that ends a mailing, so
 * whatever is killed, each voter gets one letter of each mailing.
 */
export async function runMailings(context: Context): Promise<number> {
  for (let done = 0; ; done++) if (!(await runOne(context))) return done;
}

async function runOne(context: Context): Promise<boolean> {
  return context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    const row = await tables
      .selectFrom("mailings")
      .selectAll()
      .where("state", "=", "scheduled")
      .where("due_at", "<=", context.date())
      .orderBy("due_at")
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (row === undefined) return false;
    const letters = await send(context, trx, row);
    const change = letters === undefined ? { state: "impossible" as const } : { state: "sent" as const, letters };
    await tables
      .updateTable("mailings")
      .set({ ...change, finished_at: context.date() })
      .where("id", "=", row.id)
      .execute();
    return true;
  });
}

const lettersPerTurn = 1_000;

/** Queues the letters and returns how many; `undefined` when the election has closed or its secret was erased. */
async function send(context: Context, trx: Kysely<unknown>, mailing: Row): Promise<number | undefined> {
  const people = await audienceOf(context, mailing);
  if (people === undefined) return undefined;
  const write = writerOf(context, mailing);
  for (let at = 0; at < people.length; at += lettersPerTurn)
    await context.mail.queue(trx, people.slice(at, at + lettersPerTurn).map(write));
  return people.length;
}

interface Recipient extends Addressee {
  readonly id: string;
}

async function audienceOf(context: Context, mailing: Row): Promise<readonly Recipient[] | undefined> {
  const found = await requireElection(context, mailing.organisation, mailing.election).catch((error: unknown) => {
    // The secret was erased meanwhile, or another service has the roll: that is for good.
    if (error instanceof ProblemError) return undefined;
    throw error;
  });
  if (found === undefined || (found.stage !== "sealed" && found.stage !== "open")) return undefined;
  const people = await context.tables
    .selectFrom("roll_entries")
    .innerJoin("voters", "voters.id", "roll_entries.voter_id")
    .select(["voters.id", "voters.digital_id", "voters.name", "voters.mailbox", "voters.language"])
    .where("election", "=", mailing.election)
    .where("kind", "=", "entered")
    .execute();
  const silent = mailing.kind === "reminder" ? await context.mail.optedOut() : new Set<string>();
  const wanted =
    mailing.audience === "all"
      ? undefined
      : await notVoted(context, context.requireLedger().state(), found.entry, found.secret);
  return people.filter((person) => !silent.has(person.id) && (wanted?.has(person.digital_id) ?? true));
}

/** What a reminder or the letter of the roll says, for each person in the own language. */
export function writerOf(
  context: Context,
  mailing: Pick<Row, "kind" | "election" | "note" | "organisation">,
): (person: Recipient) => Letter {
  const state = context.requireLedger().state();
  const found = electionOf(state, mailing.election);
  if (found === undefined) refuse("not-found", "There is no such election.");
  const { plan } = found;
  const { entry } = found.record;
  const facts = {
    election: plan.name,
    opens: instantInLetter(entry.opensAt),
    closes: instantInLetter(entry.closesAt),
    link: `${context.publicUrl()}/booth/${plan.uuid}`,
    chainId: context.requireLedger().status().chainId,
    fingerprint: sealeds.get(state, plan.uuid)?.fingerprint ?? "",
    organisation: oneLine(context.organisationName(mailing.organisation)),
    note: mailing.note,
  };
  return (person) => {
    const unsubscribe = unsubscribeLink(context, person.id);
    const letter = letterTo(context, person, (words, values) =>
      mailing.kind === "reminder"
        ? words.reminder({ ...values, ...facts, unsubscribe })
        : words.onRoll({ ...values, ...facts }),
    );
    return {
      ...letter,
      election: plan.uuid,
      ...(mailing.kind === "reminder" ? { unsubscribe } : {}),
    };
  };
}
