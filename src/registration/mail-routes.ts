/** Letters to a roll, to one voter, previews, what became of letters, and ending reminders. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import {
  letterListQuery,
  letterListSchema,
  mailingListSchema,
  mailingRequestSchema,
  mailingSchema,
  mailReportsAnswerSchema,
  mailReportsSchema,
  previewRequestSchema,
  previewSchema,
  resendAnswerSchema,
  resendRequestSchema,
  unsubscribeParams,
  voterLettersSchema,
} from "#api/mailings.js";
import { refuse } from "#api/problem.js";
import { rollParams, voterId } from "#api/registration.js";
import { utf8 } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { equalSecret } from "#crypto/equal-secret.js";
import { sha256 } from "#crypto/hash.js";
import { htmlOf } from "#mail/html.js";
import type { Context } from "./context.js";
import { addMailing, cancelMailing, listMailings, runMailings } from "./mailings.js";
import { letterList, ownElections } from "./office-letters.js";
import { previewLetter, requireOwnVoter, resendTo } from "./one-letter.js";
import { officerOf, privately, tags } from "./route.js";
import { voterOfUnsubscribe } from "./unsubscribe.js";

export function addMailRoutes(app: FastifyInstance, context: Context): void {
  addMailingRoutes(app, context);
  addLetterListRoute(app, context);
  addOneLetterRoutes(app, context);
  addReportRoute(app, context);
  addUnsubscribeRoute(app, context);
}

function addMailingRoutes(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "POST",
    url: "/officer/elections/:uuid/mailings",
    schema: {
      operationId: "addMailing",
      tags: tags.officer,
      summary: "Remind those who have not voted, or send the letter of the roll again; at once or at a time",
      params: rollParams,
      body: mailingRequestSchema,
      response: { 201: mailingSchema },
    },
    handler: async (request, reply) => {
      const mailing = await addMailing(context, officerOf(context, request), request.params.uuid, request.body);
      // What is due is done now, by whoever takes it; the answer does not wait for many letters.
      void runMailings(context).catch((error: unknown) => context.onTrouble?.(error));
      return privately(reply).code(201).send(mailing);
    },
  });
  typed.route({
    method: "GET",
    url: "/officer/elections/:uuid/mailings",
    schema: {
      operationId: "listMailings",
      tags: tags.officer,
      summary: "Letters to the roll that were asked for, and how many letters are in which state",
      params: rollParams,
      response: { 200: mailingListSchema },
    },
    handler: async (request, reply) => {
      const mailings = await listMailings(context, officerOf(context, request), request.params.uuid);
      const letters = [...(await context.mail.counts(request.params.uuid))];
      return privately(reply).send({ mailings, letters });
    },
  });
  typed.route({
    method: "DELETE",
    url: "/officer/elections/:uuid/mailings/:id",
    schema: {
      operationId: "cancelMailing",
      tags: tags.officer,
      summary: "Call off letters that are scheduled",
      params: z.strictObject({ ...rollParams.shape, id: voterId }),
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      await cancelMailing(context, officerOf(context, request), request.params.uuid, request.params.id);
      return reply.code(204).send(null);
    },
  });
}

function addLetterListRoute(app: FastifyInstance, context: Context): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "GET",
    url: "/officer/letters",
    schema: {
      operationId: "listLetters",
      tags: tags.officer,
      summary: "What became of the letters to the organisation's voters, newest first, 50 to a page; no reminders",
      querystring: letterListQuery,
      response: { 200: letterListSchema },
    },
    handler: async (request, reply) =>
      privately(reply).send(await letterList(context, officerOf(context, request), request.query)),
  });
}

function addOneLetterRoutes(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "POST",
    url: "/officer/letters/preview",
    schema: {
      operationId: "previewLetter",
      tags: tags.officer,
      summary: "A letter as a voter would get it, with example values",
      body: previewRequestSchema,
      response: { 200: previewSchema },
    },
    handler: async (request, reply) => {
      const letter = previewLetter(context, officerOf(context, request), request.body);
      const language = letter.language ?? "en";
      const { subject, text } = letter;
      return privately(reply).send({ language, subject, text, html: htmlOf(text, language) });
    },
  });
  typed.route({
    method: "GET",
    url: "/officer/voters/:id/letters",
    schema: {
      operationId: "listVoterLetters",
      tags: tags.officer,
      summary: "What became of the letters to a voter; reminders are left out, they would tell who had not voted",
      params: z.strictObject({ id: voterId }),
      response: { 200: voterLettersSchema },
    },
    handler: async (request, reply) => {
      const officer = officerOf(context, request);
      const voter = await requireOwnVoter(context, officer, request.params.id);
      const own = new Set(await ownElections(context, officer.organisation));
      const at = (date: Date) => formatInstant(BigInt(date.getTime()) * 1_000_000n);
      // Which rolls of other organisations have this person is theirs to know (row H-02).
      const traces = (await context.mail.traces(voter.mailbox)).filter(
        ({ election }) => election === null || own.has(election),
      );
      const letters = traces.map(({ queuedAt, settledAt, ...trace }) => ({
        ...trace,
        queued_at: at(queuedAt),
        settled_at: settledAt === null ? null : at(settledAt),
      }));
      return privately(reply).send({ letters });
    },
  });
  typed.route({
    method: "POST",
    url: "/officer/voters/:id/letters",
    schema: {
      operationId: "resendLetter",
      tags: tags.officer,
      summary: "Send one voter the invitation or the letter of a roll again",
      params: z.strictObject({ id: voterId }),
      body: resendRequestSchema,
      response: { 202: resendAnswerSchema },
    },
    handler: async (request, reply) => {
      await resendTo(context, officerOf(context, request), request.params.id, request.body);
      return privately(reply)
        .code(202)
        .send({ accepted: true as const });
    },
  });
}

/** For mail services that tell by HTTP what became of letters. */
function addReportRoute(app: FastifyInstance, context: Context): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/mail/reports",
    config: { rateLimit: { max: 6_000, timeWindow: 60_000 } },
    onRequest: async (request) => {
      const ours = context.mailWebhookSecret;
      const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
      if (ours === undefined || given === undefined || !equalSecret(sha256(utf8(ours)), sha256(utf8(given))))
        refuse("not-allowed", "Reports need the secret of MAIL_WEBHOOK_SECRET as bearer token.");
    },
    schema: {
      operationId: "reportMail",
      tags: tags.register,
      summary: "What became of letters, told by a mail service that holds the secret",
      body: mailReportsSchema,
      response: { 200: mailReportsAnswerSchema },
    },
    handler: async (request) => {
      let known = 0;
      for (const { id, event, status } of request.body.events) {
        const letter = /[0-9a-f]{32}/.exec(id)?.[0] ?? "";
        if (await context.mail.settle({ id: letter, event, status })) known += 1;
      }
      return { known };
    },
  });
}

