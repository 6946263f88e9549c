/**
 * From the running tally in the state to the result: its shape as a Belenios encrypted tally, the trustees who may open
 * it, and the counts once enough of them have. Pure: machine, trustees' clients and verifiers use the same. SPEC 3.9
 */
import { toHex, utf8 } from "#base/bytes.js";
import { pointFromTrustedAffine } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import type { ElectionResult } from "./election.js";
import type { PlanQuestion } from "./plan.js";
import { type PartialDecryption, partialDecryptionFromText } from "./suite/belenios-v1/decryption.js";
import { countsOf, decryptedSums, resultToText } from "./suite/belenios-v1/result.js";
import type { EncryptedTally } from "./suite/belenios-v1/tally.js";
import { type CheckedTrustees, trusteesFromText, verifyTrustees } from "./suite/belenios-v1/trustees.js";

/** Sums in ballot order (α then β of each answer, affine, 64 bytes each) as an encrypted tally: by question and choice. */
export function encryptedTallyOf(
  questions: readonly Pick<PlanQuestion, "answers" | "blank">[],
  sums: readonly Uint8Array[],
): EncryptedTally {
  let next = 0;
  const point = () => pointFromTrustedAffine(sums[next++] as Uint8Array);
  return questions.map(({ answers, blank }) =>
    Array.from({ length: answers.length + (blank ? 1 : 0) }, () => ({ alpha: point(), beta: point() })),
  );
}

/** Verified trustees by text. A cache of a pure function: it changes no verdict. Bounded, oldest out. */
const verified = new Map<string, CheckedTrustees>();
const MAX_VERIFIED = 64;

/** The trustees of a sealed election. The text is the ledger's own, so failure is a broken invariant. */
export function sealedTrustees(text: string): CheckedTrustees {
  const key = toHex(sha256(utf8(text)));
  const known = verified.get(key);
  if (known !== undefined) return known;
  const read = trusteesFromText(text);
  const checked = read.ok ? verifyTrustees(read.value) : read;
  if (!checked.ok) throw new Error("the trustees of a sealed election do not verify");
  if (verified.size >= MAX_VERIFIED) verified.delete(verified.keys().next().value as string);
  verified.set(key, checked.value);
  return checked.value;
}

/** An accepted partial decryption: its proofs hold. */
export interface AcceptedShare {
  readonly owner: number;
  readonly text: string;
}

/**
 * The result, if the accepted shares suffice: all mandatory trustees' and of the threshold set the first t by owner
 * number. `undefined` while they do not, or if a sum is no count up to `totalWeight` (which the ballots' proofs exclude).
 */
export function resultOf(
  tally: EncryptedTally,
  totalWeight: number,
  trustees: CheckedTrustees,
  shares: readonly AcceptedShare[],
): ElectionResult | undefined {
  const valid = new Map<number, PartialDecryption>();
  for (const { owner, text } of shares) {
    const partial = partialDecryptionFromText(text);
    if (!partial.ok) throw new Error("an accepted share does not parse");
    valid.set(owner, partial.value);
  }
  const sums = decryptedSums(tally, trustees, valid);
  if (!sums.ok) return undefined;
  const counts = countsOf(sums.value, totalWeight);
  if (!counts.ok) return undefined;
  const owners = trustees.groups.flatMap((group) =>
    group.members
      .map((member) => member.owner)
      .filter((owner) => valid.has(owner))
      .slice(0, group.threshold),
  );
  return { counts: counts.value, owners, text: resultToText(counts.value) };
}
