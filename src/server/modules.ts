/** The modules this server runs, each with what it needs. */
import type { Kysely } from "kysely";
import type { Random } from "#crypto/scalar.js";
import type { Block } from "#ledger/ledger.js";
import type { LedgerPort } from "#ledger/port.js";
import type { Mailer } from "#mail/mailer.js";
import type { MinutesPort } from "#management/minutes.js";
import { createManagement } from "#management/module.js";
import { signMinutes } from "#protocol/minutes.js";
import type { OidcSettings } from "#registration/login/providers.js";
import { createRegistration } from "#registration/module.js";
import type { PurgeList } from "#registration/restored.js";
import type { AnswerCache } from "#voting/cache.js";
import { createVoting } from "#voting/module.js";
import type { Module } from "./module.js";
import type { RegistrarKey } from "./registrar-key.js";
import { actorOf, type SessionLookup } from "./session.js";

export interface ModuleParts {
  readonly db: Kysely<unknown>;
  readonly ledger: LedgerPort;
  readonly mail: Mailer;
  readonly purged: PurgeList;
  readonly mailWebhookSecret: string | undefined;
  readonly registrar: RegistrarKey;
  readonly answers: AnswerCache;
  readonly random: Random;
  /** The server's clock, nanoseconds since 1970: for people and limits, never for what counts. */
  readonly clock: () => bigint;
  /** Address people reach this server under, without a trailing slash. */
  readonly publicUrl: () => string;
  /** Token of the one-time set-up link; `undefined` when a ledger was there at the start. */
  readonly setupToken: string | undefined;
  /** No development outbox. */
  readonly production: boolean;
  /** Identity providers of organisations. */
  readonly oidc?: OidcSettings;
  /** Hears of background work that failed; it is done again the next time. */
  readonly onTrouble: (error: unknown) => void;
}

export interface Modules {
  /** Those that have to do with people: each in a scope that knows sessions. */
  readonly withSessions: readonly Module<Block>[];
  /** Those whose routes never see a cookie. */
  readonly anonymous: readonly Module<Block>[];
  /** Whom a session's token belongs to. */
  readonly lookup: SessionLookup;
  /** Other nodes that pages may ask: of one election, or of all present ones. */
  readonly secondNodes: (uuid: string | undefined) => Promise<readonly string[]>;
}

export function createModules(parts: ModuleParts): Modules {
  const { db, ledger, mail, registrar, answers, random, clock, publicUrl, setupToken, production, onTrouble } = parts;
  const now = clock;
  const oidc = parts.oidc === undefined ? {} : { oidc: parts.oidc };
  const registration = createRegistration({
    db,
    ledger,
    mail,
    purged: parts.purged,
    mailWebhookSecret: parts.mailWebhookSecret,
    registrar,
    actorOf,
    random,
    now,
    publicUrl,
    production,
    onTrouble,
    ...oidc,
  });
  const voting = createVoting({ db, ledger, answers });
  const minutes: MinutesPort = {
    turnout: voting.hourlyTurnout,
    sign: (each) => ({ key: registrar.key, signature: signMinutes(each, registrar.secret, random) }),
  };
  const management = createManagement({ db, ledger, answers, actorOf, random, now, publicUrl, setupToken, minutes });
  return {
    withSessions: [registration, management],
    anonymous: [voting],
    lookup: registration.lookup,
    secondNodes: management.secondNodes,
  };
}
