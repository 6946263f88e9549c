/**
 * Replay: the blocks of a ledger, from genesis, through the machine that every validator runs. What holds here holds
 * without trusting who wrote the blocks: form, order, times, transactions and state roots follow from the bytes; that
 * the node said so follows from its signatures. Pure: the caller brings the blocks, however it reads them. SPEC 5.4
 */

import { bytesEqual, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { fail, ok, type Result } from "#base/result.js";
import { plainVerdicts, type Verdicts } from "#protocol/ballot.js";
import { stateRoot } from "#protocol/directory.js";
import { applyGenesis, faultOfGenesis, type Genesis } from "#protocol/genesis.js";
import { apply, RULEBOOK, type Rulebook, unknownRules } from "#protocol/machine.js";
import { networkOf, rulesAt } from "#protocol/network.js";
import type { Rejection } from "#protocol/rejections.js";
import { type Changes, MemoryState, type StateReader } from "#protocol/state.js";
import { type ChainHeader, type ChainJudge, chainJudge, namesItsValidators } from "./chain.js";

/** A block as the ledger serves it. */
export interface ReplayBlock {
  readonly header: Uint8Array;
  readonly evidence: Uint8Array;
  readonly transactions: readonly Uint8Array[];
}

/** Where the replayed state lives: memory by default, a file for very large records. */
export interface ReplayStore extends StateReader {
  commit(changes: Changes): void;
}

export type ReplayFaultCode =
  | "bad-genesis"
  | "malformed-header"
  | "wrong-chain"
  | "bad-evidence"
  | "height-gap"
  | "broken-chain"
  | "time-order"
  | "transactions-root"
  | "unknown-rules"
  | "rejected-transaction"
  | "state-root";

/** The first thing that does not hold, and where. */
export interface ReplayFault {
  readonly height: number;
  readonly code: ReplayFaultCode;
  readonly detail: string;
  /** With `rejected-transaction`: which one of the block, and why. */
  readonly refused?: { readonly index: number; readonly rejection: Rejection };
}

export interface ReplayOptions {
  readonly store?: ReplayStore;
  /** Verdicts judged beforehand, if any; default: the plain implementation, one by one. */
  readonly verdicts?: Verdicts;
  /** The rules by their version; default: all that there are. */
  readonly rulebook?: Rulebook;
}

/** A replay under way: the state after the last block that held. */
export interface Replay {
  readonly reader: ReplayStore;
  readonly height: number;
  readonly time: bigint;
  readonly root: Uint8Array;
  /** Judges headers of this ledger; after a fault it goes on from the last header that was final. */
  readonly chain: ChainJudge;
  /** Judges and applies the next block; on a fault nothing changes. */
  next(block: ReplayBlock): ReplayFault | null;
}

/** Begins at a genesis. */
export function startReplay(genesis: Genesis, options: ReplayOptions = {}): Result<Replay, ReplayFault> {
  const fault = faultOfGenesis(genesis);
  if (fault !== undefined) return fail({ height: 0, code: "bad-genesis", detail: fault });
  if (!namesItsValidators(genesis))
    return fail({ height: 0, code: "bad-genesis", detail: "its validators are not those of its engine key" });
  return ok(new MachineReplay(genesis, options));
}

/** Replays all blocks; gives the replay at its end, or the first fault. `onBlock` hears of each height that held. */
export function replay(
  genesis: Genesis,
  blocks: Iterable<ReplayBlock>,
  options: ReplayOptions = {},
  onBlock: (height: number) => void = () => {},
): Result<Replay, ReplayFault> {
  const started = startReplay(genesis, options);
  if (!started.ok) return started;
  for (const block of blocks) {
    const fault = started.value.next(block);
    if (fault !== null) return fail(fault);
    onBlock(started.value.height);
  }
  return started;
}

class MachineReplay implements Replay {
  readonly reader: ReplayStore;
  readonly chain: ChainJudge;
  readonly #verdicts: Verdicts;
  readonly #rulebook: Rulebook;
  #height = 0;
  #time: bigint;
  #root: Uint8Array;
  #hash: Uint8Array;

  constructor(genesis: Genesis, options: ReplayOptions) {
    const store = options.store ?? new MemoryState();
    this.reader = store;
    this.chain = chainJudge(genesis);
    this.#verdicts = options.verdicts ?? plainVerdicts;
    this.#rulebook = options.rulebook ?? RULEBOOK;
    store.commit(applyGenesis(genesis).changes());
    this.#time = genesis.time;
    this.#root = stateRoot(store);
    this.#hash = this.chain.start;
  }

  get height(): number {
    return this.#height;
  }

  get time(): bigint {
    return this.#time;
  }

  get root(): Uint8Array {
    return this.#root;
  }

  next(block: ReplayBlock): ReplayFault | null {
    const height = this.#height + 1;
    const judged = this.chain.judge(block.header, block.evidence);
    if (!judged.ok) return { height, ...judged.error };
    const header = judged.value;
    const misplaced = this.#faultOfPlace(header);
    if (misplaced !== null) return misplaced;
    if (!header.fits(block.transactions))
      return { height, code: "transactions-root", detail: `${block.transactions.length} transactions` };
    const unknown = unknownRules(this.reader, height, this.#rulebook);
    if (unknown !== undefined) return { height, code: "unknown-rules", detail: unknown.message };
    const rules = rulesAt(networkOf(this.reader), height);
    if ((header.rules ?? rules) !== rules)
      return { height, code: "unknown-rules", detail: `the header names version ${header.rules}, not ${rules}` };
    const input = { height, time: header.time, transactions: block.transactions };
    const applied = apply(this.reader, input, this.#verdicts, this.#rulebook);
    const rootFault = this.#faultOfRoot(header, applied.root);
    // The embedded engine orders only what takes effect, so that nothing uncountable stands in a block.
    const index = applied.rejections.findIndex((rejection) => rejection !== null);
    const rejection = applied.rejections[index];
    if (this.chain.onlyEffective && rejection !== undefined && rejection !== null)
      return {
        height,
        code: "rejected-transaction",
        detail: `${index}: ${rejection.code}`,
        refused: { index, rejection },
      };
    if (rootFault !== null) return rootFault;
    this.reader.commit(applied.changes);
    this.#height = height;
    this.#time = header.time;
    this.#root = applied.root;
    this.#hash = header.hash;
    return null;
  }

  #faultOfRoot(header: ChainHeader, rootAfter: Uint8Array): ReplayFault | null {
    const root = header.rootOf === "block" ? rootAfter : this.#root;
    if (bytesEqual(root, header.stateRoot)) return null;
    return {
      height: header.height,
      code: "state-root",
      detail: `${toHex(root)} instead of ${toHex(header.stateRoot)}`,
    };
  }

  #faultOfPlace(header: ChainHeader): ReplayFault | null {
    const height = this.#height + 1;
    if (header.height !== height) return { height, code: "height-gap", detail: `the header says ${header.height}` };
    if (!bytesEqual(header.previous, this.#hash))
      return { height, code: "broken-chain", detail: "the header points to another one below" };
    if (header.time <= this.#time)
      return {
        height,
        code: "time-order",
        detail: `${formatInstant(header.time)} does not come after ${formatInstant(this.#time)}`,
      };
    return null;
  }
}
