/** MODULE 1: voter registration. People, their keys, signing in, approval, and the rolls of elections. */
import type { FastifyInstance } from "fastify";
import type { Kysely } from "kysely";
import type { Actor } from "#api/actor.js";
import type { Block } from "#ledger/ledger.js";
import { addAdmissionRoutes } from "./admission-routes.js";
import { type Context, createContext, later, type RegistrationDeps } from "./context.js";
import { addDevelopmentRoutes } from "./development-routes.js";
import { followBlock, type Reconciled, reconcile } from "./follow.js";
import { addListRoutes } from "./list-routes.js";
import { addSessionRoutes } from "./login/routes.js";
import { actorOfToken } from "./login/session.js";
import { addMailRoutes } from "./mail-routes.js";
import { runMailings } from "./mailings.js";
import { addMeRoutes } from "./me-routes.js";
import { addOfficeRoutes } from "./office/routes.js";
import { addOfficerRoutes } from "./officer-routes.js";
import { addPrivacyRoutes } from "./privacy-routes.js";
import { addRegisterRoutes } from "./register-routes.js";
import { createLineCache } from "./roll-lines.js";
import { addRollRoutes } from "./roll-routes.js";
import { registrationMigrations } from "./tables.js";

const purgePauseMs = 10 * 60_000;
const mailingsPauseMs = 10_000;
/** What became of a letter is known for so long after it. */
const letterDays = 90;

export function createRegistration(deps: RegistrationDeps) {
  const context = createContext(deps);
  const cache = createLineCache();
  const timers: NodeJS.Timeout[] = [];
  return {
    name: "registration" as const,
    migrations: registrationMigrations,
    routes: async (app: FastifyInstance): Promise<void> => {
      addRegisterRoutes(app, context);
      addSessionRoutes(app, context);
      addMeRoutes(app, context);
      addOfficeRoutes(app, context);
      addOfficerRoutes(app, context);
      addAdmissionRoutes(app, context);
      await addListRoutes(app, context);
      addRollRoutes(app, context, cache);
      addMailRoutes(app, context);
      addPrivacyRoutes(app, context);
      addDevelopmentRoutes(app, context);
    },
    /** Finds whom a session's token belongs to: for the server, which reads the cookie. */
    lookup: (token: string): Promise<Actor | null> => actorOfToken(context, token),
    project: (trx: Kysely<unknown>, block: Block): Promise<void> => followBlock(context, cache, trx, block),
    /** Deletes what has expired; runs by itself every ten minutes. */
    purge: (): Promise<void> => purge(context),
    /** Sends the letters to rolls that are due; runs by itself every ten seconds. */
    runMailings: (): Promise<number> => runMailings(context),
    /** After a start: erases again what must not come back, and compares rolls with the ledger. */
    reconcile: (): Promise<Reconciled> => reconcile(context, cache),
    start: (): void => {
      const quietly = (work: Promise<unknown>) => void work.catch((error: unknown) => deps.onTrouble?.(error));
      timers.push(setInterval(() => quietly(purge(context)), purgePauseMs));
      timers.push(setInterval(() => quietly(runMailings(context)), mailingsPauseMs));
      for (const timer of timers) timer.unref();
      quietly(reconcile(context, cache));
    },
    close: async (): Promise<void> => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

async function purge(context: Context): Promise<void> {
  const now = context.date();
  await context.mail.purge(later(now, -letterDays * 24 * 3600));
  for (const table of ["requests", "tokens", "challenges", "sessions", "passkey_challenges", "oidc_attempts"] as const)
    await context.tables.deleteFrom(table).where("expires_at", "<", now).execute();
  await context.tables
    .deleteFrom("mailed_sign_ins")
    .where("created_at", "<", later(now, -24 * 3600))
    .execute();
}
