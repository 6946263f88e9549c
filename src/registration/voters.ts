/** What officers see of the voters of their organisation, and approving many at once. */
import { type Kysely, sql } from "kysely";
import type { z } from "zod";
import { refuse } from "#api/problem.js";
import type { voterFilterSchema, voterListQuery, voterListSchema } from "#api/registration.js";
import { type Context, isOnRollError, registryOf, type Tables } from "./context.js";
import { letterTo } from "./letters.js";
import { shownAddress } from "./postal.js";

const pageLength = 50;

export type Filter = z.output<typeof voterFilterSchema> & {
  readonly status?: string | undefined;
  /** Of any of these; none: of whatever. */
  readonly groups?: readonly string[];
  readonly districts?: readonly string[];
};

/** Voters of an organisation that the filter lets through, joined with what the organisation says of them. */
export function votersOf(tables: Tables, organisation: string, filter: Filter) {
  let query = tables
    .selectFrom("standings")
    .innerJoin("voters", "voters.id", "standings.voter_id")
    .where("standings.organisation", "=", organisation);
  if (filter.status !== undefined) query = query.where("standings.status", "=", filter.status as "pending");
  if (filter.district !== undefined) query = query.where("standings.district", "=", filter.district);
  const { group, q, groups = [], districts = [] } = filter;
  if (groups.length > 0) query = query.where(sql<boolean>`standings.groups && ${groups}::text[]`);
  if (districts.length > 0) query = query.where("standings.district", "in", districts);
  if (group !== undefined) query = query.where((eb) => eb(eb.val(group), "=", eb.fn.any("standings.groups")));
  if (q !== undefined && q !== "") {
    const pattern = `%${q.normalize("NFC").replace(/[\\%_]/g, "\\$&")}%`;
    query = query.where((eb) =>
      eb.or([
        eb("voters.name", "ilike", pattern),
        eb("voters.email", "ilike", pattern),
        eb("voters.digital_id", "=", q),
        eb("standings.external_id", "=", q),
      ]),
    );
  }
  return query;
}

const columns = [
  "voters.id",
  "voters.digital_id",
  "voters.name",
  "voters.mailbox",
  "voters.public_key",
  "voters.key_source",
  "voters.language",
  "voters.created_at",
  "standings.status",
  "standings.groups",
  "standings.district",
  "standings.weight",
  "standings.external_id",
] as const;

/** One page, in the order of names. */
export async function listVoters(
  context: Context,
  organisation: string,
  query: z.output<typeof voterListQuery>,
): Promise<z.output<typeof voterListSchema>> {
  const { total } = await votersOf(context.tables, organisation, query)
    .select((eb) => eb.fn.countAll<bigint>().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await votersOf(context.tables, organisation, query)
    .select(columns)
    .orderBy("voters.name")
    .orderBy("voters.id")
    .limit(pageLength)
    .offset((query.page - 1) * pageLength)
    .execute();
  const voters = rows.map(({ mailbox, public_key, created_at, ...rest }) => ({
    ...rest,
    email: shownAddress(mailbox),
    key_bound: public_key !== null,
    created_at: created_at.toISOString(),
  }));
  return { voters, total: Number(total), page: query.page, pages: Math.max(1, Math.ceil(Number(total) / pageLength)) };
}

/** Approves every pending voter that the filter lets through; returns how many. */
export async function approveAll(context: Context, organisation: string, filter: Filter): Promise<number> {
  return context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    // A key that was replaced by mail alone is looked at one by one: whoever has the mailbox could have done it.
    const pending = votersOf(tables, organisation, { ...filter, status: "pending" })
      .where(sql<boolean>`voters.key_source is distinct from 'reissue'`)
      .select("voters.id");
    const approved = await tables
      .updateTable("standings")
      .set({ status: "approved" })
      .where("organisation", "=", organisation)
      .where("status", "=", "pending")
      .where("voter_id", "in", pending)
      .returning("voter_id")
      .execute();
    const ids = approved.map((row) => row.voter_id);
    for (let at = 0; at < ids.length; at += 1000) {
      const people = await tables
        .selectFrom("voters")
        .select(["name", "mailbox", "language"])
        .where("id", "in", ids.slice(at, at + 1000))
        .execute();
      const letters = people.map((person) => letterTo(context, person, (words, values) => words.approved(values)));
      await context.mail.queue(trx, letters);
    }
    return ids.length;
  });
}

/**
 * Erases what the organisation knows of a voter, and the voter altogether when no other organisation is left (row O-05).
 * Refused while the voter is on the roll of an election that has not ended: the registrar still needs the key.
 */
export async function eraseVoter(
  context: Context,
  organisation: string,
  voterId: string,
  within?: Kysely<unknown>,
): Promise<void> {
  if (within === undefined)
    return context.db.transaction().execute((trx) => eraseVoter(context, organisation, voterId, trx));
  const tables = registryOf(within);
  const erased = await tables
    .deleteFrom("standings")
    .where("voter_id", "=", voterId)
    .where("organisation", "=", organisation)
    .returning("voter_id")
    .executeTakeFirst();
  if (erased === undefined) refuse("not-found", "There is no such voter.");
  await tables
    .deleteFrom("admission_addresses")
    .where("organisation", "=", organisation)
    .where("email", "in", tables.selectFrom("voters").select("email").where("id", "=", voterId))
    .execute();
  const others = await tables.selectFrom("standings").select("organisation").where("voter_id", "=", voterId).execute();
  if (others.length > 0) return context.purged.add(voterId, organisation);
  try {
    const gone = await tables.deleteFrom("voters").where("id", "=", voterId).returning("mailbox").executeTakeFirst();
    if (gone !== undefined) await context.mail.forget(within, gone.mailbox, voterId);
    // Before the erasure is final: a backup from before must not bring the person back (row O-06).
    await context.purged.add(voterId, null);
  } catch (error) {
    if (isOnRollError(error))
      refuse("conflict", "This voter is on the roll of an election that has not ended. Erase the voter afterwards.");
    throw error;
  }
}

/** All voters of the organisation, a few hundred at a time, in the order of their addresses. */
export async function* everyVoter(context: Context, organisation: string, filter: Filter) {
  let after = "";
  for (;;) {
    const rows = await votersOf(context.tables, organisation, filter)
      .select([...columns, "voters.email"])
      .where("voters.email", ">", after)
      .orderBy("voters.email")
      .limit(500)
      .execute();
    if (rows.length === 0) return;
    yield* rows;
    after = (rows.at(-1) as { email: string }).email;
  }
}
