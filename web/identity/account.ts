/**
 * A voter who is signed in without the key: by mail, by a passkey or through an organisation. The session is the browser's
 * cookie; nothing of it is kept here. Such a session shows the voter's page and casts no ballot.
 */
import type { Http } from "#client/http.js";
import { type SessionAnswer, sessionOf } from "#client/session.js";

export interface Account {
  readonly name: string;
  readonly digitalId: string;
  readonly method: NonNullable<SessionAnswer["method"]>;
  /** RFC 3339. */
  readonly expiresAt: string;
}

/**
 * Who is signed in without the key; `undefined`: nobody. A session that a key began is not shown once the page has
 * forgotten the key: that is what forgetting is for.
 */
export async function accountOf(http: Http): Promise<Account | undefined> {
  const { actor, method, expires_at } = await sessionOf(http, "voter");
  if (actor?.kind !== "voter" || method === null || method === "key") return undefined;
  return { name: actor.name, digitalId: actor.digital_id, method, expiresAt: expires_at ?? "" };
}
