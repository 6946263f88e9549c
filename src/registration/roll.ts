/** Entering a roll on the ledger, and showing officers what they need to recompute it. */
import { sql } from "kysely";
import type { z } from "zod";
import { edgeProblem, ProblemError, refuse } from "#api/problem.js";
import type { enterRollAnswerSchema, RollSelection, recomputationSchema } from "#api/registration.js";
import { refuseWith } from "#api/rejection.js";
import { Busy } from "#base/busy.js";
import { bytesEqual, toHex } from "#base/bytes.js";
import { elections } from "#protocol/election.js";
import { enterRollTransaction } from "#protocol/officer.js";
import type { EnterRoll } from "#protocol/transactions/enter-roll.js";
import { selectedVoters } from "./constituencies.js";
import { type Context, later, registryOf } from "./context.js";
import { keepPlaces } from "./places.js";
import { computeLines, enteredVoters, type LineCache, type RollLine, summaryOf } from "./roll-lines.js";
import { requireElection } from "./roll-secret.js";

/** Entries of one transaction: 70 kB, checked in some 20 ms, so that ballots of other elections are not held up. */
const entriesPerChunk = 1_000;
/** How long one server may take before another may begin anew. */
const leaseSeconds = 900;

type Entered = z.output<typeof enterRollAnswerSchema>;

/**
 * Chooses voters, computes their credentials and enters them under the registrar's key, replacing a roll that is not
 * sealed. Whatever goes wrong on the way: calling it again begins anew.
 */
export async function enterRoll(
  context: Context,
  cache: LineCache,
  organisation: string,
  uuid: string,
  selection: RollSelection,
): Promise<Entered> {
  const { stage, secret } = await requireElection(context, organisation, uuid);
  if (stage !== "announced") refuse("conflict", `The roll cannot be changed any more: the election is ${stage}.`);
  await takeLease(context, uuid);
  try {
    const skipped = await chooseVoters(context, organisation, uuid, selection);
    cache.drop(uuid);
    const { chainId } = context.requireLedger().status();
    const lines = await computeLines({ chainId, uuid }, secret, await enteredVoters(context.tables, uuid));
    const roll = await summaryOf(lines);
    await submitLines(context, chainId, uuid, lines);
    const entry = elections.get(context.requireLedger().state(), uuid)?.entry;
    if (entry === undefined || entry.rollCount !== lines.length || !bytesEqual(entry.rollRoot, roll.root))
      throw new Error("the roll on the ledger is not the one that was entered");
    cache.set(uuid, toHex(roll.root), lines);
    await keepPlaces(context, uuid, secret, lines);
    const from = (source: string) => lines.filter((line) => line.key_source === source).length;
    return {
      count: lines.length,
      weight: roll.weight,
      root: toHex(roll.root),
      letters: from("letter"),
      reissued: from("reissue"),
      skipped,
    };
  } finally {
    await context.tables
      .updateTable("roll_secrets")
      .set({ entering_until: null })
      .where("election", "=", uuid)
      .execute();
  }
}

async function takeLease(context: Context, uuid: string): Promise<void> {
  const now = context.date();
  const taken = await context.tables
    .updateTable("roll_secrets")
    .set({ entering_until: later(now, leaseSeconds) })
    .where("election", "=", uuid)
    .where((eb) => eb.or([eb("entering_until", "is", null), eb("entering_until", "<", now)]))
    .returning("election")
    .executeTakeFirst();
  if (taken === undefined)
    refuse("conflict", "The roll is being entered at this moment. Wait until that has finished.");
}

/** Stores who is to be on the roll, in place of what was chosen before; returns who was left out and why. */
async function chooseVoters(
  context: Context,
  organisation: string,
  uuid: string,
  selection: RollSelection,
): Promise<Entered["skipped"]> {
  return context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    await tables
      .updateTable("roll_secrets")
      .set({ selection: JSON.stringify(selection) })
      .where("election", "=", uuid)
      .execute();
    await tables.deleteFrom("roll_entries").where("election", "=", uuid).execute();
    // One statement: hundreds of thousands of people never come into this process.
    const chosen = selectedVoters({ tables }, organisation, selection)
      .select(["voters.id", "voters.public_key", "voters.key_source", "standings.status", "standings.weight"])
      .as("chosen");
    const { rows } = await sql<{ reason: string | null; count: string }>`
      with chosen as materialized (select * from ${chosen}),
      entered as (
        insert into registration.roll_entries (election, voter_id, public_key, key_source, weight, kind, created_at)
        select ${uuid}, id, public_key, key_source, weight, 'entered', ${context.date()} from chosen
        where status = 'approved' and public_key is not null
      )
      select case when status <> 'approved' then status when public_key is null then 'no key yet' end as reason,
        count(*) as count
      from chosen group by 1 order by 1`.execute(trx);
    if (!rows.some(({ reason }) => reason === null))
      refuse("conflict", "None of the chosen voters is approved and has a key.");
    const skipped = rows.flatMap(({ reason, count }) => (reason === null ? [] : [{ reason, count: Number(count) }]));
    const found = rows.reduce((sum, { count }) => sum + Number(count), 0);
    const unknown = selection.kind === "list" ? new Set(selection.ids).size - found : 0;
    return unknown > 0 ? [...skipped, { reason: "unknown", count: unknown }] : skipped;
  });
}

async function submitLines(context: Context, chainId: string, uuid: string, lines: readonly RollLine[]): Promise<void> {
  for (let start = 0; start < lines.length; start += entriesPerChunk) {
    const entries = lines.slice(start, start + entriesPerChunk).map(({ eighth, weight }) => ({ eighth, weight }));
    await submit(context, chainId, { uuid, start, entries });
  }
}

async function submit(context: Context, chainId: string, body: EnterRoll): Promise<void> {
  const wire = enterRollTransaction(chainId, body, context.registrar.secret, context.random);
  try {
    const outcome = await context.requireLedger().submit(wire);
    if (!outcome.ok) refuseWith(outcome.error);
  } catch (error) {
    if (!(error instanceof Busy)) throw error;
    const headers = { "retry-after": String(Math.ceil(error.retryAfterMs / 1000)) };
    throw new ProblemError(edgeProblem("overloaded"), { headers, cause: error });
  }
}

/**
 * Part of the roll with key, blinding and credential of each voter. Only until the seal: it is for the officers' clients,
 * which recompute the roll before they approve it, and it links people to credentials.
 */
export async function recomputation(
  context: Context,
  cache: LineCache,
  organisation: string,
  uuid: string,
  page: { readonly from: number; readonly limit: number },
): Promise<z.output<typeof recomputationSchema>> {
  const { stage, secret, entry } = await requireElection(context, organisation, uuid);
  if (stage !== "announced")
    refuse("conflict", "The roll is sealed: what links people to credentials is shown no more.");
  const { chainId } = context.requireLedger().status();
  const lines = await cache.get(uuid, toHex(entry.rollRoot), async () =>
    computeLines({ chainId, uuid }, secret, await enteredVoters(context.tables, uuid)),
  );
  return {
    count: lines.length,
    from: page.from,
    letters: lines.filter((line) => line.key_source === "letter").length,
    entries: lines.slice(page.from, page.from + page.limit).map((line) => ({
      digital_id: line.digital_id,
      public_key: line.public_key.toString("hex"),
      blinding: toHex(line.blinding),
      credential: toHex(line.bytes),
      weight: line.weight,
    })),
  };
}
