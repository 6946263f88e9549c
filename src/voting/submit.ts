/** The way to the ledger: what the machine refuses becomes its problem, a failing world a 503 that says what to do. */

import { edgeProblem, ProblemError } from "#api/problem.js";
import { Busy } from "#base/busy.js";
import type { Result } from "#base/result.js";
import { type Ledger, LedgerUnavailable, type Submitted } from "#ledger/ledger.js";
import type { LedgerPort } from "#ledger/port.js";
import type { Rejection } from "#protocol/rejections.js";

/** Before set-up there is no ledger. */
export function requireLedger(port: Pick<LedgerPort, "current">): Ledger {
  const ledger = port.current();
  if (ledger !== undefined) return ledger;
  throw new ProblemError(
    edgeProblem("unavailable", "This installation is not set up yet: there is no ledger to vote on."),
  );
}

/** {@link Ledger.submit} with its failures as problems of the edge. */
export async function submitTo(ledger: Ledger, wire: Uint8Array): Promise<Result<Submitted, Rejection>> {
  try {
    return await ledger.submit(wire);
  } catch (error) {
    throw failureOf(error);
  }
}

/** What a failure of the world is answered with; anything unknown stays what it is. */
export function failureOf(error: unknown): unknown {
  if (error instanceof Busy) {
    const seconds = Math.max(1, Math.ceil(error.retryAfterMs / 1000));
    const problem = edgeProblem(
      "overloaded",
      "Too much is waiting at the moment. Nothing was done; try again shortly.",
    );
    return new ProblemError(problem, { headers: { "retry-after": String(seconds) }, cause: error });
  }
  if (error instanceof LedgerUnavailable) {
    const detail =
      "The ledger did not answer. It is not known whether this was recorded: send exactly the same again; it counts once.";
    return new ProblemError(edgeProblem("unavailable", detail), { headers: { "retry-after": "5" }, cause: error });
  }
  return error;
}
