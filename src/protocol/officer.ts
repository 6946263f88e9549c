/**
 * What officers and the registration service do before a transaction exists: bodies, approvals, wire bytes, and what must
 * be checked before a roll is approved. Pure; runs in an officer's own client. SPEC 3.3.1
 */
import { assert } from "#base/assert.js";
import { bytesEqual, compareBytes, toHex, utf8 } from "#base/bytes.js";
import { normalize, type Point, pointToBytes, pointToEighth } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import { leafHash, memoryStore, setLeaves, treeRoot } from "#crypto/merkle.js";
import type { Random } from "#crypto/scalar.js";
import { sign } from "#crypto/schnorr.js";
import { ceremonies, missing } from "./ceremony.js";
import { blindKeys } from "./credential.js";
import { FRESH_POSITION } from "./effects.js";
import { electionOf, positionShape, rollProgresses } from "./election.js";
import { encode, type Shape } from "./encoding/shape.js";
import { type Identity, keyBytes } from "./identity.js";
import { electionKeysOf, type Manifest, manifestHash, manifestOf, planHash, type SealingChoices } from "./manifest.js";
import type { Plan } from "./plan.js";
import type { StateReader } from "./state.js";
import { trusteesFromText, verifyTrustees } from "./suite/belenios-v1/trustees.js";
import { type Approval, type Approvals, encodeTransaction, type Kind, transactionMessage } from "./transaction.js";
import { type AnchorLog, anchorLog } from "./transactions/anchor-log.js";
import { type EnterRoll, enterRoll, MAX_ROLL_CHUNK } from "./transactions/enter-roll.js";
import type { SealElection } from "./transactions/seal-election.js";

/** A kind of act that k of n officers approve. */
export type OfficerAct<B> = Pick<Kind<B, Approvals>, "type" | "body" | "signatures">;

/** One officer's approval of an act. `officer` is the officer's own identity; its secret never leaves the client. */
export function approve<B>(
  act: { readonly type: string; readonly body: Shape<B> },
  chainId: string,
  body: B,
  officer: Identity,
  random: Random,
): Approval {
  const message = transactionMessage(act, chainId, body);
  const { challenge, response } = sign({ tag: "officer", chainId }, officer.secret, message, random);
  return { key: keyBytes(officer), signature: { challenge, response } };
}

/** Approvals in the order of the wire; a second approval by one officer is dropped. */
export function assembleApprovals(approvals: readonly Approval[]): Approvals {
  const sorted = [...approvals].sort((a, b) => compareBytes(a.key, b.key));
  return sorted.filter((each, i) => i === 0 || !bytesEqual(each.key, (sorted[i - 1] as Approval).key));
}

/** Wire bytes of an approved act. */
export function approvedTransaction<B>(
  act: OfficerAct<B>,
  chainId: string,
  body: B,
  approvals: readonly Approval[],
): Uint8Array {
  return encodeTransaction(act, chainId, body, assembleApprovals(approvals));
}

/** A voter's line on the roll, as the registration service computes it. */
export interface RollLine {
  readonly credential: Point;
  readonly weight: number;
}

/** A roll in the order of the ledger (Belenios' order: the 32 little-endian bytes compared like memcmp). */
export interface SortedRoll {
  readonly lines: readonly (RollLine & { readonly bytes: Uint8Array })[];
  readonly count: number;
  readonly weight: number;
  /** Root of the roll tree at sealing. */
  readonly root: Uint8Array;
}

/** What a roll comes to: enough to compare it with the ledger's. */
export type RollSum = Pick<SortedRoll, "count" | "weight" | "root">;

/** Sorts a roll and computes its root. Two equal credentials are a programmer's mistake: one key was registered twice. */
export function sortRoll(lines: readonly RollLine[]): SortedRoll {
  const points = normalize(lines.map((line) => line.credential));
  const rows = points.map((point, i) => ({ ...(lines[i] as RollLine), credential: point, bytes: pointToBytes(point) }));
  rows.sort((a, b) => compareBytes(a.bytes, b.bytes));
  for (let i = 1; i < rows.length; i++)
    assert(
      !bytesEqual((rows[i - 1] as { bytes: Uint8Array }).bytes, (rows[i] as { bytes: Uint8Array }).bytes),
      "distinct",
    );
  const weight = rows.reduce((total, row) => total + row.weight, 0);
  return { lines: rows, count: rows.length, weight, root: rollRootOf(rows) };
}

