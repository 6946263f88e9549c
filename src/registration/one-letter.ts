/** A letter to one voter again, and how letters look. */
import type { z } from "zod";
import type { OfficerActor } from "#api/actor.js";
import type { previewRequestSchema, resendRequestSchema } from "#api/mailings.js";
import { refuse } from "#api/problem.js";
import type { Letter } from "#mail/letter.js";
import { electionOf } from "#protocol/election.js";
import { type Context, later, registryOf } from "./context.js";
import { confirmHours, invitationHours, letterTo, mailedLink } from "./letters.js";
import { writerOf } from "./mailings.js";
import { newToken } from "./token.js";

/** A voter of whom the officer's organisation says something; others do not exist for it (row H-02). */
export async function requireOwnVoter(context: Context, { organisation }: OfficerActor, voterId: string) {
  const voter = await context.tables
    .selectFrom("voters")
    .innerJoin("standings", "standings.voter_id", "voters.id")
    .select(["voters.id", "voters.name", "voters.mailbox", "voters.language", "voters.public_key"])
    .where("voters.id", "=", voterId)
    .where("standings.organisation", "=", organisation)
    .executeTakeFirst();
  return voter ?? refuse("not-found", "There is no such voter.");
}

type Voter = Awaited<ReturnType<typeof requireOwnVoter>>;

/** Letters of this kind that one voter may get within a day, so that nobody is flooded. */
const perDay = 5;

export async function resendTo(
  context: Context,
  actor: OfficerActor,
  voterId: string,
  { kind, election }: z.output<typeof resendRequestSchema>,
): Promise<void> {
  const voter = await requireOwnVoter(context, actor, voterId);
  const since = later(context.date(), -24 * 3600);
  const name = kind === "invitation" ? "invitation" : "onRoll";
  const recent = (await context.mail.traces(voter.mailbox)).filter(
    (trace) => trace.kind === name && trace.queuedAt > since,
  );
  if (recent.length >= perDay) refuse("too-many-requests", "This voter got enough letters of this kind today.");
  if (kind === "invitation") return inviteAgain(context, actor, voter);
  const uuid = election ?? refuse("invalid-request", "/body/election: which election's letter?");
  const found = electionOf(context.requireLedger().state(), uuid);
  if (found === undefined || found.plan.organisation !== actor.organisation)
    refuse("not-found", "There is no such election.");
  if (found.record.entry.manifestHash === null) refuse("conflict", "The roll is not sealed yet.");
  const entry = await context.tables
    .selectFrom("roll_entries")
    .select("kind")
    .where("election", "=", uuid)
    .where("voter_id", "=", voterId)
    .where("kind", "!=", "proposed")
    .executeTakeFirst();
  if (entry === undefined) refuse("conflict", "The voter is not on the roll of this election, or it has ended.");
  const write = writerOf(context, { kind: "on-roll", election: uuid, note: "", organisation: actor.organisation });
  await context.mail.queue(context.db, [{ ...write(voter), urgency: "normal" }]);
}

/** A new link; earlier ones go on working until they expire. */
async function inviteAgain(context: Context, actor: OfficerActor, voter: Voter): Promise<void> {
  if (voter.public_key !== null) refuse("conflict", "This voter has a key already; an invitation is not needed.");
  const now = context.date();
  const token = newToken(context.random);
  await context.db.transaction().execute(async (trx) => {
    await registryOf(trx)
      .insertInto("tokens")
      .values({
        hash: token.hash,
        purpose: "invitation",
        voter_id: voter.id,
        created_at: now,
        expires_at: later(now, invitationHours * 3600),
      })
      .execute();
    const letter = letterTo(context, voter, (words, values) =>
      words.invitation({
        ...values,
        link: mailedLink(context, "confirm", token.text),
        hours: invitationHours,
        organisation: context.organisationName(actor.organisation),
      }),
    );
    await context.mail.queue(trx, [{ ...letter, urgency: "normal" }]);
  });
}

const exampleName = "Ada Example";
const exampleToken = "EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE-EXA";

/** The words of a letter with example values; of an election with its own. */
export function previewLetter(
  context: Context,
  actor: OfficerActor,
  { kind, language, election, note }: z.output<typeof previewRequestSchema>,
): Letter {
  const person = {
    id: "00000000-0000-0000-0000-000000000000",
    name: exampleName,
    mailbox: "ada@example.org",
    language,
  };
  if (kind === "reminder" || kind === "onRoll") {
    const uuid = election ?? refuse("invalid-request", "/body/election: this letter is about an election");
    const plan = electionOf(context.requireLedger().state(), uuid)?.plan;
    if (plan === undefined || plan.organisation !== actor.organisation)
      refuse("not-found", "There is no such election.");
    const { organisation } = actor;
    return writerOf(context, { kind: kind === "reminder" ? kind : "on-roll", election: uuid, note, organisation })(
      person,
    );
  }
  const link = mailedLink(context, "confirm", exampleToken);
  return letterTo(context, person, (words, values) => {
    if (kind === "confirm")
      return words.confirm({ ...values, link, hours: confirmHours, chainId: context.requireLedger().status().chainId });
    if (kind === "invitation")
      return words.invitation({
        ...values,
        link,
        hours: invitationHours,
        organisation: context.organisationName(actor.organisation),
      });
    if (kind === "reissued") return words.reissued({ ...values, election: "…" });
    return words[kind](values);
  });
}
