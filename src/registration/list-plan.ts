/**
 * What a list would change: its lines beside what the registry holds, compared by PostgreSQL in tables of this connection
 * alone that vanish with it. Nothing of a list is stored until an officer accepts it.
 */
import { type Kysely, sql } from "kysely";
import { toHex } from "#base/bytes.js";
import type { Random } from "#crypto/scalar.js";
import type { Fault, GoodLine } from "./list-lines.js";
import { type RegistrationTables, registrationSchema } from "./tables.js";
import { digitalIdBytes, drawnOnce, newDigitalId, newUuid, uuidBytes } from "./token.js";

export type Connection = Kysely<RegistrationTables>;

/** What happens to voters of the organisation whom the list does not name. */
export interface GoneRule {
  readonly act: "keep" | "suspend" | "remove";
  /** Only voters of this group or district can be gone: for a list of one part of the organisation. */
  readonly group?: string | undefined;
  readonly district?: string | undefined;
}

const schema = sql.raw(registrationSchema);

/** Empty tables of this connection for a list's lines. */
export async function openStage(db: Connection): Promise<void> {
  await closeStage(db);
  await sql`create temporary table list_lines (
    line integer primary key, id uuid, digital_id text, name text, email text, mailbox text, key bytea, groups text[],
    district text, weight integer, language text, external_id text, cells text)`.execute(db);
}

export async function closeStage(db: Connection): Promise<void> {
  await sql`drop table if exists pg_temp.list_plan, pg_temp.list_gone, pg_temp.list_shared, pg_temp.list_lines`.execute(
    db,
  );
}

/**
 * Puts good lines there, all in one statement, with ids for the case that the person is new. `keepCells`: the faulty
 * ones are to be written out again.
 */
export async function stage(
  db: Connection,
  lines: readonly GoodLine[],
  random: Random,
  keepCells: boolean,
): Promise<void> {
  const drawn = drawnOnce(random, lines.length * (uuidBytes + digitalIdBytes));
  const rows = lines.map((row) => ({
    line: row.line,
    id: newUuid(drawn),
    digital_id: newDigitalId(drawn),
    name: row.name,
    email: row.address.normal,
    mailbox: row.address.display,
    key: row.key === undefined ? null : toHex(row.key),
    groups: row.groups ?? null,
    district: row.district ?? null,
    weight: row.weight ?? null,
    language: row.language ?? null,
    external_id: row.externalId ?? null,
    cells: keepCells ? JSON.stringify(row.cells) : null,
  }));
  await sql`insert into pg_temp.list_lines
    select line, id, digital_id, name, email, mailbox, decode(key, 'hex'), groups, district, weight, language,
      external_id, cells
    from json_to_recordset(${JSON.stringify(rows)}::json) as given (line integer, id uuid, digital_id text, name text,
      email text, mailbox text, key text, groups text[], district text, weight integer, language text,
      external_id text, cells text)`.execute(db);
}

/** All lines are there: PostgreSQL counts them, without which it would compare every line with every voter. */
export async function endOfLines(db: Connection): Promise<void> {
  await sql`analyze pg_temp.list_lines`.execute(db);
}

/**
 * Decides for each line: `add` (a new voter), `join` (known to other organisations, new to this one), `change`, `same`, or
 * why not. `fields` names what changes; `binds`: the voter gets the line's key. What the list leaves empty stays as it is.
 */
export async function planList(db: Connection, organisation: string, gone: GoneRule): Promise<void> {
  await sql`create temporary table list_plan as
    select compared.*,
      case
        when fault is not null then 'fault'
        when voter_id is null then 'add'
        when status is null then 'join'
        when binds or fields <> '{}' then 'change'
        else 'same'
      end as act
    from (${comparison(organisation)}) as compared`.execute(db);
  await sql`create temporary table list_gone as
    select s.voter_id, s.status,
      exists (select from ${schema}.roll_entries r where r.voter_id = s.voter_id) as on_roll
    from ${schema}.standings s
    where s.organisation = ${organisation} and s.status in ('approved', 'pending')
      and (${gone.district ?? null}::text is null or s.district = ${gone.district ?? null})
      and (${gone.group ?? null}::text is null or ${gone.group ?? null} = any (s.groups))
      and not exists (select from pg_temp.list_plan p where p.voter_id = s.voter_id)`.execute(db);
  await sql`analyze pg_temp.list_plan`.execute(db);
}

/** Line by line, what is there and what would change. */
function comparison(organisation: string) {
  return sql`
    select l.line, v.id as voter_id, v.name as old_name, v.language as old_language, v.public_key as old_key, s.status,
      s.groups as old_groups, s.district as old_district, s.weight as old_weight, s.external_id as old_external_id,
      others.elsewhere,
      l.key is not null and v.id is not null and v.public_key is null as binds,
      case
        when owner.id is not null and owner.id is distinct from v.id then 'another voter has this public key'
        when l.key is not null and v.public_key <> l.key
          then 'the voter has another key already; only the voter can replace it'
        when l.key is not null and v.id is not null and v.public_key is null and others.elsewhere
          then 'the voter belongs to another organisation, too, and has to make the key alone'
        when holder.voter_id is not null and holder.voter_id is distinct from v.id
          then 'another voter has this external id'
        when v.id is null and l.key is null and l.email like '%@post.invalid'
          then 'somebody without a mail address needs a public key; psephos letters makes one'
      end as fault,
      array_remove(array[
        case when s.status = 'pending' and v.key_source is distinct from 'reissue' then 'status' end,
        case when l.groups <> s.groups then 'group' end,
        case when l.district <> s.district then 'district' end,
        case when l.weight <> s.weight then 'weight' end,
        case when s.voter_id is not null and l.external_id is not null
          and l.external_id is distinct from s.external_id then 'external_id' end,
        case when l.name <> v.name and not others.elsewhere then 'name' end,
        case when l.language <> v.language and not others.elsewhere then 'language' end
      ], null) as fields
    from pg_temp.list_lines l
    left join ${schema}.voters v on v.email = l.email
    left join ${schema}.standings s on s.voter_id = v.id and s.organisation = ${organisation}
    left join ${schema}.voters owner on owner.public_key = l.key
    left join ${schema}.standings holder on holder.organisation = ${organisation} and holder.external_id = l.external_id
    cross join lateral (select exists (
      select from ${schema}.standings o where o.voter_id = v.id and o.organisation <> ${organisation}
    ) as elsewhere) others`;
}

