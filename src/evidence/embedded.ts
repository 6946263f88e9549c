/**
 * Evidence of the embedded engine: a block's header and the node's signature over it. It proves that the one node whose
 * key stands in the genesis said so, no more (SECURITY.md). SPEC 5.1, SPEC 5.3
 *
 * This room judges bytes that come from anywhere, in the browser too, so the header has a fixed layout that needs no
 * general decoder.
 */
import { assert } from "#base/assert.js";
import { bigintFromBytes, bigintToBytes, bytesEqual, concat, copyOf, fromUtf8, utf8 } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { ed25519Sign } from "#crypto/ed25519.js";
import { sha256 } from "#crypto/hash.js";
import { listRoot } from "#crypto/merkle.js";
import { publicEd25519Verify } from "#crypto/public-data.js";

/** What a block of the embedded engine says about itself. */
export interface EmbeddedHeader {
  readonly chainId: string;
  /** 1 for the first block. */
  readonly height: number;
  /** Nanoseconds since 1970-01-01T00:00:00Z; above the time of the block below. */
  readonly time: bigint;
  /** Hash of the header below; the genesis hash at height 1. */
  readonly previous: Uint8Array;
  /** RFC 6962 root over the block's transactions, as their wire bytes. */
  readonly transactionsRoot: Uint8Array;
  /** State root after the block. */
  readonly stateRoot: Uint8Array;
}

/** A header whose signature holds, with its hash. */
export interface JudgedHeader extends EmbeddedHeader {
  readonly hash: Uint8Array;
}

export interface EvidenceFault {
  readonly code: "malformed-header" | "wrong-chain" | "bad-evidence";
  readonly detail: string;
}

/** What a person who judges evidence trusts: two facts of the genesis. */
export interface EmbeddedTrust {
  readonly chainId: string;
  /** Ed25519 key of the node. */
  readonly engineKey: Uint8Array;
}

const VERSION = 1;
const MAX_CHAIN_ID = 20;
/** Bytes after the chain id: height, time, three hashes. */
const FIXED = 8 + 8 + 32 + 32 + 32;

/** Bytes: version (1), length of the chain id (1), chain id, height (8, big-endian), time (8), previous, transactions root, state root. */
export function encodeHeader(header: EmbeddedHeader): Uint8Array {
  const chainId = utf8(header.chainId);
  assert(chainId.length >= 1 && chainId.length <= MAX_CHAIN_ID, "chain id fits the header");
  assert(Number.isSafeInteger(header.height) && header.height >= 1, "height is positive");
  for (const hash of [header.previous, header.transactionsRoot, header.stateRoot])
    assert(hash.length === 32, "hashes have 32 bytes");
  return concat(
    Uint8Array.of(VERSION, chainId.length),
    chainId,
    bigintToBytes(BigInt(header.height), 8),
    bigintToBytes(header.time, 8),
    header.previous,
    header.transactionsRoot,
    header.stateRoot,
  );
}

/** Strict inverse of {@link encodeHeader}: any bytes give a header or the reason why they are none. */
export function decodeHeader(bytes: Uint8Array): Result<EmbeddedHeader, EvidenceFault> {
  const malformed = (detail: string) => fail<EvidenceFault>({ code: "malformed-header", detail });
  if (bytes[0] !== VERSION) return malformed("unknown version");
  const length = bytes[1] ?? 0;
  if (length < 1 || length > MAX_CHAIN_ID) return malformed("length of the chain id");
  if (bytes.length !== 2 + length + FIXED) return malformed(`${bytes.length} bytes`);
  const chainId = fromUtf8(bytes.subarray(2, 2 + length));
  if (!chainId.ok) return malformed("chain id");
  const rest = copyOf(bytes, 2 + length);
  const height = bigintFromBytes(rest.subarray(0, 8));
  if (height < 1n || height > BigInt(Number.MAX_SAFE_INTEGER)) return malformed("height");
  return ok({
    chainId: chainId.value,
    height: Number(height),
    time: bigintFromBytes(rest.subarray(8, 16)),
    previous: rest.subarray(16, 48),
    transactionsRoot: rest.subarray(48, 80),
    stateRoot: rest.subarray(80, 112),
  });
}

/** SHA-256 of the tagged header bytes: what the next header points to. */
export function headerHash(header: Uint8Array): Uint8Array {
  return sha256(concat(utf8("psephos/header|"), header));
}

/** What the node signs. */
function signedBytes(header: Uint8Array): Uint8Array {
  return concat(utf8("psephos/block|"), header);
}

/** The node's signature over a header, 64 bytes: the evidence. */
export function signHeader(nodeSecret: Uint8Array, header: Uint8Array): Uint8Array {
  return ed25519Sign(nodeSecret, signedBytes(header));
}

/** Whether `header` is final on the trusted ledger: form, chain id and signature. Pure and total. SPEC 5.3 */
export function judgeEmbedded(
  trust: EmbeddedTrust,
  header: Uint8Array,
  evidence: Uint8Array,
): Result<JudgedHeader, EvidenceFault> {
  const decoded = decodeHeader(header);
  if (!decoded.ok) return decoded;
  if (decoded.value.chainId !== trust.chainId) return fail({ code: "wrong-chain", detail: decoded.value.chainId });
  if (!publicEd25519Verify(trust.engineKey, signedBytes(header), evidence))
    return fail({ code: "bad-evidence", detail: `the node's signature at height ${decoded.value.height}` });
  return ok({ ...decoded.value, hash: headerHash(header) });
}

/** Whether a block's transactions are those of its header. */
export function transactionsFit(header: EmbeddedHeader, transactions: readonly Uint8Array[]): boolean {
  return bytesEqual(listRoot(transactions), header.transactionsRoot);
}
