/** What trustees read: the ceremony's record, the encrypted tally, the shares. They write through the ledger alone. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { ceremonySchema, sharesSchema, tallySchema } from "#api/management.js";
import { refuse } from "#api/problem.js";
import { identifier } from "#api/values.js";
import { electionOf, sealeds, shares, stageOf, tallies } from "#protocol/election.js";
import { encryptedTallyToText } from "#protocol/suite/belenios-v1/tally.js";
import { encryptedTallyOf } from "#protocol/tally.js";
import type { ManagementContext } from "./context.js";
import { ceremonyView, noElection, ownerNames, type View } from "./views.js";

const byId = z.strictObject({ id: identifier });

export function addCeremonyRoutes(app: FastifyInstance, context: ManagementContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/elections/:id/ceremony",
    schema: {
      operationId: "getCeremony",
      tags: ["management"],
      summary: "The key ceremony: who has done what, who is awaited",
      params: byId,
      response: { 200: ceremonySchema },
    },
    handler: async (request, reply) => {
      const view = context.view();
      return context.answers.answer(
        request,
        reply,
        { version: `ceremony.${view.height}` },
        () => ceremonyView(view, request.params.id) ?? noElection(request.params.id),
      );
    },
  });
  typed.route({
    method: "GET",
    url: "/elections/:id/tally",
    schema: {
      operationId: "getTally",
      tags: ["management"],
      summary: "The encrypted sum of the counted ballots",
      params: byId,
      response: { 200: tallySchema },
    },
    handler: async (request, reply) => {
      const view = context.view();
      return context.answers.answer(
        request,
        reply,
        { version: `tally.${view.height}.${view.now / 1_000_000_000n}` },
        () => tallyView(view, request.params.id),
      );
    },
  });
  typed.route({
    method: "GET",
    url: "/elections/:id/shares",
    schema: {
      operationId: "getShares",
      tags: ["management"],
      summary: "The accepted partial decryptions",
      params: byId,
      response: { 200: sharesSchema },
    },
    handler: async (request, reply) => {
      const view = context.view();
      if (electionOf(view.reader, request.params.id) === undefined) noElection(request.params.id);
      return context.answers.answer(request, reply, { version: `shares.${view.height}` }, () => ({
        shares: acceptedShares(view, request.params.id),
      }));
    },
  });
}

function tallyView(view: View, uuid: string): z.output<typeof tallySchema> {
  const found = electionOf(view.reader, uuid);
  const sealed = sealeds.get(view.reader, uuid);
  const tally = tallies.get(view.reader, uuid);
  if (found === undefined) noElection(uuid);
  if (sealed === undefined || tally === undefined)
    refuse("not-found", "This election is not sealed yet; there is nothing to count.");
  const stage = stageOf(found.record.entry, found.plan, view.now);
  return {
    election_id: uuid,
    fingerprint: sealed.fingerprint,
    final: stage !== "sealed" && stage !== "open",
    encrypted_tally: encryptedTallyToText(encryptedTallyOf(found.plan.questions, tally.sums)),
    shares: acceptedShares(view, uuid).map(({ owner, name }) => ({ owner, name })),
  };
}

function acceptedShares(view: View, uuid: string): z.output<typeof sharesSchema>["shares"] {
  return ownerNames(view, uuid).flatMap((name, i) => {
    const share = shares.get(view.reader, uuid, i + 1);
    return share === undefined ? [] : [{ owner: i + 1, name, partial_decryption: share.text }];
  });
}
