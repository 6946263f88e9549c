/** Block headers of CometBFT: their bytes, and the hash over their fourteen fields that validators sign. SPEC 6.1 */
import { bytesEqual, concat, fromUtf8 } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { sha256 } from "#crypto/hash.js";
import { leafHash, listRoot, rootFromPath } from "#crypto/merkle.js";
import { always, blob, Fields, integer, string, timeOf, timestamp } from "./protobuf.js";

/** What identifies a block: the hash of its header, and of the parts in which it travels. */
export interface BlockId {
  /** Empty below the first block. */
  readonly hash: Uint8Array;
  readonly partsTotal: number;
  readonly partsHash: Uint8Array;
}

export interface CometHeader {
  /** Block protocol: 11. */
  readonly blockVersion: bigint;
  /** Version of the application's rules. */
  readonly appVersion: bigint;
  readonly chainId: string;
  readonly height: number;
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  readonly time: bigint;
  readonly lastBlockId: BlockId;
  readonly lastCommitHash: Uint8Array;
  /** Root over the hashes of the block's transactions. */
  readonly dataHash: Uint8Array;
  readonly validatorsHash: Uint8Array;
  readonly nextValidatorsHash: Uint8Array;
  readonly consensusHash: Uint8Array;
  /** State root after the block *below*. */
  readonly appHash: Uint8Array;
  readonly lastResultsHash: Uint8Array;
  readonly evidenceHash: Uint8Array;
  readonly proposerAddress: Uint8Array;
}

/** Longest header: far above the real 600 bytes. */
const MAX_HEADER_BYTES = 2000;
const MAX_CHAIN_ID_BYTES = 50;

export function encodeBlockId(id: BlockId): Uint8Array {
  return concat(blob(1, id.hash), always(2, concat(integer(1, id.partsTotal), blob(2, id.partsHash))));
}

/** `undefined` for bytes that are no block id. */
export function decodeBlockId(bytes: Uint8Array): BlockId | undefined {
  const fields = Fields.of(bytes);
  const parts = fields.ok ? Fields.of(fields.value.blob(2)) : fields;
  if (!fields.ok || !parts.ok) return undefined;
  const partsTotal = parts.value.int(1);
  if (partsTotal < 0n || partsTotal > 0xffff_ffffn) return undefined;
  return { hash: fields.value.blob(1), partsTotal: Number(partsTotal), partsHash: parts.value.blob(2) };
}

function encodeVersion(header: CometHeader): Uint8Array {
  return concat(integer(1, header.blockVersion), integer(2, header.appVersion));
}

/** Bytes of a header as CometBFT stores it: `tendermint.types.Header`. */
export function encodeCometHeader(header: CometHeader): Uint8Array {
  return concat(
    always(1, encodeVersion(header)),
    string(2, header.chainId),
    integer(3, header.height),
    always(4, timestamp(header.time)),
    always(5, encodeBlockId(header.lastBlockId)),
    blob(6, header.lastCommitHash),
    blob(7, header.dataHash),
    blob(8, header.validatorsHash),
    blob(9, header.nextValidatorsHash),
    blob(10, header.consensusHash),
    blob(11, header.appHash),
    blob(12, header.lastResultsHash),
    blob(13, header.evidenceHash),
    blob(14, header.proposerAddress),
  );
}

/** Strict inverse of {@link encodeCometHeader}: what decodes has these bytes and no others. */
export function decodeCometHeader(bytes: Uint8Array): Result<CometHeader, string> {
  if (bytes.length > MAX_HEADER_BYTES) return fail(`${bytes.length} bytes`);
  const fields = Fields.of(bytes);
  if (!fields.ok) return fields;
  const f = fields.value;
  const version = Fields.of(f.blob(1));
  const chainId = fromUtf8(f.blob(2));
  const height = f.int(3);
  const time = timeOf(f.blob(4));
  const lastBlockId = decodeBlockId(f.blob(5));
  if (!version.ok) return fail("version");
  if (!chainId.ok || f.blob(2).length > MAX_CHAIN_ID_BYTES) return fail("chain id");
  if (height < 1n || height > BigInt(Number.MAX_SAFE_INTEGER)) return fail("height");
  if (time === undefined) return fail("time");
  if (lastBlockId === undefined) return fail("last block id");
  const header: CometHeader = {
    blockVersion: BigInt.asUintN(64, version.value.int(1)),
    appVersion: BigInt.asUintN(64, version.value.int(2)),
    chainId: chainId.value,
    height: Number(height),
    time,
    lastBlockId,
    lastCommitHash: f.blob(6),
    dataHash: f.blob(7),
    validatorsHash: f.blob(8),
    nextValidatorsHash: f.blob(9),
    consensusHash: f.blob(10),
    appHash: f.blob(11),
    lastResultsHash: f.blob(12),
    evidenceHash: f.blob(13),
    proposerAddress: f.blob(14),
  };
  return bytesEqual(encodeCometHeader(header), bytes) ? ok(header) : fail("not in the one canonical form");
}

/** Hash of a header: RFC 6962 root over its fourteen fields, each in a wrapper message of its own. It is the block's id. */
export function cometHeaderHash(header: CometHeader): Uint8Array {
  return listRoot([
    encodeVersion(header),
    string(1, header.chainId),
    integer(1, header.height),
    timestamp(header.time),
    encodeBlockId(header.lastBlockId),
    ...[
      header.lastCommitHash,
      header.dataHash,
      header.validatorsHash,
      header.nextValidatorsHash,
      header.consensusHash,
      header.appHash,
      header.lastResultsHash,
      header.evidenceHash,
      header.proposerAddress,
    ].map((bytes) => blob(1, bytes)),
  ]);
}

/** Whether a block's transactions are those of its header. */
export function cometTransactionsFit(header: CometHeader, transactions: readonly Uint8Array[]): boolean {
  return bytesEqual(listRoot(transactions.map(sha256)), header.dataHash);
}

/** Whether one transaction stands at a place of the block: that it was ordered, not that it took effect. */
export function cometTransactionAt(
  header: CometHeader,
  transaction: Uint8Array,
  place: { readonly index: number; readonly total: number; readonly path: readonly Uint8Array[] },
): boolean {
  const root = rootFromPath(leafHash(sha256(transaction)), place.index, place.total, place.path);
  return root !== undefined && bytesEqual(root, header.dataHash);
}
