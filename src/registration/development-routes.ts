/** `/dev/outbox`: letters that were not sent because this is a development server. Not there in production (row R-14). */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { outboxQuery, outboxSchema } from "#api/registration.js";
import { readAddress } from "./address.js";
import type { Context } from "./context.js";
import { privately } from "./route.js";

export function addDevelopmentRoutes(app: FastifyInstance, context: Context): void {
  if (context.production || !context.mail.keeps) return;
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "GET",
    url: "/dev/outbox",
    schema: {
      operationId: "getDevelopmentOutbox",
      tags: ["development"],
      summary: "Letters that a server without a mail server kept, newest first; never in production",
      querystring: outboxQuery,
      response: { 200: outboxSchema },
    },
    handler: async (request, reply) => {
      const { to, limit } = request.query;
      const address = to === undefined ? undefined : readAddress(to);
      const wanted = address === undefined ? undefined : address.ok ? address.value.display : "";
      const kept = await context.mail.kept({ to: wanted, limit });
      const mails = kept.map((mail) => ({
        to: mail.to,
        subject: mail.subject,
        text: mail.text,
        links: [...mail.links],
        created_at: mail.createdAt.toISOString(),
      }));
      return privately(reply).send({ mails });
    },
  });
}
