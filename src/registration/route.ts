/** Small parts that the registry's routes share. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import {
  type OfficerActor,
  requireOfficer,
  requireVoter,
  type SessionKind,
  sessionCookies,
  type VoterActor,
} from "#api/actor.js";
import type { Context } from "./context.js";
import type { SessionTokens } from "./login/session.js";

/** Requests that say everything in their path: no body or an empty object. */
export const emptyBody = z.strictObject({}).nullish();

export const tags = { register: ["registration"], session: ["sessions"], officer: ["registration (officers)"] };

/** The officer who sent this, or 401 or 403. */
export function officerOf(context: Context, request: FastifyRequest): OfficerActor {
  return requireOfficer(context.actorOf(request));
}

/** The voter who sent this, or 401 or 403. */
export function voterOf(context: Context, request: FastifyRequest): VoterActor {
  return requireVoter(context.actorOf(request));
}

/** Hook for routes of officers: others are refused before their body is read. */
export function onlyOfficers(context: Context) {
  return async (request: FastifyRequest): Promise<void> => void officerOf(context, request);
}

/** The same for routes of voters. */
export function onlyVoters(context: Context) {
  return async (request: FastifyRequest): Promise<void> => void voterOf(context, request);
}

/** The token in the cookie of this kind of session. */
export function sessionTokenOf(request: FastifyRequest, kind: SessionKind): string | undefined {
  return request.cookies[sessionCookies[kind]];
}

/** The sessions that a request came with. */
export function sessionTokens(request: FastifyRequest): SessionTokens {
  return { voter: sessionTokenOf(request, "voter"), officer: sessionTokenOf(request, "officer") };
}

/** Answers about people are kept by nobody on the way. */
export function privately(reply: FastifyReply): FastifyReply {
  return reply.header("cache-control", "no-store");
}
