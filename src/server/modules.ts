/** The modules this server runs, each with what it needs. */
import type { Kysely } from "kysely";
import type { Random } from "#crypto/scalar.js";
import type { Block } from "#ledger/ledger.js";
import type { LedgerPort } from "#ledger/port.js";
import { createManagement } from "#management/module.js";
import type { AnswerCache } from "#voting/cache.js";
import type { Module } from "./module.js";
import { actorOf } from "./session.js";

export interface ModuleParts {
  readonly db: Kysely<unknown>;
  readonly ledger: LedgerPort;
  readonly answers: AnswerCache;
  readonly random: Random;
  /** The server's clock, nanoseconds since 1970: for people and limits, never for what counts. */
  readonly clock: () => bigint;
  /** Address people reach this server under, without a trailing slash. */
  readonly publicUrl: () => string;
  /** Token of the one-time set-up link; `undefined` when a ledger was there at the start. */
  readonly setupToken: string | undefined;
}

export function createModules(parts: ModuleParts): readonly Module<Block>[] {
  const { db, ledger, answers, random, clock, publicUrl, setupToken } = parts;
  return [createManagement({ db, ledger, answers, actorOf, random, now: clock, publicUrl, setupToken })];
}
