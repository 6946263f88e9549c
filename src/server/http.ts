/** The HTTP edge: a Fastify application with strict JSON, validated requests, problem+json errors, limits and logs. */
import { getHeapStatistics } from "node:v8";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import underPressure from "@fastify/under-pressure";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from "fastify-type-provider-zod";
import { plainWords } from "#api/plain-words.js";
import { edgeProblem, type Problem, ProblemError, problemContentType } from "#api/problem.js";
import { parseStrictJson } from "#api/strict-json.js";
import { isDatabaseGone } from "#db/database.js";
import { LedgerUnavailable } from "#ledger/ledger.js";
import { limitBodies, roomForBodies } from "./bodies.js";
import type { TlsOptions } from "./tls.js";
import { version } from "./version.js";

export interface HttpOptions {
  readonly logger: FastifyBaseLogger;
  /** PEM contents: serve https. */
  readonly tls?: TlsOptions;
  /** Proxies whose X-Forwarded-For is believed: limits then count the people behind them. */
  readonly proxies?: string | undefined;
  /** Largest body accepted, in bytes, where a route does not say otherwise. */
  readonly maxBodyBytes?: number;
}

// A cast with many questions stays far below; imports of people set their own limit on their route.
const defaultMaxBodyBytes = 1024 * 1024;

/** Paths that must answer while the server sheds load: those who steer the load ask them. */
export const neverShed: ReadonlySet<string> = new Set(["/health", "/ready", "/metrics"]);

/** An application without routes yet. The caller registers them, then listens and in the end closes it. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const shared = {
    loggerInstance: options.logger,
    bodyLimit: options.maxBodyBytes ?? defaultMaxBodyBytes,
    // Our own line per request, below: Fastify's would hold addresses and, in the path, trackers and mailed tokens.
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: true,
    trustProxy: options.proxies ?? false,
    routerOptions: { maxParamLength: 200 },
    // Addresses that lead nowhere, before any route is found: the path is not repeated, it may hold a token.
    frameworkErrors: answerBadAddress,
  };
  const app = options.tls
    ? (Fastify({ ...shared, https: { ...options.tls } }) as unknown as FastifyInstance)
    : Fastify(shared);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(cookie);
  readStrictJson(app);
  answerWithProblems(app);
  logRequests(app);
  openPublicAnswers(app);
  await sendProtectiveHeaders(app);
  await app.register(rateLimit, { global: false });
  await app.register(underPressure, {
    maxEventLoopDelay: 2_000,
    // Before the process is at its end: what is left lets those who are being answered finish.
    maxHeapUsedBytes: Math.floor(0.9 * getHeapStatistics().heap_size_limit),
    pressureHandler: async (request, reply) => {
      if (neverShed.has(request.routeOptions.url ?? "")) return;
      await sendProblem(reply.header("retry-after", "5"), edgeProblem("overloaded"));
    },
  });
  limitBodies(app, roomForBodies());
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Psephos",
        description: "Elections that anyone can verify, on a ledger that no one owns.",
        version,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  return app;
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  // Serialised here: the route's own schemas describe its good answers only.
  return reply.code(problem.status).type(problemContentType).serializer(JSON.stringify).send(problem);
}

function answerBadAddress(error: unknown, _request: unknown, reply: unknown): void {
  void sendProblem(reply as FastifyReply, problemOfFastify(error) ?? edgeProblem("not-found"));
}

function readStrictJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    /^application\/json\s*(;\s*charset=utf-8\s*)?$/i,
    { parseAs: "buffer" },
    (_request, body, done) => {
      if (body.length === 0) {
        done(new ProblemError(edgeProblem("malformed-json", "The body is empty; send a JSON object.")));
        return;
      }
      const parsed = parseStrictJson(body);
      if (parsed.ok) done(null, parsed.value);
      else done(new ProblemError(edgeProblem("malformed-json", parsed.error.detail)));
    },
  );
}

function answerWithProblems(app: FastifyInstance): void {
  const methodsAt = listMethods(app);
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsAt(request.url);
    if (allowed.length === 0) return sendProblem(reply, edgeProblem("not-found"));
    const list = allowed.join(", ");
    return sendProblem(reply.header("allow", list), edgeProblem("method-not-allowed", `This address takes ${list}.`));
  });
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ProblemError) return sendProblem(reply.headers(error.headers), error.problem);
    if (hasZodFastifySchemaValidationErrors(error)) return sendProblem(reply, invalidRequest(error));
    const known = problemOfFastify(error);
    if (known !== undefined) return sendProblem(reply, known);
    if (error instanceof LedgerUnavailable) {
      request.log.warn({ err: error, route: request.routeOptions.url }, "the ledger cannot be read now");
      return sendProblem(reply.header("retry-after", "2"), edgeProblem("unavailable", "The ledger does not answer."));
    }
    if (isDatabaseGone(error)) {
      request.log.warn({ err: error, route: request.routeOptions.url }, "the database does not answer now");
      return sendProblem(reply.header("retry-after", "5"), edgeProblem("unavailable", "The database does not answer."));
    }
    // The cause stays in the log: an answer never shows a stack trace or a path.
    request.log.error({ err: error, route: request.routeOptions.url }, "request failed");
    return sendProblem(reply, edgeProblem("internal"));
  });
}

/** Notes every route; what comes back tells which methods an address has routes for, in alphabetical order. */
function listMethods(app: FastifyInstance): (url: string) => readonly string[] {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    const source = url
      .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replace(/:\w+/g, "[^/]+")
      .replaceAll("*", ".*");
    routes.push({ pattern: new RegExp(`^${source}$`), methods: [method].flat() });
  });
  return (url) => {
    const path = url.split("?")[0] as string;
    return [...new Set(routes.flatMap(({ pattern, methods }) => (pattern.test(path) ? methods : [])))].sort();
  };
}

