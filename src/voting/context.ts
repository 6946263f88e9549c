/** What the use cases of this module share. */
import type { Kysely } from "kysely";
import type { Ledger } from "#ledger/ledger.js";
import type { LedgerPort } from "#ledger/port.js";
import type { AnswerCache } from "./cache.js";
import type { VotingTables } from "./tables.js";

export interface VotingDeps {
  readonly db: Kysely<unknown>;
  readonly ledger: Pick<LedgerPort, "current">;
  readonly answers: AnswerCache;
}

export interface VotingContext extends VotingDeps {
  readonly tables: Kysely<VotingTables>;
  /** The ledger, or 503 before set-up. */
  requireLedger(): Ledger;
}
