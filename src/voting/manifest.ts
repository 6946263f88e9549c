/** What sealing fixed, with proof: the booth starts from here. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { refuse } from "#api/problem.js";
import { identifier } from "#api/values.js";
import { manifestSchema } from "#api/voting.js";
import { toBase64Url, toHex } from "#base/bytes.js";
import { sealeds } from "#protocol/election.js";
import type { VotingContext } from "./context.js";
import { requireElection } from "./elections.js";
import { electionReceipt } from "./receipts.js";

export function addManifestRoute(app: FastifyInstance, context: VotingContext): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "GET",
    url: "/elections/:id/manifest",
    schema: {
      operationId: "getManifest",
      tags: ["voting"],
      summary: "The sealed manifest, the election object made from it, and a proof that they are on the ledger",
      params: z.strictObject({ id: identifier }),
      response: { 200: manifestSchema },
    },
    handler: async (request, reply) => {
      const ledger = context.requireLedger();
      const state = ledger.state();
      const { id } = request.params;
      const { record } = requireElection(state, id);
      const sealed = sealeds.get(state, id);
      const hash = record.entry.manifestHash;
      if (sealed === undefined || hash === null) refuse("not-found", "This election is not sealed yet.");
      return context.answers.answer(request, reply, { version: state.height }, async () => ({
        election_id: id,
        manifest: toBase64Url(sealed.manifest),
        hash: toHex(hash),
        election: sealed.electionText,
        trustees: sealed.trusteesText,
        fingerprint: sealed.fingerprint,
        receipt: await electionReceipt(ledger, state, id),
      }));
    },
  });
}
