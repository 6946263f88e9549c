/** `/sessions/letter` and `/sessions/code`: signing in by mail. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { codeRequestSchema, letterAnswerSchema, letterRequestSchema, sessionSchema } from "#api/sign-in.js";
import type { Context } from "../context.js";
import { privately, sessionTokens, tags } from "../route.js";
import { askingCookie, browserOf } from "./browser.js";
import { answerLetter, askForLetter, createLetterLimit } from "./by-mail.js";

export function addMailSignIn(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const limit = createLetterLimit(context.now);
  typed.route({
    method: "POST",
    url: "/sessions/letter",
    config: { rateLimit: { max: context.limits.registrationsPerMinute, timeWindow: 60_000 } },
    schema: {
      operationId: "askForLetter",
      tags: tags.session,
      summary: "Get a letter with a link and six digits to sign in with; the answer is the same for every address",
      body: letterRequestSchema,
      response: { 202: letterAnswerSchema },
    },
    handler: async (request, reply) => {
      const { setCookie, expires_at } = await askForLetter(context, limit, request.body, request.ip);
      return privately(reply).header("set-cookie", setCookie).code(202).send({ expires_at });
    },
  });
  typed.route({
    method: "POST",
    url: "/sessions/code",
    config: { rateLimit: { max: context.limits.signInsPerMinute, timeWindow: 60_000 } },
    schema: {
      operationId: "signInByCode",
      tags: tags.session,
      summary: "Sign in with the mailed code or link, in the browser that asked for the letter; no voting with it",
      body: codeRequestSchema,
      response: { 200: sessionSchema },
    },
    handler: async (request, reply) => {
      const browser = browserOf(request, "mail");
      const { setCookie, ...session } = await answerLetter(context, request.body, browser, sessionTokens(request));
      return privately(reply)
        .header("set-cookie", [setCookie, askingCookie("mail", "", 0)])
        .send(session);
    },
  });
}
