/** A verification report in words: a verdict, the result, and every check on request. */
import type { RecordReport } from "#verify/record-checks.js";
import type { Check, QuestionResult, Report } from "#verify/report.js";
import { barOf, paint, say, shown } from "./terminal.js";

const VERDICTS = {
  valid: "Everything holds.",
  invalid: "NOT VALID: at least one check failed.",
  unusable: "This cannot be judged.",
} as const;

/** Prints a report: facts, every check with its outcome, the result, the verdict; of a record each election in turn. */
export function printReport(report: Report | RecordReport, what: string): void {
  say(paint(shown(what), "strong"));
  printBody(report);
  if ("elections" in report) {
    for (const election of report.elections) {
      say();
      say(paint(`Election ${election.uuid} “${shown(election.name)}” (${election.stage})`, "strong"));
      printBody(election);
    }
  }
  say();
  say(paint(VERDICTS[report.verdict], report.verdict === "valid" ? "good" : "bad"));
}

function printBody(report: Report): void {
  for (const fact of report.facts) say(`  ${fact.label}: ${shown(String(fact.value))}`);
  if (report.facts.length > 0) say();
  // Of what cannot be judged, only the reason is of use.
  const checks =
    report.verdict === "unusable" ? report.checks.filter((check) => check.status === "fail") : report.checks;
  for (const check of checks) printCheck(check);
  if (report.result !== undefined) printResult(report.result);
}

function printCheck(check: Check): void {
  const evidence = check.evidence.map(shown);
  if (check.status === "pass") {
    const seen = evidence.length === 0 ? "" : paint(`  (${evidence.join("; ")})`, "dim");
    say(`  ${paint("✓", "good")} ${check.id}: ${check.sentence}${seen}`);
    return;
  }
  if (check.status === "skipped") {
    say(
      `  ${paint("–", "dim")} ${check.id}: ${paint(`${check.sentence} Not checked: ${evidence.join("; ")}.`, "dim")}`,
    );
    return;
  }
  say(`  ${paint("✗", "bad")} ${paint(check.id, "bad")}: this should hold but does not: ${check.sentence}`);
  for (const line of evidence) say(`      ${line}`);
  if (check.failures > check.evidence.length) say(`      … and ${check.failures - check.evidence.length} more`);
}

/** Bars of a result, one question after the other. */
export function printResult(questions: readonly QuestionResult[]): void {
  for (const question of questions) {
    say();
    say(paint(shown(question.question), "strong"));
    const rows = question.answers.map(({ answer, count }) => ({ answer: shown(answer), count }));
    if (question.blank !== undefined) rows.push({ answer: "(blank)", count: question.blank });
    const total = rows.reduce((sum, row) => sum + row.count, 0);
    const width = Math.max(...rows.map((row) => row.answer.length));
    const digits = Math.max(...rows.map((row) => String(row.count).length));
    for (const { answer, count } of rows) {
      const share = total === 0 ? 0 : count / total;
      say(
        `  ${answer.padEnd(width)}  ${String(count).padStart(digits)}  ${barOf(share, 40)} ${(share * 100).toFixed(1)} %`,
      );
    }
  }
}
