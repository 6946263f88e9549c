/** `/sessions/providers` and `/sessions/oidc`: signing in at an organisation's identity provider. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import {
  oidcAnswerSchema,
  oidcLocationSchema,
  oidcRequestSchema,
  providerListSchema,
  sessionSchema,
} from "#api/sign-in.js";
import type { Context } from "../context.js";
import { privately, sessionTokens, tags } from "../route.js";
import { askingCookie, browserOf } from "./browser.js";
import { beginOidc, finishOidc } from "./by-oidc.js";
import { listProviders } from "./providers.js";

export function addOidcRoutes(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const limited = { config: { rateLimit: { max: context.limits.signInsPerMinute, timeWindow: 60_000 } } };
  typed.route({
    method: "GET",
    url: "/sessions/providers",
    schema: {
      operationId: "listProviders",
      tags: tags.session,
      summary: "Organisations whose own sign-in can be used here",
      response: { 200: providerListSchema },
    },
    handler: async (_request, reply) => privately(reply).send({ providers: listProviders(context) }),
  });
  typed.route({
    method: "POST",
    url: "/sessions/oidc",
    ...limited,
    schema: {
      operationId: "beginOidc",
      tags: tags.session,
      summary: "Begin to sign in at an organisation's provider: where to send the browser",
      body: oidcRequestSchema,
      response: { 200: oidcLocationSchema },
    },
    handler: async (request, reply) => {
      const { location, setCookie } = await beginOidc(context, request.body.organisation);
      return privately(reply).header("set-cookie", setCookie).send({ location });
    },
  });
  typed.route({
    method: "POST",
    url: "/sessions/oidc/answer",
    ...limited,
    schema: {
      operationId: "finishOidc",
      tags: tags.session,
      summary: "Sign in with what the provider sent back, in the browser that began; no voting with it",
      body: oidcAnswerSchema,
      response: { 200: sessionSchema },
    },
    handler: async (request, reply) => {
      const browser = browserOf(request, "oidc");
      const { setCookie, ...session } = await finishOidc(
        context,
        request.body,
        browser,
        sessionTokens(request),
        request.headers["accept-language"],
      );
      return privately(reply)
        .header("set-cookie", [setCookie, askingCookie("oidc", "", 0)])
        .send(session);
    },
  });
}
