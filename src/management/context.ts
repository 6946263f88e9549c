/** What management's routes and use cases share. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Kysely } from "kysely";
import type { Actor } from "#api/actor.js";
import type { Random } from "#crypto/scalar.js";
import type { Ledger } from "#ledger/ledger.js";
import type { LedgerPort } from "#ledger/port.js";
import type { MinutesPort } from "./minutes.js";
import type { ManagementTables } from "./tables.js";
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
  readonly minutes: MinutesPort;
}

/** What the routes share. */
export interface ManagementContext extends ManagementDeps {
  readonly tables: Kysely<ManagementTables>;
  /** The ledger, or 503 before set-up. */
  requireLedger(): Ledger;
  /** The latest state at the present moment. */
  view(): View;
}
