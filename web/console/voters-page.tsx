/** The registry as officers see it: found, filtered, approved, rejected, suspended, saved as a file. */
import { useState } from "react";
import { approveAll } from "#client/officer.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Select } from "../ui/select.js";
import { Table } from "../ui/table.js";
import { TextField } from "../ui/text-field.js";
import { Allowed, MayNot, useMay } from "./allowed.js";
import { Problem } from "./problem.js";
import { saveText } from "./save-text.js";
import { type Acting, useAct } from "./use-act.js";
import { StandingButtons } from "./voter-acts.js";

export interface VoterRow {
  readonly id: string;
  readonly digital_id: string;
  readonly name: string;
  readonly email: string;
  readonly status: "pending" | "approved" | "rejected" | "suspended";
  readonly key_bound: boolean;
  readonly key_source: "own" | "letter" | "reissue" | null;
  readonly language: string;
  readonly external_id: string | null;
  readonly created_at: string;
  readonly groups: readonly string[];
  readonly district: string;
  readonly weight: number;
}

export interface VoterPage {
  readonly voters: readonly VoterRow[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

export function VotersPage() {
  const words = useRoomWords();
  const { console: text } = words;
  const http = useHttp();
  const [typed, setTyped] = useState("");
  const [query, setQuery] = useState("");
  const [status, setStatus] = useState("");
  const [page, setPage] = useState(1);
  const [said, setSaid] = useState<string>();
  const acting = useAct();
  const path = `/officer/voters?page=${page}${status === "" ? "" : `&status=${status}`}${query === "" ? "" : `&q=${encodeURIComponent(query)}`}`;
  const ask = useAsk(path, () => http.request<VoterPage>(path));
  const everybody = () =>
    acting.run(async () => {
      const { approved } = await approveAll(http, query === "" ? {} : { q: query });
      setSaid(text.approvedCount(approved));
      ask.again();
    });
  const exportList = () =>
    acting.run(async () => {
      const answer = await http.raw("/officer/voters/export");
      saveText("voters.csv", await answer.text(), "text/csv");
    });
  return (
    <Page title={text.votersTitle} width="wide">
      <MayNot least="registrar" />
      <Allowed least="registrar">
        <div className="actions">
          <Link href="/console/voters/import" variant="button">
            {text.importTitle}
          </Link>
          <Button onPress={() => void everybody()} isPending={acting.pending}>
            {text.approveAll}
          </Button>
          <Button onPress={() => void exportList()} isPending={acting.pending}>
            {text.exportGo}
          </Button>
        </div>
      </Allowed>
      <Further />
      <Problem text={acting.problem} />
      {said === undefined ? null : <Notice kind="good" title={said} />}
      <form
        className="filter"
        onSubmit={(event) => {
          event.preventDefault();
          setPage(1);
          setQuery(typed.trim());
        }}
      >
        <TextField id="q" type="search" label={text.search} value={typed} onChange={setTyped} />
        <Select
          label={text.status}
          value={status}
          onChange={(chosen) => {
            setStatus(chosen);
            setPage(1);
          }}
          options={[
            { value: "", label: text.all },
            ...Object.entries(text.voterStatuses).map(([value, label]) => ({ value, label })),
          ]}
        />
        <Button type="submit">{text.filter}</Button>
      </form>
      <Asked ask={ask}>{(found) => <Found found={found} acting={acting} again={ask.again} onPage={setPage} />}</Asked>
    </Page>
  );
}

/** What else there is to do about the registry. */
function Further() {
  const { desk: text } = useRoomWords();
  return (
    <div className="actions">
      <Link href="/console/admission" variant="secondary">
        {text.admission}
      </Link>
      <Allowed least="registrar">
        <Link href="/console/doubles" variant="secondary">
          {text.doubles}
        </Link>
      </Allowed>
    </div>
  );
}

interface FoundProps {
  readonly found: VoterPage;
  readonly acting: Acting;
  readonly again: () => void;
  readonly onPage: (page: number) => void;
}

function Found({ found, acting, again, onPage }: FoundProps) {
  const { console: text } = useRoomWords();
  const mayDecide = useMay("registrar");
  const acts = (voter: VoterRow) => <StandingButtons voter={voter} acting={acting} onDone={again} />;
  return (
    <>
      <Table
        caption={text.votersTitle}
        hideCaption
        rows={found.voters}
        keyOf={({ id }) => id}
        empty={text.votersEmpty}
        columns={[
          {
            name: text.name,
            heads: true,
            cell: ({ digital_id, name }: VoterRow) => <Link href={`/console/voters/${digital_id}`}>{name}</Link>,
          },
          { name: text.email, cell: ({ email }) => <span dir="ltr">{email}</span> },
          { name: text.status, cell: ({ status }) => text.voterStatuses[status] ?? status },
          { name: text.keyColumn, cell: ({ key_bound }) => (key_bound ? text.yes : text.no) },
          { name: text.group, cell: ({ groups }) => groups.join(", ") },
          { name: text.district, cell: ({ district }) => district },
          { name: text.weight, cell: ({ weight }) => String(weight), numeric: true },
          ...(mayDecide ? [{ name: text.actions, cell: acts }] : []),
        ]}
      />
      <p>{text.pageOf(found.page, found.pages, found.total)}</p>
      {found.pages > 1 ? (
        <div className="actions">
          <Button onPress={() => onPage(found.page - 1)} isDisabled={found.page === 1}>
            {text.earlier}
          </Button>
          <Button onPress={() => onPage(found.page + 1)} isDisabled={found.page >= found.pages}>
            {text.following}
          </Button>
        </div>
      ) : null}
    </>
  );
}
