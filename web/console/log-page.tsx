/** What officers did: who, what, when, in which role; the chain is judged in this browser against the ledger's heads. */
import { useState } from "react";
import type { AuditLogPage } from "#api/audit.js";
import { actOf, type LoggedEntry } from "#client/audit-log.js";
import type { AuditReport } from "#protocol/audit-log.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { Progress } from "../ui/progress.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import type { Officer } from "./officer.js";
import { Problem } from "./problem.js";
import { auditAway } from "./replayer.js";
import { useAct } from "./use-act.js";

const pageLength = 50;

export function LogPage({ officer }: { officer: Officer }) {
  const { desk: text, console: office } = useRoomWords();
  const http = useHttp();
  /** Last entry of the page; `undefined`: the newest. */
  const [until, setUntil] = useState<number>();
  const ask = useAsk(`log ${until ?? ""}`, async () => {
    const total = until ?? (await http.request<AuditLogPage>("/officer/audit-log?limit=1")).total;
    const from = Math.max(1, total - pageLength + 1);
    return { from, page: await http.request<AuditLogPage>(`/officer/audit-log?from=${from}&limit=${pageLength}`) };
  });
  return (
    <Page title={text.logTitle} lead={text.logLead} width="wide">
      <Judged officer={officer} />
      <Asked ask={ask}>
        {({ from, page }) => (
          <>
            <p>{text.logCount(page.total, page.anchored)}</p>
            <Entries entries={page.entries} />
            <div className="actions">
              {until === undefined ? null : <Button onPress={() => setUntil(undefined)}>{text.logNewest}</Button>}
              {from > 1 ? <Button onPress={() => setUntil(from - 1)}>{text.logOlder}</Button> : null}
              <Button onPress={ask.again}>{office.refresh}</Button>
            </div>
          </>
        )}
      </Asked>
    </Page>
  );
}

function Entries({ entries }: { entries: readonly LoggedEntry[] }) {
  const { desk: text, console: office } = useRoomWords();
  const rows = [...entries].reverse().map((entry) => ({ ...entry, said: actOf(entry.content) }));
  return (
    <Table
      caption={text.logTitle}
      hideCaption
      rows={rows}
      keyOf={({ number }) => number}
      empty={office.logEmpty}
      columns={[
        { name: text.logNumber, numeric: true, cell: ({ number }) => String(number) },
        { name: office.logTime, cell: ({ at }) => <Instant value={at} /> },
        { name: text.logWho, cell: ({ said }) => <bdi>{said?.name ?? "–"}</bdi> },
        { name: text.logRole, cell: ({ said }) => (said === undefined ? "–" : (text.roles[said.role] ?? said.role)) },
        { name: office.logAct, heads: true, cell: (row) => <ActText row={row} /> },
        { name: text.logAbout, cell: ({ said }) => <About said={said} /> },
      ]}
    />
  );
}

function ActText({ row: { content, said } }: { row: LoggedEntry & { said: ReturnType<typeof actOf> } }) {
  const { desk: text } = useRoomWords();
  if (content === null) return <>{text.logErased}</>;
  if (said === undefined) return <code>{content}</code>;
  const act = text.acts[said.act] ?? said.act;
  if (said.refused === undefined) return <>{act}</>;
  return (
    <>
      {act} <span className="letter-state refused">{text.logRefused(said.refused.entry, said.refused.status)}</span>
    </>
  );
}

/** What the act was about and what was sent, as it stands in the log. */
function About({ said }: { said: ReturnType<typeof actOf> }) {
  const parts = [said?.about, said?.sent].filter((part) => part !== undefined);
  if (parts.length === 0) return null;
  return (
    <code dir="ltr" className="log-about">
      {parts.map((part) => JSON.stringify(part)).join(" ")}
    </code>
  );
}

function Judged({ officer }: { officer: Officer }) {
  const { desk: text } = useRoomWords();
  const http = useHttp();
  const [height, setHeight] = useState<number>();
  const [report, setReport] = useState<AuditReport>();
  const { pending, problem, run } = useAct();
  const judge = () =>
    run(async () => {
      setReport(undefined);
      setReport(await auditAway(http, officer.organisation, setHeight));
    });
  return (
    <section>
      <p>{text.logCheckLead}</p>
      <div className="actions">
        <Button onPress={() => void judge()} isPending={pending}>
          {text.logCheck}
        </Button>
      </div>
      {pending ? <Progress label={text.replaying(height ?? 0)} value={undefined} /> : null}
      <Problem text={problem} />
      {report === undefined ? null : report.faults.length === 0 ? (
        <Notice kind="good" title={text.logHolds}>
          <p>{text.logCovered(report.entries, report.anchored)}</p>
        </Notice>
      ) : (
        <Notice kind="bad" title={text.logDoesNotHold}>
          <ul lang="en" dir="ltr">
            {report.faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        </Notice>
      )}
    </section>
  );
}
