/** Signing in by a signed challenge: the same for voters and officers. The secret stays here. */
import type { OfficeRole, SessionKind, SignInMethod } from "#api/actor.js";
import type { SignatureJson } from "#api/management.js";
import { concat, fromBase64Url, toHex, utf8 } from "#base/bytes.js";
import { type Random, scalarToBytes } from "#crypto/scalar.js";
import { type SignatureTag, sign } from "#crypto/schnorr.js";
import { type Identity, keyBytes } from "#protocol/identity.js";
import { ApiError, type Http } from "./http.js";

/** A compact signature as the API writes it. */
export function signJson(
  tag: SignatureTag,
  chainId: string,
  identity: Identity,
  message: Uint8Array,
  random: Random,
): SignatureJson {
  const { challenge, response } = sign({ tag, chainId }, identity.secret, message, random);
  return { challenge: toHex(scalarToBytes(challenge)), response: toHex(scalarToBytes(response)) };
}

interface ChallengeAnswer {
  readonly challenge: string;
  readonly chain_id: string;
  readonly audience: string;
}

export interface SessionAnswer {
  readonly actor:
    | { readonly kind: "voter"; readonly id: string; readonly digital_id: string; readonly name: string }
    | {
        readonly kind: "officer";
        readonly organisation: string;
        readonly key: string;
        readonly name: string;
        readonly role: OfficeRole;
      }
    | null;
  readonly method: SignInMethod | null;
  readonly expires_at: string | null;
}

/**
 * Signs in. What is signed names the address that the server gives for itself, so an answer given to an impostor is of no
 * use elsewhere.
 */
export async function signIn(
  http: Http,
  identity: Identity,
  random: Random,
  organisation?: string,
): Promise<SessionAnswer> {
  const public_key = toHex(keyBytes(identity));
  const answer = await http.request<ChallengeAnswer>("/sessions/challenge", { method: "POST", json: { public_key } });
  const challenge = fromBase64Url(answer.challenge);
  if (challenge === undefined) throw new ApiError(502, "internal", "The server's challenge is malformed.");
  const message = concat(challenge, utf8(answer.audience));
  const signature = signJson("login", answer.chain_id, identity, message, random);
  return http.request<SessionAnswer>("/sessions", {
    method: "POST",
    json: {
      public_key,
      challenge: answer.challenge,
      signature,
      ...(organisation === undefined ? {} : { organisation }),
    },
  });
}

/** Has a link and six digits mailed, good in this client only, for ten minutes. The answer tells nothing of the address. */
export function askForLetter(http: Http, email: string, language?: string): Promise<{ readonly expires_at: string }> {
  const json = language === undefined ? { email } : { email, language };
  return http.request("/sessions/letter", { method: "POST", json });
}

/** Signs in with what was mailed. Such a session reads and registers; it cannot vote. */
export function signInByLetter(
  http: Http,
  mailed: { readonly code: string } | { readonly token: string },
): Promise<SessionAnswer> {
  return http.request("/sessions/code", { method: "POST", json: mailed });
}

/** How a device makes a passkey, or answers with one: the browser's WebAuthn, which stays outside this house. */
export type PasskeyDevice = (options: Readonly<Record<string, unknown>>) => Promise<unknown>;

interface PasskeyOptions {
  readonly public_key: Readonly<Record<string, unknown>>;
}

export interface PasskeyList {
  readonly passkeys: readonly {
    readonly id: string;
    readonly name: string;
    readonly backed_up: boolean;
    readonly created_at: string;
    readonly last_used_at: string | null;
  }[];
}

/** Adds a passkey to the voter who is signed in. */
export async function addPasskey(http: Http, name: string, create: PasskeyDevice): Promise<PasskeyList> {
  const options = await http.request<PasskeyOptions>("/me/passkeys/options", { method: "POST", json: {} });
  const response = await create(options.public_key);
  return http.request("/me/passkeys", { method: "POST", json: { name, response } });
}

export function listPasskeys(http: Http): Promise<PasskeyList> {
  return http.request("/me/passkeys");
}

export async function removePasskey(http: Http, id: string): Promise<void> {
  await http.request(`/me/passkeys/${id}`, { method: "DELETE" });
}

/** Signs in with a passkey. Such a session reads and registers; it cannot vote. */
export async function signInByPasskey(http: Http, get: PasskeyDevice): Promise<SessionAnswer> {
  const options = await http.request<PasskeyOptions>("/sessions/passkey/options", { method: "POST", json: {} });
  return http.request("/sessions/passkey", { method: "POST", json: await get(options.public_key) });
}

export interface ProviderList {
  readonly providers: readonly {
    readonly organisation: string;
    readonly name: string;
    readonly organisation_name: string;
  }[];
}

/** Organisations whose own sign-in can be used. */
export function listProviders(http: Http): Promise<ProviderList> {
  return http.request("/sessions/providers");
}

/** Begins to sign in at an organisation's provider: the address to send the browser to. */
export async function beginProvider(http: Http, organisation: string): Promise<string> {
  const answer = await http.request<{ location: string }>("/sessions/oidc", { method: "POST", json: { organisation } });
  return answer.location;
}

/** Ends it with the query of the address that the provider came back to. Such a session cannot vote. */
export function finishProvider(http: Http, organisation: string, query: string): Promise<SessionAnswer> {
  return http.request("/sessions/oidc/answer", { method: "POST", json: { organisation, query } });
}

/** Who is signed in, as far as the server knows. */
export function sessionOf(http: Http, as: SessionKind): Promise<SessionAnswer> {
  return http.request(`/session?as=${as}`, { fresh: true });
}

/** Ends the session of this kind; without one, every session that this client has. */
export async function signOut(http: Http, as?: SessionKind): Promise<void> {
  await http.request(as === undefined ? "/sessions" : `/sessions?as=${as}`, { method: "DELETE" });
  if (as === undefined) http.forget();
}
