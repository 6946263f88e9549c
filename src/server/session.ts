/** Cookie to actor, for the modules that have to do with people. The voting module's routes never see a session. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Actor, type SessionKind, sessionCookies } from "#api/actor.js";
import { edgeProblem, ProblemError } from "#api/problem.js";
import { sessionKindOf } from "./policy.js";

/** Finds whom a session token belongs to; `null` for a token that is unknown, ended or too old. */
export type SessionLookup = (token: string) => Promise<Actor | null>;

// Not a property of the request: what has no session hook cannot ask, and nothing leaks through a shared object.
const actors = new WeakMap<FastifyRequest, Actor>();

/** Who sent this request; `null` when nobody is signed in, and for every route outside {@link addSessions}'s scope. */
export function actorOf(request: FastifyRequest): Actor | null {
  return actors.get(request) ?? null;
}

/**
 * Loads the session of every request to this scope's routes. `ownOrigin` is where our own pages come from. A browser
 * may hold two sessions, a voter's and an officer's; the route says whose counts. Only where that one is missing the
 * other speaks, so that who may not call is told so.
 */
export function addSessions(scope: FastifyInstance, lookup: SessionLookup, ownOrigin: () => string): void {
  scope.addHook("onRequest", async (request) => {
    const kinds = kindsFor(request).filter((kind) => request.cookies[sessionCookies[kind]] !== undefined);
    if (kinds.length > 0) refuseForeignPages(request, ownOrigin());
    for (const kind of kinds) {
      const actor = await lookup(request.cookies[sessionCookies[kind]] as string);
      // A token is good in its own cookie only.
      if (actor?.kind !== kind) continue;
      actors.set(request, actor);
      return;
    }
  });
}

/** Whose session counts first. Routes for everybody may be asked with `?as=officer`. */
function kindsFor({ routeOptions, method, query }: FastifyRequest): readonly SessionKind[] {
  const asked = (query as { as?: unknown } | undefined)?.as;
  if (asked === "voter" || asked === "officer") return [asked];
  const kind = sessionKindOf(`${method === "HEAD" ? "GET" : method} ${routeOptions.url ?? ""}`);
  return kind === "officer" ? ["officer", "voter"] : ["voter", "officer"];
}

/**
 * A page of another site must not act with the cookie of this one (row H-03). Beside SameSite=Strict: a browser says
 * from where a changing request comes; programs other than browsers say nothing.
 */
function refuseForeignPages(request: FastifyRequest, ownOrigin: string): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const { origin, "sec-fetch-site": site } = request.headers;
  const foreign =
    (origin !== undefined && origin !== ownOrigin) || (site !== undefined && site !== "same-origin" && site !== "none");
  if (foreign) throw new ProblemError(edgeProblem("not-allowed", "This request came from a page of another site."));
}
