/** Preparing a new credential for a voter whose key was replaced after the roll had been entered (DESIGN §5, row R-13). */
import type { z } from "zod";
import { refuse } from "#api/problem.js";
import type { reissueAnswerSchema } from "#api/registration.js";
import { toBase64Url, toHex } from "#base/bytes.js";
import { pointFromTrustedBytes, pointToBytes, pointToEighth } from "#crypto/group.js";
import { scalarToBytes } from "#crypto/scalar.js";
import { credentialForVoter } from "#protocol/credential.js";
import { elections, positionOf } from "#protocol/election.js";
import { encode } from "#protocol/encoding/shape.js";
import { reissueCredentialBody } from "#protocol/transactions/reissue-credential.js";
import type { Context } from "./context.js";
import { isPostal } from "./postal.js";
import { requireElection } from "./roll-secret.js";

/**
 * The body of a re-issue for the officers to propose and approve. Whether it is still possible (no ballot yet, cap, time)
 * the ledger decides. The new key is noted, so that the entry is known once the ledger has accepted it.
 */
export async function prepareReissue(
  context: Context,
  organisation: string,
  uuid: string,
  voterId: string,
): Promise<z.output<typeof reissueAnswerSchema>> {
  const { stage, secret } = await requireElection(context, organisation, uuid);
  if (stage !== "sealed" && stage !== "open")
    refuse("conflict", `A credential can be re-issued between seal and close; the election is ${stage}.`);
  const voter = await context.tables
    .selectFrom("voters")
    .innerJoin("standings", "standings.voter_id", "voters.id")
    .select(["voters.digital_id", "voters.email", "voters.public_key", "voters.key_source"])
    .where("voters.id", "=", voterId)
    .where("standings.organisation", "=", organisation)
    .executeTakeFirst();
  if (voter === undefined) refuse("not-found", "There is no such voter.");
  const { public_key: key, key_source } = voter;
  const entry = await context.tables
    .selectFrom("roll_entries")
    .select(["public_key", "weight"])
    .where("election", "=", uuid)
    .where("voter_id", "=", voterId)
    .where("kind", "!=", "proposed")
    .orderBy("created_at", "desc")
    .executeTakeFirst();
  if (entry === undefined) refuse("conflict", "The voter is not on the roll of this election.");
  if (key === null || key_source === null || key.equals(entry.public_key))
    refuse("conflict", "The voter has not replaced the key since the roll was entered; there is nothing to re-issue.");
  const { chainId } = context.requireLedger().status();
  const [old, fresh] = [entry.public_key, key].map((each) =>
    credentialForVoter({ chainId, uuid }, pointFromTrustedBytes(each), secret),
  ) as [ReturnType<typeof credentialForVoter>, ReturnType<typeof credentialForVoter>];
  refuseSecond(context, uuid, pointToBytes(old.credential));
  await context.tables
    .insertInto("roll_entries")
    .values({
      ...{ election: uuid, voter_id: voterId, public_key: key, key_source, weight: entry.weight },
      kind: "proposed",
      created_at: context.date(),
    })
    .onConflict((conflict) => conflict.columns(["election", "voter_id", "public_key"]).doNothing())
    .execute();
  const body = { uuid, old: pointToBytes(old.credential), credential: pointToEighth(fresh.credential) };
  return {
    type: "reissue-credential",
    body: toBase64Url(encode(reissueCredentialBody, body)),
    old: toHex(body.old),
    credential: toHex(pointToBytes(fresh.credential)),
    digital_id: voter.digital_id,
    tell_by: isPostal(voter.email) ? "post" : "mail",
    public_key: key.toString("hex"),
    blinding: toHex(scalarToBytes(fresh.blinding)),
  };
}

/** Row O-09: the ledger knows of re-issues that a registry from a backup has forgotten. */
function refuseSecond(context: Context, uuid: string, old: Uint8Array): void {
  const state = context.requireLedger().state();
  const entry = elections.get(state, uuid)?.entry;
  const position = entry && positionOf(state, entry, old);
  if (position?.replacedFrom != null && !position.cancelled)
    refuse(
      "conflict",
      "The ledger has issued this voter's credential again already. If this registry does not show it, it was restored from an older backup (psephos doctor).",
    );
}
