/**
 * What is checked before a ledger is used: that its last block is the node's, stands on the one below, and that the
 * state is the one this block names. lmdb never leaves half a block behind, so whatever fails here was damaged from
 * outside (disk, copy of a copy, another key), and no repair is guessed.
 */
import { bytesEqual, toHex } from "#base/bytes.js";
import { headerHash, type JudgedHeader, judgeEmbedded, transactionsFit } from "#evidence/embedded.js";
import { stateRoot } from "#protocol/directory.js";
import { decode } from "#protocol/encoding/shape.js";
import { chainOf, type Genesis, genesisHash, genesisShape } from "#protocol/genesis.js";
import { type Evidence, LedgerDamaged } from "../ledger.js";
import type { Store } from "./store.js";

/** The end of the chain, as far as the next block needs it. */
export interface Head {
  readonly height: number;
  readonly time: bigint;
  readonly root: Uint8Array;
  /** Hash of its header; the genesis hash at height 0. */
  readonly hash: Uint8Array;
}

const ADVICE = "Restore a backup, or fetch the record from someone who has it; do not delete this directory before.";

/** Genesis and head of a sound store; `undefined` when nothing was founded; throws {@link LedgerDamaged} otherwise. */
export function recover(store: Store): { readonly genesis: Genesis; readonly head: Head } | undefined {
  try {
    const bytes = store.genesis();
    if (bytes === undefined) return undefined;
    const genesis = decode(genesisShape, bytes);
    if (!genesis.ok) throw new LedgerDamaged(`The genesis cannot be read: ${genesis.error}.`);
    return { genesis: genesis.value, head: soundHead(store, genesis.value) };
  } catch (error) {
    if (error instanceof LedgerDamaged) throw new LedgerDamaged(`${error.message} ${ADVICE}`, { cause: error });
    throw new LedgerDamaged(`The ledger cannot be read: ${(error as Error).message}. ${ADVICE}`, { cause: error });
  }
}

function soundHead(store: Store, genesis: Genesis): Head {
  const height = store.height();
  const counts = store.counts();
  if (counts.headers !== height || counts.blocks !== height)
    throw new LedgerDamaged(
      `Of ${height} blocks only ${counts.headers} headers and ${counts.blocks} bodies are there.`,
    );
  if (!bytesEqual(chainOf(store).genesisHash, genesisHash(genesis)))
    throw new LedgerDamaged("The state belongs to another genesis.");
  const root = stateRoot(store);
  if (height === 0) return { height, time: genesis.time, root, hash: genesisHash(genesis) };
  const head = judged(genesis, store.header(height), height);
  const below =
    height === 1 ? genesisHash(genesis) : headerHash(evidenceAt(store.header(height - 1), height - 1).header);
  if (!bytesEqual(head.previous, below)) throw new LedgerDamaged(`Block ${height} does not stand on the one below it.`);
  const transactions = store.transactions(height) ?? [];
  if (!transactionsFit(head, transactions))
    throw new LedgerDamaged(`The transactions of block ${height} are not those of its header.`);
  if (!bytesEqual(root, head.stateRoot))
    throw new LedgerDamaged(`The state has root ${toHex(root)}, block ${height} says ${toHex(head.stateRoot)}.`);
  return { height, time: head.time, root, hash: head.hash };
}

function judged(genesis: Genesis, evidence: Evidence | undefined, height: number): JudgedHeader {
  const { header, evidence: signature } = evidenceAt(evidence, height);
  const result = judgeEmbedded({ chainId: genesis.chainId, engineKey: genesis.engineKey }, header, signature);
  if (!result.ok) throw new LedgerDamaged(`The header of block ${height} does not hold: ${result.error.detail}.`);
  if (result.value.height !== height) throw new LedgerDamaged(`Block ${height} calls itself ${result.value.height}.`);
  return result.value;
}

function evidenceAt(evidence: Evidence | undefined, height: number): Evidence {
  if (evidence === undefined) throw new LedgerDamaged(`The header of block ${height} is missing.`);
  return evidence;
}
