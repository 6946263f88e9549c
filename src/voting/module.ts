/** MODULE 2: voting. Takes ballots to the ledger, hands out receipts, and shows the public board. */
import type { FastifyInstance } from "fastify";
import type { Transaction } from "kysely";
import { tablesOf } from "#db/database.js";
import type { Block } from "#ledger/ledger.js";
import { addLedgerRoutes } from "./blocks.js";
import { addBoardRoutes } from "./board.js";
import { addCastRoute } from "./cast.js";
import type { VotingContext, VotingDeps } from "./context.js";
import { addCredentialRoutes } from "./credential-state.js";
import { addManifestRoute } from "./manifest.js";
import { addRecordRoutes } from "./record.js";
import { requireLedger } from "./submit.js";
import { type VotingTables, votingMigrations } from "./tables.js";
import { addTransactionRoute } from "./transactions.js";
import { addTurnoutRoute, hourlyTurnout } from "./turnout.js";
import { keysOfBlock, projectBlock } from "./votes.js";

export function createVoting(deps: VotingDeps) {
  const context: VotingContext = {
    ...deps,
    tables: tablesOf<VotingTables>(deps.db, "voting"),
    requireLedger: () => requireLedger(deps.ledger),
  };
  return {
    name: "voting",
    /** For the minutes: turnout by the hour, once this many ballots are on the board. */
    hourlyTurnout: (uuid: string, ballots: number) => hourlyTurnout(context.tables, uuid, ballots),
    migrations: votingMigrations,
    routes: (app: FastifyInstance): void => {
      addCastRoute(app, context);
      addTransactionRoute(app, context);
      addCredentialRoutes(app, context);
      addBoardRoutes(app, context);
      addTurnoutRoute(app, context);
      addManifestRoute(app, context);
      addRecordRoutes(app, context);
      addLedgerRoutes(app, context);
    },
    project: async (trx: Transaction<unknown>, block: Block): Promise<void> => {
      const ledger = context.requireLedger();
      await ledger.fetchAhead?.(keysOfBlock(block));
      await projectBlock(tablesOf<VotingTables>(trx, "voting"), ledger.state(), block);
    },
  };
}
