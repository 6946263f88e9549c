/** The allow-list of mail addresses: looked through, added to by hand or from a file, taken from. */
import { type FormEvent, useState } from "react";
import { allowList, changeAllowList, type AllowList as Listed } from "#client/electorate.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { Checkbox } from "../ui/checkbox.js";
import { FileDrop } from "../ui/file-drop.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { TextArea } from "../ui/text-area.js";
import { linesOf } from "./admission-rules.js";
import { Problem } from "./problem.js";
import { useAct } from "./use-act.js";

/** Faulty lines that are shown; a file of something else would have nothing but these. */
const shownFaults = 100;

/** `onApproved`: some of those who waited may not wait any more. */
export function AllowList({ onApproved }: { onApproved: () => void }) {
  const { desk: text } = useRoomWords();
  const http = useHttp();
  const [page, setPage] = useState(1);
  const [said, setSaid] = useState<string>();
  const { pending, problem, run } = useAct();
  const ask = useAsk(`allow-list ${page}`, () => allowList(http, page));
  const remove = (address: string, isLast: boolean) => {
    setSaid(undefined);
    void run(async () => {
      await changeAllowList(http, { add: [], remove: [address], apply: false });
      setSaid(text.allowRemoved(address));
      if (isLast && page > 1) setPage(page - 1);
      else ask.again();
    });
  };
  return (
    <section className="rules">
      <h2>{text.allowList}</h2>
      <Add
        onDone={(applied) => {
          ask.again();
          if (applied) onApproved();
        }}
      />
      <Problem text={problem} />
      {said === undefined ? null : <Notice kind="good" title={said} />}
      <Asked ask={ask}>{(found) => <Found found={found} pending={pending} onRemove={remove} onPage={setPage} />}</Asked>
    </section>
  );
}

interface FoundProps {
  readonly found: Listed;
  readonly pending: boolean;
  readonly onRemove: (address: string, isLast: boolean) => void;
  readonly onPage: (page: number) => void;
}

function Found({ found: { addresses, total, page, pages }, pending, onRemove, onPage }: FoundProps) {
  const { desk: text, console: office } = useRoomWords();
  return (
    <>
      <Table
        caption={text.allowCount(total)}
        rows={addresses}
        keyOf={(address) => address}
        empty={text.allowEmpty}
        columns={[
          { name: office.email, heads: true, cell: (address: string) => <span dir="ltr">{address}</span> },
          {
            name: office.actions,
            cell: (address) => (
              <Button
                aria-label={text.allowRemove(address)}
                isPending={pending}
                onPress={() => onRemove(address, addresses.length === 1)}
              >
                {text.allowRemoveShort}
              </Button>
            ),
          },
        ]}
      />
      {pages > 1 ? (
        <>
          <p>{office.pageOf(page, pages, total)}</p>
          <div className="actions">
            <Button onPress={() => onPage(page - 1)} isDisabled={page === 1}>
              {office.earlier}
            </Button>
            <Button onPress={() => onPage(page + 1)} isDisabled={page >= pages}>
              {office.following}
            </Button>
          </div>
        </>
      ) : null}
    </>
  );
}

interface Faulty {
  readonly line: string;
  readonly reason: string;
}

function Add({ onDone }: { onDone: (applied: boolean) => void }) {
  const { desk: text } = useRoomWords();
  const http = useHttp();
  const [typed, setTyped] = useState("");
  const [apply, setApply] = useState(false);
  const [fault, setFault] = useState<string>();
  const [said, setSaid] = useState<string>();
  const [faulty, setFaulty] = useState<readonly Faulty[]>([]);
  const { pending, problem, run } = useAct();
  const add = (event: FormEvent) => {
    event.preventDefault();
    const lines = linesOf(typed);
    setSaid(undefined);
    setFaulty([]);
    setFault(lines.length === 0 ? text.allowNothing : undefined);
    if (lines.length === 0) {
      document.getElementById("allow")?.focus();
      return;
    }
    void run(async () => {
      const answer = await changeAllowList(http, { add: lines, remove: [], apply });
      setFaulty(answer.faulty.map(({ place, reason }) => ({ line: lines[place] ?? "", reason })));
      setSaid(text.allowAdded(answer.added, answer.approved));
      setTyped("");
      onDone(apply);
    });
  };
  return (
    <form noValidate onSubmit={add}>
      <TextArea id="allow" label={text.allowAdd} value={typed} onChange={setTyped} error={fault} ltr />
      <FileDrop
        label={text.allowFile}
        description={text.allowFileHint}
        accept=".txt,.csv,text/plain,text/csv"
        onFile={(file) => void file.text().then(setTyped)}
      />
      <Checkbox label={text.applyNow} isSelected={apply} onChange={setApply} />
      <Problem text={problem} />
      {said === undefined ? null : <Notice kind="good" title={said} />}
      {faulty.length === 0 ? null : <Faults faulty={faulty} />}
      <div className="actions">
        <Button type="submit" variant="primary" isPending={pending}>
          {text.allowAddGo}
        </Button>
      </div>
    </form>
  );
}

function Faults({ faulty }: { faulty: readonly Faulty[] }) {
  const { desk: text } = useRoomWords();
  return (
    <Notice kind="bad" title={text.allowFaulty}>
      <ul>
        {faulty.slice(0, shownFaults).map(({ line, reason }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one line may stand there twice.
          <li key={index}>
            <bdi>{line.slice(0, shownFaults)}</bdi>: <span lang="en">{reason}</span>
          </li>
        ))}
      </ul>
      {faulty.length > shownFaults ? <p>{text.allowMoreFaults(faulty.length - shownFaults)}</p> : null}
    </Notice>
  );
}
