/** Groups and districts: what rolls are drawn from, and whether a roll is still exactly its constituency. */
import { sql } from "kysely";
import type { z } from "zod";
import type { constituenciesSchema, rollCheckSchema } from "#api/electorate.js";
import { refuse } from "#api/problem.js";
import { type RollSelection, selectionSchema } from "#api/registration.js";
import type { Context } from "./context.js";
import { type Filter, votersOf } from "./voters.js";

/** Each group and district with its voters, and with those whom a roll could have: approved and with a key. */
export async function constituencies(
  context: Context,
  organisation: string,
): Promise<z.output<typeof constituenciesSchema>> {
  const counts = async (names: ReturnType<typeof sql>) => {
    const { rows } = await sql<{ name: string; voters: string; ready: string }>`
      select part.name, count(*) as voters,
        count(*) filter (where s.status = 'approved' and v.public_key is not null) as ready
      from registration.standings s join registration.voters v on v.id = s.voter_id
      cross join lateral ${names} as part (name)
      where s.organisation = ${organisation} group by part.name order by part.name`.execute(context.db);
    return rows.map(({ name, voters, ready }) => ({ name, voters: Number(voters), ready: Number(ready) }));
  };
  return {
    groups: await counts(sql`unnest(s.groups)`),
    districts: await counts(sql`(select s.district)`),
  };
}

/** Voters whom a selection means, whatever their state. */
export function filterOf(selection: RollSelection): Filter {
  switch (selection.kind) {
    case "group":
      return { group: selection.group };
    case "district":
      return { district: selection.district };
    case "where":
      return { groups: selection.groups, districts: selection.districts };
    default:
      return {};
  }
}

/** Voters of the organisation whom the selection means, joined with what the organisation says of them. */
export function selectedVoters(context: Pick<Context, "tables">, organisation: string, selection: RollSelection) {
  const query = votersOf(context.tables, organisation, filterOf(selection));
  return selection.kind === "list" ? query.where("voters.id", "in", selection.ids) : query;
}

/**
 * Whether the roll that was entered is exactly its constituency as the registry has it now: who would be on it and is
 * not, and who is on it and would not be. For officers, before they seal.
 */
export async function checkRoll(
  context: Context,
  organisation: string,
  uuid: string,
): Promise<z.output<typeof rollCheckSchema>> {
  const drawn = await context.tables
    .selectFrom("roll_secrets")
    .select("selection")
    .where("election", "=", uuid)
    .where("organisation", "=", organisation)
    .executeTakeFirst();
  if (drawn === undefined) refuse("not-found", "There is no such election.");
  const selection = drawn.selection === null ? undefined : selectionSchema.safeParse(JSON.parse(drawn.selection)).data;
  if (selection === undefined) refuse("conflict", "No roll was entered for this election yet.");
  const meant = selectedVoters(context, organisation, selection)
    .where("standings.status", "=", "approved")
    .where("voters.public_key", "is not", null)
    .select(["voters.id", "voters.public_key", "standings.weight"]);
  const { rows } = await sql<{ entered: string; missing: string; outside: string; other_key: string; other: string }>`
    with meant as (${meant}),
      entered as (select * from registration.roll_entries where election = ${uuid} and kind = 'entered')
    select count(e.voter_id) as entered, count(*) filter (where e.voter_id is null) as missing,
      count(*) filter (where m.id is null) as outside,
      count(*) filter (where m.public_key <> e.public_key) as other_key,
      count(*) filter (where m.weight <> e.weight) as other
    from meant m full join entered e on e.voter_id = m.id`.execute(context.db);
  const waiting = await selectedVoters(context, organisation, selection)
    .select((eb) => [
      eb.fn.countAll<bigint>().filterWhere("standings.status", "=", "pending").as("pending"),
      eb.fn
        .countAll<bigint>()
        .filterWhere("standings.status", "=", "approved")
        .filterWhere("voters.public_key", "is", null)
        .as("no_key"),
    ])
    .executeTakeFirstOrThrow();
  const found = rows[0];
  const [missing, outside, changed_keys, changed_weights] = [
    found?.missing,
    found?.outside,
    found?.other_key,
    found?.other,
  ].map(Number) as [number, number, number, number];
  return {
    selection,
    entered: Number(found?.entered),
    missing,
    outside,
    changed_keys,
    changed_weights,
    pending: Number(waiting.pending),
    no_key: Number(waiting.no_key),
    exact: missing + outside + changed_keys + changed_weights === 0,
  };
}
