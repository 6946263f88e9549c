/**
 * Registering: anybody asks, a mail goes out, and only a signature over what was mailed makes a voter.
 *
 * Nothing a stranger can see depends on whether the address is known (row R-12): the answer is fresh random ids, the
 * same statements run either way, and the one letter says to the owner of the mailbox what the case is.
 */

import { refuse } from "#api/problem.js";
import type { Letter } from "#mail/letter.js";
import { organisationOf } from "#protocol/organisation.js";
import { type Address, readAddress } from "./address.js";
import { type Context, later, registryOf, requireKey } from "./context.js";
import { confirmHours, letterTo, mailedLink } from "./letters.js";
import { newDigitalId, newToken, newUuid } from "./token.js";

export interface Registration {
  readonly name: string;
  readonly email: string;
  readonly public_key?: string | undefined;
  readonly language: string;
  readonly organisation?: string | undefined;
}

/** Letters to one address within a day; beyond that requests are answered as always and no letter goes out. */
const lettersPerDay = 5;

export async function register(context: Context, input: Registration): Promise<{ id: string; digital_id: string }> {
  const address = readAddress(input.email);
  if (!address.ok) refuse("invalid-request", `/body/email: ${address.error}`);
  // Checked so that a mistake is noticed now; whose key it is shows when the request is confirmed.
  const proposed = input.public_key === undefined ? null : requireKey(input.public_key).bytes;
  if (input.organisation !== undefined) requireOrganisation(context, input.organisation);
  const now = context.date();
  const request = {
    id: newUuid(context.random),
    digital_id: newDigitalId(context.random),
    name: input.name.normalize("NFC"),
    language: input.language,
    proposed_key: proposed,
  };
  const token = newToken(context.random);
  const known = await lookUp(context, address.value, later(now, -24 * 3600));
  await context.db.transaction().execute(async (trx) => {
    await registryOf(trx)
      .insertInto("requests")
      .values({
        ...request,
        email: address.value.normal,
        mailbox: address.value.display,
        token_hash: token.hash,
        voter_id: known.voter?.id ?? null,
        organisation: input.organisation ?? null,
        created_at: now,
        expires_at: later(now, confirmHours * 3600),
      })
      .execute();
    if (known.recent < lettersPerDay)
      await context.mail.queue(trx, [letterFor(context, address.value, request, known.voter, token.text)]);
  });
  return { id: request.id, digital_id: request.digital_id };
}

/** An organisation that the ledger knows, or 404. */
export function requireOrganisation(context: Context, organisation: string): void {
  const found = organisationOf(context.requireLedger().state(), organisation);
  if (found === undefined) refuse("not-found", "There is no such organisation.");
}

interface Known {
  readonly voter: { readonly id: string; readonly name: string; readonly language: string } | undefined;
  /** Requests for this address within the last day. */
  readonly recent: number;
}

/** One statement for known and unknown addresses alike. */
async function lookUp(context: Context, address: Address, since: Date): Promise<Known> {
  const row = await context.tables
    .selectNoFrom((eb) => [
      eb.selectFrom("voters").select("id").where("email", "=", address.normal).as("id"),
      eb.selectFrom("voters").select("name").where("email", "=", address.normal).as("name"),
      eb.selectFrom("voters").select("language").where("email", "=", address.normal).as("language"),
      eb
        .selectFrom("requests")
        .select((count) => count.fn.countAll<bigint>().as("count"))
        .where("email", "=", address.normal)
        .where("created_at", ">", since)
        .as("recent"),
    ])
    .executeTakeFirstOrThrow();
  const { id, name, language } = row;
  const voter = id === null || name === null || language === null ? undefined : { id, name, language };
  return { voter, recent: Number(row.recent ?? 0) };
}

function letterFor(
  context: Context,
  address: Address,
  request: { readonly name: string; readonly language: string },
  voter: Known["voter"],
  token: string,
): Letter {
  // A stranger chose the request's name: a known voter is greeted by the name of the registry.
  const { name, language } = voter ?? request;
  const link = mailedLink(context, "confirm", token);
  const chainId = context.ledger.current()?.status().chainId ?? "";
  return letterTo(context, { name, language, mailbox: address.display }, (letters, values) =>
    voter === undefined
      ? letters.confirm({ ...values, link, hours: confirmHours, chainId })
      : letters.recovery({ ...values, link, hours: confirmHours }),
  );
}
