/** The plain judge: proofs one by one with the oracle implementation, on this thread, without blocking it for long. */
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import { judgeBallot } from "#protocol/ballot.js";
import type { Judge } from "#protocol/judge.js";

/** Judges in this process; other work gets its turn between two ballots. */
export function plainJudge(): Judge {
  let closed = false;
  return {
    judge: async (tasks) => {
      if (closed) throw new Error("the judge is closed");
      return judgeInTurns(tasks);
    },
    close: async () => {
      closed = true;
    },
  };
}

/** Verdicts one by one; every ballot in a turn of its own of the event loop. */
export async function judgeInTurns(tasks: readonly BallotTask[]): Promise<BallotVerdict[]> {
  const verdicts: BallotVerdict[] = [];
  for (const task of tasks) {
    verdicts.push(judgeBallot(task));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return verdicts;
}
