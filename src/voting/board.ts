/** The public board: every accepted ballot in the order of the log, and each by its tracker with its receipt. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { refuseWith } from "#api/rejection.js";
import { bytesOfBase64Url, identifier } from "#api/values.js";
import { ballotParams, boardBallotSchema, boardSchema, pageQuery } from "#api/voting.js";
import { canonicalBallot } from "#archive/ledger-election.js";
import { toBase64, toBase64Url, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { sha256 } from "#crypto/hash.js";
import type { Ledger, LedgerState } from "#ledger/ledger.js";
import { ballots, positionOf } from "#protocol/election.js";
import { type BallotStatus, statusOf } from "#protocol/proof.js";
import { reject } from "#protocol/rejections.js";
import type { VotingContext } from "./context.js";
import { entryVersion, type FoundElection, requireElection } from "./elections.js";
import { ballotReceipt } from "./receipts.js";
import { ballotBodyOf, followedUpTo, type Tables, transactionAt, type VoteRow, voteByTracker } from "./votes.js";

type Entry = z.output<typeof boardSchema>["ballots"][number];

export function addBoardRoutes(app: FastifyInstance, context: VotingContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/elections/:id/ballots",
    schema: {
      operationId: "listBallots",
      tags: ["voting"],
      summary: "The board: trackers in the order of the log, each counted, superseded or spoiled",
      params: z.strictObject({ id: identifier }),
      querystring: pageQuery,
      response: { 200: boardSchema },
    },
    handler: async (request, reply) => {
      const found = requireElection(context.requireLedger().state(), request.params.id);
      const { after, limit } = request.query;
      return context.answers.answer(request, reply, { version: entryVersion(found) }, () =>
        boardPage(context.tables, found, after === undefined ? 0 : after + 1, limit),
      );
    },
  });
  typed.route({
    method: "GET",
    url: "/elections/:id/ballots/:tracker",
    schema: {
      operationId: "getBallot",
      tags: ["voting"],
      summary: "One ballot by its tracker: its text, whether it counts, and a receipt",
      params: ballotParams,
      response: { 200: boardBallotSchema },
    },
    handler: async (request, reply) => {
      const ledger = context.requireLedger();
      const state = ledger.state();
      const found = requireElection(state, request.params.id);
      return context.answers.answer(request, reply, { version: state.height }, () =>
        boardBallot(context.tables, ledger, state, found, bytesOfBase64Url(request.params.tracker)),
      );
    },
  });
}

/** A page of the log as of `found`: rows that came later are not shown, so the answer is that of one state. */
async function boardPage(
  tables: Tables,
  { record, plan }: FoundElection,
  from: number,
  limit: number,
): Promise<z.output<typeof boardSchema>> {
  const { ballotCount, ballotRoot } = record.entry;
  await followedUpTo(tables, plan.uuid, ballotCount);
  const end = Math.min(from + limit, ballotCount);
  const rows = await tables
    .selectFrom("votes as v")
    .selectAll("v")
    .select((select) =>
      select
        .exists(
          select
            .selectFrom("votes as later")
            .whereRef("later.election_id", "=", "v.election_id")
            .whereRef("later.credential", "=", "v.credential")
            .whereRef("later.number", ">", "v.number")
            .where("later.kind", "=", "cast")
            .where("later.number", "<", ballotCount),
        )
        .as("superseded"),
    )
    .where("election_id", "=", plan.uuid)
    .where("number", ">=", from)
    .where("number", "<", end)
    .orderBy("number")
    .execute();
  return {
    election_id: plan.uuid,
    count: ballotCount,
    root: toHex(ballotRoot),
    ballots: rows.map((row) =>
      entryOf(row, row.kind === "spoiled" ? "spoiled" : row.superseded ? "superseded" : "counted"),
    ),
    next: end < ballotCount ? end - 1 : null,
  };
}

function entryOf(row: VoteRow, status: BallotStatus): Entry {
  return {
    position: row.number,
    tracker: row.tracker,
    kind: row.kind as Entry["kind"],
    credential: row.credential,
    sequence: row.sequence,
    weight: row.weight,
    height: Number(row.height),
    time: formatInstant(BigInt(row.time_ns)),
    status,
  };
}

async function boardBallot(
  tables: Tables,
  ledger: Ledger,
  state: LedgerState,
  { record, plan }: FoundElection,
  tracker: Uint8Array,
): Promise<z.output<typeof boardBallotSchema>> {
  const { uuid } = plan;
  const leaf = ballots.get(state, uuid, toHex(tracker))?.leaf;
  const row = leaf && (await voteByTracker(tables, state, uuid, toBase64(tracker)));
  const receipt = leaf && (await ballotReceipt(ledger, state, uuid, tracker));
  const position = leaf && positionOf(state, record.entry, leaf.credential);
  if (leaf === undefined || row === undefined || receipt === undefined || position === undefined)
    return refuseWith(reject("unknown-tracker", toBase64(tracker)));
  const transaction = transactionAt(ledger, row);
  const body = ballotBodyOf(transaction)?.body;
  const canonical = body && canonicalBallot(state, body);
  if (body === undefined || canonical === undefined) throw new Error("a ballot of the board does not decode");
  const status = statusOf(leaf, position);
  return {
    ...entryOf(row, status),
    election_id: uuid,
    superseded_by: status === "superseded" && position.tracker !== null ? toBase64(position.tracker) : null,
    ballot: canonical.text,
    wire: toBase64Url(body.ballot),
    transaction: toHex(sha256(transaction)),
    receipt,
  };
}
