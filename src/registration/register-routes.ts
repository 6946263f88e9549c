/** `/register`, `/sessions`, `/session`: for everybody. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import {
  challengeAnswerSchema,
  challengeRequestSchema,
  confirmAnswerSchema,
  confirmRequestSchema,
  registerAnswerSchema,
  registerRequestSchema,
  sessionRequestSchema,
  sessionSchema,
} from "#api/registration.js";
import { confirm } from "./confirm.js";
import { type Context, requireKey } from "./context.js";
import { createChallengeLimit, issueChallenge } from "./login/challenge.js";
import { cookieOf, describeActor, expiryOf, signIn, signOut } from "./login/session.js";
import { register } from "./register.js";
import { privately, sessionTokenOf, tags } from "./route.js";

export function addRegisterRoutes(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "POST",
    url: "/register",
    config: { rateLimit: { max: context.limits.registrationsPerMinute, timeWindow: 60_000 } },
    schema: {
      operationId: "register",
      tags: tags.register,
      summary: "Ask to be registered; a mail with a link follows, and the answer is the same for every address",
      body: registerRequestSchema,
      response: { 201: registerAnswerSchema },
    },
    handler: async (request, reply) =>
      privately(reply)
        .code(201)
        .send(await register(context, request.body)),
  });
  typed.route({
    method: "POST",
    url: "/register/confirm",
    config: { rateLimit: { max: context.limits.registrationsPerMinute, timeWindow: 60_000 } },
    schema: {
      operationId: "confirmRegistration",
      tags: tags.register,
      summary: "Bind the key that signs the mailed token, whoever proposed which one",
      body: confirmRequestSchema,
      response: { 200: confirmAnswerSchema },
    },
    handler: async (request, reply) => privately(reply).send(await confirm(context, request.body)),
  });
}

export function addSessionRoutes(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const challenges = createChallengeLimit(context.now);
  typed.route({
    method: "POST",
    url: "/sessions/challenge",
    config: { rateLimit: { max: context.limits.signInsPerMinute, timeWindow: 60_000 } },
    schema: {
      operationId: "askForChallenge",
      tags: tags.session,
      summary: "Get what is to be signed to sign in; lasts five minutes and works once",
      body: challengeRequestSchema,
      response: { 200: challengeAnswerSchema },
    },
    handler: async (request, reply) => {
      const key = requireKey(request.body.public_key).bytes;
      const { chainId } = context.requireLedger().status();
      const issued = await issueChallenge(context, challenges, key, request.ip);
      return privately(reply).send({ ...issued, chain_id: chainId, audience: context.publicUrl() });
    },
  });
  typed.route({
    method: "POST",
    url: "/sessions",
    config: { rateLimit: { max: context.limits.signInsPerMinute, timeWindow: 60_000 } },
    schema: {
      operationId: "signIn",
      tags: tags.session,
      summary: "Sign in by a signed challenge, as voter or officer",
      body: sessionRequestSchema,
      response: { 200: sessionSchema },
    },
    handler: async (request, reply) => {
      const { actor, expires_at, setCookie } = await signIn(context, request.body, sessionTokenOf(request));
      return privately(reply).header("set-cookie", setCookie).send({ actor, expires_at });
    },
  });
  typed.route({
    method: "DELETE",
    url: "/sessions",
    schema: {
      operationId: "signOut",
      tags: tags.session,
      summary: "Sign out; fine for anybody",
      response: { 204: z.null().describe("Signed out") },
    },
    handler: async (request, reply) => {
      const token = sessionTokenOf(request);
      if (token !== undefined) await signOut(context, token);
      return privately(reply).header("set-cookie", cookieOf("", 0)).code(204).send(null);
    },
  });
  typed.route({
    method: "GET",
    url: "/session",
    schema: {
      operationId: "getSession",
      tags: tags.session,
      summary: "Who is signed in",
      response: { 200: sessionSchema },
    },
    handler: async (request, reply) => {
      const actor = await describeActor(context, context.actorOf(request));
      const expires_at = actor === null ? null : await expiryOf(context, sessionTokenOf(request));
      return privately(reply).send({ actor, expires_at });
    },
  });
}
