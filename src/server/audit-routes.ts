/** Which requests are acts of officers, and the route by which they read their log. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { type Actor, requireOfficer } from "#api/actor.js";
import { auditLogQuery, auditLogSchema } from "#api/audit.js";
import { toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import type { LedgerPort } from "#ledger/port.js";
import { organisationOf } from "#protocol/organisation.js";
import { type Act, type AuditLog, type AuditOptions, createAuditLog } from "./audit-log.js";
import { auditMigrations } from "./audit-tables.js";
import { isOfficeRole, policy } from "./policy.js";
import { actorOf } from "./session.js";

/** Reading that is an act: it hands out personal data of many, or what links people to credentials. */
const auditedReads: ReadonlySet<string> = new Set([
  "GET /officer/voters/export",
  "GET /officer/voters/:id/export",
  "GET /officer/elections/:uuid/roll/recomputation",
]);

/** Longer bodies stand in the log as their hash: lists of people are personal data that the log need not repeat. */
const mostSentCharacters = 1_000;

export function isAct(name: string): boolean {
  const access = policy.get(name);
  if (!isOfficeRole(access) || name === "POST /officer/letters/preview") return false;
  return !name.startsWith("GET ") || auditedReads.has(name);
}

/** Call before any route is added. An act that cannot be written down is not done. */
export function auditActs(
  app: FastifyInstance,
  log: AuditLog,
  actorOf: (request: FastifyRequest) => Actor | null,
): void {
  const entries = new WeakMap<FastifyRequest, number>();
  app.addHook("onRoute", (route) => {
    const name = `${[route.method].flat()[0]} ${route.url}`;
    if (!isAct(name)) return;
    // After validation, before the handler: what is malformed is no act.
    route.preHandler = [
      ...[route.preHandler ?? []].flat(),
      async (request: FastifyRequest): Promise<void> => {
        entries.set(request, await log.record(requireOfficer(actorOf(request)), actOf(name, request)));
      },
    ];
    route.onSend = [
      ...[route.onSend ?? []].flat(),
      async (request, reply, payload) => {
        const entry = entries.get(request);
        if (entry !== undefined && reply.statusCode >= 400)
          await log.record(requireOfficer(actorOf(request)), {
            act: name,
            refused: { entry, status: reply.statusCode },
          });
        return payload;
      },
    ];
  });
}

function actOf(name: string, request: FastifyRequest): Act {
  const about = { ...(request.params as object), ...(request.query as object) };
  const sent = request.body === undefined || request.body === null ? undefined : sentOf(request.body);
  return {
    act: name,
    ...(Object.keys(about).length === 0 ? {} : { about }),
    ...(sent === undefined ? {} : { sent }),
  };
}

function sentOf(body: unknown): unknown {
  // A list that is read as it comes: what has come so far is names and addresses, which the log shall not have.
  if (body instanceof Readable) return undefined;
  const text = JSON.stringify(body) ?? "";
  if (text.length <= mostSentCharacters) return body;
  return { sha256: createHash("sha256").update(text).digest("hex"), characters: text.length };
}

export interface AuditRouteDeps {
  readonly log: AuditLog;
  readonly ledger: LedgerPort;
  readonly actorOf: (request: FastifyRequest) => Actor | null;
}

export function addAuditRoutes(app: FastifyInstance, { log, ledger, actorOf }: AuditRouteDeps): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "GET",
    url: "/officer/audit-log",
    schema: {
      operationId: "getAuditLog",
      tags: ["server"],
      summary: "What the officers of the organisation did, as a chain whose head the ledger holds",
      querystring: auditLogQuery,
      response: { 200: auditLogSchema },
    },
    handler: async (request, reply) => {
      const { organisation } = requireOfficer(actorOf(request));
      const { total, head, rows } = await log.read(organisation, request.query.from, request.query.limit);
      const state = ledger.current()?.state();
      const anchored = state === undefined ? 0 : (organisationOf(state, organisation)?.entry.logEntries ?? 0);
      return reply.header("cache-control", "no-store").send({
        organisation,
        total,
        head: toHex(head),
        anchored,
        entries: rows.map((row) => ({
          number: Number(row.number),
          at: formatInstant(BigInt(row.recorded_at.getTime()) * 1_000_000n),
          content: row.content,
          salt: row.salt === null ? null : toHex(row.salt),
          content_hash: toHex(row.content_hash),
          hash: toHex(row.hash),
        })),
      });
    },
  });
}

const anchorPauseMs = 10 * 60_000;

/**
 * The log as a module of the server: its routes, and anchoring from time to time. Call before any route is added: from
 * then on every act is written down.
 */
export function auditing(app: FastifyInstance, options: AuditOptions, onTrouble: (error: unknown) => void) {
  const log = createAuditLog(options);
  auditActs(app, log, actorOf);
  let timer: NodeJS.Timeout | undefined;
  return {
    name: "audit",
    migrations: auditMigrations,
    log,
    routes: (scope: FastifyInstance): void => addAuditRoutes(scope, { log, ledger: options.ledger, actorOf }),
    start: (): void => {
      void log.eraseAgain().catch(onTrouble);
      timer = setInterval(() => void log.anchor().catch(onTrouble), anchorPauseMs);
      timer.unref();
    },
    close: async (): Promise<void> => clearInterval(timer),
  };
}