export interface PlanCounts {
  readonly add: number;
  readonly join: number;
  readonly change: number;
  readonly same: number;
  readonly fault: number;
  /** Keys that would be bound. */
  readonly keys: number;
  /** Listed, but rejected or suspended: they stay so. */
  readonly barred: number;
  readonly gone: number;
  /** Of those, on the roll of an election that has not ended: they cannot be removed. */
  readonly goneOnRoll: number;
}

export async function countPlan(db: Connection): Promise<PlanCounts> {
  const { rows } = await sql<Record<keyof PlanCounts, string>>`
    select count(*) filter (where act = 'add') as add, count(*) filter (where act = 'join') as join,
      count(*) filter (where act = 'change') as change, count(*) filter (where act = 'same') as same,
      count(*) filter (where act = 'fault') as fault,
      count(*) filter (where act <> 'fault' and (binds or (act = 'add' and l.key is not null))) as keys,
      count(*) filter (where act <> 'fault' and status in ('rejected', 'suspended')) as barred,
      (select count(*) from pg_temp.list_gone) as gone,
      (select count(*) from pg_temp.list_gone where on_roll) as "goneOnRoll"
    from pg_temp.list_plan join pg_temp.list_lines l using (line)`.execute(db);
  const [counts] = rows;
  return Object.fromEntries(
    Object.entries(counts ?? {}).map(([name, count]) => [name, Number(count)]),
  ) as unknown as PlanCounts;
}

/** Faults that only the registry shows, by line. */
export async function plannedFaults(db: Connection, limit: number): Promise<Fault[]> {
  const { rows } = await sql<{ line: number; reason: string; cells: string | null }>`
    select line, p.fault as reason, l.cells from pg_temp.list_plan p join pg_temp.list_lines l using (line)
    where act = 'fault' order by line limit ${limit}`.execute(db);
  return rows.map(({ line, reason, cells }) => ({ line, reason, cells: JSON.parse(cells ?? "[]") as string[] }));
}

/**
 * A hash over every decision and over what it was based on. Two plans with one hash store the same, but for random ids;
 * so an officer who accepts a preview stores what was previewed or nothing.
 */
export async function planHash(db: Connection): Promise<string> {
  const { rows } = await sql<{ lines: string; gone: string }>`
    select
      (select encode(sha256(convert_to(coalesce(string_agg(md5(p::text), '' order by line), ''), 'UTF8')), 'hex')
        from pg_temp.list_plan p) as lines,
      (select encode(sha256(convert_to(coalesce(string_agg(g::text, '|' order by voter_id), ''), 'UTF8')), 'hex')
        from pg_temp.list_gone g) as gone`.execute(db);
  const [hashes] = rows;
  return `${hashes?.lines}${hashes?.gone}`;
}

export interface PlannedChange {
  readonly line: number;
  readonly act: "add" | "join" | "change";
  readonly name: string;
  readonly email: string;
  readonly fields: readonly string[];
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/** The first lines that would add or change somebody. */
export async function plannedChanges(db: Connection, limit: number): Promise<PlannedChange[]> {
  const { rows } = await sql<PlannedChange>`
    select line, act, l.name, l.mailbox as email, fields || case when binds then array['public_key'] else '{}' end as fields,
      json_build_object('status', status, 'group', array_to_string(old_groups, '|'), 'district', old_district,
        'weight', old_weight, 'external_id', old_external_id, 'name', old_name, 'language', old_language,
        'public_key', null) as before,
      json_build_object('status', 'approved', 'group', array_to_string(l.groups, '|'), 'district', l.district,
        'weight', l.weight, 'external_id', l.external_id, 'name', l.name, 'language', l.language,
        'public_key', encode(l.key, 'hex')) as after
    from pg_temp.list_plan p join pg_temp.list_lines l using (line)
    where act in ('add', 'join', 'change') order by line limit ${limit}`.execute(db);
  return rows;
}

/** The first voters whom the list does not name. */
export async function plannedGone(
  db: Connection,
  limit: number,
): Promise<{ id: string; name: string; mailbox: string; on_roll: boolean }[]> {
  const { rows } = await sql<{ id: string; name: string; mailbox: string; on_roll: boolean }>`
    select v.id, v.name, v.mailbox, g.on_roll from pg_temp.list_gone g join ${schema}.voters v on v.id = g.voter_id
    order by v.name, v.id limit ${limit}`.execute(db);
  return rows;
}
