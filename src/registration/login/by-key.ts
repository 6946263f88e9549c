/** Signing in with one's key: the strongest way, and the only one for officers. The secret stays on the device. */
import type { z } from "zod";
import { edgeProblem, ProblemError } from "#api/problem.js";
import type { sessionRequestSchema } from "#api/sign-in.js";
import { toHex } from "#base/bytes.js";
import { isSignedBy } from "../bind-key.js";
import { type Context, requireKey } from "../context.js";
import { organisationIds, placeIn } from "../office/roles.js";
import { loginMessage, takeChallenge } from "./challenge.js";
import { type ActorJson, openSession, type SessionTokens, type SignedIn } from "./session.js";

/**
 * Signs in whoever signed the challenge: somebody of an organisation, or a voter. One answer for unknown keys and bad
 * signatures.
 */
export async function signInByKey(
  context: Context,
  input: z.output<typeof sessionRequestSchema>,
  before: SessionTokens,
): Promise<SignedIn> {
  const key = requireKey(input.public_key);
  const { chainId } = context.requireLedger().status();
  const issued = await takeChallenge(context, input.challenge, key.bytes);
  const message = loginMessage(input.challenge, context.publicUrl());
  if (!issued || !isSignedBy("login", chainId, key.point, message, input.signature)) notKnown();
  const who =
    (await officerBehind(context, key.bytes, input.organisation)) ??
    (await voterBehind(context, key.bytes)) ??
    notKnown();
  return openSession(context, who, "key", before);
}

function notKnown(): never {
  const detail = "The key is not known here, or the challenge or its signature does not hold. Ask for a new challenge.";
  throw new ProblemError(edgeProblem("not-signed-in", detail));
}

/** The ledger and the registry say who has which role, at this moment. */
async function officerBehind(
  context: Context,
  key: Buffer,
  wanted: string | undefined,
): Promise<Extract<ActorJson, { kind: "officer" }> | undefined> {
  for (const organisation of await organisationIds(context)) {
    if (wanted !== undefined && wanted !== organisation) continue;
    const place = await placeIn(context, organisation, key);
    if (place !== undefined) return { kind: "officer", organisation, key: toHex(key), ...place };
  }
  return undefined;
}

async function voterBehind(context: Context, key: Buffer): Promise<Extract<ActorJson, { kind: "voter" }> | undefined> {
  const voter = await context.tables
    .selectFrom("voters")
    .select(["id", "digital_id", "name"])
    .where("public_key", "=", key)
    .executeTakeFirst();
  return voter === undefined ? undefined : { kind: "voter", ...voter };
}
