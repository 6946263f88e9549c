/**
 * A sample of the roll to be checked by another channel, drawn by a block that did not exist when the roll was entered:
 * whoever made the roll could not choose who will be asked. Anyone with the roll and that block's header draws the same
 * positions. Pure. SPEC 2.8
 */
import { assert } from "#base/assert.js";
import { bigintFromBytes, bigintToBytes, concat, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { electionOf, rollProgresses } from "./election.js";
import type { StateReader } from "./state.js";

/** What the draw hangs on. */
export interface SampleSource {
  readonly uuid: string;
  readonly rollRoot: Uint8Array;
  readonly rollCount: number;
  /** Header of the first block after the last enter-roll of the election, as the ledger serves it. */
  readonly header: Uint8Array;
}

/** Which roll of an election stands on the ledger: changes with each accepted enter-roll, and with nothing else. */
export interface RollVersion {
  /** How many times the roll was begun. A roll begun again and again draws its sample again, so officers must see it. */
  readonly generation: number;
  readonly count: number;
}

export function rollVersion(reader: StateReader, uuid: string): RollVersion | undefined {
  const entry = electionOf(reader, uuid)?.record.entry;
  const progress = rollProgresses.get(reader, uuid);
  return entry === undefined || progress === undefined
    ? undefined
    : { generation: progress.generation, count: entry.rollCount };
}

/** Watches a replay for the block that draws an election's sample. Call `after` with each block once it took effect. */
export class SampleWatch {
  readonly #uuid: string;
  #seen: RollVersion | undefined;
  #drawn: { readonly height: number; readonly header: Uint8Array } | undefined;

  constructor(uuid: string) {
    this.#uuid = uuid;
  }

  after(reader: StateReader, height: number, header: Uint8Array): void {
    const now = rollVersion(reader, this.#uuid);
    if (now === undefined) return;
    if (now.generation !== this.#seen?.generation || now.count !== this.#seen.count) {
      this.#seen = now;
      this.#drawn = undefined;
    } else this.#drawn ??= { height, header };
  }

  /** The first block after the last enter-roll; `undefined` while there is none. */
  get drawn(): { readonly height: number; readonly header: Uint8Array } | undefined {
    return this.#drawn;
  }
}

/**
 * Positions of the sample, ascending, distinct, each subset of that size equally likely for a random header. `size` is
 * 1 to `rollCount`. The first k drawn for a larger size are those drawn for k, so a sample can be enlarged.
 */
export function drawSample(source: SampleSource, size: number): number[] {
  const { uuid, rollRoot, rollCount, header } = source;
  assert(Number.isSafeInteger(size) && size >= 1 && size <= rollCount, "1 to the length of the roll");
  const seed = sha256(
    concat(utf8(`psephos/roll-sample|${uuid}|`), rollRoot, bigintToBytes(BigInt(rollCount), 8), sha256(header)),
  );
  const chosen = new Set<number>();
  for (let counter = 0; chosen.size < size; counter++) {
    const position = positionFrom(sha256(concat(seed, bigintToBytes(BigInt(counter), 8))), rollCount);
    if (position !== undefined) chosen.add(position);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** A position out of 8 random bytes, or none where the remainder would favour small ones. */
function positionFrom(hash: Uint8Array, count: number): number | undefined {
  const value = bigintFromBytes(hash.subarray(0, 8));
  const fair = (1n << 64n) - ((1n << 64n) % BigInt(count));
  return value < fair ? Number(value % BigInt(count)) : undefined;
}
