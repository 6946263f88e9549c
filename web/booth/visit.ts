/**
 * What is known of one visit to the booth, for the pages. Everything is in memory. Light, because it is there before
 * anybody has signed in; what acts on it is in `session.ts`.
 */
import { useSyncExternalStore } from "react";
import type { LedgerAnchor, RecordedBallot, TrustedElection } from "#client/voter.js";
import type { PreparedBallot } from "#protocol/voter.js";
import type { Choice } from "./paper.js";

/** One election of the sitting, with what the voter has done on its paper. */
export interface Paper {
  readonly election: TrustedElection;
  readonly lastSequence: number;
  readonly maxCasts: number;
  /** By question; emptied when the ballot is recorded. */
  readonly choices: readonly (Choice | undefined)[];
  readonly prepared: PreparedBallot | undefined;
  readonly recorded: RecordedBallot | undefined;
}

export type Phase =
  | "none"
  | "loading"
  | "refused"
  | "failed"
  /** The second node does not answer: the voter decides whether to go on without it. */
  | "alone"
  /** What was shown does not hold, or two nodes disagree. There is no way on. */
  | "stopped"
  | "intro"
  | "question"
  | "review"
  | "sealing"
  | "sealed"
  | "sending"
  | "testing"
  | "opened"
  | "recorded";

/** Why there is nothing to vote on here. */
export interface Refusal {
  readonly reason: "unknown" | "not-sealed" | "not-open" | "closed" | "not-on-roll" | "no-casts-left";
  readonly title: string;
  readonly opens: string | undefined;
}

export interface Visit {
  readonly uuid: string;
  readonly owner: string;
  readonly phase: Phase;
  readonly papers: readonly Paper[];
  /** Which question is shown, over all papers. */
  readonly at: number;
  /** Back to the check page after this question. */
  readonly changing: boolean;
  readonly anchor: LedgerAnchor | undefined;
  readonly knownBefore: string | undefined;
  readonly refusal: Refusal | undefined;
  /** What went wrong last; nothing of the choices is lost by it. */
  readonly trouble: unknown;
  readonly tests: number;
  readonly reported: boolean;
  /** The node that proofs are compared with; `silent`: it did not answer, at the start or later. */
  readonly second: { readonly host: string; readonly silent: boolean } | undefined;
}

const nothing: Visit = {
  uuid: "",
  owner: "",
  phase: "none",
  papers: [],
  at: 0,
  changing: false,
  anchor: undefined,
  knownBefore: undefined,
  refusal: undefined,
  trouble: undefined,
  tests: 0,
  reported: false,
  second: undefined,
};

let visit: Visit = nothing;
const listeners = new Set<() => void>();

/** Changes a part of the visit, and tells the pages. */
export function change(part: Partial<Visit>): void {
  visit = { ...visit, ...part };
  for (const each of listeners) each();
}

export function useVisit(): Visit {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => visit,
  );
}

/** Whether leaving now would lose choices. */
export const hasUnsent = (): boolean =>
  ["question", "review", "sealing", "sealed", "sending", "testing", "opened"].includes(visit.phase);

/** The visit as it is now. */
export const visitNow = (): Visit => visit;

/** Forgets all of it and begins with this. */
export function beginAnew(part: Partial<Visit>): void {
  visit = nothing;
  change(part);
}
