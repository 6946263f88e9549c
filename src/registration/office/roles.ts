/**
 * Who has which role in an organisation. Officers stand on the ledger; which of them are owners, and who observes or
 * keeps the lists without being an officer, stands in the registry (docs/decisions/0013-sign-in.md).
 */
import type { OfficeRole } from "#api/actor.js";
import { chainOf } from "#protocol/genesis.js";
import { organisationOf } from "#protocol/organisation.js";
import type { Context, Tables } from "../context.js";

export interface Place {
  readonly name: string;
  readonly role: OfficeRole;
}

interface LedgerOfficer {
  readonly key: Buffer;
  readonly name: string;
}

/** The organisations of the ledger, the founding one first. */
export async function organisationIds(context: Context): Promise<readonly string[]> {
  const { founder } = chainOf(context.requireLedger().state());
  const others = await context.tables.selectFrom("organisations").select("id").orderBy("id").execute();
  return [...new Set([founder, ...others.map((row) => row.id)])];
}

/** Officers of an organisation as the ledger names them now. */
export function officersOf(context: Context, organisation: string): readonly LedgerOfficer[] {
  const found = organisationOf(context.requireLedger().state(), organisation);
  return found?.entry.fields.officers.map(({ key, name }) => ({ key: Buffer.from(key), name })) ?? [];
}

/** What a key may do in an organisation; `undefined`: nothing. */
export async function placeIn(context: Context, organisation: string, key: Buffer): Promise<Place | undefined> {
  const officers = officersOf(context, organisation);
  if (officers.length === 0) return undefined;
  const officer = officers.find((each) => sameKey(each.key, key));
  if (officer !== undefined) {
    const owners = await ownersAmong(context.tables, organisation, officers);
    const role = owners.some((owner) => sameKey(owner, key)) ? "owner" : "officer";
    return { name: officer.name, role };
  }
  const member = await context.tables
    .selectFrom("office_members")
    .select(["name", "role"])
    .where("organisation", "=", organisation)
    .where("key", "=", key)
    .where("role", "!=", "owner")
    .executeTakeFirst();
  return member as Place | undefined;
}

/**
 * Keys of the owners: the officers who were made owners and still are officers. While there is none, every officer is
 * one: so a new organisation needs no ceremony, and one that lost its owners is not locked out of its own registry.
 */
export async function ownersAmong(
  tables: Tables,
  organisation: string,
  officers: readonly LedgerOfficer[],
): Promise<readonly Buffer[]> {
  const rows = await tables
    .selectFrom("office_members")
    .select("key")
    .where("organisation", "=", organisation)
    .where("role", "=", "owner")
    .execute();
  const named = officers.filter(({ key }) => rows.some((row) => sameKey(row.key, key)));
  return (named.length === 0 ? officers : named).map(({ key }) => key);
}

/** Keys are public: comparing them needs no constant time. */
export function sameKey(a: Buffer, b: Buffer): boolean {
  return Buffer.compare(a, b) === 0;
}
