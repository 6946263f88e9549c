/** What the ledger says about one credential, with proof; and the roll as a whole, page by page. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { bytesOfHex, identifier } from "#api/values.js";
import { credentialParams, credentialStateSchema, pageQuery, rollSchema } from "#api/voting.js";
import { toBase64, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import type { Ledger, LedgerState } from "#ledger/ledger.js";
import { electionOf, type Position, positionOf, positions } from "#protocol/election.js";
import type { VotingContext } from "./context.js";
import { type FoundElection, requireElection } from "./elections.js";
import { credentialReceipt } from "./receipts.js";

export type CredentialStatus = "valid" | "replaced" | "not-yet-valid" | "void";

/** Whether a place on the roll may vote at the moment `now` (nanoseconds). */
export function statusAt(position: Position, now: bigint): CredentialStatus {
  if (position.cancelled) return "void";
  if (position.replacedFrom !== null && now >= position.replacedFrom && position.tracker === null) return "replaced";
  return position.activeFrom !== null && now < position.activeFrom ? "not-yet-valid" : "valid";
}

export function addCredentialRoutes(app: FastifyInstance, context: VotingContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/elections/:id/credentials/:credential",
    schema: {
      operationId: "getCredential",
      tags: ["voting"],
      summary: "One credential: on the roll, last number, counted tracker, with proof",
      params: credentialParams,
      response: { 200: credentialStateSchema },
    },
    handler: async (request, reply) => {
      const ledger = context.requireLedger();
      const state = ledger.state();
      const found = requireElection(state, request.params.id);
      const credential = bytesOfHex(request.params.credential);
      const position = positionOf(state, found.record.entry, credential);
      // The status follows from the clock, too; everything else from the height.
      const status = position === undefined ? "not-on-roll" : statusAt(position, ledger.now());
      return context.answers.answer(request, reply, { version: `${state.height}.${status}` }, () =>
        credentialState(ledger, state, found, credential, position, status),
      );
    },
  });
  typed.route({
    method: "GET",
    url: "/elections/:id/roll",
    schema: {
      operationId: "getRoll",
      tags: ["voting"],
      summary: "The roll: credentials and weights, in its order",
      params: z.strictObject({ id: identifier }),
      querystring: pageQuery,
      response: { 200: rollSchema },
    },
    handler: async (request, reply) => {
      const ledger = context.requireLedger();
      const state = ledger.state();
      const found = requireElection(state, request.params.id);
      const { after, limit } = request.query;
      const version = `${toHex(found.record.entry.rollRoot)}.${ledger.now() / 60_000_000_000n}`;
      return context.answers.answer(request, reply, { version }, () =>
        rollPage(state, found, after === undefined ? 0 : after + 1, limit, ledger.now()),
      );
    },
  });
}

async function credentialState(
  ledger: Ledger,
  state: LedgerState,
  { plan }: FoundElection,
  credential: Uint8Array,
  position: Position | undefined,
  status: CredentialStatus | "not-on-roll",
): Promise<z.output<typeof credentialStateSchema>> {
  const receipt = await credentialReceipt(ledger, state, plan.uuid, credential);
  return {
    election_id: plan.uuid,
    credential: toHex(credential),
    on_roll: position !== undefined,
    position: position?.index ?? null,
    weight: position?.weight ?? null,
    last_sequence: position?.sequence ?? 0,
    max_casts: plan.rules.maxCasts,
    tracker: position === undefined || position.tracker === null ? null : toBase64(position.tracker),
    status,
    valid_from: position === undefined || position.activeFrom === null ? null : formatInstant(position.activeFrom),
    height: state.height,
    receipt: receipt ?? null,
  };
}

function rollPage(
  state: LedgerState,
  { plan }: FoundElection,
  from: number,
  limit: number,
  now: bigint,
): z.output<typeof rollSchema> {
  const { entry } = (electionOf(state, plan.uuid) as FoundElection).record;
  const end = Math.min(from + limit, entry.rollCount);
  const entries: z.output<typeof rollSchema>["entries"] = [];
  for (let index = from; index < end; index++) {
    const position = positions.get(state, plan.uuid, index) as Position;
    entries.push({
      position: index,
      credential: toHex(position.credential),
      weight: position.weight,
      last_sequence: position.sequence,
      status: statusAt(position, now),
    });
  }
  return {
    election_id: plan.uuid,
    count: entry.rollCount,
    weight: entry.rollWeight,
    root: toHex(entry.rollRoot),
    entries,
    next: end < entry.rollCount ? end - 1 : null,
  };
}
