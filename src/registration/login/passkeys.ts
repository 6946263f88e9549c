/**
 * Passkeys of voters (WebAuthn level 3): added while signed in, then a way to sign in without an address, so that nothing
 * is told by asking. They begin sessions; they seal no ballots. Not the passkey with which a device encrypts its key.
 */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  type VerifiedAuthenticationResponse,
  type VerifiedRegistrationResponse,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { z } from "zod";
import { edgeProblem, ProblemError, refuse } from "#api/problem.js";
import type { passkeyListSchema, passkeyOptionsSchema, passkeyRequestSchema } from "#api/sign-in.js";
import { fromBase64Url, toBase64Url, utf8 } from "#base/bytes.js";
import { type Context, isDuplicate, later, registryOf } from "../context.js";
import { letterTo } from "../letters.js";
import { hashOfToken, newToken } from "../token.js";
import { openSession, type SessionTokens, type SignedIn, voterJson } from "./session.js";

const challengeSeconds = 300;
const maxPasskeys = 10;

/** EdDSA, ES256, RS256 (IANA COSE algorithms): what authenticators have. */
const algorithms = [-8, -7, -257];

export type PasskeyAssertion = AuthenticationResponseJSON;
type Options = z.output<typeof passkeyOptionsSchema>;

/** The site that a passkey belongs to, and where its pages come from. */
function siteOf(context: Context) {
  const { hostname, origin } = new URL(context.publicUrl());
  return { rpID: hostname, origin };
}

/** What the voter's browser needs to make a passkey; its challenge works once, for this voter, for five minutes. */
export async function optionsForAdding(context: Context, voterId: string): Promise<Options> {
  const voter = await context.tables
    .selectFrom("voters")
    .select(["name", "mailbox"])
    .where("id", "=", voterId)
    .executeTakeFirst();
  if (voter === undefined) refuse("not-signed-in");
  const own = await context.tables
    .selectFrom("passkeys")
    .select(["id", "transports"])
    .where("voter_id", "=", voterId)
    .execute();
  const { rpID } = siteOf(context);
  const options = await generateRegistrationOptions({
    rpName: "Psephos",
    rpID,
    userID: new Uint8Array(utf8(voterId)),
    userName: voter.mailbox,
    userDisplayName: voter.name,
    challenge: await newChallenge(context, voterId),
    timeout: challengeSeconds * 1000,
    attestationType: "none",
    excludeCredentials: own.map(({ id, transports }) => ({
      id: toBase64Url(id),
      transports: transports as AuthenticatorTransport[],
    })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: algorithms,
  });
  return { public_key: { ...options } };
}

type AuthenticatorTransport = "ble" | "cable" | "hybrid" | "internal" | "nfc" | "smart-card" | "usb";

async function newChallenge(context: Context, voterId: string | null): Promise<Uint8Array<ArrayBuffer>> {
  const token = newToken(context.random);
  await context.tables
    .insertInto("passkey_challenges")
    .values({ hash: token.hash, voter_id: voterId, expires_at: later(context.date(), challengeSeconds) })
    .execute();
  return new Uint8Array(fromBase64Url(token.text) as Uint8Array);
}

/** Uses a challenge up, whatever becomes of the rest: an answer that was recorded is worth nothing (replay). */
async function takeChallenge(context: Context, challenge: string, voterId: string | null): Promise<boolean> {
  const hash = hashOfToken(challenge);
  if (hash === undefined) return false;
  const row = await context.tables
    .deleteFrom("passkey_challenges")
    .where("hash", "=", hash)
    .returning(["voter_id", "expires_at"])
    .executeTakeFirst();
  return row !== undefined && row.expires_at > context.date() && row.voter_id === voterId;
}

/** Keeps a new passkey of the voter and tells the voter by mail. */
export async function addPasskey(
  context: Context,
  voterId: string,
  input: z.output<typeof passkeyRequestSchema>,
): Promise<void> {
  const info = await judgeAttestation(context, voterId, input.response as RegistrationResponseJSON);
  if (info === undefined) refuse("invalid-request", "The passkey's answer does not hold. Begin again.");
  const { credential } = info;
  await context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    const voter = await tables
      .selectFrom("voters")
      .selectAll()
      .where("id", "=", voterId)
      .forUpdate()
      .executeTakeFirst();
    if (voter === undefined) refuse("not-signed-in");
    const { count } = await tables
      .selectFrom("passkeys")
      .select((eb) => eb.fn.countAll<bigint>().as("count"))
      .where("voter_id", "=", voterId)
      .executeTakeFirstOrThrow();
    if (Number(count) >= maxPasskeys) refuse("conflict", `You have ${maxPasskeys} passkeys; remove one first.`);
    try {
      await tables
        .insertInto("passkeys")
        .values({
          id: Buffer.from(fromBase64Url(credential.id) ?? []),
          voter_id: voterId,
          public_key: Buffer.from(credential.publicKey),
          counter: BigInt(credential.counter),
          transports: [...(credential.transports ?? [])],
          backed_up: info.credentialBackedUp,
          name: input.name,
          created_at: context.date(),
          last_used_at: null,
        })
        .execute();
    } catch (error) {
      if (isDuplicate(error, "passkeys_pkey")) refuse("already-exists", "This passkey is registered already.");
      throw error;
    }
    await context.mail.queue(trx, [
      letterTo(context, voter, (letters, values) => letters.passkeyAdded({ ...values, passkey: input.name })),
    ]);
  });
}

