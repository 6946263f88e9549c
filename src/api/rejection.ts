/** Rejections of the machine as HTTP problems: the same code, the sentence of the closed list, a fitting status. */
import { REJECTIONS, type Rejection, type RejectionCode } from "#protocol/rejections.js";
import { type Problem, ProblemError, problem } from "./problem.js";

/** Statuses that differ from 422 (the transaction is well-formed but refused). */
const STATUS: Partial<Record<RejectionCode, number>> = {
  "too-large": 413,
  malformed: 400,
  "unknown-type": 400,
  "wrong-chain": 400,
  "unknown-organisation": 404,
  "unknown-election": 404,
  "unknown-tracker": 404,
  "organisation-exists": 409,
  "election-exists": 409,
  "stale-revision": 409,
  "officer-exists": 409,
  "not-yet-open": 409,
  closed: 409,
  ended: 409,
  "wrong-stage": 409,
  "too-early": 409,
  "too-late": 409,
  "wrong-ceremony": 409,
  "already-done": 409,
  "out-of-order": 409,
  "not-on-roll": 403,
  "credential-revoked": 403,
  "stale-sequence": 409,
  "has-voted": 409,
  "credential-exists": 409,
  "too-few-approvals": 403,
  "unknown-officer": 403,
};

/** The problem that a rejection becomes at the HTTP edge. */
export function rejectionProblem(rejection: Rejection): Problem {
  const row = REJECTIONS.find((each) => each.code === rejection.code) as (typeof REJECTIONS)[number];
  const detail = rejection.detail === "" ? row.sentence : `${row.sentence} (${rejection.detail})`;
  return problem(rejection.code, STATUS[rejection.code] ?? 422, row.sentence, detail);
}

/** Refuses the request with the machine's rejection. */
export function refuseWith(rejection: Rejection): never {
  throw new ProblemError(rejectionProblem(rejection));
}
