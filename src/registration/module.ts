/** MODULE 1: voter registration. People, their keys, signing in, approval, and the rolls of elections. */
import type { FastifyInstance } from "fastify";
import type { Kysely } from "kysely";
import type { Actor } from "#api/actor.js";
import type { Block } from "#ledger/ledger.js";
import { addAdmissionRoutes } from "./admission-routes.js";
import { type Context, createContext, later, type RegistrationDeps } from "./context.js";
import { addDevelopmentRoutes } from "./development-routes.js";
import { followBlock } from "./follow.js";
import { addListRoutes } from "./list-routes.js";
import { addSessionRoutes } from "./login/routes.js";
import { actorOfToken } from "./login/session.js";
import { addMeRoutes } from "./me-routes.js";
import { addOfficeRoutes } from "./office/routes.js";
import { addOfficerRoutes } from "./officer-routes.js";
import { addRegisterRoutes } from "./register-routes.js";
import { createLineCache } from "./roll-lines.js";
import { addRollRoutes } from "./roll-routes.js";
import { registrationMigrations } from "./tables.js";

const purgePauseMs = 10 * 60_000;

export function createRegistration(deps: RegistrationDeps) {
  const context = createContext(deps);
  const cache = createLineCache();
  let timer: NodeJS.Timeout | undefined;
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
      addDevelopmentRoutes(app, context);
    },
    /** Finds whom a session's token belongs to: for the server, which reads the cookie. */
    lookup: (token: string): Promise<Actor | null> => actorOfToken(context, token),
    project: (trx: Kysely<unknown>, block: Block): Promise<void> => followBlock(context, cache, trx, block),
    /** Deletes what has expired; runs by itself every ten minutes. */
    purge: (): Promise<void> => purge(context),
    start: (): void => {
      timer = setInterval(() => void purge(context).catch((error: unknown) => deps.onTrouble?.(error)), purgePauseMs);
      timer.unref();
    },
    close: async (): Promise<void> => clearInterval(timer),
  };
}

async function purge(context: Context): Promise<void> {
  const now = context.date();
  for (const table of ["requests", "tokens", "challenges", "sessions", "passkey_challenges", "oidc_attempts"] as const)
    await context.tables.deleteFrom(table).where("expires_at", "<", now).execute();
  await context.tables
    .deleteFrom("mailed_sign_ins")
    .where("created_at", "<", later(now, -24 * 3600))
    .execute();
}
