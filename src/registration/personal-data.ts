/** Everything that this service holds about one person, for that person (GDPR articles 15 and 20). */
import type { z } from "zod";
import type { OfficerActor } from "#api/actor.js";
import type { personalDataSchema } from "#api/mailings.js";
import { refuse } from "#api/problem.js";
import { formatInstant } from "#base/instant.js";
import { plans } from "#protocol/election.js";
import type { Context } from "./context.js";
import { ownElections } from "./office-letters.js";

type PersonalData = z.output<typeof personalDataSchema>;

const explanation = [
  "The ledger holds no name, no address, no key and no hash of them: only a credential that this service can link to this person until the election has ended.",
  "How this person voted is known to nobody. Whether this person voted can be computed by the registration service until what links the roll to people is erased at the end of the election.",
  "Contents of letters are erased when they were sent. Reminders are not listed: to whom they went is erased when they are sent.",
  "Recovery codes and secret keys were never here.",
];

/** For the person; an officer gets what the own organisation says, not what others say. */
export async function personalData(context: Context, voterId: string, officer?: OfficerActor): Promise<PersonalData> {
  const { tables } = context;
  const person = await tables.selectFrom("voters").selectAll().where("id", "=", voterId).executeTakeFirst();
  let standings = tables.selectFrom("standings").selectAll().where("voter_id", "=", voterId);
  if (officer !== undefined) standings = standings.where("organisation", "=", officer.organisation);
  const said = await standings.execute();
  if (person === undefined || (officer !== undefined && said.length === 0))
    refuse("not-found", "There is no such voter.");
  const own = officer === undefined ? undefined : new Set(await ownElections(context, officer.organisation));
  const rolls = await tables
    .selectFrom("roll_entries")
    .select(["election", "public_key", "key_source", "weight", "kind", "created_at"])
    .where("voter_id", "=", voterId)
    .execute();
  const sessions = await tables
    .selectFrom("sessions")
    .select(["created_at", "expires_at", "method"])
    .where("voter_id", "=", voterId)
    .execute();
  const passkeys = await tables
    .selectFrom("passkeys")
    .select(["name", "created_at", "last_used_at", "backed_up"])
    .where("voter_id", "=", voterId)
    .execute();
  const state = context.ledger.current()?.state();
  const seen = ({ election }: { election: string | null }) =>
    own === undefined || election === null || own.has(election);
  return {
    made_at: formatInstant(context.now()),
    person: plain(person),
    standings: said.map(plain),
    rolls: rolls
      .filter(seen)
      .map((row) => ({ ...plain(row), title: (state && plans.get(state, row.election)?.name) ?? "" })),
    letters: (await context.mail.traces(person.mailbox)).filter(seen).map(plain),
    sessions: sessions.map(plain),
    passkeys: passkeys.map(plain),
    wants_reminders: !(await context.mail.optedOut()).has(voterId),
    explanation,
  };
}

/** Values as JSON has them: dates in words, bytes in hexadecimal. */
function plain(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Date
        ? value.toISOString()
        : Buffer.isBuffer(value)
          ? value.toString("hex")
          : typeof value === "bigint"
            ? value.toString()
            : value,
    ]),
  );
}
