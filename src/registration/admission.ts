/**
 * Admission by rule: whoever registers and confirms an address of an allowed domain, or one of the allow-list, or signs in
 * at the organisation's identity provider with a claim that a rule names, is approved without an officer; all others wait
 * in the queue. A rule says as much as the mailbox or the provider does: it fits organisations that give both to members
 * only.
 */
import { type Kysely, sql } from "kysely";
import { refuse } from "#api/problem.js";
import { readAddress } from "./address.js";
import { type Context, registryOf, type Tables } from "./context.js";
import { letterTo } from "./letters.js";
import { providerName } from "./login/providers.js";
import { isPostal } from "./postal.js";

const pageLength = 100;
const lettersPerTurn = 1_000;

/** Organisations whose rules admit a confirmed address. `email`: normal form. */
export async function admittedBy(tables: Tables, email: string): Promise<string[]> {
  const domain = email.slice(email.lastIndexOf("@") + 1);
  const rows = await tables
    .selectFrom("admission_domains")
    .select("organisation")
    .where("domain", "=", domain)
    .union(tables.selectFrom("admission_addresses").select("organisation").where("email", "=", email))
    .orderBy("organisation")
    .execute();
  return rows.map((row) => row.organisation);
}

export interface ClaimRule {
  readonly claim: string;
  readonly value: string;
}

/** Any one of them approves whoever signs in at the organisation's provider. */
export function claimRules(tables: Tables, organisation: string): Promise<ClaimRule[]> {
  return tables
    .selectFrom("admission_claims")
    .select(["claim", "value"])
    .where("organisation", "=", organisation)
    .orderBy("claim")
    .orderBy("value")
    .execute();
}

/**
 * Replaces the claims. What a provider said of somebody is not kept, so who waits already is approved at the next sign-in.
 * Refused where the organisation has no provider: such a rule would never hold.
 */
export async function setClaims(
  context: Context,
  organisation: string,
  claims: readonly ClaimRule[],
): Promise<{ claims: ClaimRule[] }> {
  if (claims.length > 0 && providerName(context, organisation) === undefined)
    refuse(
      "conflict",
      "This organisation has no identity provider. The operator of the server sets one up; then claims can be rules.",
    );
  const once = new Map(claims.map(({ claim, value }) => [JSON.stringify([claim, value]), { claim, value }]));
  return context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    await tables.deleteFrom("admission_claims").where("organisation", "=", organisation).execute();
    if (once.size > 0)
      await tables
        .insertInto("admission_claims")
        .values([...once.values()].map((rule) => ({ organisation, ...rule })))
        .execute();
    return { claims: await claimRules(tables, organisation) };
  });
}

export async function admissionOf(
  context: Context,
  organisation: string,
): Promise<{ domains: string[]; addresses: number; claims: ClaimRule[]; provider: string | null }> {
  const { tables } = context;
  const domains = await tables
    .selectFrom("admission_domains")
    .select("domain")
    .where("organisation", "=", organisation)
    .orderBy("domain")
    .execute();
  const { count } = await tables
    .selectFrom("admission_addresses")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .where("organisation", "=", organisation)
    .executeTakeFirstOrThrow();
  return {
    domains: domains.map((row) => row.domain),
    addresses: Number(count),
    claims: await claimRules(tables, organisation),
    provider: providerName(context, organisation) ?? null,
  };
}

/** Replaces the domains. With `apply` those who wait already and fit are approved; returns how many. */
export async function setDomains(
  context: Context,
  organisation: string,
  written: readonly string[],
  apply: boolean,
): Promise<{ domains: string[]; approved: number }> {
  const domains = written.map((text, i) => {
    // A domain is what an address may have behind @: international ones get their one spelling.
    const address = readAddress(`x@${text.replace(/^@/, "")}`);
    if (!address.ok || isPostal(address.value.normal))
      refuse("invalid-request", `/body/domains/${i}: not a mail domain`);
    return address.value.normal.slice(2);
  });
  const once = [...new Set(domains)].sort();
  return context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    await tables.deleteFrom("admission_domains").where("organisation", "=", organisation).execute();
    if (once.length > 0)
      await tables
        .insertInto("admission_domains")
        .values(once.map((domain) => ({ organisation, domain })))
        .execute();
    return { domains: once, approved: apply ? await approveFitting(context, trx, organisation) : 0 };
  });
}

/** One page of the allow-list. */
export async function allowList(
  { tables }: Context,
  organisation: string,
  page: number,
): Promise<{ addresses: string[]; total: number; page: number; pages: number }> {
  const mine = tables.selectFrom("admission_addresses").where("organisation", "=", organisation);
  const { total } = await mine.select((eb) => eb.fn.countAll<bigint>().as("total")).executeTakeFirstOrThrow();
  const rows = await mine
    .select("email")
    .orderBy("email")
    .limit(pageLength)
    .offset((page - 1) * pageLength)
    .execute();
  const pages = Math.max(1, Math.ceil(Number(total) / pageLength));
  return { addresses: rows.map((row) => row.email), total: Number(total), page, pages };
}

export interface AllowListChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly apply: boolean;
}

/** Adds and takes away addresses; those that cannot be read are named by their place and change nothing. */
export async function changeAllowList(context: Context, organisation: string, change: AllowListChange) {
  const faulty: { place: number; reason: string }[] = [];
  const add = new Set<string>();
  for (const [place, text] of change.add.entries()) {
    const address = readAddress(text);
    if (!address.ok) faulty.push({ place, reason: address.error });
    else add.add(address.value.normal);
  }
  const remove = change.remove.flatMap((text) => {
    const address = readAddress(text);
    return address.ok ? [address.value.normal] : [];
  });
  return context.db.transaction().execute(async (trx) => {
    const removed = await sql`delete from registration.admission_addresses
      where organisation = ${organisation} and email = any (${remove}::text[])`.execute(trx);
    const added = await sql`insert into registration.admission_addresses (organisation, email)
      select ${organisation}, email from unnest(${[...add]}::text[]) as email on conflict do nothing`.execute(trx);
    const approved = change.apply ? await approveFitting(context, trx, organisation) : 0;
    const { addresses } = await admissionOf({ ...context, tables: registryOf(trx) }, organisation);
    return {
      added: Number(added.numAffectedRows ?? 0),
      removed: Number(removed.numAffectedRows ?? 0),
      total: addresses,
      faulty,
      approved,
    };
  });
}

/** Approves pending voters whom the organisation's rules fit; keys that were replaced by mail alone wait for an officer. */
async function approveFitting(context: Context, trx: Kysely<unknown>, organisation: string): Promise<number> {
  const { rows } = await sql<{ name: string; mailbox: string; language: string }>`
    update registration.standings s set status = 'approved' from registration.voters v
    where s.organisation = ${organisation} and s.status = 'pending' and v.id = s.voter_id
      and v.key_source is distinct from 'reissue'
      and (exists (select from registration.admission_domains d
          where d.organisation = s.organisation and d.domain = substring(v.email from '@([^@]*)$'))
        or exists (select from registration.admission_addresses a
          where a.organisation = s.organisation and a.email = v.email))
    returning v.name, v.mailbox, v.language`.execute(trx);
  for (let at = 0; at < rows.length; at += lettersPerTurn) {
    const letters = rows
      .slice(at, at + lettersPerTurn)
      .map((person) => letterTo(context, person, (words, values) => words.approved(values)));
    await context.mail.queue(trx, letters);
  }
  return rows.length;
}
