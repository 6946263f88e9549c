/** What became of the letters to an organisation's voters: for officers who look for addresses that do not work. */
import { sql } from "kysely";
import type { z } from "zod";
import type { OfficerActor } from "#api/actor.js";
import type { letterListQuery, letterListSchema } from "#api/mailings.js";
import { formatInstant } from "#base/instant.js";
import type { LetterState } from "#mail/letter.js";
import type { LetterKind } from "#words/mail.js";
import type { Context } from "./context.js";
import { shownAddress } from "./postal.js";
import { votersOf } from "./voters.js";

const pageLength = 50;

/** Letters of an organisation's doing. Signing in and recovering a key are the voter's own, and reminders tell who had not voted. */
const kinds: readonly LetterKind[] = [
  "invitation",
  "approved",
  "rejected",
  "suspended",
  "merged",
  "keyChanged",
  "onRoll",
  "reissued",
];

type Shown = NonNullable<z.output<typeof letterListQuery>["state"]>;

const statesOf: Readonly<Record<Shown, readonly LetterState[]>> = {
  waiting: ["queued", "sending", "handing", "unknown"],
  sent: ["sent"],
  delivered: ["delivered"],
  refused: ["refused"],
  bounced: ["bounced"],
  expired: ["expired"],
};

/** One page, newest first. Letters about elections of other organisations are not seen (row H-02). */
export async function letterList(
  context: Context,
  { organisation }: OfficerActor,
  { state, q, before }: z.output<typeof letterListQuery>,
): Promise<z.output<typeof letterListSchema>> {
  const people = votersOf(context.tables, organisation, { q }).select(["voters.id", "voters.mailbox"]);
  const filter = { people: sql`${people}`, kinds, elections: await ownElections(context, organisation) };
  const found = await context.mail.among.letters({
    ...filter,
    ...(state === undefined ? {} : { states: statesOf[state] }),
    ...(before === undefined ? {} : { before: BigInt(before) }),
    limit: pageLength + 1,
  });
  const counts = before === undefined ? [...(await context.mail.among.counts(filter))] : null;
  const page = found.slice(0, pageLength);
  const voters = new Map(
    (page.length === 0
      ? []
      : await context.tables
          .selectFrom("voters")
          .select(["id", "digital_id", "name", "mailbox"])
          .where(
            "id",
            "in",
            page.map(({ person }) => person),
          )
          .execute()
    ).map(({ mailbox, ...voter }) => [voter.id, { ...voter, email: shownAddress(mailbox) }]),
  );
  const letters = page.flatMap(({ person, position: _, queuedAt, settledAt, ...letter }) => {
    const voter = voters.get(person);
    // Erased between the two questions.
    if (voter === undefined) return [];
    return [{ ...letter, voter, queued_at: at(queuedAt), settled_at: settledAt === null ? null : at(settledAt) }];
  });
  const next = found.length > pageLength ? Number(page.at(-1)?.position) : null;
  return { letters, next, counts };
}

/** Elections for which the registry made a roll of this organisation. */
export async function ownElections(context: Pick<Context, "tables">, organisation: string): Promise<string[]> {
  const rows = await context.tables
    .selectFrom("roll_secrets")
    .select("election")
    .where("organisation", "=", organisation)
    .execute();
  return rows.map(({ election }) => election);
}

function at(date: Date): string {
  return formatInstant(BigInt(date.getTime()) * 1_000_000n);
}
