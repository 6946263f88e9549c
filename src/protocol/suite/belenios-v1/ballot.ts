/**
 * The ballot of Belenios version 1 (belenios-format §7): canonical text, tracker, strict reading.
 *
 * Stricter than version 1, which carries answers as raw JSON: exact fields in their order inside answers too, canonical
 * scalars and points, subgroup membership. So one ballot has one text, and text has no room for a covert channel (C-09).
 */
import { MAX_ANSWERS, MAX_BALLOT_TEXT, MAX_QUESTIONS, MAX_UUID_LENGTH, MIN_UUID_LENGTH } from "#base/limits.js";
import { toBase64, utf8 } from "#base/bytes.js";
import type { Result } from "#base/result.js";
import type { Ciphertext } from "#crypto/elgamal.js";
import { type Point, pointToText } from "#crypto/group.js";
import { sha256, sha256Base64 } from "#crypto/hash.js";
import type { Proof } from "#crypto/proofs/knowledge.js";
import { scalarToText } from "#crypto/scalar.js";
import {
  arrayOf,
  fields,
  hash64Of,
  isUuid,
  type JsonFault,
  keyOf,
  type Node,
  pointOf,
  proofOf,
  readJson,
  refuse,
  stringOf,
  type Writable,
  writeJson,
} from "./json.js";

/** Ciphertexts and proofs of one homomorphic question. */
export interface Answer {
  readonly choices: readonly Ciphertext[];
  readonly individualProofs: readonly (readonly Proof[])[];
  readonly overallProof: readonly Proof[];
  readonly blankProof?: readonly Proof[];
}

export interface Ballot {
  readonly electionUuid: string;
  /** φ of the election. */
  readonly electionHash: string;
  readonly credential: Point;
  readonly answers: readonly Answer[];
  /** `hash`: unpadded Base64 SHA-256 of the ballot's text without its signature. */
  readonly signature: { readonly hash: string; readonly proof: Proof };
}

/** An answer whose points are text forms already. */
export interface AnswerText {
  readonly choices: readonly { readonly alpha: string; readonly beta: string }[];
  readonly individualProofs: readonly (readonly Proof[])[];
  readonly overallProof: readonly Proof[];
  readonly blankProof?: readonly Proof[];
}

/** What a ballot's signature covers, credential included. */
export interface UnsignedText {
  readonly electionUuid: string;
  readonly electionHash: string;
  readonly credential: string;
  readonly answers: readonly AnswerText[];
}

/** Hash of the ballot without its signature, as the signature states it. */
export function signedHash(unsigned: UnsignedText): string {
  return sha256Base64(writeJson(unsignedValue(unsigned)));
}

/** Canonical text from text forms. */
export function writeBallot(unsigned: UnsignedText, signature: Ballot["signature"]): string {
  const value = unsignedValue(unsigned);
  return writeJson({ ...value, signature: { hash: signature.hash, proof: proofValue(signature.proof) } });
}

/** Canonical text of a ballot: compact, fields in the order of the format. */
export function ballotToText(ballot: Ballot): string {
  return writeBallot(unsignedText(ballot), ballot.signature);
}

/** The ballot's signed part in text forms. */
export function unsignedText(ballot: Ballot): UnsignedText {
  return {
    electionUuid: ballot.electionUuid,
    electionHash: ballot.electionHash,
    credential: pointToText(ballot.credential),
    answers: ballot.answers.map((answer) => ({
      ...answer,
      choices: answer.choices.map(({ alpha, beta }) => ({ alpha: pointToText(alpha), beta: pointToText(beta) })),
    })),
  };
}

/** Reads a ballot's canonical text; {@link ballotToText} of the outcome is the same text. Never throws, on any text. */
export function ballotFromText(text: string): Result<Ballot, JsonFault> {
  return readJson(text, "canonical", readBallot, MAX_BALLOT_TEXT);
}

/** Tracker of a ballot: unpadded Base64 SHA-256 of its canonical text (43 characters). */
export function trackerOf(text: string): string {
  return toBase64(trackerBytesOf(text));
}

/** The 32 bytes of the tracker. */
export function trackerBytesOf(text: string): Uint8Array {
  return sha256(utf8(text));
}

function unsignedValue(unsigned: UnsignedText): { readonly [name: string]: Writable } {
  return {
    election_uuid: unsigned.electionUuid,
    election_hash: unsigned.electionHash,
    credential: unsigned.credential,
    answers: unsigned.answers.map((answer) => ({
      choices: answer.choices.map(({ alpha, beta }) => ({ alpha, beta })),
      individual_proofs: answer.individualProofs.map((proofs) => proofs.map(proofValue)),
      overall_proof: answer.overallProof.map(proofValue),
      blank_proof: answer.blankProof?.map(proofValue),
    })),
  };
}

/** {challenge, response} for {@link writeJson}. */
export function proofValue(proof: Proof): Writable {
  return { challenge: scalarToText(proof.challenge), response: scalarToText(proof.response) };
}

function readBallot(node: Node): Ballot {
  const read = fields(node, "election_uuid", "election_hash", "credential", "answers", "signature");
  const electionUuid = stringOf(read.election_uuid);
  if (!isUuid(electionUuid, MIN_UUID_LENGTH, MAX_UUID_LENGTH)) refuse(read.election_uuid, "not a uuid");
  const signature = fields(read.signature, "hash", "proof");
  return {
    electionUuid,
    electionHash: hash64Of(read.election_hash),
    credential: keyOf(read.credential),
    answers: arrayOf(read.answers, readAnswer, 0, MAX_QUESTIONS),
    signature: { hash: hash64Of(signature.hash), proof: proofOf(signature.proof) },
  };
}

function readAnswer(node: Node): Answer {
  const read = fields(node, "choices", "individual_proofs", "overall_proof", "blank_proof?");
  const most = MAX_ANSWERS + 2;
  const proofs = (item: Node): readonly Proof[] => arrayOf(item, proofOf, 0, most);
  return {
    choices: arrayOf(read.choices, ciphertextOf, 0, most),
    individualProofs: arrayOf(read.individual_proofs, proofs, 0, most),
    overallProof: proofs(read.overall_proof),
    ...(read.blank_proof && { blankProof: proofs(read.blank_proof) }),
  };
}

/** {alpha, beta}: group elements, canonical. */
export function ciphertextOf(node: Node): Ciphertext {
  const read = fields(node, "alpha", "beta");
  return { alpha: pointOf(read.alpha), beta: pointOf(read.beta) };
}
