/** The operator's file with identity providers, read at the start: a fault in it keeps the server from starting. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type OidcSettings, readProviders } from "#registration/login/providers.js";
import type { ServerOptions } from "./options.js";

export function identityProviders(options: ServerOptions): { readonly oidc?: OidcSettings } {
  const { oidcFile, oidcFetch, production } = options;
  if (oidcFile === undefined) return {};
  let providers: ReturnType<typeof readProviders>;
  try {
    const json: unknown = JSON.parse(readFileSync(oidcFile, "utf8"));
    // Paths of secrets count from where the file is.
    providers = readProviders(json, (path) => readFileSync(resolve(dirname(oidcFile), path), "utf8"), production);
  } catch (cause) {
    throw new Error(`PSEPHOS_OIDC: ${oidcFile} cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (!providers.ok) throw new Error(`PSEPHOS_OIDC: ${oidcFile}: ${providers.error}`);
  return { oidc: { providers: providers.value, ...(oidcFetch === undefined ? {} : { fetch: oidcFetch }) } };
}
