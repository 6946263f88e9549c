/** Challenges: what somebody who signs in has to sign. Single use, five minutes, for one key. */
import { edgeProblem, ProblemError } from "#api/problem.js";
import { concat, fromBase64Url, utf8 } from "#base/bytes.js";
import { equalSecret } from "#crypto/equal-secret.js";
import { type Context, later } from "../context.js";
import { hashOfToken, newToken } from "../token.js";
import { type Attempts, createAttempts } from "./attempts.js";

const lifetimeSeconds = 300;

/** Challenges for one key from one address within a minute. The key alone must not count: officers' keys are public. */
const challengesPerMinute = 20;

export function createChallengeLimit(now: () => bigint): Attempts {
  return createAttempts(challengesPerMinute, 60, now);
}

/** A fresh challenge for any key, known here or not: the answer must not tell. */
export async function issueChallenge(context: Context, limit: Attempts, key: Buffer, networkAddress: string) {
  const wait = limit.take(`${key.toString("hex")} ${networkAddress}`);
  if (wait > 0) throw new ProblemError(edgeProblem("too-many-requests"), { headers: { "retry-after": String(wait) } });
  const token = newToken(context.random);
  const expires = later(context.date(), lifetimeSeconds);
  await context.tables
    .insertInto("challenges")
    .values({ hash: token.hash, public_key: key, expires_at: expires })
    .execute();
  return { challenge: token.text, expires_at: expires.toISOString() };
}

/** Uses a challenge up. Whether it was one that was issued for this key and has not expired. */
export async function takeChallenge(context: Context, challenge: string, key: Buffer): Promise<boolean> {
  const hash = hashOfToken(challenge);
  if (hash === undefined) return false;
  const row = await context.tables
    .deleteFrom("challenges")
    .where("hash", "=", hash)
    .returning(["public_key", "expires_at"])
    .executeTakeFirst();
  return row !== undefined && row.expires_at > context.date() && equalSecret(row.public_key, key);
}

/** What is signed: the challenge's bytes, then the address of this service, so that another service cannot pass it on. */
export function loginMessage(challenge: string, audience: string): Uint8Array {
  return concat(fromBase64Url(challenge) ?? new Uint8Array(0), utf8(audience));
}
