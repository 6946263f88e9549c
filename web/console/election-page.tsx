/** One election after its announcement: what is done, the one thing to do next, turnout, acts, and the log. */
import type { z } from "zod";
import type { ceremonySchema, electionSchema, eventsSchema } from "#api/management.js";
import type { Http } from "#client/http.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { AgainPanel } from "./again-panel.js";
import { Allowed, MayNot } from "./allowed.js";
import { ElectionActs } from "./election-acts.js";
import type { Officer } from "./officer.js";
import { ReissuePanel } from "./reissue-panel.js";
import { RestartPanel } from "./restart-panel.js";
import { RollPanel } from "./roll-panel.js";
import { SealPanel } from "./seal-panel.js";
import { TurnoutPanel } from "./turnout-panel.js";

export type ElectionView = z.output<typeof electionSchema>;
export type CeremonyView = z.output<typeof ceremonySchema>;
type Event = z.output<typeof eventsSchema>["events"][number];

interface Whole {
  readonly election: ElectionView;
  readonly ceremony: CeremonyView;
  readonly events: readonly Event[];
}

async function readWhole(http: Http, uuid: string): Promise<Whole> {
  const [election, ceremony, { events }] = await Promise.all([
    http.request<ElectionView>(`/elections/${uuid}`, { fresh: true }),
    http.request<CeremonyView>(`/elections/${uuid}/ceremony`, { fresh: true }),
    http.request<{ events: Event[] }>(`/elections/${uuid}/events`, { fresh: true }),
  ]);
  return { election, ceremony, events };
}

export function ElectionPage({ officer, uuid }: { officer: Officer; uuid: string }) {
  const http = useHttp();
  const { console: text, office, letters, desk } = useRoomWords();
  const ask = useAsk(uuid, () => readWhole(http, uuid));
  return (
    <Asked ask={ask}>
      {({ election, ceremony, events }) => (
        <Page title={election.title} width="wide">
          <p className="stage-line">
            <span className={`stage ${election.stage}`}>{text.stages[election.stage] ?? election.stage}</span>{" "}
            <Instant value={election.start_date} /> – <Instant value={election.end_date} />
          </p>
          <div className="actions">
            <Button onPress={ask.again}>{text.refresh}</Button>
            <Link href={`/board/${uuid}`} variant="secondary">
              {text.toBoard}
            </Link>
            <Link href={`/ceremony/${uuid}`} variant="secondary">
              {text.toCeremony}
            </Link>
            <Link href={`/console/elections/${uuid}/minutes`} variant="secondary">
              {desk.minutes}
            </Link>
            {["announced", "cancelled", "lapsed"].includes(election.stage) ? null : (
              <Link href={`/console/elections/${uuid}/letters`} variant="secondary">
                {letters.mailings}
              </Link>
            )}
          </div>
          <Progression election={election} ceremony={ceremony} />
          <MayNot least="officer" />
          {election.stage === "announced" ? (
            <Allowed least="officer">
              <RollPanel election={election} onDone={ask.again} />
              {ceremony.phase === "done" ? null : (
                <RestartPanel
                  key={ceremony.number}
                  officer={officer}
                  election={election}
                  ceremony={ceremony}
                  onDone={ask.again}
                />
              )}
              {election.roll > 0 ? (
                <p>
                  <Link href={`/console/elections/${uuid}/sample`}>{office.sample}</Link>
                </p>
              ) : null}
              {ceremony.phase === "done" && election.roll > 0 ? (
                <SealPanel officer={officer} election={election} onDone={ask.again} />
              ) : null}
            </Allowed>
          ) : null}
          {election.fingerprint === null ? null : <Marks election={election} />}
          {["open", "closed", "tallied", "withheld", "undecided"].includes(election.stage) ? (
            <TurnoutPanel uuid={uuid} live={election.stage === "open"} />
          ) : null}
          <Allowed least="officer">
            {["sealed", "open"].includes(election.stage) ? (
              <ReissuePanel officer={officer} election={election} onDone={ask.again} />
            ) : null}
            <ElectionActs officer={officer} election={election} onDone={ask.again} />
          </Allowed>
          <AgainPanel uuid={uuid} />
          <Log events={events} />
        </Page>
      )}
    </Asked>
  );
}

/** The way to the result, with what is done and what is to be done now. */
function Progression({ election, ceremony }: { election: ElectionView; ceremony: CeremonyView }) {
  const { console: text, ceremony: trustees } = useRoomWords();
  const after = (...stages: readonly string[]) => stages.includes(election.stage);
  const sealed = !after("announced", "cancelled", "lapsed");
  const opened = sealed && !after("sealed");
  const closed = opened && !after("open");
  const steps = [
    { name: text.stepCeremony, done: ceremony.phase === "done" },
    { name: text.stepRoll, done: election.roll > 0 },
    { name: text.stepSeal, done: sealed },
    { name: text.stepOpen, done: opened },
    { name: text.stepClose, done: closed },
    { name: text.stepCount, done: after("tallied") },
  ];
  if (after("cancelled", "lapsed", "withheld", "undecided"))
    return <Notice kind="warn" title={text.stages[election.stage] ?? election.stage} />;
  const now = steps.findIndex(({ done }) => !done);
  return (
    <section className="card">
      <h2>{text.nextSteps}</h2>
      <ol className="progression">
        {steps.map(({ name, done }, index) => (
          <li key={name} className={done ? "done" : index === now ? "current" : "later"}>
            {name} <span className="quiet">({done ? text.done : index === now ? text.now : text.later})</span>
            {index === 0 && !done ? (
              <p className="quiet">
                {text.stepCeremonyNow(trustees.phases[ceremony.phase] ?? ceremony.phase)}{" "}
                {ceremony.missing.length === 0 ? "" : text.waitsFor(ceremony.missing.join(", "))}
              </p>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Marks({ election }: { election: ElectionView }) {
  const { console: text } = useRoomWords();
  return (
    <dl className="facts">
      <dt>{text.fingerprint}</dt>
      <dd dir="ltr">
        <code>{election.fingerprint}</code>
      </dd>
      <dt>{text.manifestHash}</dt>
      <dd dir="ltr">
        <code>{election.manifest_hash}</code>
      </dd>
      <dt>{text.ledger}</dt>
      <dd dir="ltr">
        <code>{election.chain_id}</code>
      </dd>
    </dl>
  );
}

function Log({ events }: { events: readonly Event[] }) {
  const { console: text } = useRoomWords();
  return (
    <>
      <h2>{text.log}</h2>
      <Table
        caption={text.log}
        hideCaption
        rows={events}
        keyOf={({ transaction }) => transaction}
        empty={text.logEmpty}
        columns={[
          { name: text.logTime, cell: ({ time }) => <Instant value={time} /> },
          { name: text.logAct, heads: true, cell: ({ type }) => text.actNames[type] ?? type },
          { name: text.logBlock, cell: ({ height }) => String(height), numeric: true },
        ]}
      />
    </>
  );
}
