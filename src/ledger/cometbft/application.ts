/**
 * The application that CometBFT drives: the machine behind ABCI 2.0. Every rule is checked three times, in CheckTx (so
 * that nothing worthless travels), in ProcessProposal (so that no validator votes for a block with anything refused in
 * it) and in FinalizeBlock (so that nothing refused takes effect even if it was decided). Nothing is kept before Commit,
 * and everything is kept there, in one synced transaction (row L-10, engine facts in docs/decisions/0010).
 *
 * What is hashed depends on the committed state and the block alone. Verdicts of proof checks come from a cache of a pure
 * function; the local clock is advice at the door and nowhere else.
 */
import { createHash } from "node:crypto";
import { assert } from "#base/assert.js";
import { Busy } from "#base/busy.js";
import { bytesEqual, isWellFormed, toHex } from "#base/bytes.js";
import { type Validator, validatorsHash } from "#evidence/cometbft/validators.js";
import type { BallotTask, BallotVerdict, Verdicts } from "#protocol/ballot.js";
import type { Genesis } from "#protocol/genesis.js";
import type { Judge, VerdictCache } from "#protocol/judge.js";
import {
  type Applied,
  apply,
  check,
  RULEBOOK,
  type Rulebook,
  taskOf,
  UnknownRules,
  unknownRules,
} from "#protocol/machine.js";
import { networkOf, rulesAt } from "#protocol/network.js";
import { type Rejection, reject, rejectionNumber } from "#protocol/rejections.js";
import type { Changes, StateReader } from "#protocol/state.js";
import type { Owner } from "../embedded/owner.js";
import type { Head } from "../embedded/recovery.js";
import type { Store, WriteStep } from "../embedded/store.js";
import type { LedgerLog } from "../ledger.js";
import { Snapshot } from "../snapshots.js";
import { type AbciAnswers, type AbciBlock, type AbciHandlers, framedSize } from "./abci-messages.js";
import { blockClock } from "./block-clock.js";
import { genesisFromAppState } from "./genesis-file.js";
import { Interned } from "./interned.js";
import { encodeRecord } from "./record.js";

/** Transactions in a proposal of ours; others may propose more. */
const MAX_PROPOSED = 4000;
/** Transactions kept as they were decoded: some 30,000 ballots, more than CometBFT keeps undecided. */
const INTERNED_BYTES = 48 * 1024 * 1024;
/**
 * Blocks until a pending transaction is looked at again. What has become refusable meanwhile is left out of proposals
 * anyway; this only makes room, and looking at everything after each block would cost more than judging it once.
 */
const RECHECK_BLOCKS = 4;
/** Candidates kept between proposal and decision: one for each round that is worth waiting for. */
const MAX_CANDIDATES = 4;
/** Answer to a transaction whose proofs could not be judged now: CometBFT drops it, the sender tries again. */
export const CODE_BUSY = 999;

export interface ApplicationSettings {
  readonly judge: Pick<Judge, "judge"> | undefined;
  readonly verdicts: VerdictCache;
  /** Nanoseconds since 1970: advice at the door. */
  readonly clock: () => bigint;
  readonly log: LedgerLog;
  /** The rules by their version; default: all that this program has. */
  readonly rulebook?: Rulebook;
  /** Hears of each step of each commit; tests crash here. */
  readonly onStep: (step: WriteStep, height: number) => void;
  /** Hears of what CometBFT asked about for the first time, and of the answer. */
  readonly onChecked?: (transaction: Uint8Array, answer: AbciAnswers["check-tx"]) => void;
  /** Hears of each committed block, after it is on disk. */
  readonly onCommitted: (committed: Committed) => void;
}

/** A block that is on disk. */
export interface Committed {
  readonly snapshot: Snapshot;
  readonly time: bigint;
  /** SHA-256 of each transaction. */
  readonly ids: readonly Uint8Array[];
  readonly rejections: readonly (Rejection | null)[];
}

