/**
 * Partial decryptions of Belenios version 1 (belenios-format §10): one factor α^x with its proof for every ciphertext of
 * the encrypted tally, in the tally's shape.
 */
import { MAX_ANSWERS, MAX_QUESTIONS } from "#base/limits.js";
import { fail, ok, type Result } from "#base/result.js";
import { multiplyBlinded } from "#crypto/blinding.js";
import type { Ciphertext } from "#crypto/elgamal.js";
import { GENERATOR, isIdentity, multiplySecret, type Point, pointToText } from "#crypto/group.js";
import {
  type EqualityHash,
  type EqualityProof,
  proveEquality,
  suiteEqualityHash,
  verifyEquality,
} from "#crypto/proofs/equality.js";
import type { Random } from "#crypto/scalar.js";
import { arrayOf, fields, type JsonFault, pointOf, proofOf, proofValue, readJson, refuse, writeJson } from "./json.js";
import type { EncryptedTally } from "./tally.js";

export interface PartialDecryption {
  /** By question, then by choice. */
  readonly factors: readonly (readonly Point[])[];
  readonly proofs: readonly (readonly EqualityProof[])[];
}

/** Where a partial decryption fails; question and answer count from 0 (the blank choice, if any, comes first). */
export interface DecryptionFault {
  readonly code: "wrong-shape" | "bad-proof" | "neutral-key";
  readonly question: number;
  readonly answer: number;
}

/** The hash of decryption proofs: bound to the election (K-08) and to the trustee's key (C-13). */
export function decryptionHash(fingerprint: string, key: Point): EqualityHash {
  return suiteEqualityHash(`decrypt|${fingerprint}|${pointToText(key)}|`);
}

/**
 * Decrypts a tally in part, with a mandatory secret or a member's final share. The caller has checked that `tally` is
 * the sum it recomputed itself: a factor of anything else would open it. The secret is blinded (decision 0002).
 */
export function makePartialDecryption(
  tally: EncryptedTally,
  fingerprint: string,
  secret: bigint,
  random: Random,
): PartialDecryption {
  const key = multiplySecret(GENERATOR, secret);
  const hash = decryptionHash(fingerprint, key);
  const factors = tally.map((choices) => choices.map(({ alpha }) => multiplyBlinded(alpha, secret, random)));
  const proofs = tally.map((choices, question) =>
    choices.map(({ alpha }, answer) => {
      const image = factors[question]?.[answer] as Point;
      return proveEquality({ base: alpha, key, image }, secret, hash, random);
    }),
  );
  return { factors, proofs };
}

/** Judges a partial decryption of `tally` under a trustee's `key`; names the first question and answer that fails. */
export function verifyPartialDecryption(
  tally: EncryptedTally,
  fingerprint: string,
  key: Point,
  partial: PartialDecryption,
): Result<null, DecryptionFault> {
  if (isIdentity(key)) return fail({ code: "neutral-key", question: 0, answer: 0 });
  const hash = decryptionHash(fingerprint, key);
  const { factors, proofs } = partial;
  const questions = Math.max(tally.length, factors.length, proofs.length);
  for (let question = 0; question < questions; question++) {
    const choices: readonly Ciphertext[] = tally[question] ?? [];
    const answers = Math.max(choices.length, factors[question]?.length ?? 0, proofs[question]?.length ?? 0);
    if (answers === 0) return fail({ code: "wrong-shape", question, answer: 0 });
    for (let answer = 0; answer < answers; answer++) {
      const base = choices[answer]?.alpha;
      const image = factors[question]?.[answer];
      const proof = proofs[question]?.[answer];
      if (base === undefined || image === undefined || proof === undefined) {
        return fail({ code: "wrong-shape", question, answer });
      }
      if (!verifyEquality({ base, key, image }, proof, hash)) return fail({ code: "bad-proof", question, answer });
    }
  }
  return ok(null);
}

export function partialDecryptionToText(partial: PartialDecryption): string {
  return writeJson({
    decryption_factors: partial.factors.map((answers) => answers.map(pointToText)),
    decryption_proofs: partial.proofs.map((answers) => answers.map(proofValue)),
  });
}

/** Strict reading: canonical, factors are members of the prime-order subgroup (C-07), both arrays of one shape. */
export function partialDecryptionFromText(text: string): Result<PartialDecryption, JsonFault> {
  return readJson(text, "canonical", (node) => {
    const read = fields(node, "decryption_factors", "decryption_proofs");
    const most = MAX_ANSWERS + 1;
    const factors = arrayOf(read.decryption_factors, (item) => arrayOf(item, pointOf, 1, most), 1, MAX_QUESTIONS);
    const proofs = arrayOf(read.decryption_proofs, (item) => arrayOf(item, proofOf, 1, most), 1, MAX_QUESTIONS);
    if (proofs.length !== factors.length || proofs.some((row, i) => row.length !== factors[i]?.length)) {
      refuse(read.decryption_proofs, "not in the shape of the factors");
    }
    return { factors, proofs };
  });
}

/** Who made a partial decryption: owner number and SHA-256 of its text. */
export interface Owned {
  readonly owner: number;
  readonly payload: string;
}

export function ownedToText(owned: Owned): string {
  return writeJson({ owner: owned.owner, payload: owned.payload });
}
