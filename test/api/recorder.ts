/** Watches requests and keeps, for each operation of the API, its last good request with the answer. */
import type { ApiExample } from "#server/openapi-document.js";

interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** Fixed parts win over parameters: `/elections/{id}` must not take what is another route's. */
  readonly parameters: number;
}

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
}

export interface Recorder {
  /** To be used in place of the platform's fetch. */
  readonly fetch: typeof fetch;
  /** In the order of the document. */
  examples(): ApiExample[];
}

export function createRecorder(document: Described): Recorder {
  const operations = operationsOf(document);
  const seen = new Map<string, ApiExample>();
  return {
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const url = new URL(String(input));
      const method = init?.method ?? "GET";
      const operation = operations.find((each) => each.method === method && each.pattern.test(url.pathname));
      if (operation !== undefined && response.ok)
        seen.set(operation.operationId, await exampleOf(operation, url, init, response.clone()));
      return response;
    },
    examples: () => operationIds(document).flatMap((id) => seen.get(id) ?? []),
  };
}

export function operationIds(document: Described): string[] {
  return Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
}

function operationsOf(document: Described): Operation[] {
  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId }]) => {
      const names = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] as string);
      const pattern = new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{[^}]+\}/g, "([^/]+)")}$`);
      return { operationId, method: method.toUpperCase(), pattern, names, parameters: names.length };
    }),
  );
  return all.sort((a, b) => a.parameters - b.parameters);
}

async function exampleOf(
  operation: Operation,
  url: URL,
  init: RequestInit | undefined,
  response: Response,
): Promise<ApiExample> {
  const values = operation.pattern.exec(url.pathname)?.slice(1) ?? [];
  const inPath = operation.names.map((name, i) => [name, decodeURIComponent(values[i] as string)]);
  const parameters = Object.fromEntries([...inPath, ...url.searchParams]);
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
  const sendsJson = new Headers(init?.headers).get("content-type") === "application/json";
  return {
    operationId: operation.operationId,
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
    ...(sendsJson ? { request: JSON.parse(String(init?.body)) } : {}),
    status: response.status,
    ...(isJson ? { response: await response.json() } : {}),
  };
}
