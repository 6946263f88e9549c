/** Proposals: officers' acts and the approvals they collect. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { requireOfficer } from "#api/actor.js";
import { approvalSchema, proposalListSchema, proposalRequestSchema, proposalSchema } from "#api/management.js";
import { bytesOfBase64Url, identifier } from "#api/values.js";
import { toBase64Url } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import type { ManagementContext } from "./context.js";
import { approve, listProposals, type ProposalView, propose, viewProposal, withdraw } from "./proposals.js";

const byId = z.strictObject({ id: identifier });

export function addProposalRoutes(app: FastifyInstance, context: ManagementContext): void {
  addProposalReading(app, context);
  addApproving(app, context);
}

function addProposalReading(app: FastifyInstance, context: ManagementContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const tags = ["management"];
  const { tables } = context;
  typed.route({
    method: "POST",
    url: "/officer/proposals",
    schema: {
      operationId: "propose",
      tags,
      summary: "Propose an act of officers",
      body: proposalRequestSchema,
      response: { 201: proposalSchema },
    },
    handler: async (request, reply) => {
      const actor = requireOfficer(context.actorOf(request));
      const ledger = context.requireLedger();
      const body = { type: request.body.type, body: bytesOfBase64Url(request.body.body) };
      const id = await propose(tables, ledger, actor, body, new Date(Number(context.now() / 1_000_000n)));
      return reply.code(201).send(asAnswer(await viewProposal(tables, ledger, actor, id)));
    },
  });
  typed.route({
    method: "GET",
    url: "/officer/proposals",
    schema: {
      operationId: "listProposals",
      tags,
      summary: "The organisation's proposals, newest first",
      response: { 200: proposalListSchema },
    },
    handler: async (request) => {
      const views = await listProposals(tables, context.requireLedger(), requireOfficer(context.actorOf(request)));
      return { proposals: views.map(asAnswer) };
    },
  });
  typed.route({
    method: "GET",
    url: "/officer/proposals/:id",
    schema: {
      operationId: "getProposal",
      tags,
      summary: "One proposal and who approved it",
      params: byId,
      response: { 200: proposalSchema },
    },
    handler: async (request) =>
      asAnswer(
        await viewProposal(
          tables,
          context.requireLedger(),
          requireOfficer(context.actorOf(request)),
          request.params.id,
        ),
      ),
  });
}

function addApproving(app: FastifyInstance, context: ManagementContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const tags = ["management"];
  const { tables } = context;
  typed.route({
    method: "POST",
    url: "/officer/proposals/:id/approvals",
    schema: {
      operationId: "approve",
      tags,
      summary: "Approve; with enough approvals the act goes to the ledger before the answer",
      params: byId,
      body: approvalSchema,
      response: { 200: proposalSchema },
    },
    handler: async (request) => {
      const actor = requireOfficer(context.actorOf(request));
      const ledger = context.requireLedger();
      await approve(tables, ledger, actor, request.params.id, request.body, context.now());
      return asAnswer(await viewProposal(tables, ledger, actor, request.params.id));
    },
  });
  typed.route({
    method: "DELETE",
    url: "/officer/proposals/:id",
    schema: {
      operationId: "withdrawProposal",
      tags,
      summary: "Take a proposal back",
      params: byId,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      await withdraw(tables, context.requireLedger(), requireOfficer(context.actorOf(request)), request.params.id);
      return reply.code(204).send(null);
    },
  });
}

function asAnswer({ row, approvals, needed }: ProposalView): z.output<typeof proposalSchema> {
  return {
    id: row.id,
    type: row.type,
    body: toBase64Url(row.body),
    message: toBase64Url(row.message),
    needed,
    approvals: approvals.map((approval) => approval.key),
    status: row.status as z.output<typeof proposalSchema>["status"],
    code: row.code,
    created_at: formatInstant(BigInt(row.created_at.getTime()) * 1_000_000n),
    created_by: row.created_by,
  };
}
