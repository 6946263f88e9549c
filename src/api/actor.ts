/** Who is behind a request, as the session says. The server finds it out; modules decide what the actor may do. */
import { edgeProblem, ProblemError } from "./problem.js";

export interface VoterActor {
  readonly kind: "voter";
  readonly voterId: string;
}

export interface OfficerActor {
  readonly kind: "officer";
  /** Identifier of the organisation on the ledger. */
  readonly organisation: string;
  /** The officer's public key, hex. */
  readonly key: string;
  readonly name: string;
}

export type Actor = VoterActor | OfficerActor;

/** The officer behind a request, or 401/403. */
export function requireOfficer(actor: Actor | null): OfficerActor {
  if (actor === null) throw new ProblemError(edgeProblem("not-signed-in"));
  if (actor.kind !== "officer") throw new ProblemError(edgeProblem("not-allowed"));
  return actor;
}

/** The voter behind a request, or 401/403. */
export function requireVoter(actor: Actor | null): VoterActor {
  if (actor === null) throw new ProblemError(edgeProblem("not-signed-in"));
  if (actor.kind !== "voter") throw new ProblemError(edgeProblem("not-allowed"));
  return actor;
}

/** What belongs to another organisation does not exist for this officer (row H-02): 404, not 403. */
export function requireOwn(actor: OfficerActor, organisation: string): void {
  if (actor.organisation !== organisation) throw new ProblemError(edgeProblem("not-found"));
}

/** Name of the cookie. The prefix makes browsers refuse it unless it is secure, for this host only, and for every path. */
export const sessionCookie = "__Host-psephos";
