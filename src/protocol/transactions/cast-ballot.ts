/**
 * cast-ballot: a voter's encrypted, proved, signed ballot. The last one accepted counts. SPEC 3.7.14
 *
 * The sequence stands inside the signature and must exceed the last one accepted for the credential, so neither a
 * proposer nor a replay can reorder revotes (rows T-08, T-09, L-11).
 */

import { concat, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { type BallotTask, type BallotType, type JudgedBallot, taskId } from "../ballot.js";
import type { Effects } from "../effects.js";
import {
  currents,
  electionOf,
  type Position,
  positionOf,
  positions,
  reissues,
  sealeds,
  stageOf,
  usedAlphas,
} from "../election.js";
import { bytes, bytesBetween, record, type Shape, type TypeOf, uint } from "../encoding/shape.js";
import { identifierShape } from "../organisation.js";
import { MAX_CASTS } from "../plan.js";
import { type Rejection, reject } from "../rejections.js";
import type { StateReader } from "../state.js";
import type { Context, Kind, Transaction } from "../transaction.js";

export const ballotBodyShape = record({
  uuid: identifierShape,
  /** Public credential, compressed; must be on the roll. */
  credential: bytes(32),
  sequence: uint(MAX_CASTS, 1),
  /** Wire ballot: its length follows from the questions. SPEC 4.1, SPEC 4.3 */
  ballot: bytesBetween(1, 100_000),
});
export type BallotBody = TypeOf<typeof ballotBodyShape>;

/** Envelope signature by the credential: commitment as R/8 (64 bytes), so that it joins the batch, and response. */
export const ballotSignatureShape = record({ commitment: bytes(64), response: bytes(32) });
export type BallotSignature = TypeOf<typeof ballotSignatureShape>;

export const castBallot: Kind<BallotBody, BallotSignature> = ballotKind(
  "cast-ballot",
  (effects, tx, position, judged) => {
    const { uuid, sequence } = tx.body;
    const before = currents.get(effects.draft, uuid, position.index);
    effects.replaceInTally(uuid, before, judged.ciphertexts, position.weight);
    currents.set(effects.draft, judged.ciphertexts, uuid, position.index);
    effects.setPosition(uuid, { ...position, sequence, tracker: judged.tracker, replacedFrom: null });
    if (before === undefined) {
      const { entry } = electionFor(effects.draft, uuid).record;
      effects.updateElection(uuid, {
        counted: entry.counted + 1,
        countedWeight: entry.countedWeight + position.weight,
      });
    }
    cancelReissue(effects, uuid, position);
  },
);

/** A ballot transaction: cast and spoil share everything but the effect. */
export function ballotKind(
  type: BallotType,
  effect: (
    effects: Effects,
    tx: Transaction<BallotBody, BallotSignature>,
    position: Position,
    judged: JudgedBallot,
  ) => void,
): Kind<BallotBody, BallotSignature> {
  return {
    type,
    body: ballotBodyShape as Shape<BallotBody>,
    signatures: ballotSignatureShape,
    task: (reader, tx) => (mayNeedProofs(reader, tx.body) ? ballotTask(type, reader, tx) : null),
    check: (context, tx) => {
      const cheap = checkEligibility(context, tx.body);
      if (cheap !== null) return cheap;
      const task = ballotTask(type, context.reader, tx) as BallotTask;
      const verdict = context.verdicts.ballot(task);
      if (!verdict.ok) return verdict.error;
      return checkFresh(context.reader, tx.body, verdict.value);
    },
    apply: (effects, context, tx) => {
      const { uuid } = tx.body;
      const position = positionFor(effects.draft, uuid, tx.body.credential);
      const verdict = context.verdicts.ballot(ballotTask(type, effects.draft, tx) as BallotTask);
      if (!verdict.ok) throw new Error("an applied ballot has no favourable verdict");
      rememberAlphas(effects, uuid, position.index, verdict.value.ciphertexts);
      effect(effects, tx, position, verdict.value);
      effects.appendBallot(uuid, {
        kind: type === "cast-ballot" ? "cast" : "spoiled",
        position: position.index,
        credential: position.credential,
        weight: position.weight,
        sequence: tx.body.sequence,
        tracker: verdict.value.tracker,
      });
    },
  };
}

/** Election, stage, roll and sequence: everything that needs no cryptography. */
function checkEligibility(context: Context, body: BallotBody): Rejection | null {
  const found = electionOf(context.reader, body.uuid);
  if (found === undefined) return reject("unknown-election", body.uuid);
  const { entry } = found.record;
  const stage = stageOf(entry, found.plan, context.time);
  if (stage === "announced" || stage === "sealed")
    return reject("not-yet-open", `it opens at ${formatInstant(entry.opensAt)}`);
  if (stage === "cancelled" || stage === "lapsed") return reject("ended", stage);
  if (stage !== "open") return reject("closed", `it closed at ${formatInstant(entry.closesAt)}`);
  const position = positionOf(context.reader, entry, body.credential);
  if (position === undefined) return reject("not-on-roll", toHex(body.credential));
  const replaced = position.replacedFrom !== null && context.time >= position.replacedFrom;
  if (replaced || position.cancelled) return reject("credential-revoked", `position ${position.index}`);
  if (position.activeFrom !== null && context.time < position.activeFrom)
    return reject("too-early", `the re-issued credential is valid from ${formatInstant(position.activeFrom)} on`);
  if (body.sequence <= position.sequence) return reject("stale-sequence", `last accepted: ${position.sequence}`);
  if (body.sequence > found.plan.rules.maxCasts)
    return reject("sequence-too-high", `at most ${found.plan.rules.maxCasts}`);
  return null;
}

/**
 * Roll and sequence only, without the block's time: what fails here fails in every later block, too, so its proofs are
 * never worth a worker's time (rows L-14, L-15, L-16).
 */
function mayNeedProofs(reader: StateReader, body: BallotBody): boolean {
  const found = electionOf(reader, body.uuid);
  if (found === undefined || body.sequence > found.plan.rules.maxCasts) return false;
  const position = positionOf(reader, found.record.entry, body.credential);
  return position !== undefined && !position.cancelled && body.sequence > position.sequence;
}

/** No α is accepted twice for one credential; others cannot copy, since every proof binds the credential (T-01, T-02). */
function checkFresh(reader: StateReader, body: BallotBody, judged: JudgedBallot): Rejection | null {
  const { index } = positionFor(reader, body.uuid, body.credential);
  const before = usedAlphas.get(reader, body.uuid, index) ?? NOTHING;
  const own = alphasOf(judged.ciphertexts);
  const all = before.length === 0 ? own : concat(before, own);
  return repeats(all, before.length) ? reject("ciphertext-reused", "a first component was used before") : null;
}

function rememberAlphas(effects: Effects, uuid: string, index: number, ciphertexts: Uint8Array): void {
  const before = usedAlphas.get(effects.draft, uuid, index) ?? NOTHING;
  usedAlphas.set(effects.draft, concat(before, alphasOf(ciphertexts)), uuid, index);
}

const NOTHING = new Uint8Array(0);
const PREFIX = 16;
/** Bytes of one ciphertext: α, β, affine. */
const CIPHERTEXT = 128;
/** So many are compared each with each; more are sorted into a set. */
const FEW = 16;

/**
 * First 16 bytes of each compressed α: collisions by chance are out of reach, and it halves the state. Compressed is y
 * with the parity of x in its last byte, so these are the first bytes of y.
 */
function alphasOf(ciphertexts: Uint8Array): Uint8Array {
  const out = new Uint8Array((PREFIX * ciphertexts.length) / CIPHERTEXT);
  for (let at = 0, to = 0; at < ciphertexts.length; at += CIPHERTEXT, to += PREFIX)
    out.set(ciphertexts.subarray(at + 32, at + 32 + PREFIX), to);
  return out;
}

/** Whether a prefix from `from` on stands before, too. */
function repeats(all: Uint8Array, from: number): boolean {
  if (all.length <= FEW * PREFIX) {
    for (let own = from; own < all.length; own += PREFIX)
      for (let other = 0; other < own; other += PREFIX) if (alike(all, own, other)) return true;
    return false;
  }
  const seen = new Set<string>();
  for (let at = 0; at < all.length; at += PREFIX) {
    const prefix = toHex(all.subarray(at, at + PREFIX));
    if (at >= from && seen.has(prefix)) return true;
    seen.add(prefix);
  }
  return false;
}

function alike(bytes: Uint8Array, a: number, b: number): boolean {
  for (let i = 0; i < PREFIX; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

/** The old credential has voted meanwhile: the pending re-issue is void (DESIGN §5). */
function cancelReissue(effects: Effects, uuid: string, position: Position): void {
  const replacement = reissues.get(effects.draft, uuid, position.index);
  if (replacement === undefined) return;
  const added = positions.get(effects.draft, uuid, replacement) as Position;
  effects.setPosition(uuid, { ...added, cancelled: true });
  effects.draft.remove(reissues.key(uuid, position.index));
}

/** Tasks by transaction: asked for ahead of the block, in its check, and for its effect. */
const tasks = new WeakMap<Transaction<BallotBody, BallotSignature>, BallotTask>();

function ballotTask(
  type: BallotType,
  reader: StateReader,
  tx: Transaction<BallotBody, BallotSignature>,
): BallotTask | null {
  const sealed = sealeds.get(reader, tx.body.uuid);
  if (sealed === undefined) return null;
  const known = tasks.get(tx);
  if (known !== undefined && known.electionText === sealed.electionText) return known;
  const task: BallotTask = {
    id: taskId(tx.id),
    chainId: tx.chainId,
    type,
    uuid: tx.body.uuid,
    electionText: sealed.electionText,
    credential: tx.body.credential,
    enrolled: true,
    sequence: tx.body.sequence,
    wire: tx.body.ballot,
    commitment: tx.signatures.commitment,
    response: tx.signatures.response,
  };
  tasks.set(tx, task);
  return task;
}

function positionFor(reader: StateReader, uuid: string, credential: Uint8Array): Position {
  return positionOf(reader, electionFor(reader, uuid).record.entry, credential) as Position;
}

function electionFor(reader: StateReader, uuid: string): NonNullable<ReturnType<typeof electionOf>> {
  return electionOf(reader, uuid) as NonNullable<ReturnType<typeof electionOf>>;
}
