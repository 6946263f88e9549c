/** Minutes as people read and print them. */
import type { SignedMinutes } from "#api/minutes.js";
import { type MinutesWords, minutesWords } from "#words/minutes.js";
import { Bars } from "../ui/bars.js";
import { Instant, instantText } from "../ui/instant.js";
import { Line } from "../ui/line.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { useLanguage } from "../ui/words.js";

export function useMinutesWords(): MinutesWords {
  const { language } = useLanguage();
  return minutesWords[language];
}

export function MinutesSheet({ signed }: { signed: SignedMinutes }) {
  const words = useMinutesWords();
  const { desk } = useRoomWords();
  const { minutes } = signed;
  return (
    <div className="minutes">
      {minutes.ledger.practice ? <p className="minutes-mark">{words.practice}</p> : null}
      <p className="quiet">
        {desk.minutesAsOf(minutes.ledger.height)} <Instant value={minutes.ledger.time} />
      </p>
      <Facts signed={signed} />
      <ResultPart signed={signed} />
      <TurnoutPart signed={signed} />
      <TrusteesPart signed={signed} />
      <EventsPart signed={signed} />
      <Hashes signed={signed} />
      <h2>{words.verify}</h2>
      <ul>
        {minutes.verify.map((line) => (
          <li key={line} lang="en">
            <bdi>{line}</bdi>
          </li>
        ))}
      </ul>
      <Signatures signed={signed} />
    </div>
  );
}

type Part = { readonly signed: SignedMinutes };

