/** What the use cases of registration share: tables, clock, ledger, letters, limits. */
import type { FastifyRequest } from "fastify";
import type { Kysely } from "kysely";
import type { Actor } from "#api/actor.js";
import { ProblemError, problem, refuse } from "#api/problem.js";
import { isIdentity, type Point, pointFromBytes } from "#crypto/group.js";
import type { Random } from "#crypto/scalar.js";
import { tablesOf } from "#db/database.js";
import type { Ledger } from "#ledger/ledger.js";
import type { Mailer } from "#mail/mailer.js";
import { organisationOf } from "#protocol/organisation.js";
import type { OidcSettings } from "./login/providers.js";
import { isPostal } from "./postal.js";
import type { PurgeList } from "./restored.js";
import type { RegistrarKey } from "./sealed-secret.js";
import { type RegistrationTables, registrationSchema } from "./tables.js";

/** Requests from one network address within a minute. Offices and schools share one address: 500 people must get through. */
export interface Limits {
  readonly registrationsPerMinute: number;
  readonly signInsPerMinute: number;
}

export const defaultLimits: Limits = { registrationsPerMinute: 1_200, signInsPerMinute: 1_200 };

export interface RegistrationDeps {
  readonly db: Kysely<unknown>;
  /** `undefined` before set-up. */
  readonly ledger: { current(): Ledger | undefined };
  readonly mail: Mailer;
  /** Who was erased; outside the database. */
  readonly purged: PurgeList;
  /** What a mail service must know to report what became of letters; without it nobody can. */
  readonly mailWebhookSecret?: string | undefined;
  readonly registrar: RegistrarKey;
  /** Who sent a request, by the session's cookie; null: nobody who is signed in. */
  readonly actorOf: (request: FastifyRequest) => Actor | null;
  readonly random: Random;
  /** The server's clock, nanoseconds: expiry of links and sessions, never what counts in an election. */
  readonly now: () => bigint;
  /** Address under which people reach this server; no trailing slash. */
  readonly publicUrl: () => string;
  /** No development outbox. */
  readonly production: boolean;
  readonly limits?: Limits;
  /** Identity providers of organisations; none without it. */
  readonly oidc?: OidcSettings;
  /** Hears of background work that failed; it is done again the next time. */
  readonly onTrouble?: (error: unknown) => void;
}

export interface Context extends RegistrationDeps {
  readonly tables: Tables;
  readonly limits: Limits;
  /** The clock as the database takes it. */
  date(): Date;
  /** The ledger, or 503 before set-up. */
  requireLedger(): Ledger;
  /** As the ledger names it; empty when it does not know the identifier. */
  organisationName(id: string): string;
}

export type Tables = Kysely<RegistrationTables>;

export function createContext(deps: RegistrationDeps): Context {
  return {
    ...deps,
    limits: deps.limits ?? defaultLimits,
    mail: {
      ...deps.mail,
      // Who has no mail address gets paper, which the officers send.
      queue: (trx, letters) =>
        deps.mail.queue(
          trx,
          letters.filter((letter) => !isPostal(letter.to)),
        ),
    },
    tables: registryOf(deps.db),
    date: () => new Date(Number(deps.now() / 1_000_000n)),
    requireLedger: () => deps.ledger.current() ?? notSetUp(),
    organisationName: (id) => {
      const state = deps.ledger.current()?.state();
      return (state === undefined ? undefined : organisationOf(state, id)?.entry.fields.name) ?? "";
    },
  };
}

/** The registry's tables on a connection or in a transaction. */
export function registryOf(db: Kysely<unknown>): Tables {
  return tablesOf<RegistrationTables>(db, registrationSchema);
}

function notSetUp(): never {
  const detail = "This installation is not set up yet. Open the set-up link that was printed when the server started.";
  throw new ProblemError(problem("not-set-up", 503, "Not set up yet", detail));
}

/** A key of the API (64 hex digits): an element of the group that is not the neutral one, or 400. */
export function requireKey(
  hex: string,
  pointer = "/body/public_key",
): { readonly point: Point; readonly bytes: Buffer } {
  const bytes = Buffer.from(hex, "hex");
  const point = pointFromBytes(bytes);
  if (point === undefined || isIdentity(point)) refuse("invalid-request", `${pointer}: this is not a public key`);
  return { point, bytes };
}

/** Whether a database error says that this unique constraint was hit. */
export function isDuplicate(error: unknown, constraint: string): boolean {
  const { code, constraint: hit } = error as { code?: unknown; constraint?: unknown };
  return code === "23505" && hit === constraint;
}

/** Whether a database error says that the voter is needed by a roll. */
export function isOnRollError(error: unknown): boolean {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return code === "23503" && constraint === "roll_entries_voter_id_fkey";
}

export function later(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}
