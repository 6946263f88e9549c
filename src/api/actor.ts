/** Who is behind a request, as the session says. The server finds it out; modules decide what the actor may do. */
import { edgeProblem, ProblemError } from "./problem.js";

/** How somebody signed in. Only `key` shows that the person holds the recovery code (docs/decisions/0013-sign-in.md). */
export type SignInMethod = "key" | "code" | "passkey" | "oidc";

export interface VoterActor {
  readonly kind: "voter";
  readonly voterId: string;
  readonly method: SignInMethod;
}

/** From the least to the most: who may do something may do all that those before may. */
export const officeRoles = ["observer", "registrar", "officer", "owner"] as const;

/**
 * What a person may do for an organisation in the registry and in drafts. Acts on the ledger are another matter: they
 * take k-of-n signatures of the officers whom the ledger names, whatever stands here.
 */
export type OfficeRole = (typeof officeRoles)[number];

export interface OfficerActor {
  readonly kind: "officer";
  /** Identifier of the organisation on the ledger. */
  readonly organisation: string;
  /** The officer's public key, hex. */
  readonly key: string;
  readonly name: string;
  /** `officer` and `owner` stand on the ledger; `observer` and `registrar` are appointed in the registry. */
  readonly role: OfficeRole;
}

export type Actor = VoterActor | OfficerActor;

/** The officer behind a request, or 401/403. The least role of each route stands in server/policy.ts. */
export function requireOfficer(actor: Actor | null, least: OfficeRole = "observer"): OfficerActor {
  if (actor === null) throw new ProblemError(edgeProblem("not-signed-in"));
  if (actor.kind !== "officer") throw new ProblemError(edgeProblem("not-allowed"));
  if (!mayActAs(actor.role, least)) {
    const detail = `Your role is ${actor.role}; this takes at least the role ${least}. Ask an owner of your organisation.`;
    throw new ProblemError(edgeProblem("not-allowed", detail));
  }
  return actor;
}

export function mayActAs(role: OfficeRole, least: OfficeRole): boolean {
  return officeRoles.indexOf(role) >= officeRoles.indexOf(least);
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

/** Voters' and officers' pages share a browser, not a session: each kind of person has a cookie of its own. */
export type SessionKind = Actor["kind"];

/** Names of the cookies. The prefix makes browsers refuse one unless it is secure, for this host only, and for every path. */
export const sessionCookies: Readonly<Record<SessionKind, string>> = {
  voter: "__Host-psephos-voter",
  officer: "__Host-psephos-officer",
};
