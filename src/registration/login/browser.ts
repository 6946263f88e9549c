/**
 * The browser that asked to sign in: a secret in a cookie of its own, so that a mailed code or a provider's answer is of
 * use in that browser only (rows ). The database holds the secret's hash.
 */
import type { FastifyRequest } from "fastify";
import { concat, fromBase64Url, toBase64Url, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import type { Context } from "../context.js";
import { hashOfToken, newToken, type Token } from "../token.js";

export type AskingKind = "mail" | "oidc";

const nameOf = (kind: AskingKind): string => `__Host-psephos-asking-${kind}`;

/** What the database finds the asking by, and the secret from which further ones follow. */
export interface Browser {
  readonly hash: Buffer;
  readonly secret: string;
}

export function newBrowser(context: Context): Token {
  return newToken(context.random);
}

/** The browser behind a request; `undefined` when it asked for nothing. */
export function browserOf(request: FastifyRequest, kind: AskingKind): Browser | undefined {
  const secret = request.cookies[nameOf(kind)];
  const hash = secret === undefined ? undefined : hashOfToken(secret);
  return secret === undefined || hash === undefined ? undefined : { hash, secret };
}

/** The header that sets the asking cookie, or with an empty token takes it away. */
export function askingCookie(kind: AskingKind, token: string, maxAgeSeconds: number): string {
  return `${nameOf(kind)}=${token}; Max-Age=${maxAgeSeconds}; Path=/; Secure; HttpOnly; SameSite=Strict`;
}

/** A further secret of this browser: so none has to be stored. 43 characters. */
export function secretOf(browser: string, purpose: string): string {
  return toBase64Url(sha256(concat(utf8(`psephos sign-in ${purpose}|`), fromBase64Url(browser) ?? new Uint8Array(0))));
}
