/**
 * One array for each transaction, however often its bytes come by: CometBFT sends a transaction to be checked, to be
 * checked again after each block, to be proposed, judged and decided, each time as other bytes in memory. What was
 * decoded from an array is kept with it (protocol/transaction.ts), so the same array costs nothing again. Bounded by
 * bytes, oldest out; whatever went out is merely decoded anew.
 */
import { hash } from "node:crypto";

/** The last bytes of a transaction are of a signature: enough to tell two apart, and cheaper than a hash of all. */
const TAIL_BYTES = 16;

export class Interned {
  readonly #limitBytes: number;
  /** By their tails; two with the same tail on purpose are compared, and the second is not kept. */
  readonly #known = new Map<string, Uint8Array>();
  readonly #ids = new WeakMap<Uint8Array, Uint8Array>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** An array with these bytes that nobody else changes: the same one as long as it is known. */
  of(bytes: Uint8Array): Uint8Array {
    const tail = tailOf(bytes);
    const known = this.#known.get(tail);
    if (known !== undefined && (known === bytes || Buffer.compare(known, bytes) === 0)) return known;
    // A copy: what CometBFT sent lies in a large buffer, and a sender may use his array again.
    const own = Uint8Array.from(bytes);
    if (known === undefined) this.#keep(tail, own);
    return own;
  }

  /** SHA-256 of an array that {@link of} gave; computed once. */
  id(own: Uint8Array): Uint8Array {
    let id = this.#ids.get(own);
    if (id === undefined) {
      id = new Uint8Array(hash("sha256", own, "buffer"));
      this.#ids.set(own, id);
    }
    return id;
  }

  /** What is on disk does not come by again. */
  forget(own: Uint8Array): void {
    const tail = tailOf(own);
    if (this.#known.get(tail) !== own) return;
    this.#known.delete(tail);
    this.#bytes -= own.length;
  }

  #keep(tail: string, own: Uint8Array): void {
    this.#known.set(tail, own);
    this.#bytes += own.length;
    for (const [oldest, { length }] of this.#known) {
      if (this.#bytes <= this.#limitBytes) break;
      this.#known.delete(oldest);
      this.#bytes -= length;
    }
  }
}

function tailOf(bytes: Uint8Array): string {
  const at = Math.max(0, bytes.length - TAIL_BYTES);
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, bytes.length - at).toString("latin1");
}
