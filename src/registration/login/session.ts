/** Sessions: rows in a table, found by the hash of what the cookie holds. */
import type { z } from "zod";
import { type Actor, sessionCookie } from "#api/actor.js";
import { edgeProblem, ProblemError } from "#api/problem.js";
import type { actorSchema, sessionRequestSchema } from "#api/registration.js";
import { toHex } from "#base/bytes.js";
import { chainOf } from "#protocol/genesis.js";
import { isOfficer, organisationOf } from "#protocol/organisation.js";
import { isSignedBy } from "../bind-key.js";
import { type Context, later, requireKey } from "../context.js";
import { hashOfToken, newToken } from "../token.js";
import { loginMessage, takeChallenge } from "./challenge.js";

const lifetimeSeconds = 8 * 3600;

type ActorJson = z.output<typeof actorSchema>;

export interface SignedIn {
  readonly actor: ActorJson;
  readonly expires_at: string;
  readonly setCookie: string;
}

/**
 * Signs in whoever signed the challenge: an officer of an organisation on the ledger, or a voter. Always under a new
 * token; a session that the request came with ends (row R-11). One answer for unknown keys and bad signatures.
 */
export async function signIn(
  context: Context,
  input: z.output<typeof sessionRequestSchema>,
  before: string | undefined,
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

  if (before !== undefined) await signOut(context, before);
  const token = newToken(context.random);
  const now = context.date();
  const expires = later(now, lifetimeSeconds);
  const officer = who.kind === "officer";
  await context.tables
    .insertInto("sessions")
    .values({
      hash: token.hash,
      voter_id: officer ? null : who.id,
      organisation: officer ? who.organisation : null,
      officer_key: officer ? key.bytes : null,
      created_at: now,
      expires_at: expires,
    })
    .execute();
  return { actor: who, expires_at: expires.toISOString(), setCookie: cookieOf(token.text, lifetimeSeconds) };
}

function notKnown(): never {
  const detail = "The key is not known here, or the challenge or its signature does not hold. Ask for a new challenge.";
  throw new ProblemError(edgeProblem("not-signed-in", detail));
}

/** The ledger says who is an officer, at this moment. */
async function officerBehind(
  context: Context,
  key: Buffer,
  wanted: string | undefined,
): Promise<Extract<ActorJson, { kind: "officer" }> | undefined> {
  const state = context.requireLedger().state();
  const others = await context.tables.selectFrom("organisations").select("id").orderBy("id").execute();
  for (const id of new Set([chainOf(state).founder, ...others.map((row) => row.id)])) {
    if (wanted !== undefined && wanted !== id) continue;
    const organisation = organisationOf(state, id);
    if (organisation === undefined || !isOfficer(organisation, key)) continue;
    return { kind: "officer", organisation: id, key: toHex(key), name: nameOf(organisation, key) };
  }
  return undefined;
}

function nameOf(organisation: NonNullable<ReturnType<typeof organisationOf>>, key: Uint8Array): string {
  return organisation.entry.fields.officers.find((officer) => Buffer.compare(officer.key, key) === 0)?.name ?? "";
}

async function voterBehind(context: Context, key: Buffer): Promise<Extract<ActorJson, { kind: "voter" }> | undefined> {
  const voter = await context.tables
    .selectFrom("voters")
    .select(["id", "digital_id", "name"])
    .where("public_key", "=", key)
    .executeTakeFirst();
  return voter === undefined ? undefined : { kind: "voter", ...voter };
}

/** Whom a cookie's token belongs to; `null` when it is unknown, ended or too old, or the officer is none any more. */
export async function actorOfToken(context: Context, token: string): Promise<Actor | null> {
  const session = await sessionOf(context, token);
  if (session === undefined) return null;
  if (session.voter_id !== null) return { kind: "voter", voterId: session.voter_id };
  const { organisation: id, officer_key: key } = session;
  const ledger = context.ledger.current();
  if (id === null || key === null || ledger === undefined) return null;
  const organisation = organisationOf(ledger.state(), id);
  if (organisation === undefined || !isOfficer(organisation, key)) return null;
  return { kind: "officer", organisation: id, key: toHex(key), name: nameOf(organisation, key) };
}

async function sessionOf(context: Context, token: string) {
  const hash = hashOfToken(token);
  if (hash === undefined) return undefined;
  return context.tables
    .selectFrom("sessions")
    .selectAll()
    .where("hash", "=", hash)
    .where("expires_at", ">", context.date())
    .executeTakeFirst();
}

/** Until when the session of a token lasts. */
export async function expiryOf(context: Context, token: string | undefined): Promise<string | null> {
  const session = token === undefined ? undefined : await sessionOf(context, token);
  return session?.expires_at.toISOString() ?? null;
}

/** The actor with what a page shows of them. */
export async function describeActor(context: Context, actor: Actor | null): Promise<ActorJson | null> {
  if (actor === null || actor.kind === "officer") return actor;
  const voter = await context.tables
    .selectFrom("voters")
    .select(["id", "digital_id", "name"])
    .where("id", "=", actor.voterId)
    .executeTakeFirst();
  return voter === undefined ? null : { kind: "voter", ...voter };
}

export async function signOut(context: Context, token: string): Promise<void> {
  const hash = hashOfToken(token);
  if (hash !== undefined) await context.tables.deleteFrom("sessions").where("hash", "=", hash).execute();
}

/** The header that sets the cookie, or with an empty token and no lifetime the one that takes it away. */
export function cookieOf(token: string, maxAgeSeconds: number): string {
  return `${sessionCookie}=${token}; Max-Age=${maxAgeSeconds}; Path=/; Secure; HttpOnly; SameSite=Strict`;
}
