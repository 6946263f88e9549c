/** `/officer/elections/{uuid}/roll…`: the registration service's part in an election. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { rollCheckSchema } from "#api/electorate.js";
import {
  enterRollAnswerSchema,
  enterRollRequestSchema,
  recomputationQuery,
  recomputationSchema,
  reissueAnswerSchema,
  reissueRequestSchema,
  rollKeySchema,
  rollParams,
} from "#api/registration.js";
import { checkRoll } from "./constituencies.js";
import type { Context } from "./context.js";
import { prepareReissue } from "./reissue.js";
import { enterRoll, recomputation } from "./roll.js";
import type { LineCache } from "./roll-lines.js";
import { rollKeyFor } from "./roll-secret.js";
import { emptyBody, officerOf, onlyOfficers, privately, tags } from "./route.js";

export function addRollRoutes(app: FastifyInstance, context: Context, cache: LineCache): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "POST",
    url: "/officer/elections/:uuid/roll-key",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "makeRollKey",
      tags: tags.officer,
      summary: "The registrar's key R_e for an election that is being prepared; the same at each call",
      params: rollParams,
      body: emptyBody,
      response: { 200: rollKeySchema },
    },
    handler: async (request, reply) =>
      privately(reply).send({
        roll_key: await rollKeyFor(context, officerOf(context, request).organisation, request.params.uuid),
      }),
  });
  typed.route({
    method: "POST",
    url: "/officer/elections/:uuid/roll",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "enterRoll",
      tags: tags.officer,
      summary: "Put the credentials of the chosen voters on the ledger, replacing a roll that is not sealed",
      params: rollParams,
      body: enterRollRequestSchema,
      response: { 200: enterRollAnswerSchema },
    },
    handler: async (request, reply) => {
      const { organisation } = officerOf(context, request);
      const answer = await enterRoll(context, cache, organisation, request.params.uuid, request.body.selection);
      return privately(reply).send(answer);
    },
  });
  typed.route({
    method: "GET",
    url: "/officer/elections/:uuid/roll/recomputation",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "getRollRecomputation",
      tags: tags.officer,
      summary: "Key, blinding and credential of each voter on the roll, for officers to recompute it before they seal",
      params: rollParams,
      querystring: recomputationQuery,
      response: { 200: recomputationSchema },
    },
    handler: async (request, reply) => {
      const { organisation } = officerOf(context, request);
      return privately(reply).send(
        await recomputation(context, cache, organisation, request.params.uuid, request.query),
      );
    },
  });
  addCheckRoute(app, context);
  addReissueRoute(app, context);
}

function addCheckRoute(app: FastifyInstance, context: Context): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "GET",
    url: "/officer/elections/:uuid/roll/check",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "checkRoll",
      tags: tags.officer,
      summary: "Whether the roll that was entered is exactly its constituency as the registry has it now",
      params: rollParams,
      response: { 200: rollCheckSchema },
    },
    handler: async (request, reply) => {
      const { organisation } = officerOf(context, request);
      return privately(reply).send(await checkRoll(context, organisation, request.params.uuid));
    },
  });
}

function addReissueRoute(app: FastifyInstance, context: Context): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/officer/elections/:uuid/reissue",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "prepareReissue",
      tags: tags.officer,
      summary: "Prepare a new credential for a voter whose key was replaced, for the officers to approve",
      params: rollParams,
      body: reissueRequestSchema,
      response: { 200: reissueAnswerSchema },
    },
    handler: async (request, reply) => {
      const { organisation } = officerOf(context, request);
      return privately(reply).send(
        await prepareReissue(context, organisation, request.params.uuid, request.body.voter_id),
      );
    },
  });
}
