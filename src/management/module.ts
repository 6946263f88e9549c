/** MODULE 3: election management. Routes, and the tables that follow the ledger. */
import type { FastifyInstance } from "fastify";
import type { Transaction } from "kysely";
import { edgeProblem, ProblemError } from "#api/problem.js";
import { tablesOf } from "#db/database.js";
import type { Block, Ledger } from "#ledger/ledger.js";
import { addCeremonyRoutes } from "./ceremony-routes.js";
import type { ManagementContext, ManagementDeps } from "./context.js";
import { addDraftRoutes } from "./draft-routes.js";
import { addElectionRoutes } from "./election-routes.js";
import { addMinutesRoutes } from "./minutes.js";
import { project } from "./project.js";
import { addProposalRoutes } from "./proposal-routes.js";
import { secondNodes } from "./second-nodes.js";
import { addSetupRoutes } from "./setup-routes.js";
import { type ManagementTables, managementMigrations } from "./tables.js";

export function createManagement(deps: ManagementDeps) {
  const requireLedger = (): Ledger => {
    const ledger = deps.ledger.current();
    if (ledger === undefined)
      throw new ProblemError(
        edgeProblem(
          "unavailable",
          "This installation is not set up yet. Open the set-up link that was printed when the server started.",
        ),
      );
    return ledger;
  };
  const context: ManagementContext = {
    ...deps,
    tables: tablesOf<ManagementTables>(deps.db, "management"),
    requireLedger,
    view: () => {
      const state = requireLedger().state();
      const now = deps.now();
      return { reader: state, height: state.height, now: now > state.time ? now : state.time };
    },
  };
  return {
    name: "management",
    migrations: managementMigrations,
    routes: (app: FastifyInstance): void => {
      addSetupRoutes(app, context);
      addElectionRoutes(app, context);
      addMinutesRoutes(app, context);
      addDraftRoutes(app, context);
      addProposalRoutes(app, context);
      addCeremonyRoutes(app, context);
    },
    project: (trx: Transaction<unknown>, block: Block): Promise<void> =>
      project(tablesOf<ManagementTables>(trx, "management"), block),
    /** Which other nodes the pages of an election may ask, or those of all present elections. */
    secondNodes: (uuid: string | undefined) => secondNodes(context, uuid),
  };
}
