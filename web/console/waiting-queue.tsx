/** Registrations that wait for an officer: some or all of a page chosen, and approved or refused together. */
import { useState } from "react";
import { ApiError } from "#client/http.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { useMay } from "./allowed.js";
import { Problem } from "./problem.js";
import { useAct } from "./use-act.js";
import type { VoterPage as VoterList, VoterRow } from "./voters-page.js";

/** `round`: rises when a rule may have approved some of them. */
export function WaitingQueue({ round }: { round: number }) {
  const { desk: text } = useRoomWords();
  const http = useHttp();
  const mayDecide = useMay("registrar");
  const [page, setPage] = useState(1);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [said, setSaid] = useState<string>();
  const [stopped, setStopped] = useState<string>();
  const { pending, problem, run } = useAct((error) =>
    error instanceof ApiError && error.code === "not-found" ? text.queueGone : undefined,
  );
  const ask = useAsk(`waiting ${page} ${round}`, () =>
    http.request<VoterList>(`/officer/voters?status=pending&page=${page}`),
  );
  const turn = (to: number) => {
    setChosen(new Set());
    setPage(to);
  };
  // One after the other: each is an entry of the log of its own, and what is done stays done when one fails.
  const decide = (verb: "approve" | "reject", ids: readonly string[]) => {
    setSaid(undefined);
    setStopped(undefined);
    return run(async () => {
      let done = 0;
      try {
        for (const id of ids) {
          await http.request(`/officer/voters/${id}/${verb}`, { method: "POST", json: {} });
          done++;
        }
        setSaid(text.queueDone(done));
      } catch (error) {
        setStopped(text.queueStopped(done, ids.length));
        throw error;
      } finally {
        turn(1);
        ask.again();
      }
    });
  };
  return (
    <section>
      <h2>{text.queue}</h2>
      <Problem text={problem} />
      {stopped === undefined ? null : <Notice kind="warn" title={stopped} />}
      {said === undefined ? null : <Notice kind="good" title={said} />}
      <Asked ask={ask}>
        {(found) => (
          <Waiting
            found={found}
            mayDecide={mayDecide}
            chosen={chosen}
            pending={pending}
            onChoose={setChosen}
            onDecide={decide}
            onPage={turn}
          />
        )}
      </Asked>
    </section>
  );
}

interface WaitingProps {
  readonly found: VoterList;
  readonly mayDecide: boolean;
  /** Identifiers of voters. */
  readonly chosen: ReadonlySet<string>;
  readonly pending: boolean;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onDecide: (verb: "approve" | "reject", ids: readonly string[]) => Promise<boolean>;
  readonly onPage: (page: number) => void;
}

function Waiting({ found, mayDecide, chosen, pending, onChoose, onDecide, onPage }: WaitingProps) {
  const { desk: text, console: office, letters } = useRoomWords();
  // Who was decided about meanwhile by somebody else is no longer here.
  const ids = found.voters.map(({ id }) => id).filter((id) => chosen.has(id));
  if (found.total === 0) return <p>{text.queueEmpty}</p>;
  const keyOf = ({ key_source }: VoterRow) =>
    key_source === null ? letters.noKey : (letters.keySources[key_source] ?? key_source);
  const box = ({ id, name }: VoterRow) => (
    <Pick
      label={text.choose(name)}
      isChosen={chosen.has(id)}
      onChange={(isChosen) => onChoose(new Set(isChosen ? [...ids, id] : ids.filter((each) => each !== id)))}
    />
  );
  return (
    <>
      {mayDecide ? (
        <Decide
          ids={ids}
          all={found.voters.map(({ id }) => id)}
          pending={pending}
          onChoose={onChoose}
          onDecide={onDecide}
        />
      ) : null}
      <Table
        caption={text.queue}
        hideCaption
        rows={found.voters}
        keyOf={({ id }) => id}
        columns={[
          ...(mayDecide ? [{ name: text.queuePick, cell: box }] : []),
          {
            name: office.name,
            heads: true,
            cell: ({ digital_id, name, email }: VoterRow) => (
              <>
                <Link href={`/console/voters/${digital_id}`}>{name}</Link>
                <br />
                <span className="quiet" dir="ltr">
                  {email}
                </span>
              </>
            ),
          },
          { name: letters.keyFrom, cell: keyOf },
          { name: letters.registered, cell: ({ created_at }) => <Instant value={created_at} /> },
        ]}
      />
      {found.pages > 1 ? (
        <>
          <p>{office.pageOf(found.page, found.pages, found.total)}</p>
          <div className="actions">
            <Button onPress={() => onPage(found.page - 1)} isDisabled={found.page === 1}>
              {office.earlier}
            </Button>
            <Button onPress={() => onPage(found.page + 1)} isDisabled={found.page >= found.pages}>
              {office.following}
            </Button>
          </div>
          {mayDecide ? <p className="quiet">{text.everybody}</p> : null}
        </>
      ) : null}
    </>
  );
}

interface PickProps {
  readonly label: string;
  readonly isChosen: boolean;
  readonly onChange: (isChosen: boolean) => void;
}

/** In a table the row says the name; the box says it to screen readers only. */
function Pick({ label, isChosen, onChange }: PickProps) {
  return (
    <label className="pick">
      <input type="checkbox" checked={isChosen} onChange={(event) => onChange(event.target.checked)} />
      <span className="unseen">{label}</span>
    </label>
  );
}

interface DecideProps {
  readonly ids: readonly string[];
  /** Of everybody on this page. */
  readonly all: readonly string[];
  readonly pending: boolean;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onDecide: (verb: "approve" | "reject", ids: readonly string[]) => Promise<boolean>;
}

function Decide({ ids, all, pending, onChoose, onDecide }: DecideProps) {
  const { desk: text, common } = useRoomWords();
  const [asked, setAsked] = useState(false);
  const refuse = () => {
    setAsked(false);
    void onDecide("reject", ids);
  };
  return (
    <>
      <div className="choice">
        <label>
          <input
            type="checkbox"
            checked={ids.length === all.length}
            onChange={(event) => onChoose(new Set(event.target.checked ? all : []))}
          />
          <span>{text.queueAllOnPage}</span>
        </label>
      </div>
      <p role="status">{text.queueChosen(ids.length)}</p>
      <div className="actions">
        <Button
          variant="primary"
          onPress={() => void onDecide("approve", ids)}
          isPending={pending}
          isDisabled={ids.length === 0}
        >
          {text.queueApprove}
        </Button>
        <Button variant="danger" onPress={() => setAsked(true)} isPending={pending} isDisabled={ids.length === 0}>
          {text.queueReject}
        </Button>
      </div>
      <Dialog title={text.queueSure(ids.length)} isOpen={asked} onClose={() => setAsked(false)}>
        <p>{text.queueSureLead}</p>
        <div className="actions">
          <Button variant="danger" onPress={refuse} isPending={pending}>
            {text.queueReject}
          </Button>
          <Button onPress={() => setAsked(false)}>{common.cancel}</Button>
        </div>
      </Dialog>
    </>
  );
}
