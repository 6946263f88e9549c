/** Blocks as the contract shows them, from what the store keeps. */
import { decodeHeader } from "#evidence/embedded.js";
import { type Block, LedgerDamaged } from "../ledger.js";
import type { Store } from "./store.js";

/** The block at a height, or `undefined` when it is not there. */
export function readBlock(store: Store, height: number): Block | undefined {
  const stored = store.header(height);
  if (stored === undefined) return undefined;
  const header = decodeHeader(stored.header);
  const transactions = store.transactions(height);
  if (!header.ok || transactions === undefined) throw new LedgerDamaged(`Block ${height} cannot be read.`);
  return {
    height,
    time: header.value.time,
    transactions,
    rejections: transactions.map(() => null),
    root: header.value.stateRoot,
    ...stored,
  };
}
