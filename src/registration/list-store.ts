/** Storing what was planned for a list, in a few statements however long it is, and the letters that go out because of it. */
import { type Kysely, sql } from "kysely";
import type { Letter } from "#mail/letter.js";
import { type Context, later } from "./context.js";
import { type Addressee, invitationHours, letterTo, mailedLink } from "./letters.js";
import type { Connection, GoneRule } from "./list-plan.js";
import { registrationSchema } from "./tables.js";
import { drawnOnce, newToken, tokenBytes } from "./token.js";

const schema = sql.raw(registrationSchema);
const lettersPerTurn = 250;

/** Carries the plan out; call within a transaction. Rejected and suspended voters stay so. */
export async function storePlan(context: Context, db: Connection, organisation: string): Promise<void> {
  const now = context.date();
  await sql`insert into ${schema}.voters
      (id, name, email, mailbox, digital_id, public_key, key_source, language, created_at, key_changed_at)
    select l.id, l.name, l.email, l.mailbox, l.digital_id, l.key, case when l.key is not null then 'letter' end,
      coalesce(l.language, 'en'), ${now}, case when l.key is not null then ${now}::timestamptz end
    from pg_temp.list_lines l join pg_temp.list_plan p using (line) where p.act = 'add'`.execute(db);
  // A key that came with a list was made by somebody else than the voter: it counts as a letter's.
  await sql`update ${schema}.voters v set public_key = l.key, key_source = 'letter', key_changed_at = ${now}
    from pg_temp.list_lines l join pg_temp.list_plan p using (line)
    where p.act in ('join', 'change') and p.binds and v.id = p.voter_id`.execute(db);
  await sql`insert into ${schema}.standings (voter_id, organisation, status, groups, district, weight, external_id)
    select coalesce(p.voter_id, l.id), ${organisation}, 'approved', coalesce(l.groups, '{}'), coalesce(l.district, ''),
      coalesce(l.weight, 1), l.external_id
    from pg_temp.list_lines l join pg_temp.list_plan p using (line) where p.act in ('add', 'join')`.execute(db);
  await sql`update ${schema}.standings s set
      status = case when 'status' = any (p.fields) then 'approved' else s.status end,
      groups = coalesce(l.groups, s.groups), district = coalesce(l.district, s.district),
      weight = coalesce(l.weight, s.weight), external_id = coalesce(l.external_id, s.external_id)
    from pg_temp.list_lines l join pg_temp.list_plan p using (line)
    where p.act = 'change' and s.voter_id = p.voter_id and s.organisation = ${organisation}`.execute(db);
  // What concerns the person and not the organisation is changed only where no other organisation has a say.
  await sql`update ${schema}.voters v set name = l.name, language = coalesce(l.language, v.language)
    from pg_temp.list_lines l join pg_temp.list_plan p using (line)
    where p.act = 'change' and p.fields && '{name,language}' and v.id = p.voter_id`.execute(db);
}

/** Suspends or removes whom the list does not name; returns how many. Whoever is on a roll in use is only ever suspended. */
export async function storeGone(
  context: Context,
  db: Connection,
  organisation: string,
  { act }: GoneRule,
): Promise<{ suspended: number; removed: number }> {
  if (act === "keep") return { suspended: 0, removed: 0 };
  const suspends = act === "suspend" ? sql`true` : sql`on_roll`;
  await writeTo(context, db, sql`list_gone where ${suspends}`, (person) =>
    bulk(letterTo(context, person, (words, values) => words.suspended(values))),
  );
  const suspended = await sql`update ${schema}.standings s set status = 'suspended' from pg_temp.list_gone g
    where s.voter_id = g.voter_id and s.organisation = ${organisation} and ${suspends}`.execute(db);
  const removed = await sql`delete from ${schema}.standings s using pg_temp.list_gone g
    where s.voter_id = g.voter_id and s.organisation = ${organisation} and not (${suspends})`.execute(db);
  await sql`delete from ${schema}.voters v using pg_temp.list_gone g
    where v.id = g.voter_id and not (${suspends})
      and not exists (select from ${schema}.standings s where s.voter_id = v.id)`.execute(db);
  return { suspended: Number(suspended.numAffectedRows ?? 0), removed: Number(removed.numAffectedRows ?? 0) };
}

