/** Proofs of a record judged by workers ahead of the replay: all processors check, one replays. */
import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import { workerJudge } from "#pool/node.js";
import { computeSwiftly } from "#pool/swift.js";
import type { BallotVerdict, Verdicts } from "#protocol/ballot.js";
import { type Judge, VerdictCache } from "#protocol/judge.js";
import { type Asked, judgingAhead, VERDICTS_AHEAD } from "#verify/ahead.js";

export interface JudgeAhead {
  /** To be given to the verifier: knows what was judged ahead, judges the rest itself. */
  readonly verdicts: Verdicts;
  /** Begins to judge what a step asks for; resolves once what it needs is judged. */
  judge(step: Asked): Promise<void>;
  close(): Promise<void>;
}

/** Fewer proofs than this are judged sooner than workers start. */
const WORTH_WORKERS = 16;

export function judgeAhead(): JudgeAhead {
  // A replay's garbage is young: with more room for it the process takes some 70 MiB more, and no less time.
  setFlagsFromString("--max-semi-space-size=8");
  computeSwiftly();
  const verdicts = new VerdictCache(VERDICTS_AHEAD);
  let workers: Judge | undefined;
  let broken = false;
  return {
    verdicts,
    judge: judgingAhead(async (tasks) => {
      if (broken || (workers === undefined && tasks.length < WORTH_WORKERS)) return;
      try {
        workers ??= workerJudge({ workers: availableParallelism() });
        const judged = await workers.judge(tasks);
        for (const [i, task] of tasks.entries()) verdicts.remember(task.id, judged[i] as BallotVerdict);
      } catch {
        // Workers only save time: without them the verifier judges everything itself.
        broken = true;
      }
    }),
    close: async () => {
      await workers?.close();
    },
  };
}
