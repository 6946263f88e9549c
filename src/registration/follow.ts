/**
 * What the registry does because of blocks: it learns organisations, writes to the voters of a sealed roll and of a
 * re-issue, and erases what linked people to credentials as soon as an election has ended.
 *
 * Its tables do not follow from the ledger, so each step can run again without doing anything twice.
 */
import { type Kysely, sql } from "kysely";
import { toHex } from "#base/bytes.js";
import { pointFromEighth, pointFromTrustedBytes, pointToBytes } from "#crypto/group.js";
import type { Block } from "#ledger/ledger.js";
import { credentialForVoter } from "#protocol/credential.js";
import { electionOf, type Stage, sealeds, stageOf } from "#protocol/election.js";
import { describe } from "#protocol/machine.js";
import type { OrganisationFields } from "#protocol/organisation.js";
import type { Plan } from "#protocol/plan.js";
import type { StateReader } from "#protocol/state.js";
import type { ReissueCredential } from "#protocol/transactions/reissue-credential.js";
import { type Context, registryOf, type Tables } from "./context.js";
import { instantInLetter, letterTo } from "./letters.js";
import { compareRolls, noteUnknownReissue, purgeAgain } from "./restored.js";
import type { LineCache } from "./roll-lines.js";
import { openRollSecret } from "./sealed-secret.js";

/** Ends after which nobody needs the link any more. */
const ends: ReadonlySet<Stage> = new Set(["tallied", "cancelled", "lapsed", "withheld", "undecided"]);

const lettersPerTurn = 1_000;

export async function followBlock(
  context: Context,
  cache: LineCache,
  trx: Kysely<unknown>,
  block: Block,
): Promise<void> {
  const state = context.requireLedger().state();
  for (const [i, wire] of block.transactions.entries()) {
    if (block.rejections[i] !== null) continue;
    const described = describe(wire);
    if (described === undefined) continue;
    if (described.type === "create-organisation") await learn(registryOf(trx), described.body as OrganisationFields);
    else if (described.type === "seal-election")
      await writeToRoll(context, cache, trx, state, described.body as { uuid: string });
    else if (described.type === "reissue-credential")
      await reissued(context, trx, state, described.body as ReissueCredential, block.height);
  }
  await eraseEnded(registryOf(trx), cache, state, block.time);
}

