/** Confirming what was mailed: a new registration, an invitation, or the recovery of somebody who lost the code. */
import type { z } from "zod";
import { refuse } from "#api/problem.js";
import type { confirmAnswerSchema, confirmRequestSchema } from "#api/registration.js";
import { chainOf } from "#protocol/genesis.js";
import { admittedBy } from "./admission.js";
import { bindKey, refuseTakenKey, requireConfirmation } from "./bind-key.js";
import { type Context, isDuplicate, registryOf, requireKey, type Tables } from "./context.js";
import { letterTo } from "./letters.js";
import { bestStatus } from "./standing.js";
import { hashOfToken } from "./token.js";

type Confirmation = z.output<typeof confirmRequestSchema>;
type Confirmed = z.output<typeof confirmAnswerSchema>;

/**
 * Binds the key that signed the token, whoever proposed which one before. The token works once, and only together with
 * a good signature: a wrong one leaves it as it is. Everything happens in one transaction.
 */
export async function confirm(context: Context, input: Confirmation): Promise<Confirmed> {
  const key = requireKey(input.public_key);
  const hash = hashOfToken(input.token) ?? deadLink();
  requireConfirmation(key.point, input.token, input.signature);
  return context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    // The voter first, then the link: whoever changes a voter's key takes the locks in this order.
    const voter = await voterBehind(tables, hash);
    const request = await takeRequest(context, tables, hash);
    if (request !== undefined && request.voter_id === null) return admit(context, tables, request, key.bytes);
    if (voter === undefined || (request === undefined && !(await takeInvitation(context, tables, hash)))) deadLink();
    const replaces = voter.public_key !== null;
    // The mailbox alone spoke for the voter: such keys are counted and shown to officers.
    await bindKey(tables, voter.id, key.bytes, replaces ? "reissue" : "own", context.date());
    if (replaces) await askAgain(tables, voter);
    if (replaces)
      await context.mail.queue(trx, [letterTo(context, voter, (letters, values) => letters.keyChanged(values))]);
    return { id: voter.id, digital_id: voter.digital_id, status: await bestStatus(tables, voter.id) };
  });
}

/** The voter whom a recovery or an invitation is for, locked; `undefined` for new registrations and dead links. */
function voterBehind(tables: Tables, hash: Buffer) {
  return tables
    .selectFrom("voters")
    .selectAll()
    .where((eb) =>
      eb.or([
        eb(
          "id",
          "in",
          eb.selectFrom("requests").select("voter_id").where("token_hash", "=", hash).$castTo<{ voter_id: string }>(),
        ),
        eb(
          "id",
          "in",
          eb.selectFrom("tokens").select("voter_id").where("hash", "=", hash).where("purpose", "=", "invitation"),
        ),
      ]),
    )
    .forUpdate()
    .executeTakeFirst();
}

function deadLink(): never {
  refuse("gone", "This link was used, has expired or was never valid. Register again to get a new one.");
}

/** Deleting is what makes it single use: of two that come at once, one finds nothing. */
function takeRequest(context: Context, tables: Tables, hash: Buffer) {
  return tables
    .deleteFrom("requests")
    .where("token_hash", "=", hash)
    .where("expires_at", ">", context.date())
    .returningAll()
    .executeTakeFirst();
}

async function takeInvitation(context: Context, tables: Tables, hash: Buffer): Promise<boolean> {
  const token = await tables
    .deleteFrom("tokens")
    .where("hash", "=", hash)
    .where("purpose", "=", "invitation")
    .where("expires_at", ">", context.date())
    .returning("voter_id")
    .executeTakeFirst();
  return token !== undefined;
}

type Request = NonNullable<Awaited<ReturnType<typeof takeRequest>>>;

/**
 * The mailbox alone replaced the key, and whoever reads it could have: officers look at the voter again before a further
 * roll has the new key, except where the organisation's rule trusts the mailbox.
 */
async function askAgain(tables: Tables, voter: { readonly id: string; readonly email: string }): Promise<void> {
  const trusting = await admittedBy(tables, voter.email);
  let query = tables
    .updateTable("standings")
    .set({ status: "pending" })
    .where("voter_id", "=", voter.id)
    .where("status", "=", "approved");
  if (trusting.length > 0) query = query.where("organisation", "not in", trusting);
  await query.execute();
}

/**
 * A new voter under the ids of the request. Organisations whose rules fit the address have the voter approved; officers of
 * the one that was asked for decide otherwise, or of the founding one if none was and no rule fits.
 */
async function admit(context: Context, tables: Tables, request: Request, key: Buffer): Promise<Confirmed> {
  const { id, digital_id, name, email, mailbox, language } = request;
  const now = context.date();
  try {
    await tables
      .insertInto("voters")
      .values({
        id,
        digital_id,
        name,
        email,
        mailbox,
        language,
        public_key: key,
        key_source: "own",
        created_at: now,
        key_changed_at: now,
      })
      .execute();
  } catch (error) {
    if (isDuplicate(error, "voters_email_key"))
      refuse(
        "conflict",
        "This address was confirmed by another link meanwhile. Sign in with that recovery code, or register again to replace it.",
      );
    refuseTakenKey(error);
  }
  const admitted = await admittedBy(tables, email);
  const founder = () => chainOf(context.requireLedger().state()).founder;
  const asked = request.organisation ?? (admitted.length > 0 ? undefined : founder());
  const organisations = [...new Set([...admitted, ...(asked === undefined ? [] : [asked])])];
  const statusIn = (organisation: string) => (admitted.includes(organisation) ? "approved" : "pending");
  await tables
    .insertInto("standings")
    .values(
      organisations.map((organisation) => {
        return {
          voter_id: id,
          organisation,
          status: statusIn(organisation),
          groups: [],
          district: "",
          weight: 1,
        } as const;
      }),
    )
    .execute();
  return { id, digital_id, status: admitted.length > 0 ? "approved" : "pending" };
}
