/** `/`: all elections, those that are open first. */
import { useState } from "react";
import type { Http } from "#client/http.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Page } from "../ui/page.js";
import { RadioGroup } from "../ui/radio-group.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextField } from "../ui/text-field.js";
import type { ElectionSummary } from "./types.js";

const filters = ["all", "open", "upcoming", "past"] as const;
type Filter = (typeof filters)[number];

interface List {
  readonly elections: readonly ElectionSummary[];
  readonly next: string | null;
}

const PAGE = 100;

/** A list, or `null` where nobody has founded a ledger yet. Not asked again and again: that answer stays. */
async function readFounded(http: Http, when: Filter, pages: number): Promise<List | null> {
  const { needed } = await http.request<{ needed: boolean }>("/setup");
  return needed ? null : readList(http, when, pages);
}

/** Reads on until there are no more, or so many that the reader should search or ask for more. */
async function readList(http: Http, when: Filter, pages: number): Promise<List> {
  const elections: ElectionSummary[] = [];
  let next: string | null = null;
  for (let page = 0; page < pages; page++) {
    const after: string = next === null ? "" : `&after=${next}`;
    const choice = when === "all" ? "" : `&when=${when}`;
    const list: List = await http.request<List>(`/elections?limit=${PAGE}${choice}${after}`);
    elections.push(...list.elections);
    next = list.next;
    if (next === null) break;
  }
  return { elections, next };
}

export function ElectionsPage() {
  const { board } = useRoomWords();
  const http = useHttp();
  const [filter, setFilter] = useState<Filter>("all");
  const [pages, setPages] = useState(1);
  const [text, setText] = useState("");
  const ask = useAsk(`${http.url} ${filter} ${pages}`, () => readFounded(http, filter, pages));
  return (
    <Page title={board.title} lead={board.lead}>
      <div className="board-search">
        <TextField label={board.search} description={board.searchHint} type="search" value={text} onChange={setText} />
        <RadioGroup
          label={board.filter}
          value={filter}
          onChange={(value) => setFilter(filters.find((each) => each === value) ?? "all")}
          options={filters.map((value) => ({ value, label: board[value] }))}
        />
      </div>
      <Asked ask={ask}>
        {(list) =>
          list === null ? (
            <section className="board-empty" role="status">
              <p>{board.notSetUp}</p>
              <p className="quiet">{board.notSetUpHint}</p>
            </section>
          ) : (
            <>
              <Cards elections={list.elections} text={text} isFiltered={filter !== "all"} />
              {list.next === null ? null : (
                <p>
                  <Button onPress={() => setPages(pages + 5)}>{board.more}</Button>
                </p>
              )}
            </>
          )
        }
      </Asked>
      <section className="card board-practice">
        <h2>{board.tryPractice}</h2>
        <p>{board.practiceLead}</p>
        <p>
          <a className="button secondary" href="/practice">
            {board.tryPractice}
          </a>
        </p>
      </section>
    </Page>
  );
}

interface CardsProps {
  readonly elections: readonly ElectionSummary[];
  readonly text: string;
  readonly isFiltered: boolean;
}

function Cards({ elections, text, isFiltered }: CardsProps) {
  const { board } = useRoomWords();
  const wanted = text.trim().toLocaleLowerCase();
  const rank = ({ stage }: ElectionSummary) =>
    stage === "open" ? 0 : stage === "sealed" || stage === "announced" ? 1 : 2;
  const found = elections
    .filter(({ title }) => title.toLocaleLowerCase().includes(wanted))
    .toSorted((a, b) => rank(a) - rank(b));
  if (elections.length === 0 && !isFiltered)
    return (
      <section className="board-empty" role="status">
        <p>{board.none}</p>
        <p className="quiet">{board.noneHint}</p>
      </section>
    );
  if (found.length === 0)
    return (
      <p className="board-empty" role="status">
        {board.noneFound}
      </p>
    );
  return (
    <ul className="board-cards">
      {found.map((election) => (
        <li key={election.id} className="card">
          <h2>
            <Link href={`/board/${election.id}`}>
              <bdi>{election.title}</bdi>
            </Link>
          </h2>
          <p>
            <Stage stage={election.stage} />
          </p>
          <dl className="board-facts">
            <dt>{board.opens}</dt>
            <dd>
              <Instant value={election.start_date} />
            </dd>
            <dt>{board.closes}</dt>
            <dd>
              <Instant value={election.end_date} />
            </dd>
            {election.roll === 0 ? null : (
              <>
                <dt>{board.turnout}</dt>
                <dd>
                  {election.counted} / {election.roll}
                </dd>
              </>
            )}
          </dl>
        </li>
      ))}
    </ul>
  );
}

export function Stage({ stage }: { stage: ElectionSummary["stage"] }) {
  const { board } = useRoomWords();
  return <span className={`board-stage ${stage}`}>{board.stages[stage]}</span>;
}
