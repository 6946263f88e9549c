/**
 * The state as the machine sees it: a map from text keys to bytes. The engine decides where it is kept; the machine
 * reads through {@link StateReader} and returns the changes of a block. SPEC 3.4
 */
import { decodeTrusted, encode, type Shape } from "./encoding/shape.js";

/** Read access to one committed height. Synchronous; the same key gives the same bytes as long as the reader is used. */
export interface StateReader {
  get(key: string): Uint8Array | undefined;
}

/** Changes of a block: `null` removes. */
export type Changes = ReadonlyMap<string, Uint8Array | null>;

/** A state under construction: reads fall through to the reader below, writes stay here. */
export class Draft implements StateReader {
  readonly #below: StateReader;
  readonly #changes = new Map<string, Uint8Array | null>();

  constructor(below: StateReader) {
    this.#below = below;
  }

  get(key: string): Uint8Array | undefined {
    const changed = this.#changes.get(key);
    if (changed !== undefined) return changed ?? undefined;
    return this.#changes.has(key) ? undefined : this.#below.get(key);
  }

  set(key: string, value: Uint8Array): void {
    this.#changes.set(key, value);
  }

  remove(key: string): void {
    this.#changes.set(key, null);
  }

  changes(): Changes {
    return this.#changes;
  }
}

/** A reader over a plain map: tests, verification in memory, simulation. */
export class MemoryState implements StateReader {
  readonly entries = new Map<string, Uint8Array>();

  get(key: string): Uint8Array | undefined {
    return this.entries.get(key);
  }

  commit(changes: Changes): void {
    for (const [key, value] of changes) {
      if (value === null) this.entries.delete(key);
      else this.entries.set(key, value);
    }
  }
}

/** Typed access to one family of keys. */
export interface Slot<T, A extends readonly (string | number)[]> {
  key(...args: A): string;
  get(reader: StateReader, ...args: A): T | undefined;
  set(draft: Draft, value: T, ...args: A): void;
}

/**
 * Values of so many bytes and more are decoded once for as long as a reader gives the same array: each ballot reads its
 * election's entry, plan and texts anew. Smaller ones, as every voter has, are not worth the memory.
 */
const KEPT_DECODED = 128;

/** A family of keys `name/arg/arg…` holding values of a shape. */
export function slot<T, A extends readonly (string | number)[]>(name: string, shape: Shape<T>): Slot<T, A> {
  const key = (...args: A): string => [name, ...args].join("/");
  const decoded = new WeakMap<Uint8Array, T & object>();
  return {
    key,
    get: (reader, ...args) => {
      const bytes = reader.get(key(...args));
      if (bytes === undefined) return undefined;
      const known = decoded.get(bytes);
      if (known !== undefined) return known;
      const value = decodeTrusted(shape, bytes);
      if (bytes.length >= KEPT_DECODED && typeof value === "object" && value !== null) decoded.set(bytes, value);
      return value;
    },
    set: (draft, value, ...args) => draft.set(key(...args), encode(shape, value)),
  };
}
