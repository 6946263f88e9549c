/** Appointing: owners say who keeps the lists, who observes, and which officers are owners, too. */
import type { z } from "zod";
import type { OfficerActor } from "#api/actor.js";
import { refuse } from "#api/problem.js";
import type { memberListSchema, memberRequestSchema, ownPlacesSchema } from "#api/sign-in.js";
import { bytesOfHex } from "#api/values.js";
import { toHex } from "#base/bytes.js";
import { type Context, registryOf, requireKey, type Tables } from "../context.js";
import { officersOf, organisationIds, ownersAmong, placeIn, sameKey } from "./roles.js";

/** People of an organisation who are no officers: beyond that it is a list of voters. */
const maxMembers = 200;

/** Everybody with a role in the officer's organisation: officers first, as on the ledger. */
export async function listMembers(
  context: Context,
  { organisation }: OfficerActor,
): Promise<z.output<typeof memberListSchema>> {
  const officers = officersOf(context, organisation);
  const owners = await ownersAmong(context.tables, organisation, officers);
  const members = await context.tables
    .selectFrom("office_members")
    .select(["key", "name", "role"])
    .where("organisation", "=", organisation)
    .where("role", "!=", "owner")
    .orderBy("name")
    .execute();
  return {
    members: [
      ...officers.map(({ key, name }) => ({
        key: toHex(key),
        name,
        role: owners.some((owner) => sameKey(owner, key)) ? ("owner" as const) : ("officer" as const),
        on_ledger: true,
      })),
      ...members
        .filter(({ key }) => !officers.some((officer) => sameKey(officer.key, key)))
        .map(({ key, name, role }) => ({ key: toHex(key), name, role, on_ledger: false })),
    ],
  };
}

/** The organisations in which the officer's key has a role. */
export async function ownPlaces(context: Context, actor: OfficerActor): Promise<z.output<typeof ownPlacesSchema>> {
  const key = Buffer.from(bytesOfHex(actor.key));
  const places: z.output<typeof ownPlacesSchema>["organisations"] = [];
  for (const id of await organisationIds(context)) {
    const place = await placeIn(context, id, key);
    if (place !== undefined)
      places.push({ id, name: context.organisationName(id), role: place.role, current: id === actor.organisation });
  }
  return { organisations: places };
}

/** Gives a key a role. Officers are made on the ledger only; here they become owners or cease to be. */
export async function appoint(
  context: Context,
  actor: OfficerActor,
  keyHex: string,
  input: z.output<typeof memberRequestSchema>,
): Promise<void> {
  const key = requireKey(keyHex, "/params/key").bytes;
  const officers = officersOf(context, actor.organisation);
  const officer = officers.find((each) => sameKey(each.key, key));
  const forOfficers = input.role === "owner" || input.role === "officer";
  if (officer === undefined && forOfficers)
    refuse(
      "conflict",
      "The ledger names no officer with this key. Officers are appointed by an act of officers first.",
    );
  if (officer !== undefined && !forOfficers)
    refuse("conflict", "This key is an officer's on the ledger, and officers may do all that this role may.");
  await context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    await lockMembers(tables, actor.organisation);
    if (officer === undefined) return addMember(context, tables, actor, key, input);
    const owners = await ownersAmong(tables, actor.organisation, officers);
    if (input.role === "officer") return endOwner(tables, actor, owners, officers.length, key);
    // Being an owner by default ends with the first one who is named: whoever names it stays one.
    for (const owner of [key, Buffer.from(bytesOfHex(actor.key))])
      await insertMember(context, tables, actor, { key: owner, name: "", role: "owner" });
  });
}

async function endOwner(
  tables: Tables,
  actor: OfficerActor,
  owners: readonly Buffer[],
  officers: number,
  key: Buffer,
): Promise<void> {
  if (!owners.some((owner) => sameKey(owner, key))) return;
  if (owners.length === officers && (await countOwnerRows(tables, actor.organisation)) === 0)
    refuse("conflict", "As long as no owner is named, every officer is one. Name the owners instead.");
  if (owners.length === 1) refuse("conflict", "This is the only owner. Make another officer an owner first.");
  await tables
    .deleteFrom("office_members")
    .where("organisation", "=", actor.organisation)
    .where("key", "=", key)
    .where("role", "=", "owner")
    .execute();
}

async function countOwnerRows(tables: Tables, organisation: string): Promise<number> {
  const { count } = await tables
    .selectFrom("office_members")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .where("organisation", "=", organisation)
    .where("role", "=", "owner")
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function addMember(
  context: Context,
  tables: Tables,
  actor: OfficerActor,
  key: Buffer,
  input: z.output<typeof memberRequestSchema>,
): Promise<void> {
  const { count } = await tables
    .selectFrom("office_members")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .where("organisation", "=", actor.organisation)
    .executeTakeFirstOrThrow();
  if (Number(count) >= maxMembers) refuse("conflict", `An organisation has at most ${maxMembers} such people.`);
  const name = input.name ?? refuse("invalid-request", "/body/name: who is no officer on the ledger needs a name");
  await insertMember(context, tables, actor, { key, name, role: input.role as "observer" | "registrar" });
}

async function insertMember(
  context: Context,
  tables: Tables,
  actor: OfficerActor,
  member: { readonly key: Buffer; readonly name: string; readonly role: "observer" | "registrar" | "owner" },
): Promise<void> {
  const { name, role } = member;
  await tables
    .insertInto("office_members")
    .values({
      ...member,
      organisation: actor.organisation,
      appointed_at: context.date(),
      appointed_by: Buffer.from(bytesOfHex(actor.key)),
    })
    .onConflict((conflict) => conflict.columns(["organisation", "key"]).doUpdateSet({ name, role }))
    .execute();
}

/** Takes a role away; sessions of the key for this organisation are worth nothing from then on. */
export async function dismiss(context: Context, actor: OfficerActor, keyHex: string): Promise<void> {
  const key = requireKey(keyHex, "/params/key").bytes;
  if (officersOf(context, actor.organisation).some((officer) => sameKey(officer.key, key)))
    refuse("conflict", "Officers stand on the ledger and are removed by an act of officers.");
  const gone = await context.tables
    .deleteFrom("office_members")
    .where("organisation", "=", actor.organisation)
    .where("key", "=", key)
    .returning("key")
    .executeTakeFirst();
  if (gone === undefined) refuse("not-found", "Nobody of this organisation has this key.");
}

/** Two owners who end each other at the same moment must not both succeed. */
async function lockMembers(tables: Tables, organisation: string): Promise<void> {
  await tables
    .selectFrom("office_members")
    .select("key")
    .where("organisation", "=", organisation)
    .orderBy("key")
    .forUpdate()
    .execute();
}
