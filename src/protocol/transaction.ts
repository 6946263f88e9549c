/**
 * Transactions: the envelope every kind shares, its canonical bytes, and what a signature signs. SPEC 3.3
 *
 * Bytes: CBOR [1, chain id, type, body, signatures]. A signature covers CBOR [1, chain id, type, body] under the tag of
 * its role; casts sign a shorter message ({@link ballotMessage}) because their body repeats what the tracker says.
 */
import { assert } from "#base/assert.js";
import { compareBytes } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { isIdentity, type Point, pointFromBytes } from "#crypto/group.js";
import { publicSha256 } from "#crypto/public-data.js";
import { type Signature, type SignatureTag, verifySignature } from "#crypto/schnorr.js";
import type { BallotTask, Verdicts } from "./ballot.js";
import type { Effects } from "./effects.js";
import { type Cbor, decodeCbor, encodeCbor } from "./encoding/cbor.js";
import { bytes, decodeValue, list, record, type Shape, scalar, type TypeOf } from "./encoding/shape.js";
import type { Chain } from "./genesis.js";
import { isOfficer, MAX_OFFICERS, type OrganisationRecord, organisationOf } from "./organisation.js";
import { type Rejection, reject } from "./rejections.js";
import type { StateReader } from "./state.js";

export const TRANSACTION_VERSION = 1;

/** Largest transaction of any kind, in bytes: a roll chunk of 5,000 entries or a ballot with 100 answers fits. */
export const MAX_TRANSACTION_BYTES = 400_000;

/** A decoded transaction. */
export interface Transaction<B, S> {
  readonly type: string;
  readonly chainId: string;
  readonly body: B;
  readonly signatures: S;
  /** SHA-256 of the wire bytes: names the transaction and caches its verdict. */
  readonly id: Uint8Array;
  /** What role signatures cover. */
  readonly message: Uint8Array;
}

/** What checks and effects may see: the state, the chain's facts, the block's time, the verdicts of proof checks. */
export interface Context {
  readonly reader: StateReader;
  readonly chain: Chain;
  /** Time of the block, nanoseconds. */
  readonly time: bigint;
  /** Height of the block; unknown where a ledger of one node is checked, which has no rule about heights. */
  readonly height: number | undefined;
  readonly verdicts: Verdicts;
}

/** One thing that can happen: form, check and effect. Each kind is one file in `transactions/`. */
export interface Kind<B, S> {
  readonly type: string;
  readonly body: Shape<B>;
  readonly signatures: Shape<S>;
  /** `null`, or the first rejection of the closed list that applies. Cheapest checks first. Never throws. */
  check(context: Context, tx: Transaction<B, S>): Rejection | null;
  /** Runs only after {@link check} gave `null` on the same state; cannot fail. */
  apply(effects: Effects, context: Context, tx: Transaction<B, S>): void;
  /** The proof check that {@link check} will ask a verdict for, when everything cheaper holds. */
  task?(reader: StateReader, tx: Transaction<B, S>): BallotTask | null;
}

/** A signature in compact form on the wire. SPEC 2.2 */
export const signatureShape: Shape<Signature> = record({ challenge: scalar, response: scalar });

const approvalShape = record({ key: bytes(32), signature: signatureShape });
const approvalListShape = list(approvalShape, MAX_OFFICERS, 1);
export type Approval = TypeOf<typeof approvalShape>;
export type Approvals = readonly Approval[];

/** Approvals by officers: ascending by key, no key twice; so a set of approvals has one encoding. */
export const approvalsShape: Shape<Approvals> = {
  encode: approvalListShape.encode,
  decode: (value, path) => {
    const approvals = approvalListShape.decode(value, path);
    if (!approvals.ok) return approvals;
    for (let i = 1; i < approvals.value.length; i++) {
      const [before, here] = [approvals.value[i - 1] as Approval, approvals.value[i] as Approval];
      if (compareBytes(before.key, here.key) >= 0) return fail(`${path}[${i}]: expected a higher key than before`);
    }
    return approvals;
  },
};

/** Signed bytes of a transaction, without signatures. */
export function transactionMessage<B>(
  kind: { readonly type: string; readonly body: Shape<B> },
  chainId: string,
  body: B,
): Uint8Array {
  return encodeCbor([TRANSACTION_VERSION, chainId, kind.type, kind.body.encode(body)]);
}

/** Wire bytes of a transaction. */
export function encodeTransaction<B, S>(
  kind: { readonly type: string; readonly body: Shape<B>; readonly signatures: Shape<S> },
  chainId: string,
  body: B,
  signatures: S,
): Uint8Array {
  return encodeCbor([
    TRANSACTION_VERSION,
    chainId,
    kind.type,
    kind.body.encode(body),
    kind.signatures.encode(signatures),
  ]);
}

interface DecodedTransaction {
  readonly kind: Kind<unknown, unknown>;
  readonly tx: Transaction<unknown, unknown>;
}

/**
 * What was decoded, by the array it was decoded from: check, task, effect and description of a transaction ask for the
 * same. Whoever has handed bytes over must not change them any more.
 */
