/** `GET /elections` and what hangs on one election: plan, stage, result, events. Public and cached per height. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import {
  type ElectionSummary,
  electionListQuery,
  electionListSchema,
  electionSchema,
  eventsSchema,
  resultSchema,
} from "#api/management.js";
import { refuse } from "#api/problem.js";
import { identifier } from "#api/values.js";
import { formatInstant } from "#base/instant.js";
import { electionOf } from "#protocol/election.js";
import type { ManagementContext } from "./context.js";
import { electionView, noElection, resultView, summaryOf, type View } from "./views.js";

const byId = z.strictObject({ id: identifier });

/**
 * Version of an answer that shows stages: they change with the ledger and with time, so a second is as long as an answer
 * may be kept.
 */
function versionOf(view: View): string {
  return `${view.height}.${view.now / 1_000_000_000n}`;
}

export function addElectionRoutes(app: FastifyInstance, context: ManagementContext): void {
  addPlanRoutes(app, context);
  addOutcomeRoutes(app, context);
}

function addPlanRoutes(app: FastifyInstance, context: ManagementContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/elections",
    schema: {
      operationId: "listElections",
      tags: ["management"],
      summary: "Upcoming, open and past elections",
      querystring: electionListQuery,
      response: { 200: electionListSchema },
    },
    handler: async (request, reply) => {
      const view = context.view();
      return context.answers.answer(request, reply, { version: versionOf(view) }, () =>
        listElections(context, view, request.query),
      );
    },
  });
  typed.route({
    method: "GET",
    url: "/elections/:id",
    schema: {
      operationId: "getElection",
      tags: ["management"],
      summary: "One election: plan, stage, key, fingerprint, counts",
      params: byId,
      response: { 200: electionSchema },
    },
    handler: async (request, reply) => {
      const view = context.view();
      const found = electionOf(view.reader, request.params.id) ?? noElection(request.params.id);
      // Of one election, what time changes is the stage: the same stage and height give the same bytes.
      const version = `${view.height}.${summaryOf(view, found).stage}`;
      return context.answers.answer(request, reply, { version }, () => electionView(view, request.params.id));
    },
  });
}

function addOutcomeRoutes(app: FastifyInstance, context: ManagementContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/elections/:id/result",
    schema: {
      operationId: "getResult",
      tags: ["management"],
      summary: "The result, once enough trustees have opened the sum",
      params: byId,
      response: { 200: resultSchema },
    },
    handler: async (request, reply) => {
      const view = context.view();
      const found = electionOf(view.reader, request.params.id);
      if (found === undefined) noElection(request.params.id);
      const result = resultView(view, request.params.id);
      if (result === undefined) refuse("not-found", "This election has no result yet; its stage says why.");
      return context.answers.answer(request, reply, { version: `result.${view.height}` }, () => result);
    },
  });
  typed.route({
    method: "GET",
    url: "/elections/:id/events",
    schema: {
      operationId: "listEvents",
      tags: ["management"],
      summary: "What happened to an election, apart from ballots",
      params: byId,
      response: { 200: eventsSchema },
    },
    handler: async (request, reply) => {
      const view = context.view();
      if (electionOf(view.reader, request.params.id) === undefined) noElection(request.params.id);
      const rows = await context.tables
        .selectFrom("events")
        .selectAll()
        .where("election_id", "=", request.params.id)
        .orderBy("number")
        .execute();
      const events = rows.map((row) => ({
        height: Number(row.height),
        time: formatInstant(BigInt(row.time_ns)),
        type: row.type,
        transaction: row.transaction,
      }));
      return context.answers.answer(request, reply, { version: `events.${rows.length}` }, () => ({ events }));
    },
  });
}

/** A page of elections by opening time, newest first. */
async function listElections(
  context: ManagementContext,
  view: View,
  query: z.output<typeof electionListQuery>,
): Promise<{ elections: ElectionSummary[]; next: string | null }> {
  const now = view.now.toString();
  let select = context.tables
    .selectFrom("elections")
    .select(["id", "opens_ns"])
    .orderBy("opens_ns", "desc")
    .orderBy("id", "desc");
  if (query.organisation !== undefined) select = select.where("organisation", "=", query.organisation);
  if (query.when === "upcoming") select = select.where("opens_ns", ">", now).where("mark", "!=", "cancelled");
  if (query.when === "open")
    select = select.where("opens_ns", "<=", now).where("closes_ns", ">", now).where("mark", "=", "sealed");
  if (query.when === "past")
    select = select.where((where) =>
      where.or([
        where("closes_ns", "<=", now),
        where("mark", "=", "cancelled"),
        where.and([where("mark", "=", "announced"), where("opens_ns", "<=", now)]),
      ]),
    );
  if (query.after !== undefined) {
    const after = await context.tables
      .selectFrom("elections")
      .select(["id", "opens_ns"])
      .where("id", "=", query.after)
      .executeTakeFirst();
    if (after === undefined) refuse("not-found", "There is no election to continue after.");
    select = select.where((where) =>
      where.or([
        where("opens_ns", "<", after.opens_ns),
        where.and([where("opens_ns", "=", after.opens_ns), where("id", "<", after.id)]),
      ]),
    );
  }
  const rows = await select.limit(query.limit + 1).execute();
  const page = rows.slice(0, query.limit);
  const elections = page.flatMap((row) => {
    const found = electionOf(view.reader, row.id);
    return found === undefined ? [] : [summaryOf(view, found)];
  });
  return { elections, next: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null };
}