async function judgeAttestation(context: Context, voterId: string, response: RegistrationResponseJSON) {
  const { rpID, origin } = siteOf(context);
  const judged: VerifiedRegistrationResponse | undefined = await verifyRegistrationResponse({
    response,
    expectedChallenge: (challenge) => takeChallenge(context, challenge, voterId),
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
  }).catch(refusedInput);
  return judged?.registrationInfo;
}

/** The library throws for whatever does not hold; a database that is away is something else. */
function refusedInput(error: unknown): undefined {
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string" && /^(\d\d[0-9A-Z]{3}|E[A-Z]+)$/.test(code)) throw error;
  return undefined;
}

/** What a browser needs to sign in with any passkey of this site. Takes no address: there is nothing to be learned. */
export async function optionsForSigningIn(context: Context): Promise<Options> {
  const options = await generateAuthenticationOptions({
    rpID: siteOf(context).rpID,
    challenge: await newChallenge(context, null),
    timeout: challengeSeconds * 1000,
    userVerification: "required",
  });
  return { public_key: { ...options } };
}

/** Signs in with a passkey. One answer for unknown ones and for everything that does not hold. */
export async function signInByPasskey(
  context: Context,
  response: PasskeyAssertion,
  before: SessionTokens,
): Promise<SignedIn> {
  const id = Buffer.from(fromBase64Url(response.id) ?? []);
  const known = await context.tables.selectFrom("passkeys").selectAll().where("id", "=", id).executeTakeFirst();
  if (known === undefined) doesNotHold();
  const { rpID, origin } = siteOf(context);
  const judged: VerifiedAuthenticationResponse | undefined = await verifyAuthenticationResponse({
    response,
    expectedChallenge: (challenge) => takeChallenge(context, challenge, null),
    expectedOrigin: origin,
    expectedRPID: rpID,
    credential: { id: response.id, publicKey: new Uint8Array(known.public_key), counter: Number(known.counter) },
    requireUserVerification: true,
  }).catch(refusedInput);
  if (judged?.verified !== true) doesNotHold();
  const { newCounter, credentialBackedUp } = judged.authenticationInfo;
  const used = await context.tables
    .updateTable("passkeys")
    .set({ counter: BigInt(newCounter), backed_up: credentialBackedUp, last_used_at: context.date() })
    .where("id", "=", id)
    // Of two answers of a clone and its original at the same moment, one finds another counter.
    .where("counter", "=", known.counter)
    .executeTakeFirst();
  if (used.numUpdatedRows === 0n) doesNotHold();
  const who = await voterJson(context, known.voter_id);
  return openSession(context, who ?? doesNotHold(), "passkey", before);
}

function doesNotHold(): never {
  const detail = "This passkey is not known here, or its answer does not hold. Try again, or sign in another way.";
  throw new ProblemError(edgeProblem("not-signed-in", detail));
}

export async function listPasskeys(context: Context, voterId: string): Promise<z.output<typeof passkeyListSchema>> {
  const rows = await context.tables
    .selectFrom("passkeys")
    .select(["id", "name", "backed_up", "created_at", "last_used_at"])
    .where("voter_id", "=", voterId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return {
    passkeys: rows.map(({ id, created_at, last_used_at, ...rest }) => ({
      ...rest,
      id: toBase64Url(id),
      created_at: created_at.toISOString(),
      last_used_at: last_used_at?.toISOString() ?? null,
    })),
  };
}

/** Somebody else's passkey does not exist for this voter. Sessions that it began end. */
export async function removePasskey(context: Context, voterId: string, id: string): Promise<void> {
  const gone = await context.tables
    .deleteFrom("passkeys")
    .where("id", "=", Buffer.from(fromBase64Url(id) ?? []))
    .where("voter_id", "=", voterId)
    .returning("id")
    .executeTakeFirst();
  if (gone === undefined) refuse("not-found", "You have no such passkey.");
  await context.tables.deleteFrom("sessions").where("voter_id", "=", voterId).where("method", "=", "passkey").execute();
}
