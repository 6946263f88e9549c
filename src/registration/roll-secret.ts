/** The registrar's secret r_e of each election: made once, used while the election lives, erased when it has ended. */
import { edgeProblem, ProblemError, refuse } from "#api/problem.js";
import { bytesEqual, toHex } from "#base/bytes.js";
import { GENERATOR, multiplySecret, pointToBytes } from "#crypto/group.js";
import { randomScalar } from "#crypto/scalar.js";
import { type ElectionEntry, electionOf, type Stage, stageOf } from "#protocol/election.js";
import { organisationOf } from "#protocol/organisation.js";
import type { Plan } from "#protocol/plan.js";
import type { Context } from "./context.js";
import { openRollSecret, sealRollSecret } from "./sealed-secret.js";

/** R_e for an election that this organisation prepares; the same at each call (row E-11: of no other organisation). */
export async function rollKeyFor(context: Context, organisation: string, uuid: string): Promise<string> {
  const onLedger = electionOf(context.requireLedger().state(), uuid);
  if (onLedger !== undefined && onLedger.plan.organisation !== organisation) noSuchElection();
  const fresh = sealRollSecret(context.registrar, uuid, randomScalar(context.random), context.random);
  if (onLedger === undefined)
    await context.tables
      .insertInto("roll_secrets")
      .values({
        election: uuid,
        organisation,
        secret: fresh,
        created_at: context.date(),
        entering_until: null,
        notified_at: null,
        erased_at: null,
      })
      .onConflict((conflict) => conflict.column("election").doNothing())
      .execute();
  return toHex(rollKeyOf(await rollSecretOf(context, organisation, uuid)));
}

export function rollKeyOf(secret: bigint): Uint8Array {
  return pointToBytes(multiplySecret(GENERATOR, secret));
}

/** r_e, or a refusal in words when this organisation has none for the election or it was erased. */
export async function rollSecretOf(context: Context, organisation: string, uuid: string): Promise<bigint> {
  const row = await context.tables
    .selectFrom("roll_secrets")
    .select(["organisation", "secret"])
    .where("election", "=", uuid)
    .executeTakeFirst();
  if (row === undefined || row.organisation !== organisation) noSuchElection();
  if (row.secret === null) refuse("gone", "The election has ended; what linked its roll to people was erased.");
  return openRollSecret(context.registrar, uuid, row.secret);
}

export function noSuchElection(): never {
  throw new ProblemError(edgeProblem("not-found", "There is no such election."));
}

export interface OwnElection {
  readonly entry: ElectionEntry;
  readonly plan: Plan;
  readonly stage: Stage;
  readonly secret: bigint;
}

/**
 * An election of this organisation on the ledger, with its secret. Refuses elections whose plan names another roll key,
 * and organisations whose registrar is another service.
 */
export async function requireElection(context: Context, organisation: string, uuid: string): Promise<OwnElection> {
  const ledger = context.requireLedger();
  const state = ledger.state();
  const found = electionOf(state, uuid);
  if (found === undefined || found.plan.organisation !== organisation) noSuchElection();
  const { plan } = found;
  const registrarKey = organisationOf(state, organisation)?.entry.fields.registrarKey;
  if (registrarKey === undefined || !bytesEqual(registrarKey, context.registrar.key))
    refuse("conflict", "Another service keeps the rolls of this organisation.");
  const secret = await rollSecretOf(context, organisation, uuid);
  if (!bytesEqual(rollKeyOf(secret), plan.rollKey))
    refuse("conflict", "The election was announced with a roll key that is not of this service.");
  const { entry } = found.record;
  const now = context.now() > state.time ? context.now() : state.time;
  return { entry, plan, stage: stageOf(entry, plan, now), secret };
}
