/** `/me`: for the voter who is signed in. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import {
  joinAnswerSchema,
  joinRequestSchema,
  keyLetterAnswerSchema,
  meSchema,
  myElectionsSchema,
  replaceKeyAnswerSchema,
  replaceKeySchema,
} from "#api/registration.js";
import type { Context } from "./context.js";
import { cookieOf } from "./login/session.js";
import { aboutMe, askForKeyLetter, joinOrganisation, myElections, replaceKey } from "./me.js";
import { emptyBody, onlyVoters, privately, tags, voterOf } from "./route.js";

export function addMeRoutes(app: FastifyInstance, context: Context): void {
  addKeyRoutes(app, context);
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/me",
    onRequest: onlyVoters(context),
    schema: {
      operationId: "getMe",
      tags: tags.register,
      summary: "What the registry holds about the voter who is signed in",
      response: { 200: meSchema },
    },
    handler: async (request, reply) => privately(reply).send(await aboutMe(context, voterOf(context, request).voterId)),
  });
  typed.route({
    method: "GET",
    url: "/me/elections",
    onRequest: onlyVoters(context),
    schema: {
      operationId: "getMyElections",
      tags: tags.register,
      summary: "Elections on whose roll the voter is, until they have ended",
      response: { 200: myElectionsSchema },
    },
    handler: async (request, reply) =>
      privately(reply).send(await myElections(context, voterOf(context, request).voterId)),
  });
  typed.route({
    method: "POST",
    url: "/me/organisations",
    onRequest: onlyVoters(context),
    schema: {
      operationId: "joinOrganisation",
      tags: tags.register,
      summary: "Ask a further organisation of this installation to be approved",
      body: joinRequestSchema,
      response: { 200: joinAnswerSchema },
    },
    handler: async (request, reply) => {
      const { organisation } = request.body;
      const status = await joinOrganisation(context, voterOf(context, request).voterId, organisation);
      return privately(reply).send({ organisation, status });
    },
  });
}

function addKeyRoutes(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "POST",
    url: "/me/key/letter",
    onRequest: onlyVoters(context),
    schema: {
      operationId: "askForKeyLetter",
      tags: tags.register,
      summary: "Get a mailed link that replacing the key needs",
      body: emptyBody,
      response: { 202: keyLetterAnswerSchema },
    },
    handler: async (request, reply) => {
      await askForKeyLetter(context, voterOf(context, request).voterId);
      return privately(reply)
        .code(202)
        .send({ accepted: true as const });
    },
  });
  typed.route({
    method: "PUT",
    url: "/me/key",
    onRequest: onlyVoters(context),
    schema: {
      operationId: "replaceKey",
      tags: tags.register,
      summary: "Replace the key, with the mailed token signed by the new one; ends all sessions",
      body: replaceKeySchema,
      response: { 200: replaceKeyAnswerSchema },
    },
    handler: async (request, reply) => {
      await replaceKey(context, voterOf(context, request), request.body);
      return privately(reply)
        .header("set-cookie", cookieOf("voter", "", 0))
        .send({ key_bound: true as const });
    },
  });
}
