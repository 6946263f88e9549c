/** `/practice`: from nothing to a verified count in three minutes. */
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import type { Http } from "#client/http.js";
import { identityFromCode } from "#protocol/identity.js";
import { enter, usePerson } from "../identity/person.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Loading } from "../ui/loading.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { useRoomWords } from "../ui/room-words.js";

/** As the practice office says it. */
interface PracticeState {
  readonly state: "off" | "starting" | "open" | "counting";
  /** The referendum that is open or being counted. */
  readonly uuid: string | null;
  /** The last one that was counted. */
  readonly last: string | null;
  readonly free: number;
}

/** Asked this often while something is going on. */
const SOON_MS = 1000;
const LATER_MS = 10_000;

export function PracticePage() {
  const { board } = useRoomWords();
  const http = useHttp();
  const ask = useAsk("practice", () => http.request<PracticeState>("/practice"));
  const { again } = ask;
  const state = ask.value?.state;
  useEffect(() => {
    const timer = setInterval(again, state === "open" || state === "off" ? LATER_MS : SOON_MS);
    return () => clearInterval(timer);
  }, [again, state]);
  return (
    <Page title={board.practiceTitle} lead={board.practiceIntro}>
      <Asked ask={ask}>{(value) => <Office value={value} again={again} />}</Asked>
    </Page>
  );
}

function Office({ value, again }: { value: PracticeState; again: () => void }) {
  const { board } = useRoomWords();
  if (value.state === "off")
    return (
      <Notice kind="info" title={board.practiceOff}>
        <p>{board.practiceOffHint}</p>
      </Notice>
    );
  return (
    <ol className="practice-steps">
      <li>
        <h2>{board.practiceSteps[0]}</h2>
        {value.state === "open" ? <VoteStep value={value} /> : <Loading label={busyWord(value, board)} />}
      </li>
      <li>
        <h2>{board.practiceSteps[1]}</h2>
        <div className="actions">
          <Link href="/my-vote" variant="secondary">
            {board.practiceLookUp}
          </Link>
          {value.uuid === null ? null : (
            <Link href={`/board/${value.uuid}/ballots`} variant="secondary">
              {board.practiceBoard}
            </Link>
          )}
        </div>
      </li>
      <li>
        <h2>{board.practiceSteps[2]}</h2>
        <CloseStep value={value} again={again} />
      </li>
      <li>
        <h2>{board.practiceSteps[3]}</h2>
        <div className="actions">
          <Link href={`/verify?election=${value.last ?? value.uuid ?? ""}`} variant="secondary">
            {board.toVerify}
          </Link>
        </div>
      </li>
    </ol>
  );
}

const busyWord = (value: PracticeState, board: ReturnType<typeof useRoomWords>["board"]) =>
  value.state === "counting" ? board.practiceCounting : board.practiceStarting;

/** A practice voter whose key this page keeps in memory only. */
async function becomeVoter(http: Http): Promise<void> {
  const { code } = await http.request<{ code: string }>("/practice/voter", { method: "POST", json: {} });
  await enter(http, identityFromCode(code, "voter"));
}

function VoteStep({ value }: { value: PracticeState }) {
  const words = useRoomWords();
  const { board } = words;
  const http = useHttp();
  const person = usePerson();
  const [, navigate] = useLocation();
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<unknown>();
  const booth = `/booth/${value.uuid}`;
  const isMine = person?.name.startsWith("Practice") === true;
  const begin = () => {
    setBusy(true);
    setTrouble(undefined);
    becomeVoter(http)
      .then(() => navigate(booth), setTrouble)
      .finally(() => setBusy(false));
  };
  return (
    <>
      {isMine ? <p>{board.practiceYou(person.name)}</p> : null}
      <div className="actions">
        {isMine ? (
          <Link href={booth} variant="button">
            {board.practiceVote}
          </Link>
        ) : value.free === 0 ? (
          <p>{board.practiceFull}</p>
        ) : (
          <Button variant="primary" isPending={isBusy} onPress={begin}>
            {board.practiceGetKey}
          </Button>
        )}
      </div>
      {trouble === undefined ? null : <p role="alert">{sentenceOf(trouble, words)}</p>}
    </>
  );
}

function CloseStep({ value, again }: { value: PracticeState; again: () => void }) {
  const words = useRoomWords();
  const { board } = words;
  const http = useHttp();
  const [trouble, setTrouble] = useState<unknown>();
  const close = () => {
    setTrouble(undefined);
    http.request("/practice/close", { method: "POST", json: {} }).then(again, setTrouble);
  };
  return (
    <>
      <p>{board.practiceCloseLead}</p>
      <div className="actions">
        <Button isPending={value.state === "counting"} isDisabled={value.state !== "open"} onPress={close}>
          {board.practiceClose}
        </Button>
        {value.last === null ? null : (
          <Link href={`/board/${value.last}`} variant="secondary">
            {board.practiceLast}
          </Link>
        )}
      </div>
      {trouble === undefined ? null : <p role="alert">{sentenceOf(trouble, words)}</p>}
    </>
  );
}
