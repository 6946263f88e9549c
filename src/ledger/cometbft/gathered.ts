/**
 * A judge that gathers: proofs checked together cost a fraction of proofs checked one by one (a lone one 0.9 ms, one of 12
 * 0.27 ms, one of 64 0.19 ms), and ballots arrive one by one. What arrives within two hundredths of a second goes together,
 * at once when it is enough for a good batch, and what arrives while a batch is judged goes after it; so batches grow with the
 * load, and a lone ballot waits for a small part of the time that its block takes.
 */
import { Busy } from "#base/busy.js";
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import type { Judge } from "#protocol/judge.js";

/** How long a ballot waits for company: at 300 a second for half a dozen others. */
const COMPANY_MS = 20;
/** Enough to begin at once: waiting for more would not make them much cheaper. */
const GOOD_COMPANY = 48;
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
  /** Set while a batch waits for company. */
  let timer: NodeJS.Timeout | undefined;

  const next = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
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
    if (tasksWaiting >= GOOD_COMPANY) void next();
    else timer = setTimeout(() => void next(), COMPANY_MS);
  };
  return {
    judge: (tasks) => {
      if (tasksWaiting > 0 && tasksWaiting + tasks.length > MAX_WAITING)
        return Promise.reject(new Busy("proof checking", 1000));
      tasksWaiting += tasks.length;
      return new Promise((settle, fail) => {
        waiting.push({ tasks, settle, fail });
        if (!underway) begin();
        else if (timer !== undefined && tasksWaiting >= GOOD_COMPANY) void next();
      });
    },
  };
}
