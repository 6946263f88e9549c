/** Letters to the roll of one election: reminders, the letter of the roll again, what was sent and what became of it. */
import type { z } from "zod";
import type { turnoutSchema } from "#api/voting.js";
import type { Http } from "#client/http.js";
import { cancelMailing, listMailings, type Mailing, type MailingList } from "#client/letters.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Instant, instantText } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { useLanguage } from "../ui/words.js";
import { Allowed, MayNot, useMay } from "./allowed.js";
import type { ElectionView } from "./election-page.js";
import { MailingForm } from "./mailing-form.js";
import { Problem } from "./problem.js";
import { useAct } from "./use-act.js";

type Turnout = z.output<typeof turnoutSchema>;

interface Whole {
  readonly election: ElectionView;
  readonly turnout: Turnout;
  readonly list: MailingList;
}

async function readWhole(http: Http, uuid: string): Promise<Whole> {
  const [election, turnout, list] = await Promise.all([
    http.request<ElectionView>(`/elections/${uuid}`, { fresh: true }),
    http.request<Turnout>(`/elections/${uuid}/turnout`, { fresh: true }),
    listMailings(http, uuid),
  ]);
  return { election, turnout, list };
}

export function MailingsPage({ uuid }: { uuid: string }) {
  const { letters: text, console: office } = useRoomWords();
  const http = useHttp();
  const ask = useAsk(uuid, () => readWhole(http, uuid));
  return (
    <Asked ask={ask}>
      {({ election, turnout, list }) => (
        <Page
          title={text.mailings}
          lead={text.mailingsLead}
          width="wide"
          above={
            <p>
              <Link href={`/console/elections/${uuid}`}>{election.title}</Link>
            </p>
          }
        >
          <MayNot least="officer" />
          {election.stage !== "sealed" && election.stage !== "open" ? (
            <p>{text.mailingsNotNow}</p>
          ) : (
            <Allowed least="officer">
              <MailingForm election={election} voted={turnout.counted} onDone={ask.again} />
            </Allowed>
          )}
          <h2>{text.history}</h2>
          <div className="actions">
            <Button onPress={ask.again}>{office.refresh}</Button>
          </div>
          <History uuid={uuid} mailings={list.mailings} onDone={ask.again} />
          <h2>{text.byState}</h2>
          <ByState letters={list.letters} />
        </Page>
      )}
    </Asked>
  );
}

interface HistoryProps {
  readonly uuid: string;
  readonly mailings: readonly Mailing[];
  readonly onDone: () => void;
}

function History({ uuid, mailings, onDone }: HistoryProps) {
  const { letters: text, console: office } = useRoomWords();
  const { language } = useLanguage();
  const http = useHttp();
  const mayCallOff = useMay("officer");
  const { problem, run } = useAct();
  const whatOf = ({ kind }: Mailing) => (kind === "reminder" ? text.kinds.reminder : text.kinds.onRoll) ?? kind;
  const callOff = (mailing: Mailing) => {
    if (mailing.state !== "scheduled") return null;
    return (
      <Button
        aria-label={text.callOffThat(whatOf(mailing), instantText(mailing.due_at, language))}
        onPress={() =>
          void run(async () => {
            await cancelMailing(http, uuid, mailing.id);
            onDone();
          })
        }
      >
        {text.callOff}
      </Button>
    );
  };
  return (
    <>
      <Problem text={problem} />
      <Table
        caption={text.history}
        hideCaption
        rows={[...mailings].reverse()}
        keyOf={({ id }) => id}
        empty={text.historyEmpty}
        columns={[
          { name: text.letter, heads: true, cell: whatOf },
          { name: text.whom, cell: ({ audience }) => (audience === "all" ? text.everybody : text.notVoted) },
          { name: text.due, cell: ({ due_at }) => <Instant value={due_at} /> },
          { name: text.state, cell: ({ state }) => text.mailingStates[state] ?? state },
          { name: text.count, numeric: true, cell: ({ letters }) => (letters === null ? "–" : String(letters)) },
          { name: text.note, cell: ({ note }) => <bdi className="as-typed">{note}</bdi> },
          ...(mayCallOff ? [{ name: office.actions, cell: callOff }] : []),
        ]}
      />
    </>
  );
}

/** By kind and state only: to whom reminders went would tell who had not voted. */
function ByState({ letters }: { letters: MailingList["letters"] }) {
  const { letters: text } = useRoomWords();
  return (
    <Table
      caption={text.byState}
      hideCaption
      rows={letters}
      keyOf={({ kind, state }) => `${kind} ${state}`}
      empty={text.byStateEmpty}
      columns={[
        { name: text.letter, heads: true, cell: ({ kind }) => text.kinds[kind] ?? kind },
        { name: text.state, cell: ({ state }) => text.states[state] ?? state },
        { name: text.count, numeric: true, cell: ({ count }) => String(count) },
      ]}
    />
  );
}
