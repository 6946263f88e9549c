/** Officers' drafts and the trustees' invitations. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { OfficerActor } from "#api/actor.js";
import { requireOfficer } from "#api/actor.js";
import { parseInstant } from "#api/instant.js";
import {
  type DraftBody,
  draftBodySchema,
  draftListSchema,
  draftSchema,
  draftUpdateSchema,
  duplicateSchema,
  invitationLinkSchema,
  invitationSchema,
  trusteeKeySchema,
} from "#api/management.js";
import { refuse } from "#api/problem.js";
import { identifier } from "#api/values.js";
import { electionOf } from "#protocol/election.js";
import { chainOf } from "#protocol/genesis.js";
import { organisationOf } from "#protocol/organisation.js";
import type { ManagementContext } from "./context.js";
import {
  acceptInvitation,
  createDraft,
  type DraftView,
  deleteDraft,
  inviteTrustee,
  listDrafts,
  readInvitation,
  updateDraft,
  viewDraft,
} from "./drafts.js";
import { draftOfPlan, duplicateOf } from "./duplicate.js";
import { signedBy } from "./setup.js";

const byUuid = z.strictObject({ uuid: identifier });
// Tokens of 24 random bytes cannot be guessed; trustees who sit in one room share one address (row H-09).
const perMinute = { max: 120, timeWindow: 60_000 };
const tokenParam = z.strictObject({ token: z.string().regex(/^[A-Za-z0-9_-]{32}$/, "must be an invitation's token") });

export function addDraftRoutes(app: FastifyInstance, context: ManagementContext): void {
  addOfficerRoutes(app, context);
  addTrusteeRoutes(app, context);
}

function addOfficerRoutes(app: FastifyInstance, context: ManagementContext): void {
  addDraftList(app, context);
  addOneDraft(app, context);
  addDuplicate(app, context);
  addInvitation(app, context);
}

function addDraftList(app: FastifyInstance, context: ManagementContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const tags = ["management"];
  typed.route({
    method: "POST",
    url: "/officer/drafts",
    schema: {
      operationId: "createDraft",
      tags,
      summary: "Begin an election",
      body: draftBodySchema,
      response: { 201: draftSchema },
    },
    handler: async (request, reply) =>
      reply
        .code(201)
        .send(asAnswer(await createDraft(context, requireOfficer(context.actorOf(request)), request.body))),
  });
  typed.route({
    method: "GET",
    url: "/officer/drafts",
    schema: {
      operationId: "listDrafts",
      tags,
      summary: "Drafts of the officer's organisation",
      response: { 200: draftListSchema },
    },
    handler: async (request) => ({
      drafts: (await listDrafts(context, requireOfficer(context.actorOf(request)))).map(asAnswer),
    }),
  });
}

function addOneDraft(app: FastifyInstance, context: ManagementContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const tags = ["management"];
  typed.route({
    method: "GET",
    url: "/officer/drafts/:uuid",
    schema: {
      operationId: "getDraft",
      tags,
      summary: "A draft, with what blocks announcing it",
      params: byUuid,
      response: { 200: draftSchema },
    },
    handler: async (request) =>
      asAnswer(await viewDraft(context, requireOfficer(context.actorOf(request)), request.params.uuid)),
  });
  typed.route({
    method: "PUT",
    url: "/officer/drafts/:uuid",
    schema: {
      operationId: "updateDraft",
      tags,
      summary: "Replace a draft that nobody else changed meanwhile",
      params: byUuid,
      body: draftUpdateSchema,
      response: { 200: draftSchema },
    },
    handler: async (request) => {
      const actor = requireOfficer(context.actorOf(request));
      refuseAnnounced(context, request.params.uuid);
      return asAnswer(await updateDraft(context, actor, request.params.uuid, request.body.revision, request.body.body));
    },
  });
  typed.route({
    method: "DELETE",
    url: "/officer/drafts/:uuid",
    schema: {
      operationId: "deleteDraft",
      tags,
      summary: "Throw a draft away",
      params: byUuid,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      await deleteDraft(context, requireOfficer(context.actorOf(request)), request.params.uuid);
      return reply.code(204).send(null);
    },
  });
}

function addDuplicate(app: FastifyInstance, context: ManagementContext): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/officer/elections/:uuid/duplicate",
    schema: {
      operationId: "duplicateElection",
      tags: ["management"],
      summary: "A new draft like a draft or an election of one's organisation, later; trustees make new keys",
      params: byUuid,
      body: duplicateSchema,
      response: { 201: draftSchema },
    },
    handler: async (request, reply) => {
      const actor = requireOfficer(context.actorOf(request));
      const body = await bodyToCopy(context, actor, request.params.uuid);
      const { opens_at } = request.body;
      const opensAt = opens_at === undefined ? undefined : parseInstant(opens_at);
      const copy = duplicateOf(body, context.now(), opensAt?.ok === true ? opensAt.value : undefined);
      return reply.code(201).send(asAnswer(await createDraft(context, actor, copy)));
    },
  });
}

/** An own election on the ledger, else an own draft; what is another organisation's is not found (row H-02). */
async function bodyToCopy(context: ManagementContext, actor: OfficerActor, uuid: string): Promise<DraftBody> {
  const plan = electionOf(context.requireLedger().state(), uuid)?.plan;
  return plan?.organisation === actor.organisation ? draftOfPlan(plan) : (await viewDraft(context, actor, uuid)).body;
}

