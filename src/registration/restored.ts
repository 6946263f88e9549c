/**
 * After a registry was restored from a backup: the ledger went on meanwhile, and people who were erased are back. What
 * the ledger knows and the registry does not is noted for officers; erasures are done again (rows O-06, O-09).
 */
import type { Kysely } from "kysely";
import { toHex } from "#base/bytes.js";
import { electionOf, elections, rollIndex, stageOf } from "#protocol/election.js";
import type { StateReader } from "#protocol/state.js";
import type { ReissueCredential } from "#protocol/transactions/reissue-credential.js";
import { type Context, isOnRollError, registryOf, type Tables } from "./context.js";

/** Erasures, kept outside the database, so that no backup of it brings anybody back. */
export interface PurgeList {
  /** Durable when it resolves. `organisation`: only what this one says; null: the whole person. */
  add(voterId: string, organisation: string | null): Promise<void>;
  read(): Promise<readonly { readonly voterId: string; readonly organisation: string | null }[]>;
}

/** Notes that the ledger re-issued a credential of which this registry knows nothing. */
export async function noteUnknownReissue(
  tables: Tables,
  state: StateReader,
  { uuid, old }: ReissueCredential,
  height: number,
): Promise<void> {
  const place = rollIndex.get(state, uuid, toHex(old));
  await note(tables, uuid, height, `reissue-unknown: place ${place ?? "?"} of the roll`);
}

export async function note(tables: Tables, election: string, height: number, finding: string): Promise<void> {
  await tables
    .insertInto("reconciliations")
    .values({ election, height: BigInt(height), finding })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Compares the rolls that are in use with the ledger; returns how many findings there are. */
export async function compareRolls(context: Context): Promise<number> {
  const ledger = context.ledger.current();
  if (ledger === undefined) return 0;
  const state = ledger.state();
  const kept = await context.tables
    .selectFrom("roll_secrets")
    .select("election")
    .where("erased_at", "is", null)
    .execute();
  let findings = 0;
  for (const { election } of kept) {
    const found = electionOf(state, election);
    if (found === undefined) continue;
    const stage = stageOf(found.record.entry, found.plan, state.time);
    if (stage !== "sealed" && stage !== "open" && stage !== "closed") continue;
    const entry = elections.get(state, election)?.entry;
    const { count } = await context.tables
      .selectFrom("roll_entries")
      .select((eb) => eb.fn.countAll<bigint>().as("count"))
      .where("election", "=", election)
      .where("kind", "=", "entered")
      .executeTakeFirstOrThrow();
    const onLedger = (entry?.rollCount ?? 0) - (entry?.reissued ?? 0);
    if (Number(count) === onLedger) continue;
    findings += 1;
    await note(context.tables, election, state.height, `roll-differs: ${count} here, ${onLedger} on the ledger`);
  }
  return findings;
}

/** Erases again whom the purge list names and this database still has; returns how many. */
export async function purgeAgain(context: Context): Promise<number> {
  let purged = 0;
  for (const { voterId, organisation } of await context.purged.read()) {
    const erased = await context.db.transaction().execute((trx) => eraseRows(context, trx, voterId, organisation));
    if (erased) purged += 1;
  }
  return purged;
}

/** Deletes a person, or what one organisation says of the person, with all letters; false when there is nothing. */
export async function eraseRows(
  context: Context,
  trx: Kysely<unknown>,
  voterId: string,
  organisation: string | null,
): Promise<boolean> {
  const tables = registryOf(trx);
  if (organisation !== null) {
    const { numDeletedRows } = await tables
      .deleteFrom("standings")
      .where("voter_id", "=", voterId)
      .where("organisation", "=", organisation)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
  try {
    const erased = await tables.deleteFrom("voters").where("id", "=", voterId).returning("mailbox").executeTakeFirst();
    if (erased === undefined) return false;
    await context.mail.forget(trx, erased.mailbox, voterId);
    return true;
  } catch (error) {
    // On the roll of an election that has not ended: erased at a later start.
    if (isOnRollError(error)) return false;
    throw error;
  }
}