async function learn(tables: Tables, { id }: OrganisationFields): Promise<void> {
  await tables
    .insertInto("organisations")
    .values({ id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The trust anchor outside the page: each voter of the roll gets ledger and fingerprint by mail, once. */
async function writeToRoll(
  context: Context,
  cache: LineCache,
  trx: Kysely<unknown>,
  state: StateReader,
  { uuid }: { readonly uuid: string },
): Promise<void> {
  cache.drop(uuid);
  const tables = registryOf(trx);
  const first = await tables
    .updateTable("roll_secrets")
    .set({ notified_at: context.date() })
    .where("election", "=", uuid)
    .where("notified_at", "is", null)
    .where("erased_at", "is", null)
    .returning("election")
    .executeTakeFirst();
  const found = electionOf(state, uuid);
  const fingerprint = sealeds.get(state, uuid)?.fingerprint;
  if (first === undefined || found === undefined || fingerprint === undefined) return;
  const people = await tables
    .selectFrom("roll_entries")
    .innerJoin("voters", "voters.id", "roll_entries.voter_id")
    .select(["voters.name", "voters.mailbox", "voters.language"])
    .where("election", "=", uuid)
    .where("kind", "=", "entered")
    .execute();
  const facts = factsOf(context, found.plan, found.record.entry, fingerprint);
  for (let at = 0; at < people.length; at += lettersPerTurn) {
    const turn = people.slice(at, at + lettersPerTurn);
    const letters = turn.map((person) =>
      letterTo(context, person, (words, values) => words.onRoll({ ...values, ...facts })),
    );
    await context.mail.queue(
      trx,
      // What somebody waits for goes before the letters of a large roll.
      letters.map((letter) => ({
        ...letter,
        election: uuid,
        urgency: people.length > lettersPerTurn ? "bulk" : "normal",
      })),
    );
  }
}

function factsOf(
  context: Context,
  plan: Plan,
  entry: { readonly opensAt: bigint; readonly closesAt: bigint },
  fingerprint: string,
) {
  return {
    election: plan.name,
    opens: instantInLetter(entry.opensAt),
    closes: instantInLetter(entry.closesAt),
    link: `${context.publicUrl()}/booth/${plan.uuid}`,
    chainId: context.requireLedger().status().chainId,
    fingerprint,
  };
}

/** Marks the entry whose credential the ledger re-issued, and tells the voter (row R-13). */
async function reissued(
  context: Context,
  trx: Kysely<unknown>,
  state: StateReader,
  body: ReissueCredential,
  height: number,
): Promise<void> {
  const tables = registryOf(trx);
  const point = pointFromEighth(body.credential);
  const kept = await tables
    .selectFrom("roll_secrets")
    .select("secret")
    .where("election", "=", body.uuid)
    .executeTakeFirst();
  if (point === undefined || kept === undefined || kept.secret === null) return;
  const secret = openRollSecret(context.registrar, body.uuid, kept.secret);
  const election = { chainId: context.requireLedger().status().chainId, uuid: body.uuid };
  const wanted = toHex(pointToBytes(point));
  const proposed = await tables
    .selectFrom("roll_entries")
    .innerJoin("voters", "voters.id", "roll_entries.voter_id")
    .select([
      "roll_entries.voter_id",
      "roll_entries.public_key",
      "roll_entries.kind",
      "voters.name",
      "voters.mailbox",
      "voters.language",
    ])
    .where("election", "=", body.uuid)
    .where("kind", "!=", "entered")
    .execute();
  let known = false;
  for (const row of proposed) {
    const { credential } = credentialForVoter(election, pointFromTrustedBytes(row.public_key), secret);
    if (toHex(pointToBytes(credential)) !== wanted) continue;
    known = true;
    if (row.kind === "reissued") continue;
    await tables
      .updateTable("roll_entries")
      .set({ kind: "reissued", created_at: sql`now()` })
      .where("election", "=", body.uuid)
      .where("voter_id", "=", row.voter_id)
      .where("public_key", "=", row.public_key)
      .execute();
    const title = electionOf(state, body.uuid)?.plan.name ?? "";
    await context.mail.queue(trx, [
      letterTo(context, row, (words, values) => words.reissued({ ...values, election: title })),
    ]);
  }
  // A registry that was restored from before the act does not know whom it was for.
  if (!known) await noteUnknownReissue(tables, state, body, height);
}

export interface Reconciled {
  /** Findings about rolls. */
  readonly findings: number;
  /** People erased again. */
  readonly purged: number;
}

/** After a start, in case the database is a restored one: ended elections, rolls, erasures (rows O-06, O-09). */
export async function reconcile(context: Context, cache: LineCache): Promise<Reconciled> {
  const state = context.ledger.current()?.state();
  if (state !== undefined) await eraseEnded(context.tables, cache, state, state.time);
  return { findings: await compareRolls(context), purged: await purgeAgain(context) };
}

/** Erases r_e and the list of who was on the roll. From then on not even this registry links people to credentials. */
async function eraseEnded(tables: Tables, cache: LineCache, state: StateReader, time: bigint): Promise<void> {
  const kept = await tables.selectFrom("roll_secrets").select("election").where("erased_at", "is", null).execute();
  for (const { election } of kept) {
    const found = electionOf(state, election);
    if (found === undefined || !ends.has(stageOf(found.record.entry, found.plan, time))) continue;
    await tables.deleteFrom("roll_entries").where("election", "=", election).execute();
    await tables.deleteFrom("roll_places").where("election", "=", election).execute();
    await tables
      .updateTable("roll_secrets")
      .set({ secret: null, erased_at: sql`now()` })
      .where("election", "=", election)
      .execute();
    cache.drop(election);
  }
}
