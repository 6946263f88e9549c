/** `/officer/admission…`: whom an organisation approves by rule. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import {
  admissionClaimsAnswerSchema,
  admissionClaimsSchema,
  admissionDomainsAnswerSchema,
  admissionDomainsSchema,
  admissionSchema,
  allowListAnswerSchema,
  allowListChangeSchema,
  allowListQuery,
  allowListSchema,
} from "#api/electorate.js";
import { admissionOf, allowList, changeAllowList, setClaims, setDomains } from "./admission.js";
import type { Context } from "./context.js";
import { officerOf, onlyOfficers, privately, tags } from "./route.js";

export function addAdmissionRoutes(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/officer/admission",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "getAdmission",
      tags: tags.officer,
      summary:
        "Whose registration is approved by rule: mail domains, claims of the identity provider, and how many addresses the allow-list has",
      response: { 200: admissionSchema },
    },
    handler: async (request, reply) =>
      privately(reply).send(await admissionOf(context, officerOf(context, request).organisation)),
  });
  typed.route({
    method: "PUT",
    url: "/officer/admission/domains",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "setAdmissionDomains",
      tags: tags.officer,
      summary: "Set the mail domains whose registrants are approved by rule; exact domains, no subdomains",
      body: admissionDomainsSchema,
      response: { 200: admissionDomainsAnswerSchema },
    },
    handler: async (request, reply) => {
      const { domains, apply } = request.body;
      const { organisation } = officerOf(context, request);
      return privately(reply).send(await setDomains(context, organisation, domains, apply));
    },
  });
  typed.route({
    method: "PUT",
    url: "/officer/admission/claims",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "setAdmissionClaims",
      tags: tags.officer,
      summary: "Set what the organisation's identity provider must say of somebody for approval by rule",
      body: admissionClaimsSchema,
      response: { 200: admissionClaimsAnswerSchema },
    },
    handler: async (request, reply) => {
      const { organisation } = officerOf(context, request);
      return privately(reply).send(await setClaims(context, organisation, request.body.claims));
    },
  });
  addAllowListRoutes(app, context);
}

function addAllowListRoutes(app: FastifyInstance, context: Context): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/officer/admission/addresses",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "getAllowList",
      tags: tags.officer,
      summary: "The allow-list of mail addresses, 100 to a page",
      querystring: allowListQuery,
      response: { 200: allowListSchema },
    },
    handler: async (request, reply) => {
      const { organisation } = officerOf(context, request);
      return privately(reply).send(await allowList(context, organisation, request.query.page));
    },
  });
  typed.route({
    method: "POST",
    url: "/officer/admission/addresses",
    onRequest: onlyOfficers(context),
    schema: {
      operationId: "changeAllowList",
      tags: tags.officer,
      summary: "Add addresses to the allow-list and take addresses away; faulty ones are named and change nothing",
      body: allowListChangeSchema,
      response: { 200: allowListAnswerSchema },
    },
    handler: async (request, reply) => {
      const { organisation } = officerOf(context, request);
      return privately(reply).send(await changeAllowList(context, organisation, request.body));
    },
  });
}
