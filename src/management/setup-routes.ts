/** `/setup` and `/organisations`. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { organisationSchema, setupAnswerSchema, setupRequestSchema, setupStateSchema } from "#api/management.js";
import { refuse } from "#api/problem.js";
import { identifier } from "#api/values.js";
import { chainOf } from "#protocol/genesis.js";
import type { ManagementContext } from "./context.js";
import { setUp } from "./setup.js";
import { organisationById } from "./views.js";

export function addSetupRoutes(app: FastifyInstance, context: ManagementContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/setup",
    schema: {
      operationId: "getSetup",
      tags: ["management"],
      summary: "Whether the first officer is still to be named",
      response: { 200: setupStateSchema },
    },
    handler: async () => ({ needed: context.ledger.current() === undefined }),
  });
  typed.route({
    method: "POST",
    url: "/setup",
    config: { rateLimit: { max: 10, timeWindow: 60_000 } },
    schema: {
      operationId: "setUp",
      tags: ["management"],
      summary: "Name the first officer and found the ledger; works once, with the link printed at the start",
      body: setupRequestSchema,
      response: { 201: setupAnswerSchema },
    },
    handler: async (request, reply) => reply.code(201).send(await setUp(context, request.body)),
  });
  typed.route({
    method: "GET",
    url: "/organisations/:id",
    schema: {
      operationId: "getOrganisation",
      tags: ["management"],
      summary: "An organisation and its officers' keys",
      params: z.strictObject({ id: identifier }),
      response: { 200: organisationSchema },
    },
    handler: async (request) =>
      organisationById(context.view(), request.params.id) ?? refuse("not-found", "There is no such organisation."),
  });
  typed.route({
    method: "GET",
    url: "/organisations",
    schema: {
      operationId: "getFounder",
      tags: ["management"],
      summary: "The founding organisation",
      response: { 200: organisationSchema },
    },
    handler: async () => {
      const view = context.view();
      return organisationById(view, chainOf(view.reader).founder) ?? refuse("not-found");
    },
  });
}
