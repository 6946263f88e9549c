/** Judging ballots in a browser's worker: by the kernel where the browser runs it, by the plain implementation otherwise. */
import { kernel } from "#crypto/kernel/kernel.js";
import { swiftArithmetic } from "#crypto/kernel/swift.js";
import { usePublicArithmetic } from "#crypto/public-data.js";
import type { Random } from "#crypto/scalar.js";
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import { judgeBallot } from "#protocol/ballot.js";
import { judgeBatch } from "#protocol/batch.js";

/** Verdicts in the order of the tasks. `random` gives the batch's coefficients, drawn after the batch is fixed. */
export function judgePortion(tasks: readonly BallotTask[], random: Random): BallotVerdict[] {
  const fast = kernel();
  return fast === undefined ? tasks.map(judgeBallot) : judgeBatch(tasks, fast, random);
}

/** From now on this thread computes public data (hashes, sums, a node's signatures) by the kernel, where there is one. */
export function computeSwiftly(): void {
  usePublicArithmetic(swiftArithmetic());
}
