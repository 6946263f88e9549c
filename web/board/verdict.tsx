/** What a verification found: one verdict, three lines, and below each line every check that it stands for. */
import type { RecordReport } from "#verify/record-checks.js";
import type { Check, Report } from "#verify/report.js";
import { Disclosure } from "../ui/disclosure.js";
import { Notice } from "../ui/notice.js";
import { useRoomWords } from "../ui/room-words.js";
import { Said } from "../ui/said.js";
import { useLanguage } from "../ui/words.js";
import { Counts } from "./counts.js";
import { factOf, isRecord, mainElection, type SummaryLine, summaryOf } from "./summary.js";

interface ReportPageProps {
  readonly report: Report | RecordReport;
  readonly seconds: number;
  readonly uuid: string | undefined;
}

export function ReportPage({ report, seconds, uuid }: ReportPageProps) {
  const { board } = useRoomWords();
  const { language } = useLanguage();
  const main = isRecord(report) ? mainElection(report, uuid) : undefined;
  const others = isRecord(report) ? report.elections.filter((each) => each !== main) : [];
  const ledger = report.checks.filter(({ id }) => id !== "elections");
  const judged = main ?? report;
  const name = main?.name ?? report.facts.find(({ id }) => id === "election")?.value;
  const lines = summaryOf(judged, main === undefined ? [] : ledger);
  return (
    <section aria-live="polite">
      <Verdict report={report} />
      {report.verdict === "unusable" ? <Checks checks={report.checks} /> : null}
      {report.verdict === "unusable" ? null : (
        <>
          {name === undefined ? null : (
            <h2>
              <bdi>{name}</bdi>
            </h2>
          )}
          <ul className="board-lines">
            {lines.map((line) => (
              <Line key={line.id} line={line} report={judged} />
            ))}
          </ul>
          <Recounted report={judged} />
          {others.length === 0 ? null : (
            <Disclosure title={board.otherElections}>
              <ul>
                {others.map((each) => (
                  <li key={each.uuid}>
                    <bdi>{each.name}</bdi>: {each.verdict === "valid" ? board.good : board.bad}
                  </li>
                ))}
              </ul>
            </Disclosure>
          )}
        </>
      )}
      <p className="quiet">
        {board.took(new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(seconds))}
      </p>
    </section>
  );
}

function Verdict({ report }: { report: Report }) {
  const { board } = useRoomWords();
  if (report.verdict === "valid")
    return (
      <Notice kind="good" title={board.good}>
        <p>{board.goodLead}</p>
      </Notice>
    );
  const isUnusable = report.verdict === "unusable";
  return (
    <Notice kind="bad" title={isUnusable ? board.unusable : board.bad}>
      <p>{isUnusable ? board.unusableDo : board.badDo}</p>
    </Notice>
  );
}

function Line({ line, report }: { line: SummaryLine; report: Report }) {
  const { board } = useRoomWords();
  const { ballots, counted } = { ballots: factOf(report, "ballots"), counted: factOf(report, "counted") };
  const said = {
    received: { title: board.received, pass: board.receivedGood(ballots), fail: board.receivedBad, none: "" },
    opened: { title: board.openedLine, pass: board.openedGood, fail: board.openedBad, none: board.openedNotYet },
    counted: {
      title: board.countedLine,
      pass: board.countedGood(counted),
      fail: board.countedBad,
      none: board.countedNotYet,
    },
  }[line.id];
  const text = line.state === "pass" ? said.pass : line.state === "fail" ? said.fail : said.none;
  const mark = line.state === "pass" ? "✓" : line.state === "fail" ? "×" : "–";
  return (
    <li className={line.state}>
      <p>
        <span aria-hidden="true">{mark} </span>
        <strong>{said.title}.</strong> {text}
      </p>
      <Disclosure title={`${board.allChecks} (${line.checks.length})`} open={line.state === "fail"}>
        <Checks checks={line.checks} />
      </Disclosure>
    </li>
  );
}

const marks = { pass: "✓", fail: "×", skipped: "–" } as const;

function Checks({ checks }: { checks: readonly Check[] }) {
  const { board } = useRoomWords();
  return (
    <ul className="checks">
      {checks.map((check) => (
        <li key={check.id} className={check.status}>
          <span aria-hidden="true">{marks[check.status]}</span>
          <span>
            <Said sentence={check.sentence} />
            <span className="unseen"> {board.checkStates[check.status]}</span>
            {check.evidence.length === 0 ? null : (
              <span className="quiet board-hex" lang="en" dir="ltr">
                {" "}
                {check.evidence.join("; ")}
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Recounted({ report }: { report: Report }) {
  const { board } = useRoomWords();
  if (report.result === undefined) return null;
  return (
    <>
      {report.result.map(({ question, answers, blank }) => {
        const rows = answers.map(({ answer, count }) => ({ label: answer, value: count }));
        if (blank !== undefined) rows.push({ label: board.blank, value: blank });
        return <Counts key={question} caption={board.resultOf(question)} rows={rows} of={factOf(report, "counted")} />;
      })}
    </>
  );
}
