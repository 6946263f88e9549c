/** `/board/:uuid/ballots`: the log, a page at a time from any place, and one ballot by its code. */
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { trackerPath } from "#client/receipt-file.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { TextField } from "../ui/text-field.js";
import type { BoardPage } from "./types.js";

const LIMIT = 100;

export function BallotsPage({ uuid }: { uuid: string }) {
  const { board } = useRoomWords();
  const http = useHttp();
  const [from, setFrom] = useState(0);
  const after = from === 0 ? "" : `&after=${from - 1}`;
  const ask = useAsk(`${http.url} ${uuid} ${from}`, () =>
    http.request<BoardPage>(`/elections/${uuid}/ballots?limit=${LIMIT}${after}`),
  );
  return (
    <Page
      title={board.ballotsTitle}
      lead={board.ballotsLead}
      width="wide"
      above={<Link href={`/board/${uuid}`}>{board.back}</Link>}
    >
      <FindForm uuid={uuid} />
      <Asked ask={ask}>{(page) => <BallotList uuid={uuid} page={page} from={from} onFrom={setFrom} />}</Asked>
    </Page>
  );
}

/** A code as people type it: gaps are left out, both alphabets of Base64 are known. */
export function codeOf(typed: string): string | undefined {
  const code = typed.replaceAll(/\s+/g, "").replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/");
  return /^[A-Za-z0-9+/]{43}$/.test(code) ? code : undefined;
}

function FindForm({ uuid }: { uuid: string }) {
  const { board } = useRoomWords();
  const [, navigate] = useLocation();
  const [text, setText] = useState("");
  const [isBad, setBad] = useState(false);
  const find = (event: FormEvent) => {
    event.preventDefault();
    const code = codeOf(text);
    setBad(code === undefined);
    if (code !== undefined) navigate(`/board/${uuid}/ballots/${trackerPath(code)}`);
  };
  return (
    <form className="board-find" onSubmit={find} noValidate>
      <TextField
        label={board.code}
        description={board.codeHint}
        value={text}
        onChange={setText}
        error={isBad ? board.codeBad : undefined}
        autoComplete="off"
        ltr
      />
      <Button type="submit" variant="primary">
        {board.find}
      </Button>
    </form>
  );
}

interface BallotListProps {
  readonly uuid: string;
  readonly page: BoardPage;
  readonly from: number;
  readonly onFrom: (from: number) => void;
}

type Row = BoardPage["ballots"][number];

function BallotList({ uuid, page, from, onFrom }: BallotListProps) {
  const { board } = useRoomWords();
  if (page.count === 0) return <p className="board-empty">{board.noBallots}</p>;
  const to = from + page.ballots.length;
  const caption = board.range(from + 1, to, page.count);
  return (
    <>
      <Table
        caption={caption}
        columns={[
          { name: board.number, cell: (row: Row) => row.position + 1, numeric: true },
          {
            name: board.code,
            cell: (row: Row) => (
              <Link href={`/board/${uuid}/ballots/${trackerPath(row.tracker)}`}>
                <bdi dir="ltr" className="board-hex">
                  {row.tracker}
                </bdi>
              </Link>
            ),
            heads: true,
          },
          { name: board.status, cell: (row: Row) => board.statuses[row.status] },
          { name: board.time, cell: (row: Row) => <Instant value={row.time} /> },
        ]}
        rows={page.ballots}
        keyOf={(row) => row.position}
      />
      <nav className="actions" aria-label={board.ballotsTitle}>
        <Button onPress={() => onFrom(Math.max(0, from - LIMIT))} isDisabled={from === 0}>
          {board.earlier}
        </Button>
        <Button onPress={() => onFrom(to)} isDisabled={page.next === null}>
          {board.later}
        </Button>
      </nav>
      {page.count > LIMIT ? <JumpForm count={page.count} onFrom={onFrom} /> : null}
    </>
  );
}

function JumpForm({ count, onFrom }: { count: number; onFrom: (from: number) => void }) {
  const { board } = useRoomWords();
  const [text, setText] = useState("");
  const [isBad, setBad] = useState(false);
  const jump = (event: FormEvent) => {
    event.preventDefault();
    const number = Number(text);
    const isPlace = Number.isInteger(number) && number >= 1 && number <= count;
    setBad(!isPlace);
    if (isPlace) onFrom(number - 1);
  };
  return (
    <form className="board-find" onSubmit={jump} noValidate>
      <TextField
        label={board.goTo}
        value={text}
        onChange={setText}
        inputMode="numeric"
        error={isBad ? board.goToBad : undefined}
      />
      <Button type="submit">{board.find}</Button>
    </form>
  );
}
