/** The log of what happened to an election, beside its ballots: one leaf for each transaction that took effect. SPEC 3.6.1 */
import { bytesEqual } from "#base/bytes.js";
import { leafHash } from "#crypto/merkle.js";
import { readNodes } from "./directory.js";
import { bytes, encode, record, text } from "./encoding/shape.js";
import type { StateReader } from "./state.js";

/** Leaf of the event log: the type and the SHA-256 of the transaction. */
export const eventLeafShape = record({ type: text(32), transaction: bytes(32) });

/** Where the tree's nodes stand in the state. */
export function eventTree(uuid: string): string {
  return `event-tree/${uuid}`;
}

/** Hash of the leaf. */
export function eventLeaf(type: string, transaction: Uint8Array): Uint8Array {
  return leafHash(encode(eventLeafShape, { type, transaction }));
}

/** Whether this very transaction (SHA-256 of its bytes) is among the first `count` events. Reads each of them. */
export function hasHappened(
  reader: StateReader,
  uuid: string,
  count: number,
  type: string,
  transaction: Uint8Array,
): boolean {
  const wanted = eventLeaf(type, transaction);
  const nodes = readNodes(reader, eventTree(uuid));
  for (let index = 0; index < count; index++) {
    const leaf = nodes.get(0, index);
    if (leaf !== undefined && bytesEqual(leaf, wanted)) return true;
  }
  return false;
}
