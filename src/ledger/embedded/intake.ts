/**
 * What waits to be ordered: taken in by the cheap checks, judged (proofs) beside, then ready for a block. Bounded: what
 * does not fit is refused before any work is done (row L-14).
 */
import { createHash } from "node:crypto";
import { Busy } from "#base/busy.js";
import { toHex } from "#base/bytes.js";
import { fail, type Result } from "#base/result.js";
import type { BallotTask, BallotVerdict, Verdicts } from "#protocol/ballot.js";
import type { Judge, VerdictCache } from "#protocol/judge.js";
import { type At, check } from "#protocol/machine.js";
import { type Rejection, reject } from "#protocol/rejections.js";
import type { StateReader } from "#protocol/state.js";
import type { LedgerLog, Submitted } from "../ledger.js";

export type Outcome = Result<Submitted, Rejection>;

/** A transaction on its way into a block. */
export interface Waiting {
  readonly id: Uint8Array;
  readonly wire: Uint8Array;
  readonly outcome: Promise<Outcome>;
  settle(outcome: Outcome): void;
  fail(error: unknown): void;
}

export interface IntakeLimits {
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
}

/** The door's view of the moment: committed state and the time a block made now would carry. */
export interface Moment {
  readonly state: StateReader;
  readonly time: bigint;
  /** Height and rules of that block, on a network. */
  readonly at?: At;
}

interface Unjudged {
  readonly waiting: Waiting;
  readonly task: BallotTask;
}

/** Ballots that go to the judge as one batch: the first of many should not wait for the verdict on the last. */
const TOGETHER = 64;

/** Stands in for a verdict that is not there yet; never answered to anybody. */
const PENDING = reject("bad-proof", "not judged yet");

export class Intake {
  readonly #limits: IntakeLimits;
  readonly #judge: Pick<Judge, "judge"> | undefined;
  readonly #verdicts: VerdictCache;
  readonly #log: LedgerLog;
  readonly #onReady: () => void;
  readonly #byId = new Map<string, Waiting>();
  #bytes = 0;
  #ready: Waiting[] = [];
  #unjudged: Unjudged[] = [];

  constructor(
    limits: IntakeLimits,
    judge: Pick<Judge, "judge"> | undefined,
    verdicts: VerdictCache,
    log: LedgerLog,
    onReady: () => void,
  ) {
    this.#limits = limits;
    this.#judge = judge;
    this.#verdicts = verdicts;
    this.#log = log;
    this.#onReady = onReady;
  }

  /** Everything taken in and not yet answered. */
  get waiting(): number {
    return this.#byId.size;
  }

  get ready(): number {
    return this.#ready.length;
  }

  /** The outcome of an identical transaction that is on its way already. */
  outcomeOf(id: Uint8Array): Promise<Outcome> | undefined {
    return this.#byId.get(toHex(id))?.outcome;
  }

  /** Takes a transaction in, or answers at once. Throws {@link Busy} when there is no room. */
  offer(wire: Uint8Array, id: Uint8Array, moment: Moment): Promise<Outcome> {
    if (this.#byId.size >= this.#limits.maxWaiting || this.#bytes + wire.length > this.#limits.maxWaitingBytes)
      throw new Busy("the ledger", 1000);
    const door = new Door(this.#verdicts);
    const rejection = check(moment.state, moment.time, wire, door, moment.at);
    if (rejection !== null && door.task === null) return Promise.resolve(fail(rejection));
    const waiting = this.#admit(wire, id);
    if (door.task === null || this.#judge === undefined) this.#makeReady(waiting);
    else this.#toJudge(waiting, door.task);
    return waiting.outcome;
  }

  /** Hands out the next transactions for a block, oldest first. */
  take(maxCount: number, maxBytes: number): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#ready) {
      bytes += waiting.wire.length;
      if (count >= maxCount || (count > 0 && bytes > maxBytes)) break;
      count++;
    }
    return this.#ready.splice(0, count);
  }

  /** Fails everything that waits. */
  failAll(error: unknown): void {
    this.#ready = [];
    this.#unjudged = [];
    for (const waiting of [...this.#byId.values()]) waiting.fail(error);
  }

  #admit(wire: Uint8Array, id: Uint8Array): Waiting {
    const name = toHex(id);
    const { promise, resolve, reject: refuse } = withResolvers<Outcome>();
    // Whoever submitted may have gone; an outcome that nobody hears is not an unhandled failure.
    promise.catch(() => {});
    const leave = (): boolean => {
      if (!this.#byId.delete(name)) return false;
      this.#bytes -= wire.length;
      return true;
    };
    const waiting: Waiting = {
      id,
      wire,
      outcome: promise,
      settle: (outcome) => void (leave() && resolve(outcome)),
      fail: (error) => void (leave() && refuse(error)),
    };
    this.#byId.set(name, waiting);
    this.#bytes += wire.length;
    return waiting;
  }

  #makeReady(waiting: Waiting): void {
    this.#ready.push(waiting);
    this.#onReady();
  }

  /** Tasks of one turn of the event loop go to the judge together, so that batches can form. */
  #toJudge(waiting: Waiting, task: BallotTask): void {
    this.#unjudged.push({ waiting, task });
    if (this.#unjudged.length === 1) setImmediate(() => this.#judgeTogether());
  }

  #judgeTogether(): void {
    const all = this.#unjudged;
    this.#unjudged = [];
    for (let at = 0; at < all.length; at += TOGETHER) void this.#judgeBatch(all.slice(at, at + TOGETHER));
  }

  async #judgeBatch(together: readonly Unjudged[]): Promise<void> {
    let verdicts: readonly BallotVerdict[] | undefined;
    try {
      verdicts = await (this.#judge as Pick<Judge, "judge">).judge(together.map(({ task }) => task));
    } catch (error) {
      if (error instanceof Busy) {
        for (const { waiting } of together) waiting.fail(error);
        return;
      }
      // The machine judges by itself what has no verdict: slower, never wrong.
      this.#log.warn({ err: error }, "the judge failed; proofs are checked one by one");
    }
    for (const [i, { waiting, task }] of together.entries()) {
      const verdict = verdicts?.[i];
      if (verdict !== undefined) this.#verdicts.remember(task.id, verdict);
      if (verdict !== undefined && !verdict.ok) waiting.settle(fail(verdict.error));
      else this.#makeReady(waiting);
    }
  }
}

/** Verdicts at the door: known ones are used, the first unknown one is noted and stops the check there. */
class Door implements Verdicts {
  readonly #known: VerdictCache;
  task: BallotTask | null = null;

  constructor(known: VerdictCache) {
    this.#known = known;
  }

  ballot(task: BallotTask): BallotVerdict {
    const known = this.#known.known(task.id);
    if (known !== undefined) return known;
    this.task = task;
    return fail(PENDING);
  }
}

/** SHA-256 by Node: the same bytes as the crypto room's, faster for long inputs. */
export function transactionId(wire: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(wire).digest());
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve!: (value: T) => void;
  let refuse!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    refuse = no;
  });
  return { promise, resolve, reject: refuse };
}
