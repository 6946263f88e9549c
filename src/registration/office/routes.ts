/** `/officer/members` and `/officer/organisations`: roles in the officer's organisation. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { memberListSchema, memberParams, memberRequestSchema, ownPlacesSchema } from "#api/sign-in.js";
import type { Context } from "../context.js";
import { officerOf, onlyOfficers, privately, tags } from "../route.js";
import { appoint, dismiss, listMembers, ownPlaces } from "./members.js";

export function addOfficeRoutes(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/officer/organisations",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "listOwnOrganisations",
      tags: tags.officer,
      summary: "The organisations in which the key that is signed in has a role; another one: sign in for it",
      response: { 200: ownPlacesSchema },
    },
    handler: async (request, reply) => privately(reply).send(await ownPlaces(context, officerOf(context, request))),
  });
  typed.route({
    method: "GET",
    url: "/officer/members",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "listMembers",
      tags: tags.officer,
      summary: "Everybody with a role in the officer's organisation",
      response: { 200: memberListSchema },
    },
    handler: async (request, reply) => privately(reply).send(await listMembers(context, officerOf(context, request))),
  });
  typed.route({
    method: "PUT",
    url: "/officer/members/:key",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "appointMember",
      tags: tags.officer,
      summary: "Give somebody a role; officers themselves are appointed on the ledger",
      params: memberParams,
      body: memberRequestSchema,
      response: { 200: memberListSchema },
    },
    handler: async (request, reply) => {
      const actor = officerOf(context, request);
      await appoint(context, actor, request.params.key, request.body);
      return privately(reply).send(await listMembers(context, actor));
    },
  });
  typed.route({
    method: "DELETE",
    url: "/officer/members/:key",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "dismissMember",
      tags: tags.officer,
      summary: "Take a registrar's or observer's role away; it ends at once",
      params: memberParams,
      response: { 204: z.null().describe("Dismissed") },
    },
    handler: async (request, reply) => {
      await dismiss(context, officerOf(context, request), request.params.key);
      return privately(reply).code(204).send(null);
    },
  });
}