export interface ApplicationParts {
  readonly store: Store;
  readonly genesis: Genesis;
  readonly owner: Owner;
  readonly head: Pick<Head, "height" | "time" | "root">;
}

/** What a block does to the state below it. */
interface Candidate {
  readonly block: Pick<AbciBlock, "height" | "time" | "transactions">;
  readonly applied: Applied;
}

interface Finalized extends Applied {
  readonly block: AbciBlock;
}

export class Application {
  readonly handlers: AbciHandlers;
  readonly interned = new Interned(INTERNED_BYTES);
  readonly #parts: ApplicationParts;
  readonly #settings: ApplicationSettings;
  /** Takes proofs that are not known to be bad for good; for looking at everything else. */
  readonly #trusting: Verdicts;
  readonly #rulebook: Rulebook;
  #snapshot: Snapshot;
  readonly #clock = blockClock();
  #finalized: Finalized | null = null;
  #candidates: readonly Candidate[] = [];
  /** Heights at which pending transactions were looked at. */
  readonly #lookedAt = new WeakMap<Uint8Array, number>();

  constructor(parts: ApplicationParts, settings: ApplicationSettings) {
    const { store, head } = parts;
    this.#parts = parts;
    this.#settings = settings;
    this.#rulebook = settings.rulebook ?? RULEBOOK;
    const { verdicts } = settings;
    this.#trusting = { ballot: (task) => verdicts.known(task.id) ?? { ok: false, error: UNJUDGED } };
    this.#snapshot = new Snapshot(store, head.height, head.time, head.root);
    this.handlers = {
      echo: ({ message }) => ({ message }),
      flush: () => null,
      info: () => this.#info(),
      "init-chain": (request) => this.#initChain(request),
      query: () => ({ code: 1, log: "Questions are answered by the HTTP API." }),
      "check-tx": ({ transaction, recheck }) => this.#answerCheck(this.interned.of(transaction), recheck),
      commit: () => this.#commit(),
      // A newcomer replays all blocks: nobody's snapshot is believed, and every block is kept anyway.
      "list-snapshots": () => null,
      "offer-snapshot": () => ({ accept: false }),
      "load-snapshot-chunk": () => null,
      "apply-snapshot-chunk": () => ({ accept: false }),
      "prepare-proposal": (request) => this.#prepareProposal(request),
      "process-proposal": ({ block }) => this.#processProposal(this.#own(block)),
      "extend-vote": () => null,
      "verify-vote-extension": ({ extension }) => ({ accept: extension.length === 0 }),
      "finalize-block": ({ block }) => this.#finalizeBlock(this.#own(block)),
    };
  }

