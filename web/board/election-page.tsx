/** `/board/:uuid`: everything public about one election. */
import { useEffect } from "react";
import { ApiError, type Http } from "#client/http.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Code } from "../ui/code.js";
import { Disclosure } from "../ui/disclosure.js";
import { useHttp } from "../ui/http.js";
import { Instant, instantText } from "../ui/instant.js";
import { Line } from "../ui/line.js";
import { Link } from "../ui/link.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { useLanguage } from "../ui/words.js";
import { Downloads } from "./downloads.js";
import { Stage } from "./elections-page.js";
import { ResultOf } from "./result.js";
import type { Election, Events, Result, Turnout } from "./types.js";

interface Shown {
  readonly election: Election;
  readonly events: Events;
  readonly turnout: Turnout | undefined;
  readonly result: Result | undefined;
}

/** `undefined` where there is nothing yet. */
async function perhaps<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429)
      return undefined;
    throw error;
  }
}

/** Whoever comes back after closing or counting must not be shown what a cache kept from before. */
const now = { fresh: true };

async function readElection(http: Http, uuid: string): Promise<Shown> {
  const path = `/elections/${uuid}`;
  const election = await http.request<Election>(path, now);
  const [events, turnout, result] = await Promise.all([
    http.request<{ events: Events }>(`${path}/events`, now),
    perhaps(http.request<Turnout>(`${path}/turnout?interval=5m`, now)),
    election.stage === "tallied" ? perhaps(http.request<Result>(`${path}/result`, now)) : undefined,
  ]);
  return { election, events: events.events, turnout, result };
}

/** An open election is read again now and then. */
const AGAIN_MS = 30_000;

export function ElectionPage({ uuid }: { uuid: string }) {
  const http = useHttp();
  const { board } = useRoomWords();
  const ask = useAsk(`${http.url} ${uuid}`, () => readElection(http, uuid));
  const { again } = ask;
  const stage = ask.value?.election.stage;
  useEffect(() => {
    if (stage !== "open" && stage !== "closed") return;
    const timer = setInterval(again, AGAIN_MS);
    return () => clearInterval(timer);
  }, [again, stage]);
  if (ask.value === undefined)
    return (
      <Page title={board.title}>
        <Asked ask={ask}>{() => null}</Asked>
      </Page>
    );
  return <Shown shown={ask.value} />;
}

function Shown({ shown: { election, events, turnout, result } }: { shown: Shown }) {
  const { board, desk } = useRoomWords();
  const { plan } = election;
  return (
    <Page title={election.title} width="wide" above={<Link href="/">{board.title}</Link>}>
      <p>
        <Stage stage={election.stage} />
      </p>
      {plan.description === "" ? null : (
        <p className="lead board-text" dir="auto">
          {plan.description}
        </p>
      )}
      <div className="actions">
        {election.stage === "open" ? (
          <Link href={`/booth/${election.id}`} variant="button">
            {board.voteNow}
          </Link>
        ) : null}
        <Link href={`/board/${election.id}/ballots`} variant="secondary">
          {board.toBallots}
        </Link>
        <Link href={`/board/${election.id}/minutes`} variant="secondary">
          {desk.minutes}
        </Link>
        <Link href={`/verify?election=${election.id}`} variant="secondary">
          {board.toVerify}
        </Link>
      </div>
      {result === undefined ? null : <ResultOf result={result} />}
      <Facts election={election} />
      {turnout === undefined || turnout.intervals.length === 0 ? null : <TurnoutLine turnout={turnout} />}
      <Questions election={election} />
      <Trustees election={election} />
      <EventList events={events} />
      <Marks election={election} />
      <Downloads election={election} />
    </Page>
  );
}

