/**
 * The HTTP API as a client of it sees it, in browsers and Node alike: strict JSON, coded errors, retries where they are
 * safe. Storage, randomness and the way to the network are passed in.
 */
import { parseStrictJson } from "#api/strict-json.js";
import type { Random } from "#crypto/scalar.js";

/** An answer that says no: the machine's or the edge's code, and a sentence that says what to do. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  /** Seconds that the server asks to wait, where it does. */
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, detail: string, retryAfter?: number) {
    super(detail);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** No answer came: the network or the server failed. What was sent may or may not have arrived. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

export interface HttpOptions {
  /** Address of the server, with or without a trailing slash. */
  readonly url: string;
  readonly fetch?: typeof fetch;
  /** Browsers keep cookies themselves; programs keep those of their sessions here. */
  readonly cookies?: boolean;
  /** How often a request that is safe to repeat is tried (default 5). */
  readonly tries?: number;
}

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly json?: unknown;
  readonly body?: { readonly type: string; readonly content: string | Uint8Array };
  /** Repeat after network failures, 429 and 503: only for what is idempotent. GET always is. */
  readonly repeat?: boolean;
  /** Send no cookie: casting never does. */
  readonly anonymous?: boolean;
  /** Ask the server even if a browser holds an answer that would still do: after an own act, and where one watches. */
  readonly fresh?: boolean;
}

export interface Http {
  readonly url: string;
  /** The parsed answer; `undefined` for 204. Throws {@link ApiError} or {@link Unreachable}. */
  request<T>(path: string, options?: RequestOptions): Promise<T>;
  /** The raw answer, for streams and files. */
  raw(path: string, options?: RequestOptions): Promise<Response>;
  /** Forgets the session. */
  forget(): void;
}

export function createHttp(options: HttpOptions): Http {
  const base = options.url.replace(/\/+$/, "");
  const send = options.fetch ?? fetch;
  const tries = options.tries ?? 5;
  const jar = new Map<string, string>();

  async function once(path: string, request: RequestOptions): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (jar.size > 0 && request.anonymous !== true)
      headers.cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const content = request.json === undefined ? request.body?.content : JSON.stringify(request.json);
    if (content !== undefined) headers["content-type"] = request.body?.type ?? "application/json";
    let response: Response;
    try {
      response = await send(base + path, {
        method: request.method ?? "GET",
        headers,
        credentials: request.anonymous === true ? "omit" : "same-origin",
        redirect: "error",
        ...(request.fresh === true ? { cache: "no-cache" as const } : {}),
        ...(content === undefined ? {} : { body: content as string }),
      });
    } catch (cause) {
      throw new Unreachable(whyUnreachable(base, cause), { cause });
    }
    if (options.cookies === true) keepCookies(jar, response);
    return response;
  }

  async function raw(path: string, request: RequestOptions = {}): Promise<Response> {
    const repeatable = request.repeat ?? (request.method === undefined || request.method === "GET");
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await once(path, request);
        if (response.ok) return response;
        const error = await errorOf(response);
        if (!repeatable || attempt >= tries || (error.status !== 429 && error.status !== 503)) throw error;
        await pause(Math.min(error.retryAfter ?? attempt, 10) * 1000);
      } catch (error) {
        if (!(error instanceof Unreachable) || !repeatable || attempt >= tries) throw error;
        await pause(200 * 2 ** attempt);
      }
    }
  }

  return {
    url: base,
    raw,
    request: async <T>(path: string, request: RequestOptions = {}): Promise<T> => {
      const response = await raw(path, request);
      if (response.status === 204) return undefined as T;
      return parseBody<T>(await response.text());
    },
    forget: () => {
      jar.clear();
    },
  };
}

function parseBody<T>(text: string): T {
  const parsed = parseStrictJson(new TextEncoder().encode(text));
  if (!parsed.ok) throw new Unreachable(`The answer is not strict JSON: ${parsed.error.detail}`);
  return parsed.value as T;
}

async function errorOf(response: Response): Promise<ApiError> {
  const after = Number(response.headers.get("retry-after"));
  const retryAfter = Number.isFinite(after) && after > 0 ? after : undefined;
  try {
    const body = JSON.parse(await response.text()) as { code?: unknown; detail?: unknown };
    const code = typeof body.code === "string" ? body.code : "internal";
    const detail = typeof body.detail === "string" ? body.detail : `The server answered ${response.status}.`;
    return new ApiError(response.status, code, detail, retryAfter);
  } catch {
    return new ApiError(response.status, "internal", `The server answered ${response.status}.`, retryAfter);
  }
}

/** What the server sets it also takes away, with an empty value. */
function keepCookies(jar: Map<string, string>, response: Response): void {
  for (const set of response.headers.getSetCookie?.() ?? []) {
    const [pair = ""] = set.split(";");
    const at = pair.indexOf("=");
    if (at < 1) continue;
    if (at === pair.length - 1) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Randomness of the platform. */
export const platformRandom: Random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Programs are told when it is the certificate; browsers show that themselves and say nothing of it here. */
function whyUnreachable(base: string, failure: unknown): string {
  const { code } = ((failure as { cause?: unknown }).cause ?? {}) as { code?: unknown };
  if (typeof code === "string" && /CERT|ERR_TLS/.test(code))
    return `${base} shows a certificate that this computer does not trust (${code}). Check the address; do not go on.`;
  return `${base} does not answer. Check the address and the network, then try again.`;
}
