/** What became of the letters to the organisation's voters: counted by state, found by state and name, sent again. */
import { useState } from "react";
import { type LetterList, type LetterRow, listLetters } from "#client/letters.js";
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
import { MayNot, useMay } from "./allowed.js";
import { Again, tooManyLetters, useLetterColumns } from "./letter-cells.js";
import { Problem } from "./problem.js";
import { useAct } from "./use-act.js";

const filters = ["waiting", "sent", "delivered", "refused", "bounced", "expired"] as const;
/** States of a letter as the list's filter has them together. */
const waiting: ReadonlySet<string> = new Set(["queued", "sending", "handing", "unknown"]);

export function LettersPage() {
  const { letters: text, console: office } = useRoomWords();
  const http = useHttp();
  const [q, setQ] = useState("");
  const [state, setState] = useState("");
  /** Where the pages before this one began, newest first. */
  const [places, setPlaces] = useState<readonly number[]>([]);
  const [said, setSaid] = useState<string>();
  const acting = useAct((error) => tooManyLetters(error, text));
  const before = places.at(-1);
  const ask = useAsk(`${state}|${before ?? ""}|${q}`, () => listLetters(http, { state, q, before }));
  // Only the first page brings them.
  const [counts, setCounts] = useState<LetterList["counts"]>(null);
  const fresh = ask.value?.counts ?? null;
  if (fresh !== null && fresh !== counts) setCounts(fresh);
  const show = (chosen: string) => {
    setPlaces([]);
    setState(chosen);
  };
  return (
    <Page title={text.title} lead={text.lead} width="wide">
      <MayNot least="registrar" />
      <div className="actions">
        <Link href="/console/letters/looks" variant="secondary">
          {text.looks}
        </Link>
        <Button onPress={ask.again}>{office.refresh}</Button>
      </div>
      {counts === null ? null : <Counts counts={counts} chosen={state} onChoose={show} />}
      <Filter
        state={state}
        onState={show}
        onSearch={(typed) => {
          setPlaces([]);
          setQ(typed);
        }}
      />
      <Problem text={acting.problem} />
      {said === undefined || acting.problem !== undefined ? null : <Notice kind="good" title={said} />}
      <Asked ask={ask}>
        {(found) => (
          <>
            <Found
              found={found}
              anyFilter={state !== "" || q !== ""}
              acting={acting}
              onAgain={(name) => {
                setSaid(text.againDone(name));
                ask.again();
              }}
            />
            <div className="actions">
              {places.length > 0 ? <Button onPress={() => setPlaces([])}>{text.newest}</Button> : null}
              {places.length > 0 ? (
                <Button onPress={() => setPlaces(places.slice(0, -1))}>{office.earlier}</Button>
              ) : null}
              {found.next === null ? null : (
                <Button onPress={() => setPlaces([...places, found.next as number])}>{text.older}</Button>
              )}
            </div>
          </>
        )}
      </Asked>
    </Page>
  );
}

interface FilterProps {
  readonly state: string;
  readonly onState: (state: string) => void;
  readonly onSearch: (typed: string) => void;
}

function Filter({ state, onState, onSearch }: FilterProps) {
  const { letters: text, console: office } = useRoomWords();
  const [typed, setTyped] = useState("");
  return (
    <form
      className="filter"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(typed.trim());
      }}
    >
      <TextField type="search" label={text.search} value={typed} onChange={setTyped} />
      <Select
        label={text.state}
        value={state}
        onChange={onState}
        options={[
          { value: "", label: office.all },
          ...filters.map((value) => ({ value, label: text.states[value] ?? value })),
        ]}
      />
      <Button type="submit">{office.filter}</Button>
    </form>
  );
}

interface CountsProps {
  readonly counts: NonNullable<LetterList["counts"]>;
  readonly chosen: string;
  readonly onChoose: (state: string) => void;
}

/** The numbers, each a button that shows those letters. */
function Counts({ counts, chosen, onChoose }: CountsProps) {
  const { letters: text, console: office } = useRoomWords();
  const sums = new Map<string, number>();
  for (const { state, count } of counts) {
    const name = waiting.has(state) ? "waiting" : state;
    sums.set(name, (sums.get(name) ?? 0) + count);
  }
  const total = [...sums.values()].reduce((sum, count) => sum + count, 0);
  const shown = [
    { value: "", label: office.all, count: total },
    ...filters.map((value) => ({ value, label: text.states[value] ?? value, count: sums.get(value) ?? 0 })),
  ];
  return (
    <ul className="tallies" aria-label={text.counts}>
      {shown.map(({ value, label, count }) => (
        <li key={value} {...(count > 0 ? { className: value } : {})}>
          <button type="button" aria-pressed={chosen === value} onClick={() => onChoose(value)}>
            <strong>{count}</strong> <span>{label}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface FoundProps {
  readonly found: LetterList;
  readonly anyFilter: boolean;
  readonly acting: ReturnType<typeof useAct>;
  readonly onAgain: (name: string) => void;
}

function Found({ found, anyFilter, acting, onAgain }: FoundProps) {
  const { letters: text, console: office } = useRoomWords();
  const columns = useLetterColumns();
  const maySend = useMay("registrar");
  const again = (letter: LetterRow) => (
    <Again letter={letter} voter={letter.voter} acting={acting} onDone={() => onAgain(letter.voter.name)} />
  );
  return (
    <Table
      caption={text.title}
      hideCaption
      rows={found.letters}
      keyOf={({ id }) => id}
      empty={anyFilter ? text.empty : text.emptyAll}
      columns={[
        {
          name: text.voter,
          heads: true,
          cell: ({ voter }: LetterRow) => (
            <>
              <Link href={`/console/voters/${voter.digital_id}`}>{voter.name}</Link>
              <br />
              <span className="quiet" dir="ltr">
                {voter.email}
              </span>
            </>
          ),
        },
        ...columns,
        ...(maySend ? [{ name: office.actions, cell: again }] : []),
      ]}
    />
  );
}
