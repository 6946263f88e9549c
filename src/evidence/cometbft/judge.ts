/**
 * Evidence of the CometBFT engine: that a header is final, and that a state root was. What is trusted is the chain id
 * and the hash of one set of validators; later sets follow from it by headers that more than two thirds of the set
 * before have signed. Pure and total: any bytes give a verdict. SPEC 6.4
 */
import { bytesEqual, concat, toHex } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { sha256 } from "#crypto/hash.js";
import { type Commit, decodeCommit, encodeCommit, judgeCommit, type VoteCheck } from "./commit.js";
import { type CometHeader, cometHeaderHash, decodeCometHeader } from "./header.js";
import { always, Fields } from "./protobuf.js";
import { decodeValidators, encodeValidators, type Validator, validatorsHash } from "./validators.js";

/** What a person who judges evidence trusts: two facts of the genesis, or of a manifest. */
export interface CometTrust {
  readonly chainId: string;
  /** Hash of the first set of validators (genesis), or of the one at the seal (manifest). */
  readonly validatorsHash: Uint8Array;
}

export interface CometFault {
  readonly code: "malformed-header" | "malformed-evidence" | "wrong-chain" | "bad-evidence";
  readonly detail: string;
}

/** A header that is final. */
export interface FinalHeader extends CometHeader {
  readonly hash: Uint8Array;
}

/** A state root that was final at a height. */
export interface FinalRoot {
  readonly height: number;
  /** Time of the block after which the state was this. */
  readonly time: bigint;
  readonly stateRoot: Uint8Array;
  /** The header of `height`, and the one above that carries the root. */
  readonly header: FinalHeader;
  readonly next: FinalHeader;
}

/** A header signed by the set it names, whose `nextValidatorsHash` begins another set. */
export interface SetChange {
  readonly header: Uint8Array;
  readonly commit: Commit;
  readonly validators: readonly Validator[];
}

/** Why a header is final: its commit, the set that signed, and how that set came from the trusted one. */
export interface Finality {
  readonly commit: Commit;
  readonly validators: readonly Validator[];
  readonly changes: readonly SetChange[];
}

/** Set changes in one receipt; a longer way asks for newer trust. */
export const MAX_SET_CHANGES = 100;

export function encodeFinality({ commit, validators, changes }: Finality): Uint8Array {
  return concat(
    always(1, encodeCommit(commit)),
    always(2, encodeValidators(validators)),
    ...changes.map((change) =>
      always(
        3,
        concat(
          always(1, change.header),
          always(2, encodeCommit(change.commit)),
          always(3, encodeValidators(change.validators)),
        ),
      ),
    ),
  );
}

/** Strict inverse of {@link encodeFinality}. */
export function decodeFinality(bytes: Uint8Array): Result<Finality, string> {
  const fields = Fields.of(bytes);
  if (!fields.ok) return fields;
  const commit = decodeCommit(fields.value.blob(1));
  if (!commit.ok) return fail(`commit: ${commit.error}`);
  const validators = decodeValidators(fields.value.blob(2));
  if (!validators.ok) return fail(`validators: ${validators.error}`);
  const items = fields.value.blobs(3);
  if (items.length > MAX_SET_CHANGES) return fail(`${items.length} set changes`);
  const changes: SetChange[] = [];
  for (const item of items) {
    const parts = Fields.of(item);
    if (!parts.ok) return fail("set change");
    const changeCommit = decodeCommit(parts.value.blob(2));
    const set = decodeValidators(parts.value.blob(3));
    if (!changeCommit.ok || !set.ok) return fail("set change");
    changes.push({ header: parts.value.blob(1), commit: changeCommit.value, validators: set.value });
  }
  const finality = { commit: commit.value, validators: validators.value, changes };
  return bytesEqual(encodeFinality(finality), bytes) ? ok(finality) : fail("not in the one canonical form");
}

/** Evidence of a state root, beside the header of its height: the header above, and why that one is final. */
export function encodeRootEvidence(nextHeader: Uint8Array, finality: Uint8Array): Uint8Array {
  return concat(always(1, nextHeader), always(2, finality));
}

/** The header above and its finality; `undefined` for anything that is not in the one form. */
export function rootEvidenceParts(
  evidence: Uint8Array,
): { readonly header: Uint8Array; readonly finality: Uint8Array } | undefined {
  const parts = Fields.of(evidence);
  if (!parts.ok) return undefined;
  const [header, finality] = [parts.value.blob(1), parts.value.blob(2)];
  return bytesEqual(encodeRootEvidence(header, finality), evidence) ? { header, finality } : undefined;
}

/** Judges evidence against one trust. Verdicts are kept by the exact bytes: a further receipt of a height costs hashing. */
export class CometJudge {
  readonly #trust: CometTrust;
  readonly #known = new Map<string, Result<FinalHeader, CometFault>>();
  readonly #limit: number;

  constructor(trust: CometTrust, limit = 256) {
    this.#trust = trust;
    this.#limit = limit;
  }

