/** Sessions: rows in a table, found by the hash of what the cookie holds. How somebody got one is in the files beside. */
import type { z } from "zod";
import { type Actor, type SessionKind, type SignInMethod, sessionCookies } from "#api/actor.js";
import type { actorSchema } from "#api/sign-in.js";
import { bytesOfHex } from "#api/values.js";
import { toHex } from "#base/bytes.js";
import { type Context, later } from "../context.js";
import { placeIn } from "../office/roles.js";
import { hashOfToken, newToken } from "../token.js";

const lifetimeSeconds = 8 * 3600;

export type ActorJson = z.output<typeof actorSchema>;

export interface SignedIn {
  readonly actor: ActorJson;
  readonly method: SignInMethod;
  readonly expires_at: string;
  readonly setCookie: string;
}

/** Tokens of the sessions that a request came with. */
export type SessionTokens = Readonly<Record<SessionKind, string | undefined>>;

/**
 * Begins a session, always under a new token; the one of the same kind that the request came with ends (row R-11). A
 * voter's session does not touch an officer's in the same browser, nor the other way round.
 */
export async function openSession(
  context: Context,
  who: ActorJson,
  method: SignInMethod,
  before: SessionTokens,
): Promise<SignedIn> {
  const old = before[who.kind];
  if (old !== undefined) await signOut(context, old);
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
      officer_key: officer ? Buffer.from(bytesOfHex(who.key)) : null,
      method,
      created_at: now,
      expires_at: expires,
    })
    .execute();
  const setCookie = cookieOf(who.kind, token.text, lifetimeSeconds);
  return { actor: who, method, expires_at: expires.toISOString(), setCookie };
}

/** Whom a cookie's token belongs to; `null` when it is unknown, ended or too old, or the role was taken away. */
export async function actorOfToken(context: Context, token: string): Promise<Actor | null> {
  const session = await sessionOf(context, token);
  if (session === undefined) return null;
  if (session.voter_id !== null) return { kind: "voter", voterId: session.voter_id, method: session.method };
  const { organisation, officer_key: key } = session;
  if (organisation === null || key === null || context.ledger.current() === undefined) return null;
  const place = await placeIn(context, organisation, key);
  return place === undefined ? null : { kind: "officer", organisation, key: toHex(key), ...place };
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

/** How the session of a token was begun, and until when it lasts. */
export async function sessionFacts(context: Context, token: string | undefined) {
  const session = token === undefined ? undefined : await sessionOf(context, token);
  return { expires_at: session?.expires_at.toISOString() ?? null, method: session?.method ?? null };
}

/** The actor with what a page shows of them. */
export async function describeActor(context: Context, actor: Actor | null): Promise<ActorJson | null> {
  if (actor === null || actor.kind === "officer") return actor;
  return (await voterJson(context, actor.voterId)) ?? null;
}

/** A voter as an actor; `undefined` when erased meanwhile. */
export async function voterJson(
  context: Context,
  voterId: string,
): Promise<Extract<ActorJson, { kind: "voter" }> | undefined> {
  const voter = await context.tables
    .selectFrom("voters")
    .select(["id", "digital_id", "name"])
    .where("id", "=", voterId)
    .executeTakeFirst();
  return voter === undefined ? undefined : { kind: "voter", ...voter };
}

export async function signOut(context: Context, token: string): Promise<void> {
  const hash = hashOfToken(token);
  if (hash !== undefined) await context.tables.deleteFrom("sessions").where("hash", "=", hash).execute();
}

/** The header that sets the cookie, or with an empty token and no lifetime the one that takes it away. */
export function cookieOf(kind: SessionKind, token: string, maxAgeSeconds: number): string {
  return `${sessionCookies[kind]}=${token}; Max-Age=${maxAgeSeconds}; Path=/; Secure; HttpOnly; SameSite=Strict`;
}