function Facts({ signed: { minutes } }: Part) {
  const words = useMinutesWords();
  const { console: office, desk } = useRoomWords();
  const { organisation, election, roll, ballots } = minutes;
  const rows: readonly (readonly [string, React.ReactNode])[] = [
    [words.organisation, <bdi key="o">{organisation.name}</bdi>],
    [words.stage, office.stages[election.stage] ?? election.stage],
    [words.opened, <Instant key="b" value={election.opens_at} />],
    [words.closed, <Instant key="e" value={election.closes_at} />],
    [words.roll, roll.count],
    ...(roll.weight === roll.count ? [] : [[words.rollWeight, roll.weight] as const]),
    ...(roll.letters === null ? [] : [[words.letters, roll.letters] as const]),
    [words.reissued, roll.reissued],
    [words.voters, ballots.voters],
    [words.ballots, ballots.accepted],
    [words.spoiled, ballots.spoiled],
    [words.mismatches, desk.minutesMismatches(ballots.mismatches, ballots.mismatch_inquiry)],
  ];
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ResultPart({ signed: { minutes } }: Part) {
  const words = useMinutesWords();
  if (minutes.result === null)
    return (
      <section>
        <h2>{words.result}</h2>
        <p>{words.noResult}</p>
      </section>
    );
  return (
    <section>
      <h2>{words.result}</h2>
      {minutes.result.questions.map((question) => {
        const rows = question.answers.map(({ answer, count }) => ({ label: answer, value: count }));
        if (question.blank !== null) rows.push({ label: words.blank, value: question.blank });
        return (
          <section key={question.question} className="minutes-question">
            <h3 dir="auto">{question.question}</h3>
            <Bars
              caption={question.question}
              rows={rows}
              max={minutes.ballots.weight}
              names={{ label: words.answer, value: words.count }}
            />
            <DecisionOf question={question} />
          </section>
        );
      })}
    </section>
  );
}

type Question = NonNullable<SignedMinutes["minutes"]["result"]>["questions"][number];

/** What the announced rule makes of the numbers; nothing where none was announced. */
function DecisionOf({ question: { rule, decision } }: { question: Question }) {
  const words = useMinutesWords();
  if (rule === null || decision === null) return <p>{words.noRule}</p>;
  const names = (list: readonly string[]) => list.map((name) => `“${name}”`).join(", ");
  return (
    <>
      <dl className="facts">
        <dt>{words.rule}</dt>
        <dd>
          <code dir="ltr">{rule}</code>
        </dd>
        <dt>{words.needed}</dt>
        <dd>{decision.needed}</dd>
        {decision.quorum_needed > 0 ? (
          <>
            <dt>{words.quorum}</dt>
            <dd>{decision.quorum_needed}</dd>
          </>
        ) : null}
      </dl>
      <p className="lead">
        <strong>
          {decision.elected.length > 0 ? `${words.outcomes.decided}: ${names(decision.elected)}` : ""}
          {decision.outcome === "decided"
            ? ""
            : ` ${words.outcomes[decision.outcome]}${decision.tied.length > 0 ? `: ${names(decision.tied)}` : ""}`}
        </strong>
      </p>
    </>
  );
}

const HOUR_MS = 3_600_000;

function TurnoutPart({ signed: { minutes } }: Part) {
  const words = useMinutesWords();
  const { console: office } = useRoomWords();
  const { language } = useLanguage();
  const { turnout, roll } = minutes;
  let sum = 0;
  const point = (at: number) => ({ at, value: sum, label: instantText(at, language) });
  const points = [point(Date.parse(turnout[0]?.from ?? minutes.election.opens_at))];
  for (const { from, voters } of turnout) {
    sum += voters;
    points.push(point(Date.parse(from) + HOUR_MS));
  }
  return (
    <section>
      <h2>{words.turnout}</h2>
      {turnout.length === 0 ? null : (
        <Line
          caption={office.turnoutOver}
          points={points}
          names={{ at: office.turnoutTime, value: office.turnoutVoters }}
          max={roll.count}
          withoutTable
        />
      )}
      <Table
        caption={words.turnout}
        hideCaption
        rows={turnout}
        keyOf={({ from }) => from}
        empty={office.logEmpty}
        columns={[
          {
            name: words.hour,
            heads: true,
            cell: ({ from }) => <bdi dir="ltr">{from.slice(0, 16).replace("T", " ")}</bdi>,
          },
          { name: words.voters, numeric: true, cell: ({ voters }) => String(voters) },
          { name: words.ballots, numeric: true, cell: ({ ballots }) => String(ballots) },
        ]}
      />
    </section>
  );
}

function TrusteesPart({ signed: { minutes } }: Part) {
  const words = useMinutesWords();
  const { board } = useRoomWords();
  const { list, threshold } = minutes.trustees;
  return (
    <section>
      <h2>{words.trustees}</h2>
      <Table
        caption={words.trustees}
        hideCaption
        rows={list}
        keyOf={({ key }) => key}
        columns={[
          { name: words.trustees, heads: true, cell: ({ name }) => <bdi>{name}</bdi> },
          { name: board.part, cell: ({ part }) => board.parts[part as "member"] ?? part },
          { name: words.result, cell: ({ shared }) => (shared ? words.shared : words.notShared) },
        ]}
      />
      <p>
        {words.threshold}: {threshold}
      </p>
    </section>
  );
}

function EventsPart({ signed: { minutes } }: Part) {
  const words = useMinutesWords();
  const { console: office, board } = useRoomWords();
  return (
    <section>
      <h2>{words.events}</h2>
      <Table
        caption={words.events}
        hideCaption
        rows={minutes.events}
        keyOf={({ transaction }) => transaction}
        empty={office.logEmpty}
        columns={[
          { name: office.logTime, cell: ({ time }) => <Instant value={time} /> },
          { name: office.logAct, heads: true, cell: ({ type }) => board.eventNames[type] ?? type },
          { name: office.logBlock, numeric: true, cell: ({ height }) => String(height) },
        ]}
      />
    </section>
  );
}

function Hashes({ signed: { minutes, hash } }: Part) {
  const words = useMinutesWords();
  const { board } = useRoomWords();
  const { ledger, election, roll, ballots, result } = minutes;
  const rows: readonly (readonly [string, string | null])[] = [
    [words.minutes, hash],
    [board.chainId, ledger.chain_id],
    ["genesis", ledger.genesis_hash],
    [`root ${ledger.height}`, ledger.root],
    [board.fingerprint, election.fingerprint],
    [board.manifest, election.manifest_hash],
    ["plan", election.plan_hash],
    [board.electionKey, election.election_key],
    [board.rollRoot, roll.root],
    [words.ballots, ballots.log_root],
    [words.result, result?.text_hash ?? null],
  ];
  return (
    <section>
      <h2>{words.hashes}</h2>
      <dl className="facts minutes-hashes">
        {rows.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd dir="ltr">
                <code>{value}</code>
              </dd>
            </div>
          ),
        )}
      </dl>
    </section>
  );
}

function Signatures({ signed: { signatures } }: Part) {
  const words = useMinutesWords();
  const { desk } = useRoomWords();
  return (
    <section>
      <h2>{words.signatures}</h2>
      <Table
        caption={words.signatures}
        hideCaption
        rows={signatures}
        keyOf={({ key }) => key}
        columns={[
          {
            name: desk.minutesSigner,
            heads: true,
            cell: ({ by, name }) => (by === "registrar" ? desk.minutesRegistrar : <bdi>{name}</bdi>),
          },
          { name: desk.minutesKey, cell: ({ key }) => <code dir="ltr">{key}</code> },
        ]}
      />
      <div className="minutes-sign" />
      <p className="minutes-sign-here">{words.signHere}</p>
    </section>
  );
}
