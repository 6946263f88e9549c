/** Why a ballot is not valid: a closed list, in the order in which the checks are made. */

export const BALLOT_FAULT_CODES = [
  "unsupported-question",
  "wrong-election",
  "wrong-fingerprint",
  "identity-credential",
  "answer-count",
  "choice-count",
  "proof-count",
  "identity-alpha",
  "bad-hash",
  "bad-signature",
  "bad-individual-proof",
  "bad-overall-proof",
  "bad-blank-proof",
] as const;

export type BallotFaultCode = (typeof BALLOT_FAULT_CODES)[number];

/** Positions count from 0; those that a code does not need are absent. */
export interface BallotFault {
  readonly code: BallotFaultCode;
  /** One sentence with the positions in words, counted from 1. */
  readonly detail: string;
  readonly question?: number;
  /** Position in the answer's vector of choices (0 is the blank position where blank is allowed). */
  readonly choice?: number;
  /** Branch of the proof whose equation fails. */
  readonly branch?: number;
}

export interface FaultPlace {
  readonly question?: number;
  readonly choice?: number;
  readonly branch?: number;
}

/** A fault with its positions spelled out. */
export function ballotFault(code: BallotFaultCode, reason: string, place: FaultPlace = {}): BallotFault {
  const where: string[] = [];
  if (place.question !== undefined) where.push(`question ${place.question + 1}`);
  if (place.choice !== undefined) where.push(`choice ${place.choice + 1}`);
  if (place.branch !== undefined) where.push(`branch ${place.branch + 1}`);
  return { code, detail: where.length === 0 ? reason : `${where.join(", ")}: ${reason}`, ...place };
}