/** Root of the roll tree at sealing of lines that are in order. */
export function rollRootOf(rows: readonly { readonly bytes: Uint8Array; readonly weight: number }[]): Uint8Array {
  const store = memoryStore();
  const leaves = rows.map(({ bytes, weight }, index): [number, Uint8Array] => [
    index,
    leafHash(encode(positionShape, { ...FRESH_POSITION, index, credential: bytes, weight })),
  ]);
  setLeaves(store, rows.length, new Map(leaves));
  return treeRoot(store, rows.length);
}

/** The bodies of enter-roll that put a whole roll on the ledger, beginning anew. */
export function rollChunks(uuid: string, roll: SortedRoll, size: number = MAX_ROLL_CHUNK): EnterRoll[] {
  const chunks: EnterRoll[] = [];
  for (let start = 0; start < roll.count; start += size) {
    const entries = roll.lines
      .slice(start, start + size)
      .map(({ credential, weight }) => ({ eighth: pointToEighth(credential), weight }));
    chunks.push({ uuid, start, entries });
  }
  return chunks;
}

/** Wire bytes of a roll chunk, signed with the registrar's secret: the only signing key that a server holds. */
export function enterRollTransaction(
  chainId: string,
  body: EnterRoll,
  registrarSecret: bigint,
  random: Random,
): Uint8Array {
  const message = transactionMessage(enterRoll, chainId, body);
  const { challenge, response } = sign({ tag: "registrar", chainId }, registrarSecret, message, random);
  return encodeTransaction(enterRoll, chainId, body, { challenge, response });
}

/** Wire bytes of an anchor of the audit log, signed with the registrar's secret. */
export function anchorLogTransaction(
  chainId: string,
  body: AnchorLog,
  registrarSecret: bigint,
  random: Random,
): Uint8Array {
  const message = transactionMessage(anchorLog, chainId, body);
  const { challenge, response } = sign({ tag: "log", chainId }, registrarSecret, message, random);
  return encodeTransaction(anchorLog, chainId, body, { challenge, response });
}

/** What the registration service shows an officer of each voter: identity key X, blinding h, weight. */
export interface VoterLine {
  readonly key: Point;
  readonly blinding: bigint;
  readonly weight: number;
}

/** The roll that these voters give: each officer's client recomputes it and compares count and root before approving. */
export function expectedRoll(voters: readonly VoterLine[]): SortedRoll {
  const credentials = blindKeys(
    voters.map((voter) => voter.key),
    voters.map((voter) => voter.blinding),
  );
  return sortRoll(voters.map(({ weight }, i) => ({ credential: credentials[i] as Point, weight })));
}

/** What the ledger says about an election that is to be sealed. */
export interface SealingFacts {
  readonly plan: Plan;
  readonly rollCount: number;
  readonly rollWeight: number;
  readonly rollRoot: Uint8Array;
  /** Number of weights that only one voter has: above 0 the result may reveal those votes. */
  readonly uniqueWeights: number;
  /** `undefined` while the key ceremony is not done. */
  readonly trusteesText: string | undefined;
}

/** The facts, or `undefined` when there is no such election. */
export function sealingFacts(reader: StateReader, uuid: string): SealingFacts | undefined {
  const found = electionOf(reader, uuid);
  if (found === undefined) return undefined;
  const { entry } = found.record;
  return {
    plan: found.plan,
    rollCount: entry.rollCount,
    rollWeight: entry.rollWeight,
    rollRoot: entry.rollRoot,
    uniqueWeights: rollProgresses.get(reader, uuid)?.unique ?? 0,
    trusteesText: electionKeysOf(reader, entry)?.trusteesText,
  };
}

