/**
 * Ballots at the ledger's door: the proof check of a cast or spoiled ballot as a pure task, judged before or beside the
 * machine (in workers, in batches) and looked up by the hash of the wire transaction, never by tracker. SPEC 4.4
 */
import { concat, toHex } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { pointFromBytes, pointFromEighth, pointToAffine } from "#crypto/group.js";
import { scalarFromBytes } from "#crypto/scalar.js";
import { verifyCommitted } from "#crypto/schnorr.js";
import { encodeCbor } from "./encoding/cbor.js";
import { type Rejection, reject } from "./rejections.js";
import { type ElectionObject, electionFromText } from "./suite/belenios-v1/election.js";
import type { BallotFault } from "./suite/belenios-v1/faults.js";
import { type CommittedBallot, canonicalOf, decodeWire, verifyWire } from "./suite/belenios-v1/wire.js";

export type BallotType = "cast-ballot" | "spoil-ballot";

/** Everything a ballot's signatures and proofs depend on. Plain data: it travels to workers. */
export interface BallotTask {
  /** SHA-256 of the wire transaction, hex: the key under which a verdict may be cached. */
  readonly id: string;
  readonly chainId: string;
  readonly type: BallotType;
  readonly uuid: string;
  readonly electionText: string;
  /** Compressed public credential. */
  readonly credential: Uint8Array;
  /** The credential was found on the roll, whose entries are 8·Q: a judge need not test again that it is a group element. */
  readonly enrolled: boolean;
  readonly sequence: number;
  readonly wire: Uint8Array;
  /** Envelope signature: commitment in eighth form (64 bytes) and response (32 bytes). */
  readonly commitment: Uint8Array;
  readonly response: Uint8Array;
}

/** What the machine needs from a ballot whose proofs hold. */
export interface JudgedBallot {
  /** SHA-256 of the canonical ballot. */
  readonly tracker: Uint8Array;
  /** α then β of each answer, affine, 64 bytes each. */
  readonly ciphertexts: Uint8Array;
}

export type BallotVerdict = Result<JudgedBallot, Rejection>;

/** Verdicts of proof checks, by task. Implementations: the plain one below, caches and batches filled beforehand. */
export interface Verdicts {
  ballot(task: BallotTask): BallotVerdict;
}

/** Judges one by one with the plain implementation: the oracle for every other way of judging. */
export const plainVerdicts: Verdicts = { ballot: judgeBallot };

/** What the envelope signature of a ballot covers: type, election, credential, sequence and tracker (DESIGN §4). */
export function ballotMessage(
  type: BallotType,
  uuid: string,
  credential: Uint8Array,
  sequence: number,
  tracker: Uint8Array,
): Uint8Array {
  return encodeCbor([type, uuid, credential, sequence, tracker]);
}

/** Judges a ballot's form, signatures and proofs. Pure, total: any bytes give a verdict. */
export function judgeBallot(task: BallotTask): BallotVerdict {
  const election = electionObject(task.electionText);
  const credential = pointFromBytes(task.credential);
  if (credential === undefined) return fail(NO_CREDENTIAL);
  const decoded = decodeWire(task.wire, election, credential);
  if (!decoded.ok) return fail(reject("bad-wire", decoded.error.detail));
  const judged = judgedOf(decoded.value);
  const envelope = checkEnvelope(task, judged.tracker);
  if (envelope !== null) return fail(envelope);
  const fault = verifyWire(election, decoded.value);
  return fault === null ? ok(judged) : fail(rejectionOf(fault));
}

/** Rejections that every way of judging gives. */
export const NO_CREDENTIAL: Rejection = reject("bad-wire", "the credential is not a group element");
export const ENVELOPE_MALFORMED: Rejection = reject("bad-signature", "the envelope signature is not well-formed");
export const ENVELOPE_FAILS: Rejection = reject("bad-signature", "the envelope signature");

/** How the machine rejects a ballot with this fault. */
export function rejectionOf(fault: BallotFault): Rejection {
  return reject(fault.code === "bad-signature" ? "bad-ballot-signature" : "bad-proof", fault.detail);
}

function checkEnvelope(task: BallotTask, tracker: Uint8Array): Rejection | null {
  const key = pointFromBytes(task.credential);
  const commitment = pointFromEighth(task.commitment);
  const response = scalarFromBytes(task.response);
  if (key === undefined || commitment === undefined || response === undefined) return ENVELOPE_MALFORMED;
  const message = ballotMessage(task.type, task.uuid, task.credential, task.sequence, tracker);
  const holds = verifyCommitted({ tag: "cast", chainId: task.chainId }, key, message, { commitment, response });
  return holds ? null : ENVELOPE_FAILS;
}

/** Tracker and ciphertexts of a ballot in the form the machine stores. */
export function judgedOf(ballot: CommittedBallot): JudgedBallot {
  const points = ballot.answers.flatMap((answer) => answer.choices.flatMap((choice) => [choice.alpha, choice.beta]));
  return {
    tracker: canonicalOf(ballot).trackerBytes,
    ciphertexts: concat(...points.map(pointToAffine)),
  };
}

/**
 * Parsed election objects by text. A cache of a pure function: it changes no verdict. Bounded, oldest out.
 */
const parsed = new Map<string, ElectionObject>();
const MAX_PARSED = 64;

/** The election object of a sealed election, parsed once. The text is the ledger's own, so failure is a broken invariant. */
export function electionObject(text: string): ElectionObject {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const election = electionFromText(text);
  if (!election.ok) throw new Error(`a sealed election does not parse: ${election.error.reason}`);
  if (parsed.size >= MAX_PARSED) parsed.delete(parsed.keys().next().value as string);
  parsed.set(text, election.value);
  return election.value;
}

/** The cache key of a wire transaction. */
export function taskId(transactionId: Uint8Array): string {
  return toHex(transactionId);
}
