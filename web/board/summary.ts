/** Three lines for people who do not know the checks: received, opened, counted. Each stands for a group of checks. */
import type { ElectionReport, RecordReport } from "#verify/record-checks.js";
import type { Check, Report } from "#verify/report.js";

export type LineState = "pass" | "fail" | "not-yet";

export interface SummaryLine {
  readonly id: "received" | "opened" | "counted";
  readonly state: LineState;
  readonly checks: readonly Check[];
}

const openedIds: ReadonlySet<string> = new Set([
  "trustees",
  "election-key",
  "shares",
  "decryption-owners",
  "decryption-proofs",
]);
const countedIds: ReadonlySet<string> = new Set(["tally", "tally-size", "counts", "result"]);

function stateOf(checks: readonly Check[], needed: ReadonlySet<string>): LineState {
  if (checks.some(({ status }) => status === "fail")) return "fail";
  // What says that nothing was opened or counted yet is a check that does not apply.
  const open = checks.filter(({ id, status }) => needed.has(id) && status === "skipped");
  return open.length > 0 ? "not-yet" : "pass";
}

/** Every check stands in exactly one line; `ledger` are those of the ledger that an election's own do not repeat. */
export function summaryOf(report: Report, ledger: readonly Check[] = []): readonly SummaryLine[] {
  const own = report.checks;
  const opened = own.filter(({ id }) => openedIds.has(id));
  const counted = own.filter(({ id }) => countedIds.has(id));
  const received = [...ledger, ...own.filter(({ id }) => !openedIds.has(id) && !countedIds.has(id))];
  return [
    { id: "received", state: stateOf(received, new Set()), checks: received },
    { id: "opened", state: stateOf(opened, new Set(["shares", "decryption-proofs"])), checks: opened },
    { id: "counted", state: stateOf(counted, new Set(["result"])), checks: counted },
  ];
}

export const isRecord = (report: Report | RecordReport): report is RecordReport => "elections" in report;

/** The election that was asked for, else the first with a result, else the last. */
export function mainElection(report: RecordReport, uuid: string | undefined): ElectionReport | undefined {
  const { elections } = report;
  return (
    elections.find((each) => each.uuid === uuid) ??
    elections.find((each) => each.result !== undefined) ??
    elections.at(-1)
  );
}

export function factOf(report: Report, id: string): number {
  return Number(report.facts.find((fact) => fact.id === id)?.value ?? 0);
}
