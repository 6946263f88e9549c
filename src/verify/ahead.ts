/** Judging proofs while blocks before them are replayed: at most two groups of blocks are under way at a time. */

import type { BallotTask } from "#protocol/ballot.js";

/** Verdicts kept between judging and replay: those of two groups of blocks, with room to spare. */
export const VERDICTS_AHEAD = 20_000;

/** What of a `RecordStep` says which proofs to judge, and which must be judged now. */
export interface Asked {
  readonly tasks: readonly BallotTask[];
  readonly needs: number;
}

/** Begins to judge what each step asks, and resolves once what it needs is judged. Rejects as `judge` does. */
export function judgingAhead(judge: (tasks: readonly BallotTask[]) => Promise<void>): (step: Asked) => Promise<void> {
  const underway: { readonly from: number; readonly done: Promise<void> }[] = [];
  let asked = 0;
  return async ({ tasks, needs }) => {
    if (tasks.length > 0) {
      const done = judge(tasks);
      // Whoever needs it hears of the failure; until then it is not an unhandled one.
      done.catch(() => {});
      underway.push({ from: asked, done });
      asked += tasks.length;
    }
    for (let first = underway[0]; first !== undefined && first.from < needs; first = underway[0]) {
      underway.shift();
      await first.done;
    }
  };
}
