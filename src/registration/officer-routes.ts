/** `/officer/voters`: for officers, about the voters of their organisation. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { constituenciesSchema, doublesSchema, mergeAnswerSchema, mergeSchema } from "#api/electorate.js";
import {
  approveAllAnswerSchema,
  approveAllSchema,
  standingAnswerSchema,
  voterListQuery,
  voterListSchema,
  voterParams,
} from "#api/registration.js";
import { constituencies } from "./constituencies.js";
import type { Context } from "./context.js";
import { findDoubles, mergeVoters } from "./doubles.js";
import { emptyBody, officerOf, onlyOfficers, privately, tags } from "./route.js";
import { setStanding } from "./standing.js";
import { approveAll, eraseVoter, listVoters } from "./voters.js";

const standings = [
  ["approve", "approved", "Approve a voter: rolls may have the voter from now on"],
  ["reject", "rejected", "Refuse a registration"],
  ["suspend", "suspended", "Leave a voter out of further rolls"],
] as const;

export function addOfficerRoutes(app: FastifyInstance, context: Context): void {
  addDoublesRoutes(app, context);
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

function addDoublesRoutes(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/officer/voters/doubles",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "findDoubles",
      tags: tags.officer,
      summary: "Voters who are perhaps one person: their names have the same words",
      response: { 200: doublesSchema },
    },
    handler: async (request, reply) =>
      privately(reply).send(await findDoubles(context, officerOf(context, request).organisation)),
  });
  typed.route({
    method: "POST",
    url: "/officer/voters/:id/merge",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "mergeVoters",
      tags: tags.officer,
      summary: "Make one voter of two; the one in the path goes, both addresses are told, and no key moves",
      params: voterParams,
      body: mergeSchema,
      response: { 200: mergeAnswerSchema },
    },
    handler: async (request, reply) => {
      const { into } = request.body;
      await mergeVoters(context, officerOf(context, request).organisation, request.params.id, into);
      return privately(reply).send({ id: into });
    },
  });
  typed.route({
    method: "GET",
    url: "/officer/voters/constituencies",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "getConstituencies",
      tags: tags.officer,
      summary: "Groups and districts of the organisation's voters, with their numbers: what rolls are drawn from",
      response: { 200: constituenciesSchema },
    },
    handler: async (request, reply) =>
      privately(reply).send(await constituencies(context, officerOf(context, request).organisation)),
  });
}
