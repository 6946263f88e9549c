/** Writing the ballot of Belenios version 1 (belenios-format §7): one writer for every way a ballot comes about. */
import type { Ciphertext } from "#crypto/elgamal.js";
import { pointToText } from "#crypto/group.js";
import { sha256Base64 } from "#crypto/hash.js";
import type { Answer, Ballot } from "./ballot-object.js";
import { proofValue, type Writable, writeJson } from "./json.js";

/** A ciphertext in text form. */
export interface CiphertextText {
  readonly alpha: string;
  readonly beta: string;
}

/** What a ballot's signature covers, points in text form: everything but the signature. */
export interface UnsignedText {
  readonly electionUuid: string;
  readonly electionHash: string;
  readonly credential: string;
  readonly answers: readonly (Omit<Answer, "choices"> & { readonly choices: readonly CiphertextText[] })[];
}

/** The `hash` of a ballot's signature: unpadded Base64 SHA-256 of the ballot's text without its signature. */
export function signedHash(unsigned: UnsignedText): string {
  return sha256Base64(signedText(unsigned));
}

/** What {@link signedHash} hashes. */
export function signedText(unsigned: UnsignedText): string {
  return writeJson(unsignedValue(unsigned));
}

/** Canonical text: compact, fields in the order of the format. */
export function writeBallot(unsigned: UnsignedText, signature: Ballot["signature"]): string {
  return writeJson({
    ...unsignedValue(unsigned),
    signature: { hash: signature.hash, proof: proofValue(signature.proof) },
  });
}

/** The signed part of a ballot in text forms. */
export function unsignedText(ballot: Omit<Ballot, "signature">): UnsignedText {
  return {
    electionUuid: ballot.electionUuid,
    electionHash: ballot.electionHash,
    credential: pointToText(ballot.credential),
    answers: ballot.answers.map((answer) => ({ ...answer, choices: answer.choices.map(ciphertextValue) })),
  };
}

/** {alpha, beta} for {@link writeJson}. */
export function ciphertextValue(ciphertext: Ciphertext): CiphertextText {
  return { alpha: pointToText(ciphertext.alpha), beta: pointToText(ciphertext.beta) };
}

function unsignedValue(unsigned: UnsignedText): { readonly [name: string]: Writable } {
  return {
    election_uuid: unsigned.electionUuid,
    election_hash: unsigned.electionHash,
    credential: unsigned.credential,
    answers: unsigned.answers.map(answerValue),
  };
}

function answerValue(answer: UnsignedText["answers"][number]): Writable {
  return {
    choices: answer.choices.map(({ alpha, beta }) => ({ alpha, beta })),
    individual_proofs: answer.individualProofs.map((proofs) => proofs.map(proofValue)),
    overall_proof: answer.overallProof.map(proofValue),
    blank_proof: answer.blankProof?.map(proofValue),
  };
}