  /** Whether `header` is final: form, chain, commit, and the way from the trusted set to the one that signed. */
  final(header: Uint8Array, finality: Uint8Array): Result<FinalHeader, CometFault> {
    const key = toHex(sha256(concat(sha256(header), sha256(finality))));
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const verdict = judgeFinal(this.#trust, header, finality);
    if (this.#known.size >= this.#limit) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(key, verdict);
    return verdict;
  }

  /** Whether the state after the block of `header` had the root that the final header above carries. */
  root(header: Uint8Array, evidence: Uint8Array): Result<FinalRoot, CometFault> {
    const parts = rootEvidenceParts(evidence);
    if (parts === undefined) return fail({ code: "malformed-evidence", detail: "not a header and its finality" });
    const decoded = decodeCometHeader(header);
    if (!decoded.ok) return fail({ code: "malformed-header", detail: decoded.error });
    if (decoded.value.chainId !== this.#trust.chainId)
      return fail({ code: "wrong-chain", detail: decoded.value.chainId });
    const next = this.final(parts.header, parts.finality);
    if (!next.ok) return next;
    const hash = cometHeaderHash(decoded.value);
    if (next.value.height !== decoded.value.height + 1 || !bytesEqual(next.value.lastBlockId.hash, hash))
      return fail({ code: "bad-evidence", detail: "the final header does not stand on this one" });
    if (next.value.appHash.length !== 32)
      return fail({ code: "bad-evidence", detail: "the final header carries no state root" });
    const { height, time } = decoded.value;
    return ok({
      height,
      time,
      stateRoot: next.value.appHash,
      header: { ...decoded.value, hash },
      next: next.value,
    });
  }
}

/** {@link CometJudge.final} without memory. `holds`: another way of checking votes, with the same answers. */
export function judgeFinal(
  trust: CometTrust,
  headerBytes: Uint8Array,
  evidence: Uint8Array,
  holds?: VoteCheck,
): Result<FinalHeader, CometFault> {
  const header = decodeCometHeader(headerBytes);
  if (!header.ok) return fail({ code: "malformed-header", detail: header.error });
  if (header.value.chainId !== trust.chainId) return fail({ code: "wrong-chain", detail: header.value.chainId });
  const finality = decodeFinality(evidence);
  if (!finality.ok) return fail({ code: "malformed-evidence", detail: finality.error });
  const set = setAfter(trust, finality.value.changes, header.value.height, holds);
  if (!set.ok) return fail({ code: "bad-evidence", detail: set.error });
  if (!bytesEqual(header.value.validatorsHash, set.value))
    return fail({ code: "bad-evidence", detail: "the header names another set of validators than the trusted one" });
  const signed = judgeSigned(trust.chainId, header.value, finality.value, holds);
  if (!signed.ok) return fail({ code: "bad-evidence", detail: signed.error });
  return ok({ ...header.value, hash: signed.value });
}

/** The hash of the set that signs at `height`: each change stands above the one before and was signed by the set it ends. */
function setAfter(
  trust: CometTrust,
  changes: readonly SetChange[],
  height: number,
  holds?: VoteCheck,
): Result<Uint8Array, string> {
  let set = trust.validatorsHash;
  let below = 0;
  for (const [i, change] of changes.entries()) {
    const header = decodeCometHeader(change.header);
    if (!header.ok) return fail(`set change ${i}: ${header.error}`);
    if (header.value.chainId !== trust.chainId) return fail(`set change ${i}: chain ${header.value.chainId}`);
    if (header.value.height <= below || header.value.height >= height) return fail(`set change ${i}: its height`);
    if (!bytesEqual(header.value.validatorsHash, set)) return fail(`set change ${i}: begins at another set`);
    if (bytesEqual(header.value.nextValidatorsHash, set)) return fail(`set change ${i}: changes nothing`);
    const signed = judgeSigned(trust.chainId, header.value, change, holds);
    if (!signed.ok) return fail(`set change ${i}: ${signed.error}`);
    set = header.value.nextValidatorsHash;
    below = header.value.height;
  }
  return ok(set);
}

/** Whether the set that a header names signed it; gives the header's hash. */
function judgeSigned(
  chainId: string,
  header: CometHeader,
  { commit, validators }: Pick<Finality, "commit" | "validators">,
  holds?: VoteCheck,
): Result<Uint8Array, string> {
  const hash = cometHeaderHash(header);
  if (commit.height !== header.height) return fail(`a commit of height ${commit.height}`);
  if (!bytesEqual(commit.blockId.hash, hash)) return fail("the commit is for another block");
  if (!bytesEqual(validatorsHash(validators), header.validatorsHash))
    return fail("the validators are not those that the header names");
  const judged = judgeCommit(chainId, commit, validators, holds);
  return judged.ok ? ok(hash) : judged;
}

/** Whether a header is recent enough to be called the present state (row L-07). Times in nanoseconds. */
export function isFresh(headerTime: bigint, now: bigint, maxAge: bigint): boolean {
  return now - headerTime <= maxAge;
}

/** What two final headers of one height say about each other. Two that differ are a proof of fraud in themselves. */
export interface Conflict {
  readonly height: number;
  /** Addresses (20 bytes, hex) of those who signed both blocks. */
  readonly signers: readonly string[];
}

/**
 * Compares what two nodes show for one height, both judged final before; `null` when it is the same block, or another
 * height. A conflict names those who signed both (rows L-01, L-02).
 */
export function conflictOf(
  one: { readonly header: FinalHeader; readonly finality: Uint8Array },
  other: { readonly header: FinalHeader; readonly finality: Uint8Array },
): Conflict | null {
  if (one.header.height !== other.header.height || bytesEqual(one.header.hash, other.header.hash)) return null;
  const signersOf = (bytes: Uint8Array): string[] => {
    const finality = decodeFinality(bytes);
    if (!finality.ok) return [];
    return finality.value.commit.votes.filter((vote) => vote.flag === "block").map((vote) => toHex(vote.address));
  };
  const second = new Set(signersOf(other.finality));
  return { height: one.header.height, signers: signersOf(one.finality).filter((address) => second.has(address)) };
}
