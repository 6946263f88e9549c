/**
 * What the verifier remembers of an election's ballots beside the machine's state: by place on the roll what its last
 * ballot said, and every tracker. It stands in the same store under names of its own, so that where the store is on disk
 * memory does not grow with the ballots. What is large, the ciphertexts, stays in the state; here is a digest.
 */
import { bytesEqual, copyOf, toHex } from "#base/bytes.js";
import { publicSha256 } from "#crypto/public-data.js";
import type { ReplayStore } from "./replay.js";

const DIGEST = 16;

/** A row: weight and number of the last ballot, 4 bytes each; then the digest of the ballot that counts, if one does. */
const SEQUENCE = 4;
const HEAD = 8;

/** By place on the roll: what its ballots said last. */
export class RollTable {
  readonly #store: ReplayStore;
  readonly #family: string;
  /** Behind the last place that has a row. */
  #end = 0;

  constructor(store: ReplayStore, uuid: string) {
    this.#store = store;
    this.#family = `verifier-roll/${uuid}`;
  }

  /** Weight of the place as its first ballot had it; 0: no ballot yet. */
  weight(index: number): number {
    return numberIn(this.#row(index), 0);
  }

  /** Number of the last ballot; 0: none. */
  sequence(index: number): number {
    return numberIn(this.#row(index), SEQUENCE);
  }

  /** Notes a ballot; `counted`: its ciphertexts, if it counts. */
  note(index: number, weight: number, sequence: number, counted: Uint8Array | undefined): void {
    const digest = counted === undefined ? this.#digest(index) : digestOf(counted);
    const row = new Uint8Array(HEAD + (digest?.length ?? 0));
    putNumber(row, 0, weight);
    putNumber(row, SEQUENCE, sequence);
    if (digest !== undefined) row.set(digest, HEAD);
    this.#store.commit(new Map([[this.#key(index), row]]));
    this.#end = Math.max(this.#end, index + 1);
  }

  /** Places that have a counted ballot, ascending. */
  *counted(): Generator<{ readonly index: number; readonly weight: number }> {
    for (let index = 0; index < this.#end; index++)
      if (this.#digest(index) !== undefined) yield { index, weight: this.weight(index) };
  }

  /** Whether these are the ciphertexts that were noted last. */
  fits(index: number, ciphertexts: Uint8Array): boolean {
    const digest = this.#digest(index);
    return digest !== undefined && bytesEqual(digest, digestOf(ciphertexts));
  }

  #digest(index: number): Uint8Array | undefined {
    const row = this.#row(index);
    return row === undefined || row.length === HEAD ? undefined : copyOf(row, HEAD);
  }

  #row(index: number): Uint8Array | undefined {
    return this.#store.get(this.#key(index));
  }

  #key(index: number): string {
    return `${this.#family}/${index}`;
  }
}

function numberIn(row: Uint8Array | undefined, at: number): number {
  let number = 0;
  for (let i = at; row !== undefined && i < at + 4; i++) number = 256 * number + (row[i] as number);
  return number;
}

function putNumber(row: Uint8Array, at: number, number: number): void {
  for (let i = 0; i < 4; i++) row[at + i] = number >>> (24 - 8 * i);
}

/** Half a hash: both sides come from the same verdict, so only a mistake could make them differ. */
function digestOf(ciphertexts: Uint8Array): Uint8Array {
  return copyOf(publicSha256(ciphertexts), 0, DIGEST);
}

const THERE = new Uint8Array(0);

/** Trackers of an election: 32 bytes each, all of them kept whole, so that no two are taken for the same. */
export class TrackerSet {
  readonly #store: ReplayStore;
  readonly #family: string;
  #size = 0;

  constructor(store: ReplayStore, uuid: string) {
    this.#store = store;
    this.#family = `verifier-trackers/${uuid}`;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a tracker; `false`: it was there. */
  add(tracker: Uint8Array): boolean {
    const key = `${this.#family}/${toHex(tracker)}`;
    if (this.#store.get(key) !== undefined) return false;
    this.#store.commit(new Map([[key, THERE]]));
    this.#size++;
    return true;
  }
}