function addInvitation(app: FastifyInstance, context: ManagementContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const tags = ["management"];
  typed.route({
    method: "POST",
    url: "/officer/drafts/:uuid/trustees/:place/invitation",
    schema: {
      operationId: "inviteTrustee",
      tags,
      summary: "A new link for one trustee; shown once, an earlier one stops working",
      params: z.strictObject({ uuid: identifier, place: z.coerce.number().int().min(0).max(31) }),
      response: { 201: invitationLinkSchema },
    },
    handler: async (request, reply) => {
      const actor: OfficerActor = requireOfficer(context.actorOf(request));
      refuseAnnounced(context, request.params.uuid);
      const { token, trustee } = await inviteTrustee(context, actor, request.params.uuid, request.params.place);
      return reply.code(201).send({ trustee, token, link: `${context.publicUrl()}/trustee#${token}` });
    },
  });
}

function addTrusteeRoutes(app: FastifyInstance, context: ManagementContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/trustee/invitations/:token",
    config: { rateLimit: perMinute },
    schema: {
      operationId: "getInvitation",
      tags: ["management"],
      summary: "What an invitation is for",
      params: tokenParam,
      response: { 200: invitationSchema },
    },
    handler: async (request) => {
      const invitation = await readInvitation(context, request.params.token);
      const ledger = context.requireLedger();
      return {
        uuid: invitation.uuid,
        chain_id: chainOf(ledger.state()).chainId,
        election: invitation.election,
        organisation: organisationOf(ledger.state(), invitation.organisation)?.entry.fields.name ?? "",
        trustee: invitation.trustee,
        part: invitation.part,
        registered: invitation.key !== null,
      };
    },
  });
  typed.route({
    method: "POST",
    url: "/trustee/invitations/:token",
    config: { rateLimit: perMinute },
    schema: {
      operationId: "registerTrusteeKey",
      tags: ["management"],
      summary: "Register the key that the trustee's own client made; once",
      params: tokenParam,
      body: trusteeKeySchema,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { key, signature } = request.body;
      const { chainId } = chainOf(context.requireLedger().state());
      if (!signedBy(key, `trustee|${request.params.token}`, signature, chainId))
        refuse("not-allowed", "The signature over the invitation does not hold.");
      await acceptInvitation(context, request.params.token, key);
      return reply.code(204).send(null);
    },
  });
}

/** What is on the ledger is no draft any more (row E-01). */
function refuseAnnounced(context: ManagementContext, uuid: string): void {
  const ledger = context.ledger.current();
  if (ledger?.state().get(`plan/${uuid}`) !== undefined)
    refuse("conflict", "This election is announced; it can no longer be edited.");
}

function asAnswer(draft: DraftView) {
  return { ...draft, trustees: [...draft.trustees], blockers: [...draft.blockers], warnings: [...draft.warnings] };
}
