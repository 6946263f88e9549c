import { useLocation } from "wouter";
import type { ElectionSummary } from "#api/management.js";
import { createDraft, type DraftAnswer, listProposals } from "#client/officer.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { useLanguage } from "../ui/words.js";
import { Allowed, MayNot } from "./allowed.js";
import type { Officer } from "./officer.js";
import { Problem } from "./problem.js";
import { useAct } from "./use-act.js";

/** Drafts, and the organisation's elections on the ledger. */
export function OverviewPage({ officer }: { officer: Officer }) {
  const { console: text } = useRoomWords();
  const { language } = useLanguage();
  const http = useHttp();
  const [, navigate] = useLocation();
  const { pending, problem, run } = useAct();
  const ask = useAsk(`overview ${officer.organisation}`, async () => {
    const path = `/elections?organisation=${officer.organisation}&limit=100`;
    const { elections } = await http.request<{ elections: ElectionSummary[] }>(path, { fresh: true });
    const { drafts } = await http.request<{ drafts: DraftAnswer[] }>("/officer/drafts");
    const proposals = await listProposals(http);
    const known = new Set(elections.map(({ id }) => id));
    return {
      elections,
      drafts: drafts.filter(({ uuid }) => !known.has(uuid)),
      waiting: proposals.filter(({ status }) => status === "collecting").length,
    };
  });
  const create = () => run(async () => navigate(`/console/drafts/${(await createDraft(http, { language })).uuid}/1`));
  return (
    <Page title={text.title} width="wide">
      <Problem text={problem} />
      <MayNot least="officer" />
      <Allowed least="officer">
        <div className="actions">
          <Button variant="primary" onPress={() => void create()} isPending={pending}>
            {text.newElection}
          </Button>
        </div>
      </Allowed>
      <Asked ask={ask}>
        {({ elections, drafts, waiting }) => (
          <>
            {waiting > 0 ? (
              <Notice kind="warn" title={text.waitingApprovals(waiting)}>
                <p>
                  <Link href="/console/approvals">{text.approvalsTitle}</Link>
                </p>
              </Notice>
            ) : null}
            {elections.length + drafts.length === 0 ? (
              <div className="card empty">
                <h2>{text.emptyTitle}</h2>
                <p>{text.emptyLead}</p>
              </div>
            ) : null}
            {drafts.length > 0 ? <Drafts drafts={drafts} /> : null}
            {elections.length > 0 ? <Elections elections={elections} /> : null}
          </>
        )}
      </Asked>
    </Page>
  );
}

function Drafts({ drafts }: { drafts: readonly DraftAnswer[] }) {
  const { console: text } = useRoomWords();
  return (
    <>
      <h2>{text.drafts}</h2>
      <ul className="cards">
        {drafts.map(({ uuid, body }) => (
          <li key={uuid}>
            <Link href={`/console/drafts/${uuid}/1`}>
              {body.name === undefined || body.name === "" ? text.untitled : body.name}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

function Elections({ elections }: { elections: readonly ElectionSummary[] }) {
  const { console: text } = useRoomWords();
  return (
    <Table
      caption={text.onLedger}
      rows={elections}
      keyOf={({ id }) => id}
      columns={[
        {
          name: text.name,
          heads: true,
          cell: ({ id, title }: ElectionSummary) => <Link href={`/console/elections/${id}`}>{title}</Link>,
        },
        { name: text.stage, cell: ({ stage }) => text.stages[stage] ?? stage },
        { name: text.opens, cell: ({ start_date }) => <Instant value={start_date} /> },
        { name: text.closes, cell: ({ end_date }) => <Instant value={end_date} /> },
        { name: text.turnoutShort, cell: ({ counted, roll }) => `${counted} / ${roll}`, numeric: true },
      ]}
    />
  );
}
