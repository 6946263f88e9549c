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

/** A value that waits to be written: most are changed again in the same block. */
interface Unwritten {
  readonly shape: Shape<unknown>;
  readonly value: unknown;
}

/**
 * A state under construction: reads fall through to the reader below, writes stay here. Values given with their shape are
 * encoded once, when somebody asks for bytes; they must not be changed any more.
 */
export class Draft implements StateReader {
  readonly #below: StateReader;
  readonly #changes = new Map<string, Uint8Array | Unwritten | null>();
  /** What was decoded of the state below, which does not change meanwhile. */
  readonly #read = new Map<string, Unwritten>();

  constructor(below: StateReader) {
    this.#below = below;
  }

  get(key: string): Uint8Array | undefined {
    const changed = this.#changes.get(key);
    if (changed === undefined) return this.#below.get(key);
    if (changed === null || changed instanceof Uint8Array) return changed ?? undefined;
    return this.#write(key, changed);
  }

  set(key: string, value: Uint8Array): void {
    this.#changes.set(key, value);
  }

  /** Writes a value of a shape: the bytes of `encode(shape, value)`. */
  put<T>(key: string, shape: Shape<T>, value: T): void {
    this.#changes.set(key, { shape, value });
  }

  /** A value of this shape, put here or read from below; decoded at most once. */
  value<T>(key: string, shape: Shape<T>): T | undefined {
    const changed = this.#changes.get(key);
    if (changed !== undefined) {
      if (changed === null) return undefined;
      if (changed instanceof Uint8Array) return decodedOf(shape, changed);
      return changed.shape === shape ? (changed.value as T) : decodedOf(shape, this.#write(key, changed));
    }
    const known = this.#read.get(key);
    if (known !== undefined && known.shape === shape) return known.value as T;
    const bytes = this.#below.get(key);
    if (bytes === undefined) return undefined;
    const value = decodedOf(shape, bytes);
    this.#read.set(key, { shape, value });
    return value;
  }

  remove(key: string): void {
    this.#changes.set(key, null);
  }

  changes(): Changes {
    for (const [key, change] of this.#changes)
      if (change !== null && !(change instanceof Uint8Array)) this.#write(key, change);
    return this.#changes as Changes;
  }

  #write(key: string, { shape, value }: Unwritten): Uint8Array {
    const bytes = encode(shape, value);
    keepDecoded(shape, bytes, value);
    this.#changes.set(key, bytes);
    return bytes;
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

/** By the array that was decoded or written: the value, and its shape. */
const decoded = new WeakMap<Uint8Array, Unwritten>();

function keepDecoded(shape: Shape<unknown>, bytes: Uint8Array, value: unknown): void {
  const plain = value instanceof Uint8Array || typeof value !== "object" || value === null;
  if (bytes.length >= KEPT_DECODED && !plain) decoded.set(bytes, { shape, value });
}

function decodedOf<T>(shape: Shape<T>, bytes: Uint8Array): T {
  const known = decoded.get(bytes);
  if (known !== undefined && known.shape === shape) return known.value as T;
  const value = decodeTrusted(shape, bytes);
  keepDecoded(shape, bytes, value);
  return value;
}

/** A family of keys `name/arg/arg…` holding values of a shape. */
export function slot<T, A extends readonly (string | number)[]>(name: string, shape: Shape<T>): Slot<T, A> {
  const key = (...args: A): string => {
    let out = name;
    for (const arg of args) out += `/${arg}`;
    return out;
  };
  return {
    key,
    get: (reader, ...args) => {
      const at = key(...args);
      if (reader instanceof Draft) return reader.value(at, shape);
      const bytes = reader.get(at);
      return bytes === undefined ? undefined : decodedOf(shape, bytes);
    },
    set: (draft, value, ...args) => draft.put(key(...args), shape, value),
  };
}
