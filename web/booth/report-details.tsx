/** Every check of a report, each with its sentence, how it came out, and what was seen. */
import type { Report } from "#verify/report.js";
import { Said } from "../ui/said.js";
import { Table } from "../ui/table.js";
import { useWords } from "../ui/words.js";

const marks = { pass: "✓", fail: "×", skipped: "–" } as const;

export function ReportDetails({ report }: { report: Report }) {
  const { booth } = useWords();
  return (
    <>
      <ul className="checks">
        {report.checks.map((check) => (
          <li key={check.id} className={check.status}>
            <span aria-hidden="true">{marks[check.status]}</span>
            <Said sentence={check.sentence} />
            <span className="unseen">{booth.checkStates[check.status]}</span>
          </li>
        ))}
      </ul>
      <Table
        caption={booth.detailsTitle}
        hideCaption
        columns={[
          {
            name: booth.fact,
            cell: (fact: Report["facts"][number]) => <Said sentence={fact.label} />,
            heads: true,
          },
          { name: booth.factValue, cell: (fact: Report["facts"][number]) => <bdi dir="ltr">{String(fact.value)}</bdi> },
        ]}
        rows={report.facts}
        keyOf={(fact) => fact.id}
      />
    </>
  );
}
