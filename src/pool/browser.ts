/**
 * The judge on web workers: the browser's twin of node.ts. Tasks are handed out in portions to whichever worker is free;
 * what a failed worker held is judged on the page's own thread, and the worker is not replaced (a page is short-lived).
 * How a worker is started is passed in: only the page knows its addresses and its content policy.
 */
import { Busy } from "#base/busy.js";
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import { judgeBallot } from "#protocol/ballot.js";
import type { Judge } from "#protocol/judge.js";

/** One portion of tasks, and the answer to it. Both cross the thread boundary by structured clone. */
export interface BrowserOrder {
  readonly number: number;
  readonly tasks: readonly BallotTask[];
}
export interface BrowserAnswer {
  readonly number: number;
  readonly verdicts: readonly BallotVerdict[];
}

/** What the pool needs of a Worker. */
export interface PoolWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  postMessage(message: BrowserOrder): void;
  terminate(): void;
}

export interface BrowserJudgeOptions {
  /** Starts one worker; throws where there are none (the page's own thread judges then). */
  readonly start: () => PoolWorker;
  readonly workers: number;
  /** Tasks that may wait before `judge` refuses with {@link Busy}. */
  readonly maxWaiting?: number;
}

/** Most tasks per portion: a good batch, and less than a tenth of a second of a phone. */
const PORTION = 256;
const LEAST_PORTION = 16;
const MAX_WAITING = 20_000;

interface Portion {
  readonly tasks: readonly BallotTask[];
  readonly settle: (verdicts: readonly BallotVerdict[]) => void;
  readonly fail: (error: unknown) => void;
}
interface Hand {
  readonly worker: PoolWorker;
  portion: Portion | undefined;
}

export function browserJudge(options: BrowserJudgeOptions): Judge {
  const maxWaiting = options.maxWaiting ?? MAX_WAITING;
  const hands = startAll(options);
  const queue: Portion[] = [];
  let waiting = 0;
  let number = 0;
  let judgingHere = false;
  let closing = false;
  let idle: (() => void)[] = [];

  for (const hand of hands.slice()) {
    hand.worker.onmessage = ({ data }) => {
      const { portion } = hand;
      hand.portion = undefined;
      portion?.settle((data as BrowserAnswer).verdicts);
      handOut();
    };
    hand.worker.onerror = () => bury(hand);
  }

  function handOut(): void {
    for (const hand of hands) {
      if (hand.portion !== undefined) continue;
      const portion = queue.shift();
      if (portion === undefined) return;
      hand.portion = portion;
      hand.worker.postMessage({ number: number++, tasks: portion.tasks });
    }
    if (hands.length === 0) void judgeHere();
  }

  /** The plain way, one ballot a turn, so that the page stays alive. */
  async function judgeHere(): Promise<void> {
    if (judgingHere) return;
    judgingHere = true;
    for (let portion = queue.shift(); portion !== undefined; portion = queue.shift())
      await inTurns(portion.tasks).then(portion.settle, portion.fail);
    judgingHere = false;
  }

  function bury(hand: Hand): void {
    const at = hands.indexOf(hand);
    if (at < 0) return;
    hands.splice(at, 1);
    hand.worker.terminate();
    if (hand.portion !== undefined) queue.unshift(hand.portion);
    hand.portion = undefined;
    // A ballot that kills workers must not kill them all in turn: the portion is judged here.
    void judgeHere();
  }

  return {
    judge: async (tasks) => {
      if (closing) throw new Error("the judge is closed");
      if (tasks.length === 0) return [];
      if (waiting > 0 && waiting + tasks.length > maxWaiting) throw new Busy("proof checking", 1000);
      waiting += tasks.length;
      try {
        const parts = portionsOf(tasks, hands.length).map(
          (part) =>
            new Promise<readonly BallotVerdict[]>((settle, fail) => {
              queue.push({ tasks: part, settle, fail });
            }),
        );
        handOut();
        return (await Promise.all(parts)).flat();
      } finally {
        waiting -= tasks.length;
        if (waiting === 0) for (const done of idle.splice(0)) done();
      }
    },
    close: async () => {
      closing = true;
      if (waiting > 0) await new Promise<void>((resolve) => idle.push(resolve));
      idle = [];
      for (const hand of hands.splice(0)) hand.worker.terminate();
    },
  };
}

function startAll({ start, workers }: BrowserJudgeOptions): Hand[] {
  const hands: Hand[] = [];
  try {
    for (let i = 0; i < workers; i++) hands.push({ worker: start(), portion: undefined });
  } catch {
    // No workers here: slower, and the same verdicts.
  }
  return hands;
}

function portionsOf(tasks: readonly BallotTask[], workers: number): BallotTask[][] {
  const size = Math.max(LEAST_PORTION, Math.min(PORTION, Math.ceil(tasks.length / Math.max(1, workers))));
  const out: BallotTask[][] = [];
  for (let at = 0; at < tasks.length; at += size) out.push(tasks.slice(at, at + size));
  return out;
}

async function inTurns(tasks: readonly BallotTask[]): Promise<BallotVerdict[]> {
  const verdicts: BallotVerdict[] = [];
  for (const task of tasks) {
    verdicts.push(judgeBallot(task));
    await new Promise((resolve) => setTimeout(resolve));
  }
  return verdicts;
}
