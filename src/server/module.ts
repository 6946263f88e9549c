/** What the server asks of a module. Modules do not import this: they fit it, so that they need not know the server. */
import type { FastifyInstance } from "fastify";
import type { Transaction } from "kysely";
import type { Migration } from "#db/migrations.js";

export interface Module<Block> {
  readonly name: string;
  readonly migrations: { readonly schema: string; readonly migrations: readonly Migration[] };
  /** Adds the module's routes. */
  routes(app: FastifyInstance): void | Promise<void>;
  /**
   * Brings the module's tables from the state before this block to the state after it, inside the given transaction.
   * Called once for each block, in order, by one server at a time; must depend on nothing but the tables and the block,
   * so that the tables can be dropped and made again. Absent where a module keeps nothing that follows the ledger.
   */
  readonly project?: (trx: Transaction<unknown>, block: Block) => Promise<void>;
  /** Begins periodic work. Called when everything is there. */
  readonly start?: () => void;
  /** Ends what `start` began; waits for what is at hand. */
  readonly close?: () => Promise<void>;
}
