/** The ledger itself: status, genesis, blocks. What is below the latest height never changes. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { z } from "zod";
import { refuse } from "#api/problem.js";
import {
  blockSchema,
  blocksQuery,
  blocksSchema,
  genesisSchema,
  heightParams,
  ledgerStatusSchema,
} from "#api/voting.js";
import { toBase64Url, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { sha256 } from "#crypto/hash.js";
import type { Block, Ledger } from "#ledger/ledger.js";
import { encode } from "#protocol/encoding/shape.js";
import { genesisHash, genesisShape } from "#protocol/genesis.js";
import { describe } from "#protocol/machine.js";
import type { VotingContext } from "./context.js";

/** Bytes of transactions in one answer of many blocks; at least one block is always given. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

export function addLedgerRoutes(app: FastifyInstance, context: VotingContext): void {
  addHeadRoutes(app, context);
  addBlockRoutes(app, context);
}

function addHeadRoutes(app: FastifyInstance, context: VotingContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/ledger/status",
    schema: {
      operationId: "getLedgerStatus",
      tags: ["ledger"],
      summary: "Which ledger this is, and how high",
      response: { 200: ledgerStatusSchema },
    },
    handler: async (request, reply) => {
      const ledger = context.requireLedger();
      const { height } = ledger.state();
      return context.answers.answer(request, reply, { version: height }, () => statusOf(ledger));
    },
  });
  typed.route({
    method: "GET",
    url: "/ledger/genesis",
    schema: {
      operationId: "getGenesis",
      tags: ["ledger"],
      summary: "The first facts of the ledger",
      response: { 200: genesisSchema },
    },
    handler: async (request, reply) => {
      const genesis = context.requireLedger().genesis();
      return context.answers.answer(request, reply, { version: "genesis" }, () => ({
        chain_id: genesis.chainId,
        hash: toHex(genesisHash(genesis)),
        genesis: toBase64Url(encode(genesisShape, genesis)),
      }));
    },
  });
}

function addBlockRoutes(app: FastifyInstance, context: VotingContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/ledger/blocks/:height",
    schema: {
      operationId: "getBlock",
      tags: ["ledger"],
      summary: "One block with its header and evidence",
      params: heightParams,
      response: { 200: blockSchema },
    },
    handler: async (request, reply) => {
      const ledger = context.requireLedger();
      const { height } = request.params;
      const block = ledger.block(height) ?? refuse("not-found", `There is no block ${height} yet.`);
      return context.answers.answer(request, reply, { version: "block", immutable: true }, () => blockJson(block));
    },
  });
  typed.route({
    method: "GET",
    url: "/ledger/blocks",
    schema: {
      operationId: "listBlocks",
      tags: ["ledger"],
      summary: "Blocks from a height on",
      querystring: blocksQuery,
      response: { 200: blocksSchema },
    },
    handler: async (request, reply) => {
      const ledger = context.requireLedger();
      const { from, limit } = request.query;
      return context.answers.answer(request, reply, { version: ledger.state().height }, () =>
        blockPage(ledger, from, limit),
      );
    },
  });
}

function statusOf(ledger: Ledger): z.output<typeof ledgerStatusSchema> {
  const genesis = ledger.genesis();
  const { height, time, root } = ledger.state();
  return {
    chain_id: genesis.chainId,
    genesis_hash: toHex(genesisHash(genesis)),
    engine: genesis.engine,
    engine_key: toHex(genesis.engineKey),
    practice: genesis.practice,
    height,
    time: formatInstant(time),
    root: toHex(root),
  };
}

function blockPage(ledger: Ledger, from: number, limit: number): z.output<typeof blocksSchema> {
  const { height } = ledger.state();
  const blocks: z.output<typeof blockSchema>[] = [];
  let bytes = 0;
  let next = from;
  for (; next < from + limit && next <= height && bytes < MAX_PAGE_BYTES; next++) {
    const block = ledger.block(next) as Block;
    for (const transaction of block.transactions) bytes += transaction.length;
    blocks.push(blockJson(block));
  }
  return { blocks, next: next <= height ? next : null };
}

/** A block as the API shows it. */
export function blockJson(block: Block): z.output<typeof blockSchema> {
  const { height, time, root, header, evidence, transactions, rejections, misconduct } = block;
  return {
    ...(misconduct === undefined ? {} : { misconduct: misconduct.map(toBase64Url) }),
    height,
    time: formatInstant(time),
    root: toHex(root),
    header: toBase64Url(header),
    evidence: toBase64Url(evidence),
    transactions: transactions.map((wire, i) => ({
      id: toHex(sha256(wire)),
      type: describe(wire)?.type ?? "unknown",
      rejection: rejections[i]?.code ?? null,
      bytes: toBase64Url(wire),
    })),
  };
}
