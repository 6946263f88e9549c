/**
 * Commits: the validators' signatures that make a block final, and their judgement. A commit is counted strictly by
 * index: entry i belongs to validator i of the set, carries that validator's address, and counts once (rows L-03, L-04).
 * SPEC 6.3
 */
import { bytesEqual, concat } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { ed25519VerifyZip215 } from "#crypto/ed25519.js";
import { type BlockId, decodeBlockId, encodeBlockId } from "./header.js";
import { always, blob, Fields, fixed64, integer, string, timeOf, timestamp, varint } from "./protobuf.js";
import { addressOf, MAX_VALIDATORS, totalPower, type Validator } from "./validators.js";

/** What a validator did in the deciding round: nothing, voted for the block, voted for none. */
export type VoteFlag = "absent" | "block" | "nil";

export interface CommitVote {
  readonly flag: VoteFlag;
  /** Empty when absent. */
  readonly address: Uint8Array;
  /** Of the vote, not of the block. Go's zero time when absent. */
  readonly time: bigint;
  /** 64 bytes; empty when absent. */
  readonly signature: Uint8Array;
}

export interface Commit {
  readonly height: number;
  readonly round: number;
  readonly blockId: BlockId;
  /** One for each validator, in the order of the set. */
  readonly votes: readonly CommitVote[];
}

/** 0001-01-01T00:00:00Z: the time of a vote that was not given. */
export const ZERO_TIME = -62_135_596_800_000_000_000n;

const FLAGS: readonly VoteFlag[] = ["absent", "block", "nil"];

/** `tendermint.types.Commit`. */
export function encodeCommit(commit: Commit): Uint8Array {
  return concat(
    integer(1, commit.height),
    integer(2, commit.round),
    always(3, encodeBlockId(commit.blockId)),
    ...commit.votes.map((vote) =>
      always(
        4,
        concat(
          integer(1, FLAGS.indexOf(vote.flag) + 1),
          blob(2, vote.address),
          always(3, timestamp(vote.time)),
          blob(4, vote.signature),
        ),
      ),
    ),
  );
}

/** Strict inverse of {@link encodeCommit}. */
export function decodeCommit(bytes: Uint8Array): Result<Commit, string> {
  if (bytes.length > MAX_VALIDATORS * 150 + 200) return fail("too long");
  const fields = Fields.of(bytes);
  if (!fields.ok) return fields;
  const height = fields.value.int(1);
  const round = fields.value.int(2);
  const blockId = decodeBlockId(fields.value.blob(3));
  if (height < 1n || height > BigInt(Number.MAX_SAFE_INTEGER)) return fail("height");
  if (round < 0n || round > 0x7fff_ffffn) return fail("round");
  if (blockId === undefined) return fail("block id");
  const votes: CommitVote[] = [];
  for (const item of fields.value.blobs(4)) {
    const vote = decodeVote(item);
    if (vote === undefined) return fail(`vote ${votes.length}`);
    votes.push(vote);
  }
  const commit = { height: Number(height), round: Number(round), blockId, votes };
  return bytesEqual(encodeCommit(commit), bytes) ? ok(commit) : fail("not in the one canonical form");
}

function decodeVote(bytes: Uint8Array): CommitVote | undefined {
  const fields = Fields.of(bytes);
  if (!fields.ok) return undefined;
  const flag = FLAGS[Number(fields.value.int(1)) - 1];
  const time = timeOf(fields.value.blob(3));
  const [address, signature] = [fields.value.blob(2), fields.value.blob(4)];
  if (flag === undefined || time === undefined) return undefined;
  const sizes = flag === "absent" ? address.length + signature.length === 0 : address.length === 20;
  if (!sizes || (flag !== "absent" && signature.length !== 64)) return undefined;
  if (flag === "absent" && time !== ZERO_TIME) return undefined;
  return { flag, address, time, signature };
}

/** What a validator signs: a canonical vote, with its length before it. `null` is a vote for no block. */
export function voteSignBytes(
  chainId: string,
  vote: {
    readonly type: number;
    readonly height: number;
    readonly round: number;
    readonly blockId: BlockId | null;
    readonly time: bigint;
  },
): Uint8Array {
  const message = concat(
    integer(1, vote.type),
    fixed64(2, vote.height),
    fixed64(3, vote.round),
    vote.blockId === null ? new Uint8Array(0) : always(4, encodeBlockId(vote.blockId)),
    always(5, timestamp(vote.time)),
    string(6, chainId),
  );
  return concat(varint(message.length), message);
}

const PRECOMMIT = 2;

/** Signed bytes of one entry of a commit. */
export function commitSignBytes(chainId: string, commit: Commit, vote: CommitVote): Uint8Array {
  const { height, round } = commit;
  const blockId = vote.flag === "block" ? commit.blockId : null;
  return voteSignBytes(chainId, { type: PRECOMMIT, height, round, blockId, time: vote.time });
}

/** Whether a vote's signature holds by ZIP-215; a faster way must give the same answers for all bytes. */
export type VoteCheck = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/**
 * Whether validators with more than two thirds of the set's power signed the commit's block. Every vote that is there
 * must hold, also those for no block: an altered commit is refused even where enough would be left.
 * Signatures are judged by ZIP-215, CometBFT's own rule; nothing else here uses it.
 */
export function judgeCommit(
  chainId: string,
  commit: Commit,
  validators: readonly Validator[],
  holds: VoteCheck = ed25519VerifyZip215,
): Result<null, string> {
  if (commit.votes.length !== validators.length)
    return fail(`${commit.votes.length} votes for ${validators.length} validators`);
  let signed = 0n;
  for (const [i, vote] of commit.votes.entries()) {
    if (vote.flag === "absent") continue;
    const validator = validators[i] as Validator;
    if (!bytesEqual(vote.address, addressOf(validator.key))) return fail(`vote ${i} has another validator's address`);
    if (!holds(validator.key, commitSignBytes(chainId, commit, vote), vote.signature))
      return fail(`the signature of vote ${i}`);
    if (vote.flag === "block") signed += validator.power;
  }
  const total = totalPower(validators);
  return signed * 3n > total * 2n ? ok(null) : fail(`${signed} of ${total} power signed`);
}
