/**
 * The ballot of Belenios version 1 (belenios-format §7): strict reading, canonical text, tracker, verification.
 *
 * Stricter than version 1, which carries answers as raw JSON: exact fields in their order inside answers too, canonical
 * scalars and points, subgroup membership. So one ballot has one text, and text has no room for a covert channel (C-09). SPEC 4.2
 */
import { toBase64, utf8 } from "#base/bytes.js";
import { MAX_ANSWERS, MAX_BALLOT_TEXT, MAX_QUESTIONS, MAX_UUID_LENGTH, MIN_UUID_LENGTH } from "#base/limits.js";
import type { Result } from "#base/result.js";
import type { Ciphertext } from "#crypto/elgamal.js";
import { pointFromText } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import type { Proof } from "#crypto/proofs/knowledge.js";
import type { Answer, Ballot } from "./ballot-object.js";
import { unsignedText, writeBallot } from "./ballot-text.js";
import { committedFromBallot, signedHashFault } from "./committed.js";
import type { ElectionObject } from "./election.js";
import { hashFault, hashFaults } from "./equations.js";
import type { BallotFault } from "./faults.js";
import {
  arrayOf,
  fields,
  hash64Of,
  isUuid,
  type JsonFault,
  keyOf,
  type Node,
  type PointDecoder,
  pointOf,
  proofOf,
  readJson,
  refuse,
  stringOf,
} from "./json.js";

/** Canonical text of a ballot. */
export function ballotToText(ballot: Ballot): string {
  return writeBallot(unsignedText(ballot), ballot.signature);
}

/** Reads a ballot's canonical text; {@link ballotToText} of the outcome is the same text. Never throws, on any text. */
export function ballotFromText(text: string, decode: PointDecoder = pointFromText): Result<Ballot, JsonFault> {
  return readJson(text, "canonical", (node) => readBallot(node, decode), MAX_BALLOT_TEXT);
}

/** Tracker of a ballot: unpadded Base64 SHA-256 of its canonical text (43 characters). */
export function trackerOf(text: string): string {
  return toBase64(trackerBytesOf(text));
}

/** The 32 bytes of the tracker. */
export function trackerBytesOf(text: string): Uint8Array {
  return sha256(utf8(text));
}

/**
 * Whether a ballot is valid for an election: null, or the first fault. Recomputes every commitment; plain, one by one.
 * Whether the credential is on the roll is the caller's question.
 */
export function verifyBallot(election: ElectionObject, ballot: Ballot): BallotFault | null {
  const committed = committedFromBallot(election, ballot);
  return committed.ok ? hashFault(committed.value) : committed.error;
}

/**
 * All faults of a ballot, for verifiers that report instead of stopping: empty exactly where {@link verifyBallot} gives
 * null. A fault of identifiers or counts hides the others.
 */
export function ballotFaults(election: ElectionObject, ballot: Ballot): readonly BallotFault[] {
  const committed = committedFromBallot(election, ballot, { hashFirst: false });
  if (!committed.ok) return [committed.error];
  const hash = signedHashFault(ballot);
  return hash === null ? hashFaults(committed.value) : [hash, ...hashFaults(committed.value)];
}

function readBallot(node: Node, decode: PointDecoder): Ballot {
  const read = fields(node, "election_uuid", "election_hash", "credential", "answers", "signature");
  const electionUuid = stringOf(read.election_uuid);
  if (!isUuid(electionUuid, MIN_UUID_LENGTH, MAX_UUID_LENGTH)) refuse(read.election_uuid, "not a uuid");
  const signature = fields(read.signature, "hash", "proof");
  return {
    electionUuid,
    electionHash: hash64Of(read.election_hash),
    credential: keyOf(read.credential, decode),
    answers: arrayOf(read.answers, (item) => readAnswer(item, decode), 0, MAX_QUESTIONS),
    signature: { hash: hash64Of(signature.hash), proof: proofOf(signature.proof) },
  };
}

function readAnswer(node: Node, decode: PointDecoder): Answer {
  const read = fields(node, "choices", "individual_proofs", "overall_proof", "blank_proof?");
  const most = MAX_ANSWERS + 2;
  const proofs = (item: Node): readonly Proof[] => arrayOf(item, proofOf, 0, most);
  return {
    choices: arrayOf(read.choices, (item) => ciphertextOf(item, decode), 0, most),
    individualProofs: arrayOf(read.individual_proofs, proofs, 0, most),
    overallProof: proofs(read.overall_proof),
    ...(read.blank_proof && { blankProof: proofs(read.blank_proof) }),
  };
}

/** {alpha, beta}: canonical group elements. */
export function ciphertextOf(node: Node, decode: PointDecoder = pointFromText): Ciphertext {
  const read = fields(node, "alpha", "beta");
  return { alpha: pointOf(read.alpha, decode), beta: pointOf(read.beta, decode) };
}
