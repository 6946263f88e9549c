/** What people may know and have of their own data, and what a restored registry found. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { findingsSchema, personalDataSchema } from "#api/mailings.js";
import { voterId } from "#api/registration.js";
import { formatInstant } from "#base/instant.js";
import type { Context } from "./context.js";
import { personalData } from "./personal-data.js";
import { officerOf, privately, tags, voterOf } from "./route.js";

export function addPrivacyRoutes(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/me/export",
    schema: {
      operationId: "exportMe",
      tags: tags.register,
      summary: "Everything that this service holds about the voter who is signed in",
      response: { 200: personalDataSchema },
    },
    handler: async (request, reply) =>
      privately(reply)
        .header("content-disposition", 'attachment; filename="my-data.json"')
        .send(await personalData(context, voterOf(context, request).voterId)),
  });
  typed.route({
    method: "GET",
    url: "/officer/voters/:id/export",
    schema: {
      operationId: "exportVoter",
      tags: tags.officer,
      summary: "The same for a voter of the organisation, to hand over on request",
      params: z.strictObject({ id: voterId }),
      response: { 200: personalDataSchema },
    },
    handler: async (request, reply) =>
      privately(reply)
        .header("content-disposition", 'attachment; filename="voter-data.json"')
        .send(await personalData(context, request.params.id, officerOf(context, request))),
  });
  typed.route({
    method: "GET",
    url: "/officer/findings",
    schema: {
      operationId: "listFindings",
      tags: tags.officer,
      summary: "What the ledger knows and this registry does not, after it was restored from a backup",
      response: { 200: findingsSchema },
    },
    handler: async (request, reply) => {
      const rows = await context.tables
        .selectFrom("reconciliations")
        .innerJoin("roll_secrets", "roll_secrets.election", "reconciliations.election")
        .select(["reconciliations.election", "height", "finding", "reconciliations.created_at"])
        .where("organisation", "=", officerOf(context, request).organisation)
        .orderBy("height")
        .execute();
      const findings = rows.map(({ election, height, finding, created_at }) => ({
        election,
        height: Number(height),
        finding,
        found_at: formatInstant(BigInt(created_at.getTime()) * 1_000_000n),
      }));
      return privately(reply).send({ findings });
    },
  });
}
