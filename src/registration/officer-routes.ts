/** `/officer/voters`: for officers, about the voters of their organisation. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import {
  approveAllAnswerSchema,
  approveAllSchema,
  standingAnswerSchema,
  voterListQuery,
  voterListSchema,
  voterParams,
} from "#api/registration.js";
import type { Context } from "./context.js";
import { emptyBody, officerOf, onlyOfficers, privately, tags } from "./route.js";
import { setStanding } from "./standing.js";
import { approveAll, eraseVoter, listVoters } from "./voters.js";

const standings = [
  ["approve", "approved", "Approve a voter: rolls may have the voter from now on"],
  ["reject", "rejected", "Refuse a registration"],
  ["suspend", "suspended", "Leave a voter out of further rolls"],
] as const;

export function addOfficerRoutes(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/officer/voters",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "listVoters",
      tags: tags.officer,
      summary: "Voters of the officer's organisation, by name, 50 to a page",
      querystring: voterListQuery,
      response: { 200: voterListSchema },
    },
    handler: async (request, reply) =>
      privately(reply).send(await listVoters(context, officerOf(context, request).organisation, request.query)),
  });
  for (const [act, status, summary] of standings) {
    typed.route({
      method: "POST",
      url: `/officer/voters/:id/${act}`,
      onRequest: onlyOfficers(context),
      schema: {
        operationId: `${act}Voter`,
        tags: tags.officer,
        summary,
        params: voterParams,
        body: emptyBody,
        response: { 200: standingAnswerSchema },
      },
      handler: async (request, reply) => {
        const { id } = request.params;
        await setStanding(context, officerOf(context, request).organisation, id, status);
        return privately(reply).send({ id, status });
      },
    });
  }
  typed.route({
    method: "DELETE",
    url: "/officer/voters/:id",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "eraseVoter",
      tags: tags.officer,
      summary: "Erase a voter who is on no roll of an election that has not ended",
      params: voterParams,
      response: { 204: z.null().describe("Erased") },
    },
    handler: async (request, reply) => {
      await eraseVoter(context, officerOf(context, request).organisation, request.params.id);
      return privately(reply).code(204).send(null);
    },
  });
  typed.route({
    method: "POST",
    url: "/officer/voters/approve-all",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "approveAllVoters",
      tags: tags.officer,
      summary: "Approve every pending voter that the filter lets through",
      body: approveAllSchema,
      response: { 200: approveAllAnswerSchema },
    },
    handler: async (request, reply) => {
      const approved = await approveAll(context, officerOf(context, request).organisation, request.body.filter);
      return privately(reply).send({ approved });
    },
  });
}
