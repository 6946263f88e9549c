/** Starts workers under Trusted Types: the one policy of the page, for addresses of this origin's own files only. */

interface ScriptPolicy {
  createScriptURL(url: string): unknown;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): ScriptPolicy;
}

let policy: ScriptPolicy | undefined;

function ownAddress(url: string): string {
  const absolute = new URL(url, location.href);
  if (absolute.origin !== location.origin || !absolute.pathname.startsWith("/assets/"))
    throw new TypeError("workers are started from this origin's own files only");
  return absolute.href;
}

export function ownWorker(url: string): Worker {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  if (factory !== undefined) policy ??= factory.createPolicy("psephos", { createScriptURL: ownAddress });
  const address = policy === undefined ? ownAddress(url) : policy.createScriptURL(url);
  return new Worker(address as string, { type: "module" });
}
