/**
 * A judge that gathers: proofs checked together cost a fraction of proofs checked one by one, and ballots arrive one by
 * one. What arrives within a few milliseconds goes together, and what arrives while a batch is judged goes together after
 * it; so batches grow with the load, and a lone ballot hardly waits.
 */
import { Busy } from "#base/busy.js";
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import type { Judge } from "#protocol/judge.js";

/** How long a ballot waits for company. */
const COMPANY_MS = 4;
/** Ballots that may wait for the next batch: some seconds of one core. */
const MAX_WAITING = 20_000;

interface Asked {
  readonly tasks: readonly BallotTask[];
  settle(verdicts: readonly BallotVerdict[]): void;
  fail(error: unknown): void;
}

/** Verdicts as `judge` gives them; `close` stays with whoever made it. */
export function gathered(judge: Judge): Pick<Judge, "judge"> {
  let waiting: Asked[] = [];
  let tasksWaiting = 0;
  let underway = false;

  const next = async (): Promise<void> => {
    const together = waiting;
    waiting = [];
    tasksWaiting = 0;
    try {
      const verdicts = await judge.judge(together.flatMap(({ tasks }) => tasks));
      let at = 0;
      for (const { tasks, settle } of together) {
        settle(verdicts.slice(at, at + tasks.length));
        at += tasks.length;
      }
    } catch (error) {
      for (const { fail } of together) fail(error);
    }
    underway = false;
    if (waiting.length > 0) begin();
  };
  const begin = (): void => {
    underway = true;
    setTimeout(() => void next(), COMPANY_MS);
  };
  return {
    judge: (tasks) => {
      if (tasksWaiting > 0 && tasksWaiting + tasks.length > MAX_WAITING)
        return Promise.reject(new Busy("proof checking", 1000));
      tasksWaiting += tasks.length;
      return new Promise((settle, fail) => {
        waiting.push({ tasks, settle, fail });
        if (!underway) begin();
      });
    },
  };
}
