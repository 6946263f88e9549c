/** What voters see of themselves, and replacing their own key. */
import type { z } from "zod";
import type { VoterActor } from "#api/actor.js";
import { refuse } from "#api/problem.js";
import type { meSchema, myElectionsSchema, replaceKeySchema, VoterStatus } from "#api/registration.js";
import { formatInstant } from "#base/instant.js";
import { electionOf, stageOf } from "#protocol/election.js";
import { admittedBy } from "./admission.js";
import { bindKey, requireConfirmation } from "./bind-key.js";
import { type Context, later, registryOf, requireKey } from "./context.js";
import { letterTo, mailedLink, replaceKeyHours } from "./letters.js";
import { isPostal, shownAddress } from "./postal.js";
import { requireOrganisation } from "./register.js";
import { bestStatus } from "./standing.js";
import { hashOfToken, newToken } from "./token.js";

/** Letters with a link to replace the key, to one voter within a day. */
const lettersPerDay = 5;

async function requireVoter(context: Context, voterId: string) {
  const voter = await context.tables.selectFrom("voters").selectAll().where("id", "=", voterId).executeTakeFirst();
  return voter ?? refuse("not-signed-in");
}

export async function aboutMe(context: Context, voterId: string): Promise<z.output<typeof meSchema>> {
  const voter = await requireVoter(context, voterId);
  const standings = await context.tables
    .selectFrom("standings")
    .select(["organisation", "status"])
    .where("voter_id", "=", voterId)
    .orderBy("organisation")
    .execute();
  return {
    id: voter.id,
    digital_id: voter.digital_id,
    name: voter.name,
    email: shownAddress(voter.mailbox),
    status: await bestStatus(context.tables, voterId),
    key_bound: voter.public_key !== null,
    key_source: voter.key_source,
    language: voter.language,
    standings,
    created_at: voter.created_at.toISOString(),
  };
}

/**
 * Elections on whose roll the voter is, as long as the registry knows: open ones first. Whether the voter has voted is not
 * here and nowhere in the registry: a voter's own device finds that out from the ledger, by the credential.
 */
export async function myElections(context: Context, voterId: string): Promise<z.output<typeof myElectionsSchema>> {
  const rows = await context.tables
    .selectFrom("roll_entries")
    .select(["election", "weight", "kind", "created_at"])
    .where("voter_id", "=", voterId)
    .where("kind", "!=", "proposed")
    .orderBy("election")
    .execute();
  const state = context.requireLedger().state();
  const now = context.now() > state.time ? context.now() : state.time;
  const seen = new Map(rows.map((row) => [row.election, row.weight]));
  const reissued = new Map(
    rows.filter((row) => row.kind === "reissued").map((row) => [row.election, row.created_at.toISOString()]),
  );
  const elections = [...seen].flatMap(([election_id, weight]) => {
    const found = electionOf(state, election_id);
    if (found === undefined) return [];
    const { record, plan } = found;
    const { opensAt, closesAt } = record.entry;
    const stage = stageOf(record.entry, plan, now);
    return {
      election_id,
      title: plan.name,
      organisation: plan.organisation,
      organisation_name: context.organisationName(plan.organisation),
      weight,
      when: closesAt <= now || ended.has(stage) ? "past" : opensAt <= now ? "open" : ("upcoming" as const),
      stage,
      start_date: formatInstant(opensAt),
      end_date: formatInstant(closesAt),
      // A second channel beside the mail: whoever signs in sees it, too (row R-13).
      reissued_at: reissued.get(election_id) ?? null,
    } as const;
  });
  const places = ["open", "upcoming", "past"];
  elections.sort((a, b) => places.indexOf(a.when) - places.indexOf(b.when) || compare(a, b));
  return { elections };
}

/** Ends that may come before the closing time. */
const ended: ReadonlySet<string> = new Set(["cancelled", "lapsed"]);

/** What closes first comes first. */
function compare(a: { end_date: string; election_id: string }, b: { end_date: string; election_id: string }): number {
  return `${a.end_date} ${a.election_id}` < `${b.end_date} ${b.election_id}` ? -1 : 1;
}

/** Asks a further organisation to be approved; its rules may do that at once. Asking again changes nothing. */
export async function joinOrganisation(context: Context, voterId: string, organisation: string): Promise<VoterStatus> {
  const voter = await requireVoter(context, voterId);
  requireOrganisation(context, organisation);
  const status = (await admittedBy(context.tables, voter.email)).includes(organisation) ? "approved" : "pending";
  await context.tables
    .insertInto("standings")
    .values({ voter_id: voterId, organisation, status, groups: [], district: "", weight: 1 })
    .onConflict((conflict) => conflict.columns(["voter_id", "organisation"]).doNothing())
    .execute();
  const standing = await context.tables
    .selectFrom("standings")
    .select("status")
    .where("voter_id", "=", voterId)
    .where("organisation", "=", organisation)
    .executeTakeFirstOrThrow();
  return standing.status;
}

/** Mails the voter a link; being signed in alone replaces no key. */
export async function askForKeyLetter(context: Context, voterId: string): Promise<void> {
  const voter = await requireVoter(context, voterId);
  if (isPostal(voter.email))
    refuse("conflict", "You have no mail address here. Your election office replaces a key that came on paper.");
  const now = context.date();
  await context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    const { count } = await tables
      .selectFrom("tokens")
      .select((eb) => eb.fn.countAll<bigint>().as("count"))
      .where("voter_id", "=", voterId)
      .where("purpose", "=", "replace-key")
      .where("created_at", ">", later(now, -24 * 3600))
      .executeTakeFirstOrThrow();
    if (Number(count) >= lettersPerDay)
      refuse("too-many-requests", "Enough letters were sent for today; use the last one.");
    const token = newToken(context.random);
    await tables
      .insertInto("tokens")
      .values({
        hash: token.hash,
        purpose: "replace-key",
        voter_id: voterId,
        created_at: now,
        expires_at: later(now, replaceKeyHours * 3600),
      })
      .execute();
    const link = mailedLink(context, "key", token.text);
    await context.mail.queue(trx, [
      letterTo(context, voter, (letters, values) => letters.replaceKey({ ...values, link, hours: replaceKeyHours })),
    ]);
  });
}

/** Replaces the key of a voter who is signed in, has the mailed link, and holds the new key. Ends all sessions. */
export async function replaceKey(
  context: Context,
  { voterId, method }: VoterActor,
  input: z.output<typeof replaceKeySchema>,
): Promise<void> {
  const key = requireKey(input.public_key);
  const hash = hashOfToken(input.token);
  requireConfirmation(key.point, input.token, input.signature);
  const voter = await requireVoter(context, voterId);
  await context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    await tables.selectFrom("voters").select("id").where("id", "=", voterId).forUpdate().execute();
    const taken = await tables
      .deleteFrom("tokens")
      .where("hash", "=", hash ?? Buffer.alloc(0))
      .where("purpose", "=", "replace-key")
      .where("voter_id", "=", voterId)
      .where("expires_at", ">", context.date())
      .returning("hash")
      .executeTakeFirst();
    if (taken === undefined)
      refuse("gone", "This link was used, has expired or was never valid. Ask for a new letter.");
    // Unless the old key began the session, the mailbox (or a provider) alone speaks for the voter, as in recovery.
    const source = method === "key" || voter.public_key === null ? "own" : "reissue";
    await bindKey(tables, voterId, key.bytes, source, context.date());
    await context.mail.queue(trx, [letterTo(context, voter, (letters, values) => letters.keyChanged(values))]);
  });
}
