/**
 * Downloads: the record, with which anyone replays the ledger, and the archive of a finished election for other tools.
 * Streams: memory does not grow with the ballots.
 */
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { refuse } from "#api/problem.js";
import { identifier } from "#api/values.js";
import { archiveOf, archivePartsOf } from "#archive/ledger-election.js";
import type { Block, Ledger } from "#ledger/ledger.js";
import { encode } from "#protocol/encoding/shape.js";
import { genesisShape } from "#protocol/genesis.js";
import { frameBytes, recordStart } from "#protocol/record.js";
import type { BallotBody } from "#protocol/transactions/cast-ballot.js";
import type { VotingContext } from "./context.js";
import { entryVersion, requireElection } from "./elections.js";
import { ballotBodyOf, followedUpTo, type Tables, transactionAt } from "./votes.js";

const byId = z.strictObject({ id: identifier });

export function addRecordRoutes(app: FastifyInstance, context: VotingContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/elections/:id/record",
    schema: {
      operationId: "getRecord",
      tags: ["voting"],
      summary: "The ledger's record up to now, with which this and every other election on it can be replayed",
      params: byId,
      produces: ["application/octet-stream"],
    },
    handler: async (request, reply) => {
      const ledger = context.requireLedger();
      const { height } = ledger.state();
      requireElection(ledger.state(), request.params.id);
      return download(request, reply, `${request.params.id}.psephos`, `record-${height}`, recordBytes(ledger, height));
    },
  });
  typed.route({
    method: "GET",
    url: "/elections/:id/archive.bel",
    schema: {
      operationId: "getArchive",
      tags: ["voting"],
      summary: "A finished election as an archive that independent tools verify",
      params: byId,
      produces: ["application/octet-stream"],
    },
    handler: async (request, reply) => {
      const ledger = context.requireLedger();
      const state = ledger.state();
      const { id } = request.params;
      const found = requireElection(state, id);
      if (archivePartsOf(state, id) === undefined)
        refuse("not-found", "There is no archive before the result; the record is there at any time.");
      await followedUpTo(context.tables, id, found.record.entry.ballotCount);
      const bytes = archiveOf(state, id, castBodies(context.tables, ledger, id));
      return download(request, reply, `${id}.bel`, `archive-${entryVersion(found)}`, bytes);
    },
  });
}

/** All blocks from the genesis to `height`; other work gets its turn between two of them. */
export async function* recordBytes(
  ledger: Pick<Ledger, "genesis" | "block">,
  height: number,
): AsyncGenerator<Uint8Array> {
  yield recordStart(encode(genesisShape, ledger.genesis()));
  for (let at = 1; at <= height; at++) {
    const { header, evidence, transactions } = ledger.block(at) as Block;
    yield frameBytes({ kind: "block", height: at, header, evidence, transactions });
    if (at % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  yield frameBytes({ kind: "end", height });
}

const PAGE = 1000;

/** Bodies of the cast ballots of an election in the order of the log. */
async function* castBodies(tables: Tables, ledger: Ledger, uuid: string): AsyncGenerator<BallotBody> {
  for (let after = -1; ; ) {
    const rows = await tables
      .selectFrom("votes")
      .select(["number", "height", "position", "kind"])
      .where("election_id", "=", uuid)
      .where("number", ">", after)
      .orderBy("number")
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      after = row.number;
      if (row.kind !== "cast") continue;
      const ballot = ballotBodyOf(transactionAt(ledger, row));
      if (ballot === undefined) throw new Error("a row of the board points to no ballot");
      yield ballot.body;
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (rows.length < PAGE) return;
  }
}

function download(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  version: string,
  bytes: AsyncGenerator<Uint8Array>,
): FastifyReply {
  const etag = `"${version}"`;
  reply.header("etag", etag).header("cache-control", "public, max-age=1");
  if (request.headers["if-none-match"] === etag) return reply.code(304).send();
  // The name is an identifier of Base58 characters: nothing in it needs escaping.
  reply.header("content-disposition", `attachment; filename="${name}"`);
  return reply.type("application/octet-stream").send(Readable.from(bytes, { objectMode: false }));
}
