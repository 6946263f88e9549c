/**
 * The directory: one Merkle tree whose leaves are the ledger's entities (the chain's facts, organisations, elections) in
 * order of creation. Its root is the state root that blocks and receipts carry; it contains neither height nor time, so
 * an empty block leaves it unchanged. SPEC 3.5
 */
import { auditPath, leafHash, type NodeStore, setLeaves, treeRoot } from "#crypto/merkle.js";
import { uint } from "./encoding/shape.js";
import { type Draft, type StateReader, slot } from "./state.js";

const MAX_ENTITIES = 2 ** 40;

const size = slot<number, []>("directory/size", uint(MAX_ENTITIES));

/** A Merkle node store inside the state, under a prefix. */
export function stateNodes(draft: Draft, prefix: string): NodeStore {
  return {
    get: (level, index) => draft.get(`${prefix}/${level}/${index}`),
    set: (level, index, hash) => draft.set(`${prefix}/${level}/${index}`, hash),
  };
}

/** The same, for reading only. */
export function readNodes(reader: StateReader, prefix: string): NodeStore {
  return {
    get: (level, index) => reader.get(`${prefix}/${level}/${index}`),
    set: () => {
      throw new Error("this tree is read only");
    },
  };
}

/** Reserves the next place. The leaf itself is written by {@link directorySet} at the end of the block. */
export function directoryAppend(draft: Draft, entry: Uint8Array): number {
  const index = size.get(draft) ?? 0;
  size.set(draft, index + 1);
  directorySet(draft, new Map([[index, entry]]));
  return index;
}

/** Writes the entries of changed entities. */
export function directorySet(draft: Draft, entries: ReadonlyMap<number, Uint8Array>): void {
  const leaves = new Map([...entries].map(([index, entry]) => [index, leafHash(entry)]));
  setLeaves(stateNodes(draft, "directory/node"), size.get(draft) ?? 0, leaves);
}

/** The state root: 32 bytes. */
export function stateRoot(reader: StateReader): Uint8Array {
  return treeRoot(readNodes(reader, "directory/node"), size.get(reader) ?? 0);
}

/** Path of one entity's entry to the state root. */
export function directoryPath(
  reader: StateReader,
  index: number,
): { readonly size: number; readonly path: Uint8Array[] } {
  const total = size.get(reader) ?? 0;
  return { size: total, path: auditPath(readNodes(reader, "directory/node"), total, index) };
}
