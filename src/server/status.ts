/** Routes about the server itself: is it alive, is it ready, what does it measure, what does it offer. */
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
  let document: string | undefined;
  app.get("/openapi.json", { schema: { hide: true } }, async (_request, reply) => {
    document ??= JSON.stringify(apiDocument(app, storedExamples()));
    return reply.type("application/json; charset=utf-8").send(document);
  });
  return registry;
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
