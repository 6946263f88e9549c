/**
 * What a verifier says: every check with its outcome and evidence, and one verdict. Used for archives, records and
 * receipts alike. A report is plain data (JSON-safe); its JSON form carries {@link REPORT_VERSION}.
 *
 * A verifier does not stop at the first failure. A check that could not be made because of an earlier failure is
 * `skipped`, never passed in silence.
 */
import { assert } from "#base/assert.js";

/** Version of the report's JSON form. */
export const REPORT_VERSION = 1;

/** `valid`: everything holds. `invalid`: a check failed. `unusable`: not something this verifier can judge at all. */
export type Verdict = "valid" | "invalid" | "unusable";

export type CheckStatus = "pass" | "fail" | "skipped";

/** A check that a verifier makes: stable id, and what holds if it passes, as one sentence. */
export interface CheckDefinition {
  readonly id: string;
  readonly sentence: string;
}

export interface Check extends CheckDefinition {
  readonly status: CheckStatus;
  /** What was seen: of a passed check in a few words, of a failed one each failure (at most {@link MAX_EVIDENCE}). */
  readonly evidence: readonly string[];
  /** Number of failures, also of those beyond the evidence kept. */
  readonly failures: number;
}

/** Something a reader wants to know that is not a check: name of the election, number of ballots, … */
export interface Fact {
  readonly id: string;
  readonly label: string;
  readonly value: string | number;
}

/** The recomputed result of one question. */
export interface QuestionResult {
  readonly question: string;
  /** Blank votes, where the question offers them. */
  readonly blank?: number;
  readonly answers: readonly { readonly answer: string; readonly count: number }[];
}

export interface Report {
  readonly version: typeof REPORT_VERSION;
  /** What was judged. */
  readonly kind: "archive" | "record" | "receipt";
  readonly verdict: Verdict;
  readonly checks: readonly Check[];
  readonly facts: readonly Fact[];
  /** Only if everything that leads to the result holds. */
  readonly result?: readonly QuestionResult[];
}

/** Failures of one check that are told one by one. */
export const MAX_EVIDENCE = 20;

/** Collects the outcome of a fixed list of checks. Ids not on the list are a programmer's mistake. */
export interface ReportLog<Id extends string> {
  /** The check holds, unless it failed before: a failure is never taken back. */
  pass(id: Id, ...evidence: readonly string[]): void;
  /** The check fails. */
  fail(id: Id, evidence: string): void;
  /** The check fails in a way that makes the whole input unusable. */
  unusable(id: Id, evidence: string): void;
  /** The check does not apply, for a reason that is no failure. */
  skip(id: Id, reason: string): void;
  failed(...ids: readonly Id[]): boolean;
  /** Whether the input was declared unusable. */
  isUnusable(): boolean;
  /** The report. A check of which nothing was said is `skipped`, and then something else must have failed. */
  report(kind: Report["kind"], facts: readonly Fact[], result?: readonly QuestionResult[]): Report;
}

interface Entry {
  status: CheckStatus | undefined;
  evidence: string[];
  failures: number;
}

export function reportLog<Id extends string>(
  definitions: readonly { readonly id: Id; readonly sentence: string }[],
): ReportLog<Id> {
  const entries = new Map<Id, Entry>(
    definitions.map(({ id }) => [id, { status: undefined, evidence: [], failures: 0 }]),
  );
  let unusable = false;

  function entry(id: Id): Entry {
    const found = entries.get(id);
    assert(found !== undefined, `no such check: ${id}`);
    return found;
  }

  function failCheck(id: Id, evidence: string): void {
    const at = entry(id);
    if (at.status !== "fail") at.evidence = [];
    at.status = "fail";
    at.failures++;
    if (at.evidence.length < MAX_EVIDENCE) at.evidence.push(evidence);
  }

  function checks(): Check[] {
    return definitions.map(({ id, sentence }) => {
      const { status, evidence, failures } = entry(id);
      if (status !== undefined) return { id, sentence, status, evidence, failures };
      return {
        id,
        sentence,
        status: "skipped",
        evidence: ["not reached, because of a failure elsewhere"],
        failures: 0,
      };
    });
  }

  return {
    pass(id, ...evidence) {
      const at = entry(id);
      if (at.status === "fail") return;
      at.status = "pass";
      at.evidence = [...evidence];
    },
    fail: failCheck,
    unusable(id, evidence) {
      unusable = true;
      failCheck(id, evidence);
    },
    skip(id, reason) {
      const at = entry(id);
      if (at.status !== undefined) return;
      at.status = "skipped";
      at.evidence = [reason];
    },
    failed: (...ids) => ids.some((id) => entry(id).status === "fail"),
    isUnusable: () => unusable,
    report(kind, facts, result) {
      const all = [...entries.values()];
      const failed = all.some((each) => each.status === "fail");
      assert(failed || all.every((each) => each.status !== undefined), "a check was forgotten");
      const verdict: Verdict = unusable ? "unusable" : failed ? "invalid" : "valid";
      const base = { version: REPORT_VERSION, kind, verdict, checks: checks(), facts } as const;
      return result === undefined ? base : { ...base, result };
    },
  };
}

/** The report as JSON for machines, indented. */
export function reportToJson(report: Report): string {
  return JSON.stringify(report, undefined, 2);
}

/** Exit code of a command that verifies: 0 valid, 1 a check failed, 2 unusable input. */
export function exitCodeOf(verdict: Verdict): 0 | 1 | 2 {
  if (verdict === "valid") return 0;
  return verdict === "invalid" ? 1 : 2;
}
