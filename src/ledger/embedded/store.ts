/**
 * What an engine keeps, in one lmdb file: headers with their evidence, transactions by block, places by transaction id,
 * the state, and a few facts; what a network engine learns of a block only after it was committed stands beside. A block enters whole or not at all: one write transaction, synced before it
 * returns (`overlappingSync: false`, or the commit would be reported before the disk has it).
 */
import { join } from "node:path";
import { type Database, open, type RootDatabase } from "lmdb";
import { bytesEqual } from "#base/bytes.js";
import { decodeCbor, encodeCbor } from "#protocol/encoding/cbor.js";
import type { Changes, StateReader } from "#protocol/state.js";
import { type Evidence, LedgerDamaged, LedgerUnavailable, type Place } from "../ledger.js";
import { decodeOwner, encodeOwner, isAlive, type Owner } from "./owner.js";

/** State values kept in memory, some 100 bytes each but for a few. */
const MOST_RECENT = 20_000;

/** Name of the data file within the ledger's directory. */
export const DATA_FILE = "ledger.mdb";

const FORMAT = Uint8Array.of(1);

/** A block ready to be written. */
export interface StoredBlock extends Evidence {
  readonly height: number;
  readonly transactions: readonly Uint8Array[];
  /** SHA-256 of each transaction that took effect; `null` where one did not. */
  readonly ids: readonly (Uint8Array | null)[];
  readonly changes: Changes;
}

/** What proves a block of a network. */
export interface SignedBlock extends Evidence {
  readonly misconduct: readonly Uint8Array[];
}

/** Where a write stands; tests crash the process at each. */
export type WriteStep = "begin" | "written" | "committed" | "answered";

/** A read transaction that keeps its height while others write. */
export interface PinnedReader extends StateReader {
  readonly height: number;
  header(height: number): Evidence | undefined;
  release(): void;
}

export class Store implements StateReader {
  readonly #root: RootDatabase<Uint8Array, string>;
  readonly #meta: Database<Uint8Array, string>;
  readonly #headers: Database<Uint8Array, number>;
  readonly #blocks: Database<Uint8Array, number>;
  readonly #places: Database<Uint8Array, Uint8Array>;
  readonly #state: Database<Uint8Array, string>;
  readonly #signed: Database<Uint8Array, number>;
  readonly #file: string;
  /** State values read or written lately, while no other process writes: the same bytes are the same array. */
  #recent: Map<string, Uint8Array> | undefined;

