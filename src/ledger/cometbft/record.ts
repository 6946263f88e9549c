/**
 * What the application keeps of a block beside its transactions: what CometBFT told it, and what the machine made of
 * it. It stands where the embedded engine has its header, so both engines share one store.
 */
import { decodeCbor, encodeCbor } from "#protocol/encoding/cbor.js";
import type { Rejection, RejectionCode } from "#protocol/rejections.js";
import { LedgerDamaged } from "../ledger.js";

export interface BlockRecord {
  readonly time: bigint;
  /** Hash of the block's CometBFT header. */
  readonly hash: Uint8Array;
  /** State root after the block. */
  readonly root: Uint8Array;
  readonly rejections: readonly (Rejection | null)[];
}

export function encodeRecord(record: BlockRecord): Uint8Array {
  const rejections = record.rejections.map((rejection) =>
    rejection === null ? null : [rejection.code, rejection.detail],
  );
  return encodeCbor([record.time, record.hash, record.root, rejections]);
}

/** The record of a stored block; throws {@link LedgerDamaged} for anything else. */
export function decodeRecord(bytes: Uint8Array): BlockRecord {
  const value = decodeCbor(bytes);
  if (!value.ok || !Array.isArray(value.value)) throw new LedgerDamaged("A block's record cannot be read.");
  const [time, hash, root, rejections] = value.value as unknown as readonly [
    number | bigint,
    Uint8Array,
    Uint8Array,
    readonly (readonly [RejectionCode, string] | null)[],
  ];
  return {
    time: BigInt(time),
    hash,
    root,
    rejections: rejections.map((each) => (each === null ? null : { code: each[0], detail: each[1] })),
  };
}
