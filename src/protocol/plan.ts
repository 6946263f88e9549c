/** An election's plan: all that officers decide before the key and the roll exist. It never changes once announced. SPEC 2.5 */

import { bytesEqual } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { bool, bytes, humanText, list, oneOf, record, type TypeOf, text, u64, uint } from "./encoding/shape.js";
import { identifierShape } from "./organisation.js";

/** Caps on plans. A ballot's size grows with questions × answers; these keep it below the transaction limit. */
export const MAX_QUESTIONS = 20;
export const MAX_ANSWERS = 50;
export const MAX_ANSWERS_TOTAL = 100;
export const MAX_TRUSTEES = 32;
export const MAX_CASTS = 100;
/** The result is found by search in 0..total weight (crypto/discrete-log). */
export const MAX_TOTAL_WEIGHT = 10_000_000;
export const MAX_ROLL = 10_000_000;

const questionShape = record({
  question: humanText(1000, 1),
  answers: list(humanText(500, 1), MAX_ANSWERS, 1),
  min: uint(MAX_ANSWERS),
  max: uint(MAX_ANSWERS, 1),
  /** Whether a separate blank choice is offered. */
  blank: bool,
});
export type PlanQuestion = TypeOf<typeof questionShape>;

const translationShape = record({
  language: text(20, 2, /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
  name: humanText(200, 1),
  description: humanText(4000),
  questions: list(
    record({ question: humanText(1000, 1), answers: list(humanText(500, 1), MAX_ANSWERS, 1) }),
    MAX_QUESTIONS,
    1,
  ),
});

export const trusteeShape = record({
  name: humanText(100, 1),
  /** Public envelope key, made by the trustee from the code for this election. */
  key: bytes(32),
  /** `mandatory`: the election is lost without this trustee. `member`: one of the t-of-n set. */
  part: oneOf(["mandatory", "member"]),
});
export type PlanTrustee = TypeOf<typeof trusteeShape>;

const rulesShape = record({
  /** How often one credential may cast or spoil. */
  maxCasts: uint(MAX_CASTS, 1),
  /** With fewer ballots on the roll the election cannot be sealed, with fewer counted it is never decrypted. */
  privacyFloor: uint(1_000_000, 1),
  /** Nanoseconds after closing before shares are accepted. */
  objectionPeriod: u64,
  /** Nanoseconds after the objection period within which enough shares must arrive. */
  decryptionPeriod: u64,
  /** Latest closing time that an extension may set. */
  latestClose: u64,
  /** Nanoseconds until a re-issued credential becomes valid; how many may be re-issued. */
  reissueDelay: u64,
  reissueCap: uint(MAX_ROLL),
  /** Number of mismatch reports that obliges an inquiry. */
  mismatchInquiry: uint(MAX_ROLL, 1),
  /** Nanoseconds that each phase of the key ceremony may take. */
  phaseLimit: u64,
});

export const planShape = record({
  uuid: identifierShape,
  organisation: identifierShape,
  /** Elections with the same sitting are voted in one go; empty: on its own. */
  sitting: text(22, 0, /^[1-9A-HJ-NP-Za-km-z]*$/),
  name: humanText(200, 1),
  description: humanText(4000),
  language: text(20, 2, /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
  translations: list(translationShape, 20),
  questions: list(questionShape, MAX_QUESTIONS, 1),
  opensAt: u64,
  closesAt: u64,
  rules: rulesShape,
  trustees: list(trusteeShape, MAX_TRUSTEES, 1),
  /** Shares needed of the members' set; 0 when there are only mandatory trustees. */
  threshold: uint(MAX_TRUSTEES),
  /** R_e: the registrar's key for this election's blinded credentials. */
  rollKey: bytes(32),
  /** Addresses of further nodes that clients compare with. */
  nodes: list(text(300, 8, /^https?:\/\/[\x21-\x7e]+$/), 8),
  /** SHA-256 of booth files that this election pins. */
  booth: list(bytes(32), 32),
});
export type Plan = TypeOf<typeof planShape>;

/** What is wrong with a plan beyond its form, or `undefined`. `now` is block time. */
export function faultOfPlan(plan: Plan, now: bigint): string | undefined {
  return (
    faultOfSchedule(plan, now) ??
    faultOfQuestions(plan) ??
    faultOfTrustees(plan.trustees, plan.threshold) ??
    faultOfTranslations(plan)
  );
}

function faultOfSchedule(plan: Plan, now: bigint): string | undefined {
  if (plan.opensAt <= now)
    return `the opening time ${formatInstant(plan.opensAt)} (opens_at) has passed; choose a later one`;
  if (plan.closesAt <= plan.opensAt) return "the closing time (closes_at) is not after the opening time (opens_at)";
  if (plan.rules.latestClose < plan.closesAt)
    return "the latest closing time that an extension may set (latest_close) is before the closing time (closes_at)";
  if (plan.rules.decryptionPeriod === 0n) return "the trustees have no time to open the sum (decryption_seconds is 0)";
  if (plan.rules.phaseLimit === 0n)
    return "the trustees have no time for a phase of the key ceremony (phase_seconds is 0)";
  return undefined;
}

function faultOfQuestions(plan: Plan): string | undefined {
  let total = 0;
  for (const [i, question] of plan.questions.entries()) {
    total += question.answers.length + (question.blank ? 1 : 0);
    if (question.min > question.max) return `question ${i + 1}: min is above max`;
    if (question.max > question.answers.length) return `question ${i + 1}: max is above the number of answers`;
    if (new Set(question.answers.map(withoutOddSpace)).size !== question.answers.length)
      return `question ${i + 1}: an answer stands twice`;
  }
  return total > MAX_ANSWERS_TOTAL ? `more than ${MAX_ANSWERS_TOTAL} answers in all` : undefined;
}

/** Answers that only white space tells apart look alike (row E-07). A closed list, so that every node agrees. */
function withoutOddSpace(answer: string): string {
  return answer.replace(/[ \n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/g, " ").replace(/^ | $/g, "");
}

/** Also used when a restarted ceremony replaces trustees. */
export function faultOfTrustees(trustees: readonly PlanTrustee[], threshold: number): string | undefined {
  const members = trustees.filter((trustee) => trustee.part === "member").length;
  if (members === 0 && threshold !== 0) return "a threshold is set (threshold), but no trustee is a member";
  if (members === 1) return "a single member cannot share a key; add members, or make this trustee mandatory";
  if (members > 1 && (threshold < 1 || threshold >= members))
    return `the threshold is ${threshold}, but of ${members} members at least 1 and at most ${members - 1} may be needed; trustees who are always needed are mandatory ones`;
  for (const [i, a] of trustees.entries())
    if (trustees.slice(i + 1).some((b) => bytesEqual(a.key, b.key))) return "two trustees have the same key";
  return undefined;
}

function faultOfTranslations(plan: Plan): string | undefined {
  const seen = new Set([plan.language]);
  for (const translation of plan.translations) {
    if (seen.has(translation.language)) return `language ${translation.language} stands twice`;
    seen.add(translation.language);
    const fits =
      translation.questions.length === plan.questions.length &&
      translation.questions.every((question, i) => question.answers.length === plan.questions[i]?.answers.length);
    if (!fits) return `the ${translation.language} translation does not fit the questions`;
  }
  return undefined;
}
