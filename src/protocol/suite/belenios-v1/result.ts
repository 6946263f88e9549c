/**
 * From partial decryptions to the result (belenios-format §11): factors are combined per group of trustees, the sums'
 * discrete logarithms are the counts.
 */
import { MAX_ANSWERS, MAX_QUESTIONS } from "#base/limits.js";
import { fail, ok, type Result } from "#base/result.js";
import { discreteLogs } from "#crypto/discrete-log.js";
import { type Point, sum } from "#crypto/group.js";
import { combineFactorShares } from "#crypto/threshold.js";
import { type DecryptionFault, type PartialDecryption, verifyPartialDecryption } from "./decryption.js";
import { arrayOf, countOf, countValue, fields, type JsonFault, readJson, writeJson } from "./json.js";
import type { EncryptedTally } from "./tally.js";
import type { CheckedTrustees, TrusteeGroup } from "./trustees.js";

/** Counts by question, then by choice (the blank votes first where blank is allowed). */
export type Counts = readonly (readonly number[])[];

/** A partial decryption and the trustee (owner number) it is said to come from. */
export interface OwnedDecryption {
  readonly owner: number;
  readonly partial: PartialDecryption;
}

/** A partial decryption that does not count, and why. */
export interface RefusedDecryption {
  readonly owner: number;
  readonly fault: DecryptionFault | { readonly code: "unknown-owner" | "duplicate-owner" };
}

export type ResultFault =
  | { readonly code: "missing-factor"; readonly owner: number }
  | { readonly code: "too-few-factors"; readonly have: number; readonly need: number }
  | { readonly code: "out-of-range"; readonly question: number; readonly answer: number };

/** Partial decryptions whose proofs hold, by owner, and those that do not, each with its culprit (K-06). */
export interface SortedDecryptions {
  readonly valid: ReadonlyMap<number, PartialDecryption>;
  readonly refused: readonly RefusedDecryption[];
}

/** Judges all partial decryptions of a tally. After a valid one, a second of the same owner is refused, whatever it holds. */
export function sortDecryptions(
  tally: EncryptedTally,
  fingerprint: string,
  trustees: CheckedTrustees,
  partials: readonly OwnedDecryption[],
): SortedDecryptions {
  const valid = new Map<number, PartialDecryption>();
  const refused: RefusedDecryption[] = [];
  for (const { owner, partial } of partials) {
    const member = trustees.members[owner - 1];
    if (member === undefined) {
      refused.push({ owner, fault: { code: "unknown-owner" } });
      continue;
    }
    if (valid.has(owner)) {
      refused.push({ owner, fault: { code: "duplicate-owner" } });
      continue;
    }
    const judged = verifyPartialDecryption(tally, fingerprint, member.key, partial);
    if (judged.ok) valid.set(owner, partial);
    else refused.push({ owner, fault: judged.error });
  }
  return { valid, refused };
}

/** β/F for every ciphertext: mandatory trustees all, of each threshold set the first `threshold` in index order. */
export function decryptedSums(
  tally: EncryptedTally,
  trustees: CheckedTrustees,
  valid: ReadonlyMap<number, PartialDecryption>,
): Result<readonly (readonly Point[])[], ResultFault> {
  for (const group of trustees.groups) {
    const have = group.members.filter((member) => valid.has(member.owner)).length;
    if (have >= group.threshold) continue;
    const { owner } = group.members[0] as { readonly owner: number };
    return fail(
      group.kind === "single"
        ? { code: "missing-factor", owner }
        : { code: "too-few-factors", have, need: group.threshold },
    );
  }
  return ok(
    tally.map((row, question) =>
      row.map((ciphertext, answer) => {
        const factors = trustees.groups.map((group) => groupFactor(group, valid, question, answer));
        return ciphertext.beta.subtract(sum(factors));
      }),
    ),
  );
}

/** One group's factor of one ciphertext; enough factors are known to be there. */
function groupFactor(
  group: TrusteeGroup,
  valid: ReadonlyMap<number, PartialDecryption>,
  question: number,
  answer: number,
): Point {
  const shares = group.members.flatMap(({ owner }, at) => {
    const factor = valid.get(owner)?.factors[question]?.[answer];
    return factor === undefined ? [] : [{ index: at + 1, factor }];
  });
  if (group.kind === "single") return sum(shares.map((share) => share.factor));
  const combined = combineFactorShares(shares, group.threshold);
  return combined.ok ? combined.value : sum([]);
}

/** The counts of decrypted sums. A sum that is no count up to `totalWeight` is named, never shown as 0 (T-13). */
export function countsOf(sums: readonly (readonly Point[])[], totalWeight: number): Result<Counts, ResultFault> {
  const logs = discreteLogs(sums.flat(), totalWeight);
  const counts: number[][] = [];
  let next = 0;
  for (const [question, row] of sums.entries()) {
    const line: number[] = [];
    for (let answer = 0; answer < row.length; answer++) {
      const log = logs[next++];
      if (log?.ok !== true) return fail({ code: "out-of-range", question, answer });
      line.push(log.value);
    }
    counts.push(line);
  }
  return ok(counts);
}

/** All of it: judge, combine, count. `refused` is told in both cases. */
export function computeResult(
  tally: EncryptedTally,
  totalWeight: number,
  fingerprint: string,
  trustees: CheckedTrustees,
  partials: readonly OwnedDecryption[],
): { readonly result: Result<Counts, ResultFault>; readonly refused: readonly RefusedDecryption[] } {
  const { valid, refused } = sortDecryptions(tally, fingerprint, trustees, partials);
  const sums = decryptedSums(tally, trustees, valid);
  return { result: sums.ok ? countsOf(sums.value, totalWeight) : sums, refused };
}

/** `{"result":[[…],…]}`. */
export function resultToText(counts: Counts): string {
  return writeJson({ result: counts.map((row) => row.map((count) => countValue(BigInt(count)))) });
}

/** Strict inverse of {@link resultToText}. */
export function resultFromText(text: string): Result<Counts, JsonFault> {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  return readJson(text, "canonical", (node) =>
    arrayOf(
      fields(node, "result").result,
      (row) => arrayOf(row, (item) => Number(countOf(item, most)), 1, MAX_ANSWERS + 1),
      1,
      MAX_QUESTIONS,
    ),
  );
}
