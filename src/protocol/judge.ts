/**
 * The port through which proofs of ballots are judged before the machine runs, so that workers and batches can do the
 * dear work. The machine itself stays synchronous: what was judged is looked up, what was not is judged by the plain
 * implementation. Correctness therefore never depends on a judge's cache. SPEC 4.4
 */
import { type BallotTask, type BallotVerdict, plainVerdicts, type Verdicts } from "./ballot.js";

export interface Judge {
  /**
   * Verdicts in the order of the tasks; equal to those of `judgeBallot`, one by one. Rejects with `Busy` when too much
   * waits already (nothing was judged), with another `Error` when the judge is broken or closed.
   */
  judge(tasks: readonly BallotTask[]): Promise<readonly BallotVerdict[]>;
  /** Finishes what was begun, then ends workers. */
  close(): Promise<void>;
}

/**
 * Verdicts that were judged beforehand, by the hash of the wire transaction; the longest unused go out first. A miss
 * falls through to the plain implementation.
 */
export class VerdictCache implements Verdicts {
  readonly #known = new Map<string, BallotVerdict>();
  readonly #limit: number;
  readonly #below: Verdicts;

  constructor(limit: number, below: Verdicts = plainVerdicts) {
    this.#limit = limit;
    this.#below = below;
  }

  ballot(task: BallotTask): BallotVerdict {
    const known = this.known(task.id);
    if (known !== undefined) return known;
    const verdict = this.#below.ballot(task);
    this.remember(task.id, verdict);
    return verdict;
  }

  /** The verdict when it is there, without judging. */
  known(id: string): BallotVerdict | undefined {
    const verdict = this.#known.get(id);
    if (verdict === undefined) return undefined;
    this.#known.delete(id);
    this.#known.set(id, verdict);
    return verdict;
  }

  remember(id: string, verdict: BallotVerdict): void {
    this.#known.delete(id);
    if (this.#known.size >= this.#limit) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(id, verdict);
  }
}
