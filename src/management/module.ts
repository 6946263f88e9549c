/** MODULE 3: election management. Routes, and the tables that follow the ledger. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Kysely, Transaction } from "kysely";
import type { Actor } from "#api/actor.js";
import { edgeProblem, ProblemError } from "#api/problem.js";
import type { Random } from "#crypto/scalar.js";
import { tablesOf } from "#db/database.js";
import type { Block, Ledger } from "#ledger/ledger.js";
import type { LedgerPort } from "#ledger/port.js";
import { addCeremonyRoutes } from "./ceremony-routes.js";
import { addDraftRoutes } from "./draft-routes.js";
import { addElectionRoutes } from "./election-routes.js";
import { project } from "./project.js";
import { addProposalRoutes } from "./proposal-routes.js";
import { addSetupRoutes } from "./setup-routes.js";
import { type ManagementTables, managementMigrations } from "./tables.js";
import type { View } from "./views.js";

/** Answers that everyone gets alike, kept per version; the server brings the implementation. */
export interface AnswerCachePort {
  answer(
    request: FastifyRequest,
    reply: FastifyReply,
    freshness: { readonly version: string | number; readonly immutable?: boolean },
    compute: () => unknown | Promise<unknown>,
  ): Promise<FastifyReply>;
}

export interface ManagementDeps {
  readonly db: Kysely<unknown>;
  readonly ledger: LedgerPort;
  readonly answers: AnswerCachePort;
  /** Who is signed in; null for nobody. */
  readonly actorOf: (request: FastifyRequest) => Actor | null;
  readonly random: Random;
  /** The server's clock, nanoseconds: only for what readers are shown, never for what counts. */
  readonly now: () => bigint;
  /** Address under which people reach this server, for links; no trailing slash. */
  readonly publicUrl: () => string;
  /** Token of the one-time set-up link; `undefined` when the installation is set up. */
  readonly setupToken: string | undefined;
}

/** What the routes share. */
export interface ManagementContext extends ManagementDeps {
  readonly tables: Kysely<ManagementTables>;
  /** The ledger, or 503 before set-up. */
  requireLedger(): Ledger;
  /** The latest state at the present moment. */
  view(): View;
}

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
      addDraftRoutes(app, context);
      addProposalRoutes(app, context);
      addCeremonyRoutes(app, context);
    },
    project: (trx: Transaction<unknown>, block: Block): Promise<void> =>
      project(tablesOf<ManagementTables>(trx, "management"), block),
  };
}
