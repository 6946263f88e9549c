/** `GET /elections/{id}/minutes`: the signed report of an election, and the same as a page to print. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { minutesPageQuery, type SignedMinutes, signedMinutesSchema } from "#api/minutes.js";
import { edgeProblem, ProblemError } from "#api/problem.js";
import { identifier } from "#api/values.js";
import { toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { scalarToBytes } from "#crypto/scalar.js";
import type { Signature } from "#crypto/schnorr.js";
import { electionOf } from "#protocol/election.js";
import { type Minutes, type MinutesInterval, minutesHash, minutesOf } from "#protocol/minutes.js";
import type { ManagementContext } from "./context.js";
import { minutesPage, minutesPolicy } from "./minutes-page.js";
import { noElection } from "./views.js";

/** Brought by the server: turnout is another module's, and the key is nobody's but the server's. */
export interface MinutesPort {
  /** By the hour, for as many ballots as the state says. */
  turnout(uuid: string, ballots: number): Promise<readonly MinutesInterval[]>;
  sign(minutes: Minutes): { readonly key: Uint8Array; readonly signature: Signature };
}

const byId = z.strictObject({ id: identifier });

export function addMinutesRoutes(app: FastifyInstance, context: ManagementContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/elections/:id/minutes",
    schema: {
      operationId: "getMinutes",
      tags: ["management"],
      summary: "Minutes: rules, roll, turnout, events, trustees, result, decision, hashes; signed by the registrar",
      params: byId,
      response: { 200: signedMinutesSchema },
    },
    handler: async (request, reply) =>
      reply.header("cache-control", "public, no-cache").send(await signedMinutes(context, request.params.id)),
  });
  typed.route({
    method: "GET",
    url: "/elections/:id/minutes.html",
    schema: {
      operationId: "getMinutesPage",
      tags: ["management"],
      summary: "The same as a page to print",
      params: byId,
      querystring: minutesPageQuery,
    },
    handler: async (request, reply) => {
      const page = minutesPage(await signedMinutes(context, request.params.id), request.query.language);
      return reply
        .type("text/html; charset=utf-8")
        .header("content-security-policy", minutesPolicy)
        .header("cache-control", "public, no-cache")
        .send(page);
    },
  });
}

/** How long projections may lag behind the ledger before we say so. */
const patienceMs = 5_000;

async function signedMinutes(context: ManagementContext, uuid: string): Promise<SignedMinutes> {
  const state = context.requireLedger().state();
  const entry = electionOf(state, uuid)?.record.entry;
  if (entry === undefined) noElection(uuid);
  const { height, time, root } = state;
  const turnout = await context.minutes.turnout(uuid, entry.ballotCount);
  const minutes = minutesOf(state, uuid, {
    height,
    time,
    root,
    turnout,
    events: await eventsOf(context, uuid, entry.eventCount),
  });
  if (minutes === undefined) noElection(uuid);
  const { key, signature } = context.minutes.sign(minutes);
  return {
    minutes: JSON.parse(JSON.stringify(minutes)) as SignedMinutes["minutes"],
    hash: toHex(minutesHash(minutes)),
    signatures: [
      {
        by: "registrar",
        name: "registration service",
        key: toHex(key),
        signature: {
          challenge: toHex(scalarToBytes(signature.challenge)),
          response: toHex(scalarToBytes(signature.response)),
        },
      },
    ],
  };
}

/** The events up to this state: the table may be a moment behind it, or ahead. */
async function eventsOf(context: ManagementContext, uuid: string, count: number): Promise<Minutes["events"]> {
  for (const end = performance.now() + patienceMs; ; ) {
    const rows = await context.tables
      .selectFrom("events")
      .selectAll()
      .where("election_id", "=", uuid)
      .where("number", "<", count)
      .orderBy("number")
      .execute();
    if (rows.length === count)
      return rows.map(({ time_ns, height, type, transaction }) => ({
        time: formatInstant(BigInt(time_ns)),
        height: Number(height),
        type,
        transaction,
      }));
    if (performance.now() > end)
      throw new ProblemError(
        edgeProblem("unavailable", "The list of events is behind the ledger. Try again in a moment."),
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
