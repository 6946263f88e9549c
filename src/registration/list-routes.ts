/** Lists of voters in and out: `/officer/voters/import` (CSV as a stream, or JSON) and `/officer/voters/export`. */
import { pipeline, Readable, Transform } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { edgeProblem, ProblemError } from "#api/problem.js";
import { importAnswerSchema, importQuery, importRequestSchema } from "#api/registration.js";
import type { Context } from "./context.js";
import { csvLine } from "./csv.js";
import { importVoters, linesOfCsv, linesOfRows } from "./import.js";
import { officerOf, onlyOfficers, privately, tags } from "./route.js";
import { everyVoter } from "./voters.js";

/** About a million lines. */
const maxFileBytes = 128 * 1024 * 1024;
const maxJsonBytes = 8 * 1024 * 1024;

export async function addListRoutes(app: FastifyInstance, context: Context): Promise<void> {
  addExport(app, context);
  // A scope of its own: no other route reads CSV.
  await app.register(async (scope) => {
    scope.addContentTypeParser(/^text\/csv\s*(;\s*charset=utf-8\s*)?$/i, (_request, body, done) => {
      // A broken upload ends the reading side with an error; piping alone would leave it waiting for ever.
      done(
        null,
        pipeline(body, limited(maxFileBytes), () => undefined),
      );
    });
    addImport(scope, context);
  });
}

function addImport(app: FastifyInstance, context: Context): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/officer/voters/import",
    onRequest: onlyOfficers(context),
    bodyLimit: maxJsonBytes,
    schema: {
      operationId: "importVoters",
      tags: tags.officer,
      summary: "Import a list of voters: text/csv whose first line names the columns, or rows in JSON",
      querystring: importQuery,
      body: z.union([importRequestSchema, z.instanceof(Readable).meta({ type: "string", description: "text/csv" })]),
      response: { 200: importAnswerSchema },
    },
    handler: async (request, reply) => {
      const { body } = request;
      const lines = body instanceof Readable ? linesOfCsv(body) : linesOfRows(body.rows);
      const dryRun = request.query.dry_run === "true";
      return privately(reply).send(
        await importVoters(context, officerOf(context, request).organisation, lines, dryRun),
      );
    },
  });
}

function limited(maxBytes: number): Transform {
  let count = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      count += chunk.length;
      if (count > maxBytes) done(new ProblemError(edgeProblem("too-large")));
      else done(null, chunk);
    },
  });
}

const exported = ["digital_id", "name", "email", "status", "key_source", "group", "district", "weight", "language"];

function addExport(app: FastifyInstance, context: Context): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "GET",
    url: "/officer/voters/export",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "exportVoters",
      tags: tags.officer,
      summary: "The organisation's voters as CSV, without keys; cells that look like formulas are neutralised",
      response: {
        200: { description: "Comma-separated values, UTF-8", content: { "text/csv": { schema: z.string() } } },
      },
    },
    handler: async (request, reply) => {
      const { organisation } = officerOf(context, request);
      async function* lines() {
        yield `\ufeff${csvLine(exported)}`;
        for await (const row of everyVoter(context, organisation, {})) {
          const { digital_id, name, mailbox, status, key_source, groups, district, weight, language } = row;
          yield csvLine([
            digital_id,
            name,
            mailbox,
            status,
            key_source ?? "",
            groups.join("|"),
            district,
            String(weight),
            language,
          ]);
        }
      }
      reply.header("content-disposition", 'attachment; filename="voters.csv"').type("text/csv; charset=utf-8");
      // A stream is sent as it is; the schema above describes it for the document.
      return privately(reply).send(Readable.from(lines()) as unknown as string);
    },
  });
}