/** What a seal still waits for, in sentences; none when it can be made. */
export function waitsOfSealing(state: StateReader, uuid: string): string[] {
  const facts = sealingFacts(state, uuid);
  if (facts === undefined) return ["The election has not been announced yet."];
  const waits: string[] = [];
  const ceremony = ceremonies.get(state, uuid);
  if (facts.trusteesText === undefined && ceremony !== undefined) {
    const names = missing(ceremony).map((place) => ceremony.trustees[place]?.name ?? "");
    waits.push(
      ceremony.phase === "failed"
        ? "The key ceremony failed and has to be restarted."
        : `The key ceremony is at "${ceremony.phase}" and waits for ${names.join(", ")}.`,
    );
  }
  const { privacyFloor } = facts.plan.rules;
  if (facts.rollCount === 0) waits.push("No roll has been entered.");
  else if (facts.rollCount < privacyFloor)
    waits.push(`The roll has ${facts.rollCount} of at least ${privacyFloor} entries.`);
  return waits;
}

/** Body and manifest of a seal of the present state. The key ceremony must be done. */
export function sealingOf(
  reader: StateReader,
  uuid: string,
  choices: SealingChoices,
): { readonly body: SealElection; readonly manifest: Manifest } {
  const manifest = manifestOf(reader, uuid, choices);
  const { rollCount, rollWeight, rollRoot, letters, uniqueWeights } = manifest;
  const body = {
    uuid,
    rollCount,
    rollWeight,
    rollRoot,
    manifestHash: manifestHash(manifest),
    letters,
    uniqueWeights,
  };
  return { body, manifest };
}

/** What an officer knows without the server: the plan that was approved, the recomputed roll, the trustees' object. */
export interface SealingExpectation {
  readonly chainId: string;
  readonly genesisHash: Uint8Array;
  readonly plan: Plan;
  readonly roll: RollSum;
  readonly trusteesText: string;
}

/**
 * Why an officer's client must not approve a seal, or `undefined`. Recomputes everything from what the officer knows; the
 * server is believed in nothing.
 */
export function faultOfSealing(
  body: SealElection,
  manifest: Manifest,
  expected: SealingExpectation,
): string | undefined {
  const { plan, roll } = expected;
  if (!bytesEqual(body.manifestHash, manifestHash(manifest))) return "the manifest is not the one to be approved";
  if (manifest.chainId !== expected.chainId || !bytesEqual(manifest.genesisHash, expected.genesisHash))
    return "the manifest is for another ledger";
  if (body.uuid !== plan.uuid || !bytesEqual(planHash(manifest.plan), planHash(plan)))
    return "the plan is not the one that was announced";
  for (const stated of [body, manifest]) {
    if (stated.rollCount !== roll.count) return `${stated.rollCount} entries on the roll, not ${roll.count}`;
    if (stated.rollWeight !== roll.weight) return `a weight of ${stated.rollWeight} on the roll, not ${roll.weight}`;
    if (!bytesEqual(stated.rollRoot, roll.root)) return "the roll is not the one recomputed from the voters";
  }
  if (manifest.letters !== body.letters || manifest.uniqueWeights !== body.uniqueWeights)
    return "letters or override differ from the manifest's";
  return faultOfKeys(manifest, expected.trusteesText);
}

function faultOfKeys(manifest: Manifest, trusteesText: string): string | undefined {
  if (!bytesEqual(manifest.trusteesHash, sha256(utf8(trusteesText)))) return "another trustees' object";
  const entries = trusteesFromText(trusteesText);
  if (!entries.ok) return `the trustees' object: ${entries.error.reason}`;
  const checked = verifyTrustees(entries.value);
  if (!checked.ok) return `trustee ${checked.error.owner}: ${checked.error.detail}`;
  const key = pointToBytes(checked.value.electionKey);
  return bytesEqual(key, manifest.electionKey)
    ? undefined
    : `the election key is not the trustees' (${toHex(key).slice(0, 16)}…)`;
}
