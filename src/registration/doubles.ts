/** One person twice in the registry: finding such pairs, and making one of two. */
import { sql } from "kysely";
import type { z } from "zod";
import type { doublesSchema } from "#api/electorate.js";
import { refuse } from "#api/problem.js";
import { type Context, registryOf, type Tables } from "./context.js";
import { letterTo } from "./letters.js";
import { shownAddress } from "./postal.js";
import { eraseVoter } from "./voters.js";

const shownGroups = 100;

/**
 * Voters of the organisation whose names have the same words, whatever their order, case and spelling of characters.
 * A hint and no more: two people may have one name.
 */
export async function findDoubles(context: Context, organisation: string): Promise<z.output<typeof doublesSchema>> {
  const { rows } = await sql<{
    total: string;
    voters: { mailbox: string; created_at: string; [field: string]: unknown }[];
  }>`
    with words as (
      select v.id, v.digital_id, v.name, v.mailbox, v.language, v.created_at, s.status, s.groups, s.district, s.weight,
        s.external_id, v.public_key is not null as key_bound,
        (select string_agg(word, ' ' order by word)
          from regexp_split_to_table(lower(normalize(v.name, NFKC)), '[[:space:],.’''-]+') as word where word <> '') as key
      from registration.voters v join registration.standings s on s.voter_id = v.id
      where s.organisation = ${organisation}
    )
    select count(*) over () as total,
      json_agg(to_jsonb(words) - 'key' order by mailbox) as voters
    from words where key is not null group by key having count(*) > 1 order by key limit ${shownGroups}`.execute(
    context.db,
  );
  return {
    total: Number(rows[0]?.total ?? 0),
    doubles: rows.map(({ voters }) => ({
      voters: voters.map(({ mailbox, created_at, ...voter }) => ({
        ...voter,
        email: shownAddress(mailbox),
        created_at: new Date(created_at).toISOString(),
      })) as never,
    })),
  };
}

async function standingOf(tables: Tables, organisation: string, voterId: string) {
  const found = await tables
    .selectFrom("standings")
    .innerJoin("voters", "voters.id", "standings.voter_id")
    .select([
      "voters.name",
      "voters.mailbox",
      "voters.language",
      "voters.public_key",
      "standings.status",
      "standings.groups",
      "standings.district",
      "standings.external_id",
    ])
    .where("voters.id", "=", voterId)
    .where("standings.organisation", "=", organisation)
    .forUpdate("standings")
    .executeTakeFirst();
  return found ?? refuse("not-found", "There is no such voter.");
}

/**
 * Makes one voter of two: `keptId` stays with key, address and weight, and gets the groups of the other, who leaves the
 * organisation. No key moves from one to the other, and nobody who is on a roll in use goes. Both addresses are told.
 */
export async function mergeVoters(
  context: Context,
  organisation: string,
  goneId: string,
  keptId: string,
): Promise<void> {
  if (goneId === keptId) refuse("invalid-request", "/body/into: this is the same voter");
  await context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    // In one order whoever is merged into whom, so that two officers cannot block each other.
    const [first, second] = [goneId, keptId].sort() as [string, string];
    const both = new Map<string, Awaited<ReturnType<typeof standingOf>>>();
    for (const id of [first, second]) both.set(id, await standingOf(tables, organisation, id));
    const gone = both.get(goneId) as Awaited<ReturnType<typeof standingOf>>;
    const kept = both.get(keptId) as Awaited<ReturnType<typeof standingOf>>;
    for (const { status } of [gone, kept])
      if (status === "suspended" || status === "rejected")
        refuse("conflict", `One of the two is ${status}. Decide about that first.`);
    if (gone.public_key !== null && kept.public_key === null)
      refuse("conflict", "Only the voter who would go has a key. Merge the other way round.");
    const onRoll = await tables
      .selectFrom("roll_entries")
      .innerJoin("roll_secrets", "roll_secrets.election", "roll_entries.election")
      .select("roll_entries.election")
      .where("voter_id", "=", goneId)
      .where("roll_secrets.organisation", "=", organisation)
      .executeTakeFirst();
    if (onRoll !== undefined)
      refuse("conflict", "The voter who would go is on the roll of an election that has not ended. Merge afterwards.");
    // The old external id must be free before the other voter can have it.
    await eraseVoter(context, organisation, goneId, trx);
    await tables
      .updateTable("standings")
      .set({
        status: gone.status === "approved" ? "approved" : kept.status,
        groups: [...new Set([...kept.groups, ...gone.groups])].sort(),
        district: kept.district === "" ? gone.district : kept.district,
        external_id: kept.external_id ?? gone.external_id,
      })
      .where("voter_id", "=", keptId)
      .where("organisation", "=", organisation)
      .execute();
    await context.mail.queue(trx, [
      letterTo(context, gone, (words, values) => words.mergedAway(values)),
      letterTo(context, kept, (words, values) => words.merged(values)),
    ]);
  });
}
