/** Routes about the server itself: is it alive, is it ready, what does it measure, what does it offer. */
import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { collectDefaultMetrics, Histogram, Registry } from "prom-client";
import { z } from "zod";
import { apiDocument, storedExamples } from "./openapi-document.js";

/** What readiness depends on: each name with whether it is there. Never throws; a check that fails is `false`. */
export type ReadinessCheck = () => Promise<Readonly<Record<string, boolean>>>;

const healthSchema = z.object({ status: z.literal("ok"), version: z.string() }).meta({ id: "Health" });
const readySchema = z
  .object({ status: z.enum(["ready", "not-ready"]), checks: z.record(z.string(), z.boolean()) })
  .meta({ id: "Readiness" });

/** Adds `/health`, `/ready`, `/metrics` and `/openapi.json`; returns the registry for further measurements. */
export function addStatusRoutes(app: FastifyInstance, version: string, ready: ReadinessCheck): Registry {
  const registry = measureRequests(app);
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/health",
    schema: {
      operationId: "getHealth",
      tags: ["server"],
      summary: "The process is alive",
      response: { 200: healthSchema },
    },
    handler: async (_request, reply) => {
      reply.header("cache-control", "no-store");
      return { status: "ok" as const, version };
    },
  });
  typed.route({
    method: "GET",
    url: "/ready",
    schema: {
      operationId: "getReadiness",
      tags: ["server"],
      summary: "Everything the server needs is there",
      response: { 200: readySchema, 503: readySchema },
    },
    handler: async (_request, reply) => {
      const checks = { ...(await ready()) };
      const all = Object.values(checks).every(Boolean);
      reply.code(all ? 200 : 503).header("cache-control", "no-store");
      return { status: all ? ("ready" as const) : ("not-ready" as const), checks };
    },
  });
  app.get("/metrics", { schema: { hide: true } }, async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  let document: { readonly text: string; readonly tag: string } | undefined;
  app.get("/openapi.json", { schema: { hide: true } }, async (request, reply) => {
    document ??= tagged(JSON.stringify(apiDocument(app, storedExamples())));
    reply.header("etag", document.tag).header("cache-control", "public, no-cache");
    const known = request.headers["if-none-match"]?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    if (known?.some((tag) => tag === document?.tag || tag === "*") === true) return reply.code(304).send();
    return reply.type("application/json; charset=utf-8").send(document.text);
  });
  return registry;
}

/** A text with the strong entity tag that follows from it. */
function tagged(text: string): { readonly text: string; readonly tag: string } {
  return { text, tag: `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"` };
}

function measureRequests(app: FastifyInstance): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: "psephos_http_request_seconds",
    help: "Time from request to answer, by route and status",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "(none)";
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  return registry;
}