  constructor(directory: string, mode: "read-write" | "read-only") {
    this.#file = join(directory, DATA_FILE);
    const shared = { encoding: "binary", compression: false, cache: false } as const;
    this.#root = open({
      ...shared,
      path: this.#file,
      readOnly: mode === "read-only",
      overlappingSync: false,
      eventTurnBatching: false,
      maxDbs: 8,
      maxReaders: 1000,
    });
    this.#meta = this.#root.openDB({ ...shared, name: "meta" });
    this.#headers = this.#root.openDB({ ...shared, name: "headers" });
    this.#blocks = this.#root.openDB({ ...shared, name: "blocks" });
    this.#places = this.#root.openDB({ ...shared, name: "places", keyEncoding: "binary" });
    this.#state = this.#root.openDB({ ...shared, name: "state" });
    this.#signed = this.#root.openDB({ ...shared, name: "signed" });
  }

  get(key: string): Uint8Array | undefined {
    const known = this.#recent?.get(key);
    if (known !== undefined) return known;
    const value = plain(this.#state.get(key));
    if (value !== undefined) this.#remember(key, value);
    return value;
  }

  #remember(key: string, value: Uint8Array): void {
    const recent = this.#recent;
    if (recent === undefined) return;
    recent.delete(key);
    recent.set(key, value);
    if (recent.size > MOST_RECENT) recent.delete(recent.keys().next().value as string);
  }

  /** Encoded genesis; `undefined` when nothing was founded here. Throws {@link LedgerDamaged} for an unknown format. */
  genesis(): Uint8Array | undefined {
    const genesis = plain(this.#meta.get("genesis"));
    const format = plain(this.#meta.get("format"));
    if (genesis !== undefined && (format === undefined || !bytesEqual(format, FORMAT)))
      throw new LedgerDamaged(`${this.#file} was written by another version of this program.`);
    return genesis;
  }

  /** Founds the ledger: genesis and its state, in one transaction. Throws when there is one already. */
  found(genesis: Uint8Array, changes: Changes): void {
    this.#root.transactionSync(() => {
      if (this.#meta.get("genesis") !== undefined) throw new Error(`${this.#file} holds a ledger already.`);
      this.#meta.putSync("format", FORMAT);
      this.#meta.putSync("genesis", genesis);
      this.#write(changes);
    });
  }

  /** Height of the last block; 0 when there is none. */
  height(): number {
    for (const key of this.#headers.getKeys({ reverse: true, limit: 1 })) return key;
    return 0;
  }

  /** Number of stored headers, bodies and places: what recovery compares. */
  counts(): { readonly headers: number; readonly blocks: number } {
    const count = (db: { getStats(): object }) => (db.getStats() as { entryCount: number }).entryCount;
    return { headers: count(this.#headers), blocks: count(this.#blocks) };
  }

  header(height: number): Evidence | undefined {
    return evidenceFrom(plain(this.#headers.get(height)));
  }

  transactions(height: number): readonly Uint8Array[] | undefined {
    const bytes = plain(this.#blocks.get(height));
    if (bytes === undefined) return undefined;
    const value = decodeCbor(bytes);
    if (!value.ok) throw new LedgerDamaged(`The transactions of block ${height} cannot be read: ${value.error}.`);
    return value.value as unknown as readonly Uint8Array[];
  }

  place(id: Uint8Array): Place | undefined {
    const bytes = plain(this.#places.get(id));
    if (bytes === undefined) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { height: Number(view.getBigUint64(0)), index: view.getUint32(8) };
  }

  /** State keys that begin with `prefix`, ascending. */
  *keys(prefix: string): Iterable<string> {
    for (const key of this.#state.getKeys({ start: prefix, end: `${prefix}\uffff` })) yield key;
  }

  /**
   * Writes a block. When it returns, the block is on disk. When it throws, the transaction was given up; only for a
   * failed sync it cannot be known what the disk holds.
   */
  append(block: StoredBlock, owner: Owner, onStep: (step: WriteStep) => void): void {
    onStep("begin");
    this.#root.transactionSync(() => {
      if (decodeOwner(plain(this.#meta.get("owner")))?.token !== owner.token)
        throw new OwnerLost("Another process has taken over this ledger; this one stops writing.");
      this.#headers.putSync(block.height, encodeCbor([block.header, block.evidence]));
      this.#blocks.putSync(block.height, encodeCbor(block.transactions));
      for (const [index, id] of block.ids.entries())
        if (id !== null) this.#places.putSync(id, placeBytes(block.height, index));
      this.#write(block.changes);
      onStep("written");
    });
    for (const [key, value] of block.changes) {
      if (value === null) this.#recent?.delete(key);
      else this.#remember(key, value);
    }
    onStep("committed");
  }

  /** Keeps what proves a committed block final, where it comes after the block. Can be fetched again, so not part of it. */
  sign(height: number, { header, evidence, misconduct }: SignedBlock): void {
    this.#signed.putSync(
      height,
      encodeCbor(misconduct.length === 0 ? [header, evidence] : [header, evidence, misconduct]),
    );
  }

  /** What {@link sign} kept. */
  signed(height: number): SignedBlock | undefined {
    return signedFrom(plain(this.#signed.get(height)));
  }

  #write(changes: Changes): void {
    for (const [key, value] of changes) {
      if (value === null) this.#state.removeSync(key);
      else this.#state.putSync(key, value);
    }
  }

  /** Makes this process the only one that writes; throws {@link LedgerUnavailable} when another one is. */
  claim(owner: Owner): void {
    this.#root.transactionSync(() => {
      const before = decodeOwner(plain(this.#meta.get("owner")));
      if (before !== undefined && isAlive(before, this.#file))
        throw new LedgerUnavailable(
          `The ledger ${this.#file} is in use by process ${before.pid}. Stop it first, or choose another directory with --data.`,
        );
      this.#meta.putSync("owner", encodeOwner(owner));
    });
    this.#recent = new Map();
  }

  /** Gives the claim back, if it is still ours. */
  release(owner: Owner): void {
    this.#recent = undefined;
    this.#root.transactionSync(() => {
      if (decodeOwner(plain(this.#meta.get("owner")))?.token === owner.token) this.#meta.removeSync("owner");
    });
  }

  /** A view of the latest height that stays while other processes write. */
  pin(): PinnedReader {
    const transaction = this.#root.useReadTransaction();
    const pinned = { transaction };
    let height = 0;
    for (const key of this.#headers.getKeys({ reverse: true, limit: 1, ...pinned })) height = key;
    return {
      height,
      get: (key) => plain(this.#state.get(key, pinned)),
      header: (at) => evidenceFrom(plain(this.#headers.get(at, pinned))),
      release: () => transaction.done(),
    };
  }

  /** Copies the data file as of now to a new file. */
  async copy(file: string): Promise<void> {
    await this.#root.backup(file, false);
  }

  async close(): Promise<void> {
    await this.#root.close();
  }
}

/** The claim on the ledger is another process's now. */
export class OwnerLost extends LedgerUnavailable {}

/** lmdb gives Node buffers, whose `slice` does not copy; the machine expects plain byte arrays. */
function plain(value: Uint8Array | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : new Uint8Array(value.buffer, value.byteOffset, value.length);
}

function placeBytes(height: number, index: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(height));
  view.setUint32(8, index);
  return bytes;
}

function evidenceFrom(bytes: Uint8Array | undefined): Evidence | undefined {
  const found = signedFrom(bytes);
  return found === undefined ? undefined : { header: found.header, evidence: found.evidence };
}

function signedFrom(bytes: Uint8Array | undefined): SignedBlock | undefined {
  if (bytes === undefined) return undefined;
  const value = decodeCbor(bytes);
  if (!value.ok || !Array.isArray(value.value)) throw new LedgerDamaged("A block header cannot be read.");
  type Stored = readonly [Uint8Array, Uint8Array, (readonly Uint8Array[])?];
  const [header, evidence, misconduct = []] = value.value as unknown as Stored;
  return { header, evidence, misconduct };
}