  /** The latest committed state. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** The local clock, or the network's where that is later; above the last block. */
  now(): bigint {
    const [local, network] = [this.#settings.clock(), this.#clock.now(performance.now())];
    const clock = local > network ? local : network;
    return clock > this.#snapshot.time ? clock : this.#snapshot.time + 1n;
  }

  /** Why this program cannot judge the next block, if so: the network has agreed on rules that it does not know. */
  get halted(): UnknownRules | undefined {
    return unknownRules(this.#snapshot, this.#snapshot.height + 1, this.#rulebook);
  }

  /** CometBFT (re)connected: whatever was decided and not committed will come again. */
  #info(): AbciAnswers["info"] {
    this.#finalized = null;
    this.#candidates = [];
    const { height, root } = this.#snapshot;
    return { height, appHash: height === 0 ? new Uint8Array(0) : root, appVersion: this.#rules(height) };
  }

  #initChain(request: Parameters<AbciHandlers["init-chain"]>[0]): AbciAnswers["init-chain"] {
    const { genesis } = this.#parts;
    const theirs = genesisFromAppState(request.appState);
    if (!theirs.ok) throw new Error(`CometBFT's genesis file does not fit: ${theirs.error}.`);
    const same =
      toHex(theirs.value.hash) === toHex(this.#genesisHash()) &&
      request.chainId === genesis.chainId &&
      request.initialHeight === 1 &&
      request.time === genesis.time + 1n &&
      bytesEqual(validatorsHash(request.validators), genesis.engineKey);
    if (!same) throw new Error("CometBFT's genesis file is not that of this ledger.");
    if (this.#snapshot.height !== 0) throw new Error("CometBFT begins anew, but this ledger has blocks already.");
    return { appHash: this.#snapshot.root };
  }

  /** Version of the rules in the block of a height, as far as the committed state says. */
  #rules(height: number): number {
    return rulesAt(networkOf(this.#snapshot), height);
  }

  #check(transaction: Uint8Array, verdicts: Verdicts, time = this.now(), base = this.#snapshot): Rejection | null {
    return check(base, time, transaction, verdicts, { height: base.height + 1, rulebook: this.#rulebook });
  }

  #genesisHash(): Uint8Array {
    const bytes = this.#parts.store.genesis();
    assert(bytes !== undefined, "the store was founded");
    return new Uint8Array(createHash("sha256").update(bytes).digest());
  }

  #own(block: AbciBlock): AbciBlock {
    return { ...block, transactions: block.transactions.map((each) => this.interned.of(each)) };
  }

  async #answerCheck(transaction: Uint8Array, recheck: boolean): Promise<AbciAnswers["check-tx"]> {
    const { height } = this.#snapshot;
    if (recheck && height < (this.#lookedAt.get(transaction) ?? 0) + RECHECK_BLOCKS) return checked(null);
    this.#lookedAt.set(transaction, height);
    // Proofs do not change with the state; whoever passed once is not judged again.
    if (recheck) return checked(this.#check(transaction, this.#trusting));
    const answer = await this.#checkTx(transaction);
    this.#settings.onChecked?.(transaction, answer);
    return answer;
  }

  async #checkTx(transaction: Uint8Array): Promise<AbciAnswers["check-tx"]> {
    const { judge, verdicts } = this.#settings;
    // The cheap checks first: proofs are not worth a worker's time when these fail.
    const cheap = this.#check(transaction, this.#trusting);
    if (cheap !== UNJUDGED) return checked(cheap);
    const task = taskOf(this.#snapshot, transaction);
    if (judge === undefined || task === null) return checked(this.#check(transaction, verdicts));
    try {
      const [verdict] = (await judge.judge([task])) as [BallotVerdict];
      verdicts.remember(task.id, verdict);
      return checked(verdict.ok ? this.#check(transaction, verdicts) : verdict.error);
    } catch (error) {
      if (error instanceof Busy) return { code: CODE_BUSY, log: error.message };
      this.#settings.log.warn({ err: error }, "the judge failed; proofs are checked one by one");
      return checked(this.#check(transaction, verdicts));
    }
  }

  /** The transactions that take effect in this block, in the order in which they came, as far as there is room. */
  async #prepareProposal(
    request: Parameters<AbciHandlers["prepare-proposal"]>[0],
  ): Promise<AbciAnswers["prepare-proposal"]> {
    const base = this.#snapshot;
    const chosen: Uint8Array[] = [];
    let room = request.maxBytes;
    for (const transaction of request.transactions) {
      const size = framedSize(transaction);
      if (size > room || chosen.length === MAX_PROPOSED) break;
      room -= size;
      chosen.push(this.interned.of(transaction));
    }
    await this.#prejudge(base, chosen);
    const { height, time } = request;
    const block = { height, time, transactions: chosen };
    const applied = this.#tryApply(base, block);
    if (applied?.rejections.every((rejection) => rejection === null)) {
      this.#keepCandidate({ block, applied });
      return { transactions: chosen };
    }
    const sound = applied === null ? chosen.filter((each) => this.#survives(base, time, each)) : chosen;
    const { rejections } = applied ?? this.#apply(base, { ...block, transactions: sound });
    return { transactions: sound.filter((_, i) => rejections[i] === null) };
  }

  #apply(base: Snapshot, block: Candidate["block"]): Applied {
    return apply(base, block, this.#settings.verdicts, this.#rulebook);
  }

  /** `null` when the machine failed on one of the transactions. */
  #tryApply(base: Snapshot, block: Candidate["block"]): Applied | null {
    try {
      return this.#apply(base, block);
    } catch (error) {
      if (error instanceof UnknownRules) throw error;
      return null;
    }
  }

  /** The machine does not throw. If it does, its mistake shall cost one transaction, not every proposal. */
  #survives(base: Snapshot, time: bigint, transaction: Uint8Array): boolean {
    try {
      this.#check(transaction, this.#settings.verdicts, time, base);
      return true;
    } catch (error) {
      if (error instanceof UnknownRules) throw error;
      this.#settings.log.error({ err: error }, "the machine failed on a transaction; it is not proposed");
      return false;
    }
  }

  /** Accepts a block iff every transaction in it takes effect: what an honest proposer makes, and nothing else. */
  async #processProposal(block: AbciBlock): Promise<AbciAnswers["process-proposal"]> {
    const base = this.#snapshot;
    if (block.height !== base.height + 1) return { accept: false };
    try {
      const applied = await this.#applyBlock(base, block);
      const refused = applied.rejections.find((rejection) => rejection !== null);
      if (refused) this.#settings.log.warn({ height: block.height, code: refused.code }, "a proposed block is refused");
      return { accept: refused === undefined };
    } catch (error) {
      // Refusing would let the others wait for this node in vain; it stops, and says why.
      if (error instanceof UnknownRules) throw error;
      this.#settings.log.error({ err: error, height: block.height }, "the machine failed on a proposed block");
      return { accept: false };
    }
  }

  async #finalizeBlock(block: AbciBlock): Promise<AbciAnswers["finalize-block"]> {
    const base = this.#snapshot;
    assert(block.height === base.height + 1, `block ${block.height} was decided on top of ${base.height}`);
    assert(block.time > base.time, "block times rise");
    const applied = await this.#applyBlock(base, block);
    for (const { kind, address, height } of block.misconduct)
      this.#settings.log.error({ block: block.height, kind, validator: toHex(address), height }, MISCONDUCT[kind]);
    this.#finalized = { ...applied, block };
    const after = readAfter(base, applied.changes);
    const next = rulesAt(networkOf(after), block.height + 1);
    return {
      codes: applied.rejections.map(codeOf),
      appHash: applied.root,
      validatorUpdates: validatorUpdates(base, after),
      appVersion: next === this.#rules(block.height) ? null : next,
    };
  }

  #commit(): AbciAnswers["commit"] {
    assert(this.#finalized !== null, "a block was decided before it is committed");
    const { block, changes, root, rejections } = this.#finalized;
    const { store, owner } = this.#parts;
    const ids = block.transactions.map((each) => this.interned.id(each));
    const record = encodeRecord({ time: block.time, hash: block.hash, root, rejections: rejections.map(plainDetail) });
    const overwritten = this.#snapshot.overwrittenBy(changes);
    store.append(
      {
        height: block.height,
        header: record,
        evidence: new Uint8Array(0),
        transactions: block.transactions,
        ids: ids.map((id, i) => (rejections[i] === null ? id : null)),
        changes,
      },
      owner,
      (step) => this.#settings.onStep(step, block.height),
    );
    this.#finalized = null;
    this.#candidates = [];
    for (const each of block.transactions) this.interned.forget(each);
    this.#snapshot = this.#snapshot.follow(overwritten, block.height, block.time, root);
    this.#clock.committed(block.time, performance.now());
    this.#settings.onCommitted({ snapshot: this.#snapshot, time: block.time, ids, rejections });
    this.#settings.onStep("answered", block.height);
    // All blocks are kept: an election's record begins at the genesis.
    return { retainHeight: 0 };
  }

  /** What a block does to a state; kept from proposal to decision. It depends on nothing but time and transactions. */
  async #applyBlock(base: Snapshot, block: AbciBlock): Promise<Applied> {
    const known = this.#candidates.find((candidate) => sameBlock(candidate.block, block));
    if (known !== undefined) return known.applied;
    await this.#prejudge(base, block.transactions);
    const applied = this.#apply(base, block);
    assert(base === this.#snapshot, "no block is committed while another is applied");
    this.#keepCandidate({ block, applied });
    return applied;
  }

  #keepCandidate(candidate: Candidate): void {
    this.#candidates = [...this.#candidates, candidate].slice(-MAX_CANDIDATES);
  }

  /** Judges the proofs that are not known yet, many at once. What stays unjudged the machine judges one by one. */
  async #prejudge(base: Snapshot, transactions: readonly Uint8Array[]): Promise<void> {
    if (this.#settings.judge === undefined) return;
    const tasks = transactions
      .map((transaction) => taskOf(base, transaction))
      .filter((task): task is BallotTask => task !== null && this.#settings.verdicts.known(task.id) === undefined);
    if (tasks.length === 0) return;
    try {
      const verdicts = await this.#settings.judge.judge(tasks);
      for (const [i, task] of tasks.entries()) this.#settings.verdicts.remember(task.id, verdicts[i] as BallotVerdict);
    } catch (error) {
      this.#settings.log.warn({ err: error }, "the judge failed; proofs are checked one by one");
    }
  }
}

/** Its proof stays in the block; the set changes by its operators' decision only (docs/decisions/0018). */
const MISCONDUCT = {
  "two-votes": "a validator signed two votes that exclude each other: its key is in two places, or in wrong hands",
  other: "the network convicted a validator of misconduct",
} as const;

/** Stands in for a verdict that is not there; never told to anybody. */
const UNJUDGED = reject("bad-proof", "not judged yet");

function checked(rejection: Rejection | null): AbciAnswers["check-tx"] {
  if (rejection === null || rejection === UNJUDGED) return { code: 0, log: "" };
  return { code: codeOf(rejection), log: plainDetail(rejection)?.detail ?? "" };
}

/** Interned transactions, so the same ones are the same arrays. */
function sameBlock(a: Candidate["block"], b: Candidate["block"]): boolean {
  return (
    a.height === b.height &&
    a.time === b.time &&
    a.transactions.length === b.transactions.length &&
    a.transactions.every((each, i) => each === b.transactions[i])
  );
}

function codeOf(rejection: Rejection | null): number {
  return rejection === null ? 0 : rejectionNumber(rejection.code);
}

/** A detail may quote foreign text cut in the middle of a character; such a one has no bytes. */
function plainDetail(rejection: Rejection | null): Rejection | null {
  return rejection === null || isWellFormed(rejection.detail) ? rejection : { ...rejection, detail: "" };
}

function readAfter(base: StateReader, changes: Changes): StateReader {
  return {
    get: (key) => {
      const changed = changes.get(key);
      return changed === undefined ? base.get(key) : (changed ?? undefined);
    },
  };
}

/** What CometBFT must change in its set; removed keys have power 0. Each key once, as it demands. */
function validatorUpdates(before: StateReader, after: StateReader): Validator[] {
  const powers = (reader: StateReader): Map<string, Validator> =>
    new Map((networkOf(reader)?.validators ?? []).map(({ key, power }) => [toHex(key), { key, power: BigInt(power) }]));
  const [old, now] = [powers(before), powers(after)];
  const gone = [...old].filter(([name]) => !now.has(name)).map(([, { key }]) => ({ key, power: 0n }));
  const come = [...now].filter(([name, { power }]) => old.get(name)?.power !== power).map(([, validator]) => validator);
  return [...gone, ...come];
}
