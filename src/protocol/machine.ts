/**
 * The machine: what every validator runs. Synchronous, total, deterministic: no clock, no randomness, no I/O. The same
 * state, block and verdicts give the same changes, codes and root everywhere. SPEC 3.8
 */
import { toHex } from "#base/bytes.js";
import type { BallotTask, Verdicts } from "./ballot.js";
import { Effects } from "./effects.js";
import { decode, type Shape } from "./encoding/shape.js";
import { chainOf } from "./genesis.js";
import { networkOf, rulesAt } from "./network.js";
import { type Rejection, reject } from "./rejections.js";
import { type Changes, Draft, type StateReader } from "./state.js";
import { approvalsShape, type Context, decodeTransaction, type Kind } from "./transaction.js";
import { acceptShares } from "./transactions/accept-shares.js";
import { anchorLog } from "./transactions/anchor-log.js";
import { appointOfficer } from "./transactions/appoint-officer.js";
import { cancelElection } from "./transactions/cancel-election.js";
import { castBallot } from "./transactions/cast-ballot.js";
import { changeValidators } from "./transactions/change-validators.js";
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
import { upgradeRules } from "./transactions/upgrade-rules.js";

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
  changeValidators,
  upgradeRules,
];

type Rules = ReadonlyMap<string, Kind<unknown, unknown>>;

/**
 * The rules by their version: the kinds of transactions that there are under it. Versions stay here for ever, so that old
 * records replay with their rules. A kind whose judgement of proofs changes gets another type, because verdicts are
 * cached by transaction.
 */
export type Rulebook = ReadonlyMap<number, Rules>;

const TABLE: Rules = new Map(KINDS.map((kind) => [kind.type, kind]));
export const RULEBOOK: Rulebook = new Map([[1, TABLE]]);

/** The ledger has agreed on rules that this program does not know: it is too old to go on. */
export class UnknownRules extends Error {
  override readonly name = "UnknownRules";
  readonly version: number;

  constructor(version: number, newest: number) {
    super(
      `The ledger has agreed on version ${version} of the rules; this program knows them up to ${newest}. Install a newer one.`,
    );
    this.version = version;
  }
}

/** What stands in the way of the block at a height: rules that are agreed on and not in the book. */
export function unknownRules(
  reader: StateReader,
  height: number,
  rulebook: Rulebook = RULEBOOK,
): UnknownRules | undefined {
  const version = rulesAt(networkOf(reader), height);
  return rulebook.has(version) ? undefined : new UnknownRules(version, Math.max(...rulebook.keys()));
}

function rulesOf(reader: StateReader, height: number | undefined, rulebook: Rulebook): Rules {
  const version = rulesAt(networkOf(reader), height);
  const rules = rulebook.get(version);
  if (rules === undefined) throw new UnknownRules(version, Math.max(...rulebook.keys()));
  return rules;
}

/** What a block brings to the machine. */
export interface BlockInput {
  /** Required on a network; a ledger of one node has no rule about heights. */
  readonly height?: number;
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

/** Where a transaction is checked: what is not said is not checked. */
export interface At {
  /** Height of the block in which it would stand. */
  readonly height?: number;
  readonly rulebook?: Rulebook;
}

/**
 * Whether a transaction would take effect now, as the only one of a block at `time`. Changes nothing. Throws
 * {@link UnknownRules}, as {@link apply} does.
 */
export function check(
  reader: StateReader,
  time: bigint,
  wire: Uint8Array,
  verdicts: Verdicts,
  { height, rulebook = RULEBOOK }: At = {},
): Rejection | null {
  const decoded = decodeTransaction(rulesOf(reader, height, rulebook), wire);
  if (!decoded.ok) return decoded.error;
  const context: Context = { reader, chain: chainOf(reader), time, height, verdicts };
  if (decoded.value.tx.chainId !== context.chain.chainId) return reject("wrong-chain", decoded.value.tx.chainId);
  return decoded.value.kind.check(context, decoded.value.tx);
}

/** Applies a block to the state below it. A rejected transaction changes nothing; the others take effect in order. */
export function apply(
  reader: StateReader,
  block: BlockInput,
  verdicts: Verdicts,
  rulebook: Rulebook = RULEBOOK,
): Applied {
  const rules = rulesOf(reader, block.height, rulebook);
  const draft = new Draft(reader);
  const effects = new Effects(draft);
  beginUpgrade(effects, block.height);
  const context: Context = { reader: draft, chain: chainOf(reader), time: block.time, height: block.height, verdicts };
  const rejections = block.transactions.map((wire) => step(rules, context, effects, wire));
  const root = effects.finish();
  return { changes: draft.changes(), rejections, root };
}

/** The first block under agreed rules says so in the state, whatever else is in it. */
function beginUpgrade(effects: Effects, height: number | undefined): void {
  const network = networkOf(effects.draft);
  if (network === undefined || network.upgrade === null || height === undefined) return;
  if (height >= network.upgrade.height)
    effects.setNetwork({ ...network, rules: network.upgrade.version, upgrade: null });
}

function step(rules: Rules, context: Context, effects: Effects, wire: Uint8Array): Rejection | null {
  const decoded = decodeTransaction(rules, wire);
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
