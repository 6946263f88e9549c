/**
 * The machine: what every validator runs. Synchronous, total, deterministic: no clock, no randomness, no I/O. The same
 * state, block and verdicts give the same changes, codes and root everywhere. SPEC 3.8
 */
import { toHex } from "#base/bytes.js";
import type { BallotTask, Verdicts } from "./ballot.js";
import { Effects } from "./effects.js";
import { decode, type Shape } from "./encoding/shape.js";
import { chainOf } from "./genesis.js";
import { type Rejection, reject } from "./rejections.js";
import { type Changes, Draft, type StateReader } from "./state.js";
import { approvalsShape, type Context, decodeTransaction, type Kind } from "./transaction.js";
import { acceptShares } from "./transactions/accept-shares.js";
import { anchorLog } from "./transactions/anchor-log.js";
import { appointOfficer } from "./transactions/appoint-officer.js";
import { cancelElection } from "./transactions/cancel-election.js";
import { castBallot } from "./transactions/cast-ballot.js";
import { commitTrustee } from "./transactions/commit-trustee.js";
import { complain } from "./transactions/complain.js";
import { createElection } from "./transactions/create-election.js";
import { createOrganisation } from "./transactions/create-organisation.js";
import { dealShares } from "./transactions/deal-shares.js";
import { enterRoll } from "./transactions/enter-roll.js";
import { extendElection } from "./transactions/extend-election.js";
import { rehearseDecryption } from "./transactions/rehearse-decryption.js";
import { reissueCredential } from "./transactions/reissue-credential.js";
import { removeOfficer } from "./transactions/remove-officer.js";
import { reportMismatch } from "./transactions/report-mismatch.js";
import { restartCeremony } from "./transactions/restart-ceremony.js";
import { revealTrustee } from "./transactions/reveal-trustee.js";
import { sealElection } from "./transactions/seal-election.js";
import { shareDecryption } from "./transactions/share-decryption.js";
import { spoilBallot } from "./transactions/spoil-ballot.js";

/** Every kind of transaction. To add one: its file, and its line here. */
// biome-ignore lint/suspicious/noExplicitAny: kinds differ in their bodies; each decodes its own before it is used
const KINDS: readonly Kind<any, any>[] = [
  createOrganisation,
  appointOfficer,
  removeOfficer,
  createElection,
  commitTrustee,
  revealTrustee,
  dealShares,
  acceptShares,
  complain,
  restartCeremony,
  rehearseDecryption,
  enterRoll,
  sealElection,
  castBallot,
  spoilBallot,
  reportMismatch,
  reissueCredential,
  extendElection,
  cancelElection,
  shareDecryption,
  anchorLog,
];

const TABLE: ReadonlyMap<string, Kind<unknown, unknown>> = new Map(KINDS.map((kind) => [kind.type, kind]));

/** What a block brings to the machine. */
export interface BlockInput {
  /** Nanoseconds; never before the block below. */
  readonly time: bigint;
  readonly transactions: readonly Uint8Array[];
}

export interface Applied {
  readonly changes: Changes;
  /** One for each transaction, in order; `null` where it took effect. */
  readonly rejections: readonly (Rejection | null)[];
  /** State root after the block: 32 bytes. */
  readonly root: Uint8Array;
}

/** Whether a transaction would take effect now, as the only one of a block at `time`. Changes nothing. */
export function check(reader: StateReader, time: bigint, wire: Uint8Array, verdicts: Verdicts): Rejection | null {
  const decoded = decodeTransaction(TABLE, wire);
  if (!decoded.ok) return decoded.error;
  const context: Context = { reader, chain: chainOf(reader), time, verdicts };
  if (decoded.value.tx.chainId !== context.chain.chainId) return reject("wrong-chain", decoded.value.tx.chainId);
  return decoded.value.kind.check(context, decoded.value.tx);
}

/** Applies a block to the state below it. A rejected transaction changes nothing; the others take effect in order. */
export function apply(reader: StateReader, block: BlockInput, verdicts: Verdicts): Applied {
  const draft = new Draft(reader);
  const effects = new Effects(draft);
  const context: Context = { reader: draft, chain: chainOf(reader), time: block.time, verdicts };
  const rejections = block.transactions.map((wire) => step(context, effects, wire));
  const root = effects.finish();
  return { changes: draft.changes(), rejections, root };
}

function step(context: Context, effects: Effects, wire: Uint8Array): Rejection | null {
  const decoded = decodeTransaction(TABLE, wire);
  if (!decoded.ok) return decoded.error;
  const { kind, tx } = decoded.value;
  if (tx.chainId !== context.chain.chainId) return reject("wrong-chain", tx.chainId);
  const rejection = kind.check(context, tx);
  if (rejection === null) kind.apply(effects, context, tx);
  return rejection;
}

/**
 * The proof check that this transaction will need, so that it can be judged beforehand (workers, batches); `null` when
 * there is none or the transaction fails before it. Verdicts stay valid as long as the election is sealed.
 */
export function taskOf(reader: StateReader, wire: Uint8Array): BallotTask | null {
  const decoded = decodeTransaction(TABLE, wire);
  if (!decoded.ok || decoded.value.kind.task === undefined) return null;
  if (decoded.value.tx.chainId !== chainOf(reader).chainId) return null;
  return decoded.value.kind.task(reader, decoded.value.tx);
}

/** Type and election of a transaction, for logs, projections and people; `undefined` for bytes that do not decode. */
export function describe(
  wire: Uint8Array,
): { type: string; id: string; body: unknown; signatures: unknown } | undefined {
  const decoded = decodeTransaction(TABLE, wire);
  if (!decoded.ok) return undefined;
  const { tx } = decoded.value;
  return { type: tx.type, id: toHex(tx.id), body: tx.body, signatures: tx.signatures };
}

/** Whether this kind of transaction takes approvals of officers. */
export function isOfficerAct(type: string): boolean {
  return TABLE.get(type)?.signatures === approvalsShape;
}

/** An officers' act by its type with its decoded body, so that exactly what was read is approved; `undefined` for anything else. */
export function bodyOfAct(
  type: string,
  bytes: Uint8Array,
): { readonly type: string; readonly body: unknown; readonly shape: Shape<unknown> } | undefined {
  const kind = isOfficerAct(type) ? TABLE.get(type) : undefined;
  if (kind === undefined) return undefined;
  const body = decode(kind.body, bytes, "body");
  return body.ok ? { type, body: body.value, shape: kind.body } : undefined;
}
