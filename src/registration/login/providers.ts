/**
 * Identity providers (OpenID Connect) of organisations. They stand in a file of the operator: the server asks these
 * issuers and no other address, so nobody can make it ask one (row H-10).
 */
import * as oidc from "openid-client";
import { z } from "zod";
import { edgeProblem, ProblemError, refuse } from "#api/problem.js";
import { identifier } from "#api/values.js";
import { fail, ok, type Result } from "#base/result.js";
import { chainOf } from "#protocol/genesis.js";
import type { Context } from "../context.js";

const providerSchema = z.strictObject({
  organisation: z.union([z.literal("founder"), identifier]),
  name: z.string().min(1).max(100),
  issuer: z.url().max(500),
  client_id: z.string().min(1).max(500),
  client_secret_file: z.string().min(1),
  client_auth: z.enum(["basic", "post"]).default("basic"),
  scope: z.string().max(500).default("openid email profile"),
  approve: z.array(z.strictObject({ claim: z.string().min(1).max(200), value: z.string().max(500) })).default([]),
  otherwise: z.enum(["pending", "refuse"]).default("pending"),
});

const fileSchema = z.strictObject({ providers: z.array(providerSchema).max(100) });

export interface Provider extends Omit<z.output<typeof providerSchema>, "client_secret_file"> {
  readonly secret: string;
}

export interface OidcSettings {
  readonly providers: readonly Provider[];
  /** The way to the providers; tests have their own. */
  readonly fetch?: typeof fetch;
}

/** Reads the operator's file; `readFile` gets the path of a secret. A failure is a sentence for the operator. */
export function readProviders(
  json: unknown,
  readFile: (path: string) => string,
  production: boolean,
): Result<readonly Provider[], string> {
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return fail(`${issue?.path.join(".") || "the file"}: ${issue?.message}`);
  }
  const providers: Provider[] = [];
  for (const [i, { client_secret_file, ...rest }] of parsed.data.providers.entries()) {
    const where = `providers.${i}`;
    const { protocol, hostname, search, hash } = new URL(rest.issuer);
    const local = !production && protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
    if (protocol !== "https:" && !local) return fail(`${where}.issuer: has to begin with https://`);
    if (search !== "" || hash !== "") return fail(`${where}.issuer: has no query and no fragment`);
    if (!rest.scope.split(" ").includes("openid")) return fail(`${where}.scope: has to contain openid`);
    if (providers.some((each) => each.organisation === rest.organisation))
      return fail(`${where}.organisation: has a provider already; there is one for each organisation`);
    const secret = readFile(client_secret_file).trim();
    if (secret.length < 8) return fail(`${where}.client_secret_file: has no secret in it`);
    providers.push({ ...rest, secret });
  }
  return ok(providers);
}

function foundProvider(context: Context, organisation: string): Provider | undefined {
  const { founder } = chainOf(context.requireLedger().state());
  return context.oidc?.providers.find(
    (each) => (each.organisation === "founder" ? founder : each.organisation) === organisation,
  );
}

/** What the organisation's provider is called; `undefined`: it has none. */
export function providerName(context: Context, organisation: string): string | undefined {
  return foundProvider(context, organisation)?.name;
}

/** The provider of an organisation; an organisation without one does not exist here. */
export function providerOf(context: Context, organisation: string): Provider {
  return foundProvider(context, organisation) ?? refuse("not-found", "This organisation has no sign-in of its own.");
}

/** What visitors may choose from. */
export function listProviders(context: Context): { organisation: string; name: string; organisation_name: string }[] {
  const ledger = context.ledger.current();
  if (ledger === undefined) return [];
  const { founder } = chainOf(ledger.state());
  return (context.oidc?.providers ?? []).map(({ organisation, name }) => {
    const id = organisation === "founder" ? founder : organisation;
    return { organisation: id, name, organisation_name: context.organisationName(id) };
  });
}

const timeoutSeconds = 10;
const keepMs = 3_600_000;
const discovered = new WeakMap<Provider, { readonly config: Promise<oidc.Configuration>; readonly until: number }>();

/** The provider's metadata, asked for once an hour. Never follows a redirect, takes https only, checks the issuer. */
export function configurationOf(context: Context, provider: Provider): Promise<oidc.Configuration> {
  const now = performance.now();
  const kept = discovered.get(provider);
  if (kept !== undefined && kept.until > now) return kept.config;
  const config = discover(context, provider);
  discovered.set(provider, { config, until: now + keepMs });
  config.catch(() => discovered.delete(provider));
  return config;
}

async function discover(context: Context, provider: Provider): Promise<oidc.Configuration> {
  const { secret, issuer } = provider;
  const auth = provider.client_auth === "basic" ? oidc.ClientSecretBasic(secret) : oidc.ClientSecretPost(secret);
  const insecure = issuer.startsWith("http:") ? [oidc.allowInsecureRequests] : [];
  const config = await oidc.discovery(new URL(issuer), provider.client_id, undefined, auth, {
    // The token comes over TLS from the issuer; its signature is checked all the same.
    execute: [oidc.enableNonRepudiationChecks, ...insecure],
    timeout: timeoutSeconds,
    ...(context.oidc?.fetch === undefined ? {} : { [oidc.customFetch]: context.oidc.fetch as oidc.CustomFetch }),
  });
  const said = config.serverMetadata().issuer;
  if (said.replace(/\/$/, "") !== issuer.replace(/\/$/, ""))
    throw new Error(`the metadata of ${issuer} is that of another issuer, ${said}`);
  return config;
}

/** A provider that does not answer, or not as itself: nothing that the visitor could mend. */
export function unavailable(cause: unknown): never {
  const detail = "Your organisation's sign-in does not answer at the moment. Try again, or sign in another way.";
  throw new ProblemError(edgeProblem("unavailable", detail), { cause });
}
