/**
 * What the verifier remembers of an election's ballots beside the state: a row of 23 bytes for each place on the roll and
 * about 40 bytes for each ballot, in flat arrays. What is large, the ciphertexts, stays in the state; here is a digest.
 */
import { assert } from "#base/assert.js";
import { publicSha256 } from "#crypto/public-data.js";

/** Places on one page. */
const PAGE = 4096;
const DIGEST = 16;

interface Page {
  readonly weights: Uint32Array;
  readonly sequences: Uint16Array;
  /** 1: a ballot of it counts. */
  readonly counted: Uint8Array;
  readonly digests: Uint8Array;
}

/** By place on the roll: what its ballots said last. */
export class RollTable {
  readonly #pages: (Page | undefined)[] = [];

  /** Weight of the place as its first ballot had it; 0: no ballot yet. */
  weight(index: number): number {
    return this.#pages[Math.floor(index / PAGE)]?.weights[index % PAGE] ?? 0;
  }

  /** Number of the last ballot; 0: none. */
  sequence(index: number): number {
    return this.#pages[Math.floor(index / PAGE)]?.sequences[index % PAGE] ?? 0;
  }

  /** Notes a ballot; `counted`: its ciphertexts, if it counts. */
  note(index: number, weight: number, sequence: number, counted: Uint8Array | undefined): void {
    const number = Math.floor(index / PAGE);
    const row = index % PAGE;
    const page = this.#pages[number] ?? newPage();
    this.#pages[number] = page;
    page.weights[row] = weight;
    page.sequences[row] = sequence;
    if (counted === undefined) return;
    page.counted[row] = 1;
    page.digests.set(digestOf(counted), DIGEST * row);
  }

  /** Places that have a counted ballot, ascending. */
  *counted(): Generator<{ readonly index: number; readonly weight: number }> {
    for (const [number, page] of this.#pages.entries())
      for (let row = 0; page !== undefined && row < PAGE; row++)
        if (page.counted[row] === 1) yield { index: number * PAGE + row, weight: page.weights[row] as number };
  }

  /** Whether these are the ciphertexts that were noted last. */
  fits(index: number, ciphertexts: Uint8Array): boolean {
    const page = this.#pages[Math.floor(index / PAGE)];
    const at = DIGEST * (index % PAGE);
    return page !== undefined && digestOf(ciphertexts).every((byte, i) => byte === page.digests[at + i]);
  }
}

function newPage(): Page {
  return {
    weights: new Uint32Array(PAGE),
    sequences: new Uint16Array(PAGE),
    counted: new Uint8Array(PAGE),
    digests: new Uint8Array(DIGEST * PAGE),
  };
}

/** Half a hash: both sides come from the same verdict, so only a mistake could make them differ. */
function digestOf(ciphertexts: Uint8Array): Uint8Array {
  return publicSha256(ciphertexts).subarray(0, DIGEST);
}

/** Hashes in one block. */
const BLOCK = 8192;
const HASH = 32;

/** A set of hashes of 32 bytes each, all of them kept: no two are taken for the same. */
export class HashSet {
  readonly #blocks: Uint8Array[] = [];
  /** Open addressing: number of the hash plus one; 0: free. */
  #slots = new Uint32Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a hash; `false`: it was there. */
  add(hash: Uint8Array): boolean {
    assert(hash.length === HASH, "a hash has 32 bytes");
    const slot = this.#slotOf(hash);
    if (this.#slots[slot] !== 0) return false;
    const row = this.#size % BLOCK;
    if (row === 0) this.#blocks.push(new Uint8Array(HASH * BLOCK));
    (this.#blocks.at(-1) as Uint8Array).set(hash, HASH * row);
    this.#slots[slot] = ++this.#size;
    if (4 * this.#size > 3 * this.#slots.length) this.#grow();
    return true;
  }

  /** The slot of this hash, or the free one where it belongs. */
  #slotOf(hash: Uint8Array): number {
    const mask = this.#slots.length - 1;
    let slot = startOf(hash, 0) & mask;
    for (;;) {
      const number = this.#slots[slot] as number;
      if (number === 0 || this.#is(number - 1, hash)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #is(number: number, hash: Uint8Array): boolean {
    const block = this.#blocks[Math.floor(number / BLOCK)] as Uint8Array;
    const at = HASH * (number % BLOCK);
    for (let i = 0; i < HASH; i++) if (block[at + i] !== hash[i]) return false;
    return true;
  }

  #grow(): void {
    const slots = new Uint32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#size; number++) {
      const block = this.#blocks[Math.floor(number / BLOCK)] as Uint8Array;
      let slot = startOf(block, HASH * (number % BLOCK)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

/** Where looking for a hash begins. */
function startOf(bytes: Uint8Array, at: number): number {
  const word = (from: number): number =>
    ((bytes[from] as number) << 24) |
    ((bytes[from + 1] as number) << 16) |
    ((bytes[from + 2] as number) << 8) |
    (bytes[from + 3] as number);
  return (Math.imul(word(at), 0x9e3779b1) ^ word(at + 16)) >>> 0;
}
