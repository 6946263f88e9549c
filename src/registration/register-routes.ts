/** `/register`: for everybody. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import {
  confirmAnswerSchema,
  confirmRequestSchema,
  registerAnswerSchema,
  registerRequestSchema,
} from "#api/registration.js";
import { confirm } from "./confirm.js";
import type { Context } from "./context.js";
import { register } from "./register.js";
import { privately, tags } from "./route.js";

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
