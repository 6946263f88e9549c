/**
 * Misconduct of validators, as CometBFT puts it into a block: two votes of one validator for two different blocks of one
 * round. The block's header, which more than two thirds signed, has the root over all of it; the votes' own signatures
 * prove it to anybody who has the validator's key. Pure and total. SPEC 6.7
 */
import { bytesEqual, concat } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { ed25519VerifyZip215 } from "#crypto/ed25519.js";
import { listRoot } from "#crypto/merkle.js";
import { type VoteCheck, voteSignBytes } from "./commit.js";
import { type BlockId, type CometHeader, decodeBlockId, encodeBlockId } from "./header.js";
import { always, blob, Fields, integer, timeOf, timestamp } from "./protobuf.js";
import { addressOf, type Validator } from "./validators.js";

/** Steps of a round in which a validator votes, by their number in a vote. */
const STEPS = { 1: "prevote", 2: "precommit" } as const;

/** One vote of a pair. */
export interface SignedVote {
  readonly type: 1 | 2;
  readonly height: number;
  readonly round: number;
  /** An empty hash is a vote for no block. */
  readonly blockId: BlockId;
  readonly time: bigint;
  readonly address: Uint8Array;
  /** Place of the validator in its set. */
  readonly index: number;
  readonly signature: Uint8Array;
}

/** Two votes that nobody honest gives both; `tendermint.types.DuplicateVoteEvidence`. */
export interface DoubleVote {
  readonly votes: readonly [SignedVote, SignedVote];
  readonly totalPower: bigint;
  readonly power: bigint;
  /** Of the block of that height. */
  readonly time: bigint;
}

/** One item of a block's misconduct, as far as it can be judged. */
export type Misconduct =
  | {
      readonly kind: "two-votes";
      readonly address: Uint8Array;
      readonly height: number;
      readonly round: number;
      readonly step: "prevote" | "precommit";
      /** Both signatures were checked; `false` where the validator is not in the set that was given. */
      readonly proved: boolean;
    }
  /** Something else that this CometBFT takes for misconduct. */
  | { readonly kind: "other" };

/** Bytes of all items of a block: CometBFT is told 64 KiB; below it any network is read. */
const MAX_BYTES = 1024 * 1024;

function encodeVote(vote: SignedVote): Uint8Array {
  return concat(
    integer(1, vote.type),
    integer(2, vote.height),
    integer(3, vote.round),
    always(4, encodeBlockId(vote.blockId)),
    always(5, timestamp(vote.time)),
    blob(6, vote.address),
    integer(7, vote.index),
    blob(8, vote.signature),
  );
}

export function encodeDoubleVote({ votes, totalPower, power, time }: DoubleVote): Uint8Array {
  return concat(
    always(1, encodeVote(votes[0])),
    always(2, encodeVote(votes[1])),
    integer(3, totalPower),
    integer(4, power),
    always(5, timestamp(time)),
  );
}

/** Strict inverse of {@link encodeDoubleVote}; `undefined` for anything else. */
export function decodeDoubleVote(bytes: Uint8Array): DoubleVote | undefined {
  const fields = Fields.of(bytes);
  if (!fields.ok) return undefined;
  const [one, two] = [decodeVote(fields.value.blob(1)), decodeVote(fields.value.blob(2))];
  const time = timeOf(fields.value.blob(5));
  const [totalPower, power] = [fields.value.int(3), fields.value.int(4)];
  if (one === undefined || two === undefined || time === undefined || totalPower < 0n || power < 0n) return undefined;
  const vote: DoubleVote = { votes: [one, two], totalPower, power, time };
  return bytesEqual(encodeDoubleVote(vote), bytes) ? vote : undefined;
}

function decodeVote(bytes: Uint8Array): SignedVote | undefined {
  const fields = Fields.of(bytes);
  if (!fields.ok) return undefined;
  const f = fields.value;
  const [type, height, round, index] = [1, 2, 3, 7].map((each) => Number(f.int(each))) as [
    number,
    number,
    number,
    number,
  ];
  const [blockId, time] = [decodeBlockId(f.blob(4)), timeOf(f.blob(5))];
  const [address, signature] = [f.blob(6), f.blob(8)];
  if ((type !== 1 && type !== 2) || blockId === undefined || time === undefined) return undefined;
  if (![height, round, index].every((each) => Number.isSafeInteger(each) && each >= 0)) return undefined;
  if (address.length !== 20 || signature.length !== 64) return undefined;
  return { type, height, round, blockId, time, address, index, signature };
}

/** Whether the block of a header has any misconduct in it. */
export function namesMisconduct({ evidenceHash }: Pick<CometHeader, "evidenceHash">): boolean {
  return !bytesEqual(evidenceHash, listRoot([]));
}

/** Whether these are all items of the header's block, in its order. */
export function misconductFits({ evidenceHash }: CometHeader, items: readonly Uint8Array[]): boolean {
  const length = items.reduce((sum, each) => sum + each.length, 0);
  return length <= MAX_BYTES && bytesEqual(listRoot(items), evidenceHash);
}

/**
 * Judges the items of a block whose header is final. `validators`: a set in which the accused are looked for; who is not
 * in it is named on the word of those who signed the header.
 */
export function judgeMisconduct(
  header: CometHeader,
  items: readonly Uint8Array[],
  validators: readonly Validator[],
  holds: VoteCheck = ed25519VerifyZip215,
): Result<readonly Misconduct[], string> {
  if (!misconductFits(header, items)) return fail("its misconduct is not that of its header");
  const found: Misconduct[] = [];
  for (const item of items) {
    const double = decodeDoubleVote(item);
    if (double === undefined) {
      found.push({ kind: "other" });
      continue;
    }
    const { address, height, round, type } = double.votes[0];
    const key = validators.find((each) => bytesEqual(addressOf(each.key), address))?.key;
    const fault = key === undefined ? undefined : faultOf(header.chainId, double, key, holds);
    if (fault !== undefined) return fail(fault);
    found.push({ kind: "two-votes", address, height, round, step: STEPS[type], proved: key !== undefined });
  }
  return ok(found);
}

function faultOf(chainId: string, { votes }: DoubleVote, key: Uint8Array, holds: VoteCheck): string | undefined {
  const [one, two] = votes;
  const oneRound = one.type === two.type && one.height === two.height && one.round === two.round;
  if (!oneRound || !bytesEqual(one.address, two.address)) return "two votes that do not exclude each other";
  if (bytesEqual(encodeBlockId(one.blockId), encodeBlockId(two.blockId))) return "two votes for one block";
  const signed = votes.every(({ blockId, signature, ...vote }) => {
    const target = blockId.hash.length === 0 ? null : blockId;
    return holds(key, voteSignBytes(chainId, { ...vote, blockId: target }), signature);
  });
  return signed ? undefined : "a vote that the validator did not sign";
}
