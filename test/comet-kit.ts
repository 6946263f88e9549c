/** Blocks, commits and sets of validators of a CometBFT network that exists only in a test. */
import { compareBytes, utf8 } from "#base/bytes.js";
import { ed25519Key, ed25519Sign } from "#crypto/ed25519.js";
import { sha256 } from "#crypto/hash.js";
import { type Commit, type CommitVote, commitSignBytes, ZERO_TIME } from "#evidence/cometbft/commit.js";
import { type CometHeader, cometHeaderHash } from "#evidence/cometbft/header.js";
import { addressOf, type Validator, validatorsHash } from "#evidence/cometbft/validators.js";

export interface TestValidator extends Validator {
  readonly secret: Uint8Array;
}

/** Validators in the order of their set. */
export function testValidators(names: readonly string[], powers: readonly bigint[] = []): readonly TestValidator[] {
  return names
    .map((name, i) => {
      const secret = sha256(utf8(`validator ${name}`));
      return { secret, key: ed25519Key(secret), power: powers[i] ?? 10n };
    })
    .sort((a, b) => Number(b.power - a.power) || compareBytes(addressOf(a.key), addressOf(b.key)));
}

/** A header that differs in every field from the empty one. */
export function testHeader(validators: readonly Validator[], change: Partial<CometHeader> = {}): CometHeader {
  const hash = (name: string) => sha256(utf8(name));
  return {
    blockVersion: 11n,
    appVersion: 1n,
    chainId: "demo-1",
    height: 12,
    time: 1_800_000_000_123_456_789n,
    lastBlockId: { hash: hash("last"), partsTotal: 1, partsHash: hash("last parts") },
    lastCommitHash: hash("last commit"),
    dataHash: hash("data"),
    validatorsHash: validatorsHash(validators),
    nextValidatorsHash: validatorsHash(validators),
    consensusHash: hash("consensus"),
    appHash: hash("app"),
    lastResultsHash: hash("results"),
    evidenceHash: hash("evidence"),
    proposerAddress: addressOf((validators[0] as Validator).key),
    ...change,
  };
}

/** Signs one entry of a commit. */
export function signedVote(
  chainId: string,
  commit: Omit<Commit, "votes">,
  validator: TestValidator,
  flag: "block" | "nil" = "block",
): CommitVote {
  const unsigned: CommitVote = {
    flag,
    address: addressOf(validator.key),
    time: 1_800_000_001_000_000_001n,
    signature: new Uint8Array(64),
  };
  const bytes = commitSignBytes(chainId, { ...commit, votes: [] }, unsigned);
  return { ...unsigned, signature: ed25519Sign(validator.secret, bytes) };
}

export const ABSENT: CommitVote = {
  flag: "absent",
  address: new Uint8Array(0),
  time: ZERO_TIME,
  signature: new Uint8Array(0),
};

/** The commit of a header; validators whose flag is missing vote for the block. */
export function testCommit(
  header: CometHeader,
  validators: readonly TestValidator[],
  flags: readonly CommitVote["flag"][] = [],
  round = 0,
): Commit {
  const { height, chainId } = header;
  const blockId = { hash: cometHeaderHash(header), partsTotal: 1, partsHash: sha256(utf8("parts")) };
  const base = { height, round, blockId };
  const votes = validators.map((validator, i) => {
    const flag = flags[i] ?? "block";
    return flag === "absent" ? ABSENT : signedVote(chainId, base, validator, flag);
  });
  return { ...base, votes };
}
