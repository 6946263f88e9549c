/**
 * Who may call what: every route of the server stands here, in one place (row H-13). A route that does not stand here
 * keeps the server from starting. Whether a thing belongs to the caller (row H-02) is decided by its module.
 */
import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import {
  type Actor,
  type OfficeRole,
  officeRoles,
  requireOfficer,
  requireVoter,
  type SessionKind,
} from "#api/actor.js";

export type Access =
  /** Public: no session, no secret. What is sent may have to be signed. */
  | "everyone"
  /** A page of the site or one of its files: the same for everyone. */
  | "page"
  /** Whoever holds the secret of a printed, mailed or shown link. */
  | "link"
  /** A voter who is signed in, about himself. */
  | "voter"
  /** Somebody of an organisation who is signed in, about that organisation only, with at least this role. */
  | OfficeRole
  /** Development servers only; the route is not there in production. */
  | "development";

const routes: Readonly<Record<Access, readonly string[]>> = {
  everyone: [
    "GET /health",
    "GET /ready",
    "GET /metrics",
    "GET /openapi.json",
    "POST /register",
    "POST /sessions/challenge",
    "POST /sessions",
    "POST /sessions/letter",
    "POST /sessions/code",
    "POST /sessions/passkey/options",
    "POST /sessions/passkey",
    "GET /sessions/providers",
    "POST /sessions/oidc",
    "POST /sessions/oidc/answer",
    "DELETE /sessions",
    "GET /session",
    "GET /setup",
    "GET /organisations",
    "GET /organisations/:id",
    "GET /elections",
    "GET /elections/:id",
    "GET /elections/:id/result",
    "GET /elections/:id/minutes",
    "GET /elections/:id/minutes.html",
    "GET /elections/:id/events",
    "GET /elections/:id/ceremony",
    "GET /elections/:id/tally",
    "GET /elections/:id/shares",
    "GET /elections/:id/credentials/:credential",
    "GET /elections/:id/roll",
    "GET /elections/:id/ballots",
    "GET /elections/:id/ballots/:tracker",
    "GET /elections/:id/turnout",
    "GET /elections/:id/manifest",
    "GET /elections/:id/record",
    "GET /elections/:id/archive.bel",
    "GET /ledger/status",
    "GET /ledger/genesis",
    "GET /ledger/blocks",
    "GET /ledger/blocks/:height",
    "POST /vote",
    "POST /transactions",
  ],
  page: [
    "GET /",
    "GET /join",
    "GET /confirm",
    "GET /key",
    "GET /sign-in",
    "GET /sign-in/*",
    "GET /booth/*",
    "GET /my-vote",
    "GET /check",
    "GET /console",
    "GET /console/*",
    "GET /trustee",
    "GET /ceremony",
    "GET /ceremony/*",
    "GET /board/*",
    "GET /verify",
    "GET /practice",
    "GET /practice/*",
    "GET /pebble.svg",
    "GET /assets/:file",
  ],
  link: [
    "POST /setup",
    "POST /register/confirm",
    "POST /mail/reports",
    "GET /mail/unsubscribe/:token",
    "POST /mail/unsubscribe/:token",
    "GET /trustee/invitations/:token",
    "POST /trustee/invitations/:token",
  ],
  voter: [
    "GET /me",
    "GET /me/export",
    "GET /me/elections",
    "POST /me/organisations",
    "POST /me/key/letter",
    "PUT /me/key",
    "GET /me/passkeys",
    "POST /me/passkeys/options",
    "POST /me/passkeys",
    "DELETE /me/passkeys/:id",
  ],
  observer: [
    "GET /officer/voters",
    "GET /officer/voters/constituencies",
    "GET /officer/admission",
    "GET /officer/organisations",
    "GET /officer/members",
    "GET /officer/audit-log",
    "GET /officer/elections/:uuid/mailings",
    "GET /officer/voters/:id/letters",
    "GET /officer/letters",
    "GET /officer/findings",
    "POST /officer/letters/preview",
    "GET /officer/drafts",
    "GET /officer/drafts/:uuid",
    "GET /officer/proposals",
    "GET /officer/proposals/:id",
  ],
  registrar: [
    "POST /officer/voters/:id/approve",
    "POST /officer/voters/:id/reject",
    "POST /officer/voters/:id/suspend",
    "DELETE /officer/voters/:id",
    "POST /officer/voters/approve-all",
    "GET /officer/voters/doubles",
    "POST /officer/voters/:id/merge",
    "PUT /officer/admission/domains",
    "PUT /officer/admission/claims",
    "GET /officer/admission/addresses",
    "POST /officer/admission/addresses",
    "POST /officer/voters/import",
    "POST /officer/voters/import/preview",
    "POST /officer/voters/import/faulty",
    "GET /officer/voters/export",
    "GET /officer/voters/:id/export",
    "POST /officer/voters/:id/letters",
  ],
  officer: [
    "POST /officer/elections/:uuid/roll-key",
    "POST /officer/elections/:uuid/roll",
    "GET /officer/elections/:uuid/roll/recomputation",
    "GET /officer/elections/:uuid/roll/check",
    "POST /officer/elections/:uuid/reissue",
    "POST /officer/elections/:uuid/mailings",
    "DELETE /officer/elections/:uuid/mailings/:id",
    "POST /officer/drafts",
    "POST /officer/elections/:uuid/duplicate",
    "PUT /officer/drafts/:uuid",
    "DELETE /officer/drafts/:uuid",
    "POST /officer/drafts/:uuid/trustees/:place/invitation",
    "POST /officer/proposals",
    "DELETE /officer/proposals/:id",
    "POST /officer/proposals/:id/approvals",
  ],
  owner: ["PUT /officer/members/:key", "DELETE /officer/members/:key"],
  development: ["GET /dev/outbox"],
};

/** Access by method and path, for example `GET /elections/:id`. */
export const policy: ReadonlyMap<string, Access> = new Map(
  Object.entries(routes).flatMap(([access, names]) => names.map((name) => [name, access as Access])),
);

export function isOfficeRole(access: Access | undefined): access is OfficeRole {
  return (officeRoles as readonly (Access | undefined)[]).includes(access);
}

/** Whose session a route asks for; `undefined` where it asks for none in particular. `name` is method and path. */
export function sessionKindOf(name: string): SessionKind | undefined {
  const access = policy.get(name);
  return access === "voter" ? "voter" : isOfficeRole(access) ? "officer" : undefined;
}

/** Call before any route is added: adding one without policy throws, and who may not call is refused before the body is read. */
export function guardRoutes(app: FastifyInstance, actorOf: (request: FastifyRequest) => Actor | null): void {
  app.addHook("onRoute", (route) => {
    const access = accessOf(route);
    if (access !== "voter" && !isOfficeRole(access)) return;
    const guard = async (request: FastifyRequest): Promise<void> => {
      if (access === "voter") requireVoter(actorOf(request));
      else requireOfficer(actorOf(request), access);
    };
    // Hooks of a route run after those of its scope, so the session is known by then.
    route.onRequest = [guard, ...[route.onRequest ?? []].flat()];
  });
}

function accessOf({ method, url }: Pick<RouteOptions, "method" | "url">): Access {
  // Fastify answers HEAD wherever there is a GET.
  const methods = [method].flat().map((each) => (each === "HEAD" ? "GET" : each));
  const found = methods.map((each) => policy.get(`${each} ${url}`));
  const [access] = found;
  if (access === undefined || found.some((each) => each !== access))
    throw new Error(`The route ${methods.join(",")} ${url} has no policy: say in server/policy.ts who may call it.`);
  return access;
}
