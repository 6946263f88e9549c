/** `POST /transactions`: wire bytes of any transaction, as officers, trustees and owners of spoiled ballots send them. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { refuseWith } from "#api/rejection.js";
import { bytesOfBase64Url } from "#api/values.js";
import { MAX_CAST_BODY, transactionAnswerSchema, transactionRequestSchema } from "#api/voting.js";
import { toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import type { VotingContext } from "./context.js";
import { submitTo } from "./submit.js";

export function addTransactionRoute(app: FastifyInstance, context: VotingContext): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/transactions",
    bodyLimit: MAX_CAST_BODY,
    schema: {
      operationId: "submitTransaction",
      tags: ["voting"],
      summary: "Submit a signed transaction of any kind; answers once it took effect for good. Idempotent",
      body: transactionRequestSchema,
      response: { 201: transactionAnswerSchema },
    },
    handler: async (request, reply) => {
      const submitted = await submitTo(context.requireLedger(), bytesOfBase64Url(request.body.transaction));
      if (!submitted.ok) return refuseWith(submitted.error);
      const { id, height, time } = submitted.value;
      reply.header("cache-control", "no-store");
      return reply.code(201).send({ id: toHex(id), height, time: formatInstant(time) });
    },
  });
}
