/** Judging ballots on this thread: by the kernel where it can be had, by the plain implementation otherwise. */
import { type Kernel, kernel } from "#crypto/kernel/kernel.js";
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import { judgeBallot } from "#protocol/ballot.js";
import { judgeBatch } from "#protocol/batch.js";

/** Set to 1 to judge by the plain implementation only: to compare, or should the kernel ever be in doubt. */
const PLAIN = "PSEPHOS_PLAIN";

/** The kernel that judges in this process; `undefined`: the plain implementation does. */
export function judgingKernel(): Kernel | undefined {
  // Browsers have no such settings.
  const { process } = globalThis as { process?: { env: Readonly<Record<string, string | undefined>> } };
  return process?.env[PLAIN] === "1" ? undefined : kernel();
}

/** Verdicts in the order of the tasks; takes about 0.1 ms a ballot by the kernel, 15 ms and more without. */
export function judgeTogether(tasks: readonly BallotTask[]): BallotVerdict[] {
  const fast = judgingKernel();
  return fast === undefined
    ? tasks.map(judgeBallot)
    : judgeBatch(tasks, fast, (length) => crypto.getRandomValues(new Uint8Array(length)));
}

/** Ballots judged in one turn of the event loop: about as long as one by the plain implementation. */
export function turnSize(): number {
  return judgingKernel() === undefined ? 1 : 128;
}