const decodedFrom = new WeakMap<Uint8Array, DecodedTransaction>();

/** Strict decoding against a table of kinds. */
export function decodeTransaction(
  kinds: ReadonlyMap<string, Kind<unknown, unknown>>,
  wire: Uint8Array,
): Result<DecodedTransaction, Rejection> {
  const known = decodedFrom.get(wire);
  if (known !== undefined && kinds.get(known.tx.type) === known.kind) return ok(known);
  const decoded = decodeNew(kinds, wire);
  if (decoded.ok) decodedFrom.set(wire, decoded.value);
  return decoded;
}

function decodeNew(
  kinds: ReadonlyMap<string, Kind<unknown, unknown>>,
  wire: Uint8Array,
): Result<DecodedTransaction, Rejection> {
  if (wire.length > MAX_TRANSACTION_BYTES) return fail(reject("too-large", `${wire.length} bytes`));
  const value = decodeCbor(wire, "parts");
  if (!value.ok) return fail(reject("malformed", value.error));
  const parts = value.value;
  if (!Array.isArray(parts) || parts.length !== 5) return fail(reject("malformed", "not a list of five"));
  const [version, chainId, type, body, signatures] = parts as unknown as readonly [Cbor, Cbor, Cbor, Cbor, Cbor];
  if (version !== TRANSACTION_VERSION || typeof chainId !== "string" || typeof type !== "string")
    return fail(reject("malformed", "version, chain id or type"));
  const kind = kinds.get(type);
  if (kind === undefined) return fail(reject("unknown-type", type.slice(0, 40)));
  const decodedBody = decodeValue(kind.body, body, "body");
  if (!decodedBody.ok) return fail(reject("malformed", decodedBody.error));
  const decodedSignatures = decodeValue(kind.signatures, signatures, "signatures");
  if (!decodedSignatures.ok) return fail(reject("malformed", decodedSignatures.error));
  return ok({ kind, tx: new Decoded(type, chainId, decodedBody.value, decodedSignatures.value, wire, body) });
}

/** Ballots, nearly all there is, never ask for the message: it is made when it is needed. */
class Decoded implements Transaction<unknown, unknown> {
  readonly type: string;
  readonly chainId: string;
  readonly body: unknown;
  readonly signatures: unknown;
  readonly id: Uint8Array;
  readonly #body: Cbor;

  constructor(type: string, chainId: string, body: unknown, signatures: unknown, wire: Uint8Array, encoded: Cbor) {
    this.type = type;
    this.chainId = chainId;
    this.body = body;
    this.signatures = signatures;
    this.id = publicSha256(wire);
    this.#body = encoded;
  }

  get message(): Uint8Array {
    return encodeCbor([TRANSACTION_VERSION, this.chainId, this.type, this.#body]);
  }
}

/** Whether at least the organisation's threshold of its present officers approved the message; every approval must hold. */
export function checkApprovals(
  context: Context,
  organisation: OrganisationRecord,
  message: Uint8Array,
  approvals: Approvals,
): Rejection | null {
  return countApprovals(organisation, approvals) ?? checkApprovalSignatures(context, organisation, message, approvals);
}

/** Whether enough approvals are by present officers, as far as the keys say. */
export function countApprovals(organisation: OrganisationRecord, approvals: Approvals): Rejection | null {
  const needed = organisation.entry.fields.threshold;
  const counted = approvals.filter((approval) => isOfficer(organisation, approval.key));
  return counted.length < needed ? reject("too-few-approvals", `${counted.length} of ${needed}`) : null;
}

/** Whether every approval is by a present officer and holds. */
export function checkApprovalSignatures(
  context: Context,
  organisation: OrganisationRecord,
  message: Uint8Array,
  approvals: Approvals,
): Rejection | null {
  if (!approvals.every((approval) => isOfficer(organisation, approval.key)))
    return reject("bad-signature", "an approval by a key that is not an officer's");
  for (const approval of approvals)
    if (!checkSignature(context, "officer", approval.key, message, approval.signature))
      return reject("bad-signature", "an officer's approval");
  return null;
}

/** {@link checkApprovals} for an act of an election's organisation. */
export function checkOfficers<B>(
  context: Context,
  organisation: string,
  tx: Transaction<B, Approvals>,
): Rejection | null {
  const found = organisationOf(context.reader, organisation);
  assert(found !== undefined, "an election's organisation exists");
  return checkApprovals(context, found, tx.message, tx.signatures);
}

/** Whether 32 bytes are a public key: an element of the group, not the neutral one (rows C-06, C-08). Dear: ask last. */
export function isPublicKey(keyBytes: Uint8Array): boolean {
  const key = pointFromBytes(keyBytes);
  return key !== undefined && !isIdentity(key);
}

/** A role signature by a key given as bytes. */
export function checkSignature(
  context: Context,
  tag: SignatureTag,
  keyBytes: Uint8Array,
  message: Uint8Array,
  signature: Signature,
): boolean {
  const key: Point | undefined = pointFromBytes(keyBytes);
  return key !== undefined && verifySignature({ tag, chainId: context.chain.chainId }, key, message, signature);
}
