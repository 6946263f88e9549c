/** `/me/passkeys` and `/sessions/passkey`. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import {
  passkeyAssertionSchema,
  passkeyListSchema,
  passkeyOptionsSchema,
  passkeyParams,
  passkeyRequestSchema,
  sessionSchema,
} from "#api/sign-in.js";
import type { Context } from "../context.js";
import { emptyBody, onlyVoters, privately, sessionTokens, tags, voterOf } from "../route.js";
import {
  addPasskey,
  listPasskeys,
  optionsForAdding,
  optionsForSigningIn,
  type PasskeyAssertion,
  removePasskey,
  signInByPasskey,
} from "./passkeys.js";

export function addPasskeyRoutes(app: FastifyInstance, context: Context): void {
  addOwnPasskeys(app, context);
  addPasskeySignIn(app, context);
}

function addOwnPasskeys(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const forVoters = { onRequest: onlyVoters(context) };
  typed.route({
    method: "GET",
    url: "/me/passkeys",
    ...forVoters,
    schema: {
      operationId: "listPasskeys",
      tags: tags.session,
      summary: "The voter's passkeys",
      response: { 200: passkeyListSchema },
    },
    handler: async (request, reply) =>
      privately(reply).send(await listPasskeys(context, voterOf(context, request).voterId)),
  });
  typed.route({
    method: "POST",
    url: "/me/passkeys/options",
    ...forVoters,
    schema: {
      operationId: "askToAddPasskey",
      tags: tags.session,
      summary: "What navigator.credentials.create needs to make a passkey; works once, for five minutes",
      body: emptyBody,
      response: { 200: passkeyOptionsSchema },
    },
    handler: async (request, reply) =>
      privately(reply).send(await optionsForAdding(context, voterOf(context, request).voterId)),
  });
  typed.route({
    method: "POST",
    url: "/me/passkeys",
    ...forVoters,
    schema: {
      operationId: "addPasskey",
      tags: tags.session,
      summary: "Add a passkey to sign in with; the voter is told by mail",
      body: passkeyRequestSchema,
      response: { 201: passkeyListSchema },
    },
    handler: async (request, reply) => {
      const { voterId } = voterOf(context, request);
      await addPasskey(context, voterId, request.body);
      return privately(reply)
        .code(201)
        .send(await listPasskeys(context, voterId));
    },
  });
  typed.route({
    method: "DELETE",
    url: "/me/passkeys/:id",
    ...forVoters,
    schema: {
      operationId: "removePasskey",
      tags: tags.session,
      summary: "Remove a passkey; sessions begun with a passkey end",
      params: passkeyParams,
      response: { 204: z.null().describe("Removed") },
    },
    handler: async (request, reply) => {
      await removePasskey(context, voterOf(context, request).voterId, request.params.id);
      return privately(reply).code(204).send(null);
    },
  });
}

function addPasskeySignIn(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const limited = { config: { rateLimit: { max: context.limits.signInsPerMinute, timeWindow: 60_000 } } };
  typed.route({
    method: "POST",
    url: "/sessions/passkey/options",
    ...limited,
    schema: {
      operationId: "askForPasskey",
      tags: tags.session,
      summary: "What navigator.credentials.get needs to sign in with any passkey of this site",
      body: emptyBody,
      response: { 200: passkeyOptionsSchema },
    },
    handler: async (_request, reply) => privately(reply).send(await optionsForSigningIn(context)),
  });
  typed.route({
    method: "POST",
    url: "/sessions/passkey",
    ...limited,
    schema: {
      operationId: "signInByPasskey",
      tags: tags.session,
      summary: "Sign in with a passkey; no voting with it",
      body: passkeyAssertionSchema,
      response: { 200: sessionSchema },
    },
    handler: async (request, reply) => {
      const assertion = request.body as PasskeyAssertion;
      const { setCookie, ...session } = await signInByPasskey(context, assertion, sessionTokens(request));
      return privately(reply).header("set-cookie", setCookie).send(session);
    },
  });
}
