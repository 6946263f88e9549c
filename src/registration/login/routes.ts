/** `/sessions` and `/session`: signing in and out, for everybody. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { SessionKind } from "#api/actor.js";
import {
  challengeAnswerSchema,
  challengeRequestSchema,
  sessionQuery,
  sessionRequestSchema,
  sessionSchema,
} from "#api/sign-in.js";
import { type Context, requireKey } from "../context.js";
import { privately, sessionTokenOf, sessionTokens, tags } from "../route.js";
import { signInByKey } from "./by-key.js";
import { createChallengeLimit, issueChallenge } from "./challenge.js";
import { addMailSignIn } from "./mail-routes.js";
import { addOidcRoutes } from "./oidc-routes.js";
import { addPasskeyRoutes } from "./passkey-routes.js";
import { cookieOf, describeActor, sessionFacts, signOut } from "./session.js";

export function addSessionRoutes(app: FastifyInstance, context: Context): void {
  addKeyRoutes(app, context);
  addMailSignIn(app, context);
  addPasskeyRoutes(app, context);
  addOidcRoutes(app, context);
  addOneSession(app, context);
}

function addKeyRoutes(app: FastifyInstance, context: Context): void {
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
      const { setCookie, ...session } = await signInByKey(context, request.body, sessionTokens(request));
      return privately(reply).header("set-cookie", setCookie).send(session);
    },
  });
}

function addOneSession(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "DELETE",
    url: "/sessions",
    schema: {
      operationId: "signOut",
      tags: tags.session,
      summary: "Sign out; fine for anybody. Without `as` both kinds of session end",
      querystring: sessionQuery,
      response: { 204: z.null().describe("Signed out") },
    },
    handler: async (request, reply) => {
      const kinds: readonly SessionKind[] = request.query.as === undefined ? ["voter", "officer"] : [request.query.as];
      for (const kind of kinds) {
        const token = sessionTokenOf(request, kind);
        if (token !== undefined) await signOut(context, token);
      }
      const cleared = kinds.map((kind) => cookieOf(kind, "", 0));
      return privately(reply).header("set-cookie", cleared).code(204).send(null);
    },
  });
  typed.route({
    method: "GET",
    url: "/session",
    schema: {
      operationId: "getSession",
      tags: tags.session,
      summary: "Who is signed in",
      querystring: sessionQuery,
      response: { 200: sessionSchema },
    },
    handler: async (request, reply) => {
      const actor = await describeActor(context, context.actorOf(request));
      const token = actor === null ? undefined : sessionTokenOf(request, actor.kind);
      return privately(reply).send({ actor, ...(await sessionFacts(context, token)) });
    },
  });
}
