/** An identity provider in the test's hands: it says whatever the test wants it to, signed or not. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
}

/** What its next answers say. Everything may be wrong on purpose. */
export interface Says {
  claims: Record<string, unknown>;
  metadata: Record<string, unknown>;
  /** Answers the token request with this status and text instead. */
  token?: { readonly status: number; readonly body: unknown } | undefined;
  /** Sends the discovery elsewhere. */
  redirect?: string | undefined;
  signedByOther?: boolean;
  /** Is away. */
  away?: boolean;
}

export interface TestProvider {
  readonly fetch: typeof fetch;
  readonly says: Says;
  /** Addresses that were asked. */
  readonly asked: string[];
  /** Bodies of token requests. */
  readonly redeemed: URLSearchParams[];
  /** What the person's browser comes back with after signing in there. */
  comeBack(location: string, change?: Record<string, string | undefined>): string;
}

const pair = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
// Once for all providers of a test file: making such keys takes a second.
const [own, other] = [pair(), pair()];
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function createProvider({ issuer, clientId }: ProviderSettings): TestProvider {
  const says: Says = { claims: {}, metadata: {} };
  const asked: string[] = [];
  const redeemed: URLSearchParams[] = [];
  let nonce = "";
  let challenge = "";

  function idToken(): string {
    const now = Math.floor(Date.now() / 1000);
    const standard = { iss: issuer, aud: clientId, sub: "s-1", iat: now, exp: now + 300, nonce };
    const text = `${part({ alg: "RS256", kid: "k1" })}.${part({ ...standard, ...says.claims })}`;
    const key = says.signedByOther === true ? other.privateKey : own.privateKey;
    return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
  }

  function redeem(body: URLSearchParams): Response {
    redeemed.push(body);
    if (says.token !== undefined) return Response.json(says.token.body, { status: says.token.status });
    const proved = createHash("sha256")
      .update(body.get("code_verifier") ?? "")
      .digest("base64url");
    if (proved !== challenge || body.get("code") !== "code-1")
      return Response.json({ error: "invalid_grant" }, { status: 400 });
    return Response.json({ access_token: "at-1", token_type: "Bearer", expires_in: 300, id_token: idToken() });
  }

  return {
    says,
    asked,
    redeemed,
    fetch: async (input, init) => {
      const url = new URL(String(input));
      asked.push(url.href);
      if (says.away === true) throw new TypeError("fetch failed");
      if (url.pathname.endsWith("/.well-known/openid-configuration")) {
        if (says.redirect !== undefined) return new Response("", { status: 302, headers: { location: says.redirect } });
        return Response.json({
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
          authorization_response_iss_parameter_supported: true,
          ...says.metadata,
        });
      }
      if (url.pathname.endsWith("/jwks"))
        return Response.json({ keys: [{ ...own.publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256" }] });
      if (url.pathname.endsWith("/token")) return redeem(new URLSearchParams(String(init?.body)));
      return new Response("", { status: 404 });
    },
    comeBack: (location, change = {}) => {
      const sent = new URL(location).searchParams;
      nonce = sent.get("nonce") ?? "";
      challenge = sent.get("code_challenge") ?? "";
      const back: Record<string, string | undefined> = { code: "code-1", state: sent.get("state") ?? "", iss: issuer };
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries({ ...back, ...change }))
        if (value !== undefined) query.set(name, value);
      return query.toString();
    },
  };
}