interface ValidationFailure {
  readonly validation: readonly {
    readonly instancePath: string;
    readonly keyword: string;
    readonly params?: Readonly<Record<string, unknown>>;
    readonly message?: string | undefined;
  }[];
  readonly validationContext?: string | undefined;
}

function invalidRequest(error: ValidationFailure): Problem {
  const errors = error.validation.map((each) => ({
    pointer: `/${error.validationContext ?? "body"}${each.instancePath === "/" ? "" : each.instancePath}`,
    detail: plainWords({ code: each.keyword, message: each.message, params: each.params }),
  }));
  const first = errors[0];
  return edgeProblem("invalid-request", first === undefined ? undefined : sentenceOf(first), errors);
}

/** "The field name of the body has to be text." */
function sentenceOf({ pointer, detail }: { readonly pointer: string; readonly detail: string }): string {
  const [where = "body", ...path] = pointer.split("/").slice(1);
  const part = { body: "the body", querystring: "the query", params: "the address", headers: "the headers" }[where];
  const whole = `${part?.charAt(0).toUpperCase()}${part?.slice(1)}`;
  return `${path.length === 0 ? whole : `The field ${path.join(".")} of ${part}`} ${detail.replace(/\.$/, "")}.`;
}

const fastifyCodes: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: edgeProblem("too-large"),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: edgeProblem("unsupported-media-type"),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: edgeProblem("invalid-request", "Content-Length does not match the body."),
  FST_ERR_BAD_URL: edgeProblem("not-found"),
  FST_ERR_MAX_PARAM_LENGTH: edgeProblem("not-found"),
};

/** Errors that Fastify and its plug-ins raise for a faulty request. */
function problemOfFastify(error: unknown): Problem | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (typeof code === "string" && Object.hasOwn(fastifyCodes, code)) return fastifyCodes[code];
  if (statusCode === 429) return edgeProblem("too-many-requests");
  if (statusCode === 503) return edgeProblem("overloaded");
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) return edgeProblem("invalid-request");
  return undefined;
}

/**
 * What any cache may store, any page may read: verification pages of others work on the public board. Nothing that
 * depends on a cookie is marked `public`, and `*` never goes with credentials.
 */
function openPublicAnswers(app: FastifyInstance): void {
  app.addHook("onSend", async (_request, reply) => {
    if (!String(reply.getHeader("cache-control") ?? "").startsWith("public")) return;
    reply.header("access-control-allow-origin", "*").header("access-control-expose-headers", "etag");
    reply.header("cross-origin-resource-policy", "cross-origin");
  });
}

/**
 * helmet's headers, the same for every answer until a route says otherwise. helmet itself would put them together anew
 * for each request, which costs a cast as much as reading its body; so it is asked once.
 */
async function sendProtectiveHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    global: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
    },
    referrerPolicy: { policy: "no-referrer" },
  });
  let headers: Readonly<Record<string, string>> | undefined;
  app.addHook("onRequest", (_request, reply, done) => {
    if (headers === undefined) {
      void reply.helmet();
      const { raw } = reply;
      headers = Object.fromEntries(raw.getHeaderNames().map((name) => [name, String(raw.getHeader(name))]));
      for (const name of raw.getHeaderNames()) raw.removeHeader(name);
    }
    reply.headers(headers);
    done();
  });
}

/** One line a request: method, the route's pattern (not the path: it may hold a tracker or a token), status, time. */
function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", async (request: FastifyRequest, reply: FastifyReply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? "(none)",
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      "request",
    );
  });
}
