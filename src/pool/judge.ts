/** Judges on this thread, without blocking it for long. */
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import { judgeBallot } from "#protocol/ballot.js";
import type { Judge } from "#protocol/judge.js";
import { judgeTogether, turnSize } from "./ballots.js";

/** Proofs one by one with the oracle implementation; other work gets its turn between two ballots. */
export function plainJudge(): Judge {
  return judgeBy((tasks) => inTurns(tasks, 1, (turn) => turn.map(judgeBallot)));
}

/** Proofs by the kernel, in batches. */
export function localJudge(): Judge {
  return judgeBy(judgeInTurns);
}

function judgeBy(work: (tasks: readonly BallotTask[]) => Promise<BallotVerdict[]>): Judge {
  let closed = false;
  return {
    judge: async (tasks) => {
      if (closed) throw new Error("the judge is closed");
      return work(tasks);
    },
    close: async () => {
      closed = true;
    },
  };
}

/** Verdicts in order, some ballots in each turn of the event loop. */
export function judgeInTurns(tasks: readonly BallotTask[]): Promise<BallotVerdict[]> {
  return inTurns(tasks, turnSize(), judgeTogether);
}

async function inTurns(
  tasks: readonly BallotTask[],
  size: number,
  judge: (turn: readonly BallotTask[]) => readonly BallotVerdict[],
): Promise<BallotVerdict[]> {
  const verdicts: BallotVerdict[] = [];
  for (let at = 0; at < tasks.length; at += size) {
    verdicts.push(...judge(tasks.slice(at, at + size)));
    await nextTurn();
  }
  return verdicts;
}

/** After other work had its turn; browsers have timers only. */
function nextTurn(): Promise<void> {
  const { setImmediate: soon } = globalThis as { setImmediate?: (go: () => void) => unknown };
  return new Promise((resolve) => (soon === undefined ? setTimeout(resolve) : soon(resolve)));
}