function Facts({ election }: { election: Election }) {
  const { board } = useRoomWords();
  const percent = election.roll === 0 ? "0" : ((100 * election.counted) / election.roll).toFixed(1);
  const rows: readonly (readonly [string, React.ReactNode])[] = [
    [board.opens, <Instant key="o" value={election.start_date} />],
    [board.closes, <Instant key="c" value={election.end_date} />],
    [board.onRoll, election.roll],
    [board.counted, `${election.counted} (${board.share(percent)})`],
    [board.ballots, election.ballots],
    [board.spoiled, election.spoiled],
    [board.mismatches, election.mismatches],
    [board.reissued, election.reissued],
  ];
  return (
    <section>
      <h2>{board.facts}</h2>
      <dl className="board-facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const INTERVAL_MS = 5 * 60_000;

function TurnoutLine({ turnout }: { turnout: Turnout }) {
  const { board } = useRoomWords();
  const { language } = useLanguage();
  let sum = 0;
  const point = (at: number) => ({ at, value: sum, label: instantText(at, language) });
  const begins = new Date(turnout.intervals[0]?.from ?? 0).getTime();
  const points = [point(begins)];
  for (const { from, voters } of turnout.intervals) {
    sum += voters;
    points.push(point(new Date(from).getTime() + INTERVAL_MS));
  }
  return (
    <section>
      <h2>{board.turnout}</h2>
      <Line
        caption={board.turnoutLine}
        points={points}
        names={{ at: board.time, value: board.voters }}
        max={Math.max(1, turnout.roll)}
      />
    </section>
  );
}

function Questions({ election }: { election: Election }) {
  const { board } = useRoomWords();
  return (
    <section>
      <h2>{board.questions}</h2>
      <ol>
        {election.plan.questions.map(({ question, answers, blank }) => (
          <li key={question} dir="auto">
            <strong>{question}</strong>
            <p>
              {answers.map((answer, i) => (
                <span key={answer}>
                  {i > 0 ? " · " : ""}
                  <bdi>{answer}</bdi>
                </span>
              ))}
              {blank ? ` · ${board.blank}` : ""}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Trustees({ election }: { election: Election }) {
  const { board } = useRoomWords();
  const { trustees, threshold } = election.plan;
  const members = trustees.filter(({ part }) => part === "member").length;
  const needed = trustees.length - members + (members === 0 ? 0 : threshold);
  return (
    <section>
      <h2>{board.trustees}</h2>
      <p>{board.trusteesLead(needed, trustees.length)}</p>
      <Table
        caption={board.trustees}
        hideCaption
        columns={[
          { name: board.trustees, cell: ({ name }: (typeof trustees)[number]) => <bdi>{name}</bdi>, heads: true },
          { name: board.part, cell: ({ part }: (typeof trustees)[number]) => board.parts[part] },
          { name: board.key, cell: ({ key }: (typeof trustees)[number]) => <Hex value={key} /> },
        ]}
        rows={trustees}
        keyOf={({ key }) => key}
      />
    </section>
  );
}

export function Hex({ value, whole }: { value: string; whole?: boolean }) {
  return (
    <bdi dir="ltr" className="board-hex">
      {whole || value.length <= 20 ? value : `${value.slice(0, 16)}…`}
    </bdi>
  );
}

function EventList({ events }: { events: Events }) {
  const { board } = useRoomWords();
  return (
    <Disclosure title={`${board.events} (${events.length})`}>
      <Table
        caption={board.events}
        hideCaption
        columns={[
          { name: board.event, cell: ({ type }: Events[number]) => board.eventNames[type] ?? type, heads: true },
          { name: board.time, cell: ({ time }: Events[number]) => <Instant value={time} /> },
          {
            name: board.block,
            cell: ({ height }: Events[number]) => <Link href={`/board/blocks/${height}`}>{height}</Link>,
            numeric: true,
          },
        ]}
        rows={events}
        keyOf={({ transaction }) => transaction}
      />
    </Disclosure>
  );
}

function Marks({ election }: { election: Election }) {
  const { board } = useRoomWords();
  const marks: readonly (readonly [string, string | null])[] = [
    [board.chainId, election.chain_id],
    [board.fingerprint, election.fingerprint],
    [board.manifest, election.manifest_hash],
    [board.rollRoot, election.roll === 0 ? null : election.roll_root],
    [board.electionKey, election.election_key],
    ...election.plan.booth.map((hash) => [board.pinnedBooth, hash] as const),
  ];
  const { nodes } = election.plan;
  return (
    <section>
      <h2>{board.marks}</h2>
      {nodes.length === 0 ? null : (
        <dl className="facts">
          <dt>{board.secondNodes}</dt>
          {nodes.map((node) => (
            <dd key={node} dir="ltr">
              {node}
            </dd>
          ))}
        </dl>
      )}
      {marks.map(([label, value]) =>
        value === null ? null : (
          <Code key={label + value} label={label} value={value} group={value.length < 40 ? 40 : 4} />
        ),
      )}
    </section>
  );
}