/** Queues a letter to each voter of a table or query with a column `voter_id`, some hundred at a time. */
async function writeTo(
  context: Context,
  db: Connection,
  source: ReturnType<typeof sql>,
  write: (person: Addressee) => Letter,
): Promise<void> {
  await sql`declare list_told no scroll cursor for select v.name, v.mailbox, v.language
    from ${schema}.voters v where v.id in (select voter_id from pg_temp.${source}) order by v.id`.execute(db);
  for (;;) {
    const { rows } = await sql<Addressee>`fetch ${sql.lit(lettersPerTurn)} from list_told`.execute(db);
    if (rows.length === 0) break;
    await context.mail.queue(db as unknown as Kysely<unknown>, rows.map(write));
  }
  await sql`close list_told`.execute(db);
}

/** One of very many: what somebody waits for goes first. */
function bulk(letter: Letter): Letter {
  return { ...letter, urgency: "bulk" };
}

interface News extends Addressee {
  readonly id: string;
  readonly kind: "invited" | "approved" | "key";
}

/**
 * Letters of an accepted list: an invitation with a link to new voters without a key, and a note to those who were
 * approved or got a key. `invite: false` leaves the invitations out: the officers have another way, such as paper.
 */
export async function writeLetters(
  context: Context,
  db: Connection,
  organisation: string,
  invite: boolean,
): Promise<void> {
  const service = context.organisationName(organisation);
  // A cursor: asked page by page, each page would join the whole list anew.
  await sql`declare list_news no scroll cursor for
      select coalesce(p.voter_id, l.id) as id, coalesce(v.name, l.name) as name,
        coalesce(v.mailbox, l.mailbox) as mailbox, coalesce(v.language, l.language, 'en') as language,
        case when p.act = 'add' and l.key is null then 'invited' when p.binds then 'key' else 'approved' end as kind
      from pg_temp.list_lines l join pg_temp.list_plan p using (line)
      left join ${schema}.voters v on v.id = p.voter_id
      where p.act in ('add', 'join') or p.binds and p.act = 'change' or 'status' = any (p.fields)
      order by l.line`.execute(db);
  for (;;) {
    const { rows } = await sql<News>`fetch ${sql.lit(lettersPerTurn)} from list_news`.execute(db);
    if (rows.length === 0) break;
    const invited = invite ? rows.filter((row) => row.kind === "invited") : [];
    const letters = await invitations(context, db, service, invited);
    for (const row of rows)
      if (row.kind !== "invited")
        letters.push(
          letterTo(context, row, (words, values) =>
            row.kind === "key" ? words.keyChanged(values) : words.approved(values),
          ),
        );
    await context.mail.queue(db as unknown as Kysely<unknown>, letters.map(bulk));
  }
  await sql`close list_news`.execute(db);
}

/** Links by which new voters without a key make one. */
async function invitations(
  context: Context,
  db: Connection,
  organisation: string,
  people: readonly News[],
): Promise<Letter[]> {
  if (people.length === 0) return [];
  const now = context.date();
  const drawn = drawnOnce(context.random, people.length * tokenBytes);
  const invited = people.map((person) => ({ person, token: newToken(drawn) }));
  const rows = invited.map(({ person, token }) => ({ hash: token.hash.toString("hex"), voter_id: person.id }));
  await sql`insert into ${schema}.tokens (hash, purpose, voter_id, created_at, expires_at)
    select decode(hash, 'hex'), 'invitation', voter_id, ${now}, ${later(now, invitationHours * 3600)}
    from json_to_recordset(${JSON.stringify(rows)}::json) as given (hash text, voter_id uuid)`.execute(db);
  return invited.map(({ person, token }) => {
    const link = mailedLink(context, "confirm", token.text);
    return letterTo(context, person, (words, values) =>
      words.invitation({ ...values, link, hours: invitationHours, organisation }),
    );
  });
}
