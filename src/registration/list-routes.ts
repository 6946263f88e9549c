/** Lists of voters in and out: `/officer/voters/import…` (CSV as a stream, or JSON) and `/officer/voters/export`. */
import { createHash } from "node:crypto";
import { pipeline, Readable, Transform } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { edgeProblem, ProblemError } from "#api/problem.js";
import {
  importAnswerSchema,
  importOptionsSchema,
  importQuery,
  importRequestSchema,
  listPreviewSchema,
} from "#api/registration.js";
import type { Context } from "./context.js";
import { csvLine } from "./csv.js";
import { faultyLines, importVoters, previewList, type Upload } from "./import.js";
import { listOfCsv, listOfRows } from "./list-lines.js";
import { shownAddress } from "./postal.js";
import { officerOf, onlyOfficers, privately, tags } from "./route.js";
import { everyVoter } from "./voters.js";

/** About a million lines. */
const maxFileBytes = 128 * 1024 * 1024;
const maxJsonBytes = 8 * 1024 * 1024;

export async function addListRoutes(app: FastifyInstance, context: Context): Promise<void> {
  addExport(app, context);
  // A scope of its own: no other route reads CSV. What the encoding is shows the file itself.
  await app.register(async (scope) => {
    scope.addContentTypeParser(/^text\/csv\s*(;.*)?$/i, (_request, body, done) => {
      // A broken upload ends the reading side with an error; piping alone would leave it waiting for ever.
      done(
        null,
        pipeline(body, limited(maxFileBytes), () => undefined),
      );
    });
    addPreview(scope, context);
    addImport(scope, context);
    addFaulty(scope, context);
  });
}

const listBody = z.union([
  importRequestSchema,
  z.instanceof(Readable).meta({ type: "string", description: "text/csv" }),
]);

function uploadOf(body: z.output<typeof listBody>): Upload {
  const hash = createHash("sha256");
  let digest: string | undefined;
  const hashed = () => {
    digest ??= hash.digest("hex");
    return digest;
  };
  if (!(body instanceof Readable)) {
    hash.update(JSON.stringify(body.rows));
    return { list: listOfRows(body.rows), digest: hashed };
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body as Readable) {
      hash.update(chunk as Buffer);
      yield chunk as Buffer;
    }
  }
  return { list: listOfCsv(chunks()), digest: hashed };
}

function addPreview(app: FastifyInstance, context: Context): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/officer/voters/import/preview",
    onRequest: onlyOfficers(context),
    bodyLimit: maxJsonBytes,
    schema: {
      operationId: "previewVoters",
      tags: tags.officer,
      summary:
        "Compare a list with the registry: what importing it would add and change, and who is gone; stores nothing",
      querystring: importOptionsSchema,
      body: listBody,
      response: { 200: listPreviewSchema },
    },
    handler: async (request, reply) => {
      const { organisation } = officerOf(context, request);
      return privately(reply).send(await previewList(context, organisation, uploadOf(request.body), request.query));
    },
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
      summary:
        "Import a list of voters, text/csv whose first line names the columns or rows in JSON: all of it or nothing; with the name of a preview only if that still holds",
      querystring: importQuery,
      body: listBody,
      response: { 200: importAnswerSchema },
    },
    handler: async (request, reply) => {
      const { dry_run, ...options } = request.query;
      const { organisation } = officerOf(context, request);
      const dryRun = dry_run === "true";
      return privately(reply).send(
        await importVoters(context, organisation, uploadOf(request.body), { ...options, dryRun }),
      );
    },
  });
}

function addFaulty(app: FastifyInstance, context: Context): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/officer/voters/import/faulty",
    onRequest: onlyOfficers(context),
    bodyLimit: maxJsonBytes,
    schema: {
      operationId: "getFaultyLines",
      tags: tags.officer,
      summary: "The faulty lines of a list as CSV, each with its number and what is wrong; stores nothing",
      body: listBody,
      response: {
        200: { description: "Comma-separated values, UTF-8", content: { "text/csv": { schema: z.string() } } },
      },
    },
    handler: async (request, reply) => {
      const { organisation } = officerOf(context, request);
      const text = await faultyLines(context, organisation, uploadOf(request.body));
      reply.header("content-disposition", 'attachment; filename="faulty-lines.csv"').type("text/csv; charset=utf-8");
      return privately(reply).send(text);
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

const exported = [
  "digital_id",
  "name",
  "email",
  "status",
  "key_source",
  "group",
  "district",
  "weight",
  "language",
  "external_id",
];

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
          const { external_id } = row;
          yield csvLine([
            digital_id,
            name,
            shownAddress(mailbox),
            status,
            key_source ?? "",
            groups.join("|"),
            district,
            String(weight),
            language,
            external_id ?? "",
          ]);
        }
      }
      reply.header("content-disposition", 'attachment; filename="voters.csv"').type("text/csv; charset=utf-8");
      // A stream is sent as it is; the schema above describes it for the document.
      return privately(reply).send(Readable.from(lines()) as unknown as string);
    },
  });
}