const unsubscribePolicy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

function addUnsubscribeRoute(app: FastifyInstance, context: Context): void {
  void app.register(async (scope) => {
    // RFC 8058: mail programs send a form. Nothing in it matters: the address says everything.
    scope.addContentTypeParser("application/x-www-form-urlencoded", { bodyLimit: 1_000 }, (_request, payload, done) => {
      payload.resume();
      payload.on("end", () => done(null, undefined));
      payload.on("error", done);
    });
    const typed = scope.withTypeProvider<ZodTypeProvider>();
    typed.route({
      method: "POST",
      url: "/mail/unsubscribe/:token",
      config: { rateLimit: { max: 600, timeWindow: 60_000 } },
      schema: {
        operationId: "unsubscribe",
        tags: tags.register,
        summary: "No more reminders; one request is enough, without signing in (RFC 8058)",
        params: unsubscribeParams,
      },
      handler: async (request, reply) => {
        const voter = voterOfUnsubscribe(context, request.params.token);
        // The same answer for links of ours and of nobody.
        if (voter !== undefined) await context.mail.optOut(voter);
        return privately(reply)
          .type("text/plain; charset=utf-8")
          .send("OK: no more reminders. Other letters still come.\n");
      },
    });
    typed.route({
      method: "GET",
      url: "/mail/unsubscribe/:token",
      schema: {
        operationId: "showUnsubscribe",
        tags: tags.register,
        summary: "A page with the button; opening it changes nothing, as programs that look at links do it, too",
        params: unsubscribeParams,
      },
      handler: async (_request, reply) =>
        privately(reply)
          .type("text/html; charset=utf-8")
          .header("content-security-policy", unsubscribePolicy)
          .send(unsubscribePage),
    });
  });
}

const unsubscribePage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Reminders</title></head>
<body><form method="post"><p>No more reminders · Keine Erinnerungen mehr · Plus de rappels · No más recordatorios · لا مزيد من التذكيرات</p>
<button>OK</button></form></body></html>
`;
