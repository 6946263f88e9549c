/**
 * The second device: records the tracker before the voter chooses to send or to test; takes the spoiled ballot from the
 * ledger with proof; then reads what opens it and says in words what was locked up.
 */
import { useCallback, useEffect, useState } from "react";
import { ApiError, createHttp, type Http } from "#client/http.js";
import {
  type Announced,
  announcedBallot,
  announcedFromText,
  openingFromText,
  opens,
  type ShownBallot,
} from "#client/opening.js";
import type { TrustedElection } from "#client/voter.js";
import { practiceApi } from "../booth/address.js";
import { seenAnchor } from "../booth/anchor.js";
import { ChosenAnswers } from "../booth/chosen-answers.js";
import "../booth/booth.css";
import { choiceOf, paperIn } from "../booth/paper.js";
import { electionOrAlone } from "../booth/second.js";
import { Button } from "../ui/button.js";
import { Code } from "../ui/code.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { FileDrop } from "../ui/file-drop.js";
import { Settings } from "../ui/frame.js";
import { Loading } from "../ui/loading.js";
import { Logo } from "../ui/logo.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { Scan } from "../ui/scan.js";
import { Steps } from "../ui/steps.js";
import { TextArea } from "../ui/text-area.js";
import { useLanguage, useWords } from "../ui/words.js";

const practising = location.search === "?practice";
const storageKey = practising ? "psephos-second-device practice" : "psephos-second-device";
const pauseMs = 3_000;
const http: Http = createHttp({ url: location.origin + (practising ? practiceApi : "") });

/** The text of a code: pasted as it is, or the part after # of an address of this very site (row W-06). */
function textOf(scanned: string): string | undefined {
  const trimmed = scanned.trim();
  if (!/^https?:/.test(trimmed)) return trimmed;
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (url?.origin !== location.origin) return undefined;
  // A code of the practice ledger, or of the real one: its own page reads it.
  if (url.pathname === location.pathname && url.search !== location.search) location.assign(url);
  return url.hash.slice(1);
}

interface Held {
  readonly announced: Announced;
  readonly election: TrustedElection;
  readonly shown: ShownBallot;
}

export function CheckPage() {
  const words = useWords();
  const [announced, setAnnounced] = useState<Announced | undefined>(storedAnnouncement);
  const [held, setHeld] = useState<Held>();
  const [openingText, setOpeningText] = useState("");
  const record = useCallback((found: Announced) => {
    localStorage.setItem(storageKey, JSON.stringify(found));
    setHeld(undefined);
    setAnnounced(found);
  }, []);
  useEffect(() => {
    const read = () => {
      const text = location.hash.slice(1);
      if (text === "") return;
      // Neither code stays in the address.
      history.replaceState(null, "", location.pathname);
      const first = announcedFromText(text);
      if (first !== undefined) record(first);
      else setOpeningText(text);
    };
    read();
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, [record]);
  const again = () => {
    localStorage.removeItem(storageKey);
    setAnnounced(undefined);
    setHeld(undefined);
    setOpeningText("");
  };
  return (
    <>
      <header className="frame-header">
        <div className="frame-inner">
          <a className="brand" href="/">
            <Logo />
            <span>{words.common.name}</span>
          </a>
          <Settings />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {practising ? (
          <p className="practice" role="note">
            {words.common.practiceBanner}
          </p>
        ) : null}
        {announced === undefined ? <RecordPage onRecord={record} /> : null}
        {announced !== undefined && held === undefined ? (
          <WaitPage announced={announced} onHeld={setHeld} onAgain={again} />
        ) : null}
        {held === undefined ? null : <ComparePage key={openingText} held={held} first={openingText} onAgain={again} />}
      </main>
    </>
  );
}

function storedAnnouncement(): Announced | undefined {
  try {
    const stored = JSON.parse(localStorage.getItem(storageKey) ?? "null") as Announced | null;
    return stored ?? undefined;
  } catch {
    return undefined;
  }
}

function RecordPage({ onRecord }: { onRecord: (announced: Announced) => void }) {
  const { booth } = useWords();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string>();
  const take = (scanned: string) => {
    setTyped(scanned);
    const text = textOf(scanned);
    if (text === undefined) return setError(booth.deviceForeign);
    const found = announcedFromText(text);
    if (found === undefined) return setError(booth.deviceBad);
    onRecord(found);
  };
  return (
    <Page title={booth.deviceTitle} lead={booth.deviceLead} above={<Steps names={booth.deviceSteps} current={0} />}>
      <CodeForm
        label={booth.deviceCode}
        hint={booth.deviceCodeHint}
        action={booth.deviceRecord}
        typed={typed}
        onType={setTyped}
        error={error}
        onTake={take}
      />
    </Page>
  );
}

interface CodeFormProps {
  readonly label: string;
  readonly hint: string;
  readonly action: string;
  readonly typed: string;
  readonly onType: (text: string) => void;
  readonly error: string | undefined;
  readonly onTake: (text: string) => void;
  readonly file?: string;
}

function CodeForm({ label, hint, action, typed, onType, error, onTake, file }: CodeFormProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onTake(typed);
      }}
    >
      <ErrorSummary errors={error === undefined ? [] : [{ id: "code", text: error }]} />
      <Scan onText={onTake} />
      <TextArea id="code" ltr label={label} description={hint} value={typed} onChange={onType} error={error} />
      <div className="actions">
        <Button type="submit" variant="primary">
          {action}
        </Button>
      </div>
      {file === undefined ? null : (
        <FileDrop label={file} accept=".txt,text/plain" onFile={(chosen) => void chosen.text().then(onTake)} />
      )}
    </form>
  );
}

interface WaitProps {
  readonly announced: Announced;
  readonly onHeld: (held: Held) => void;
  readonly onAgain: () => void;
}

function WaitPage({ announced, onHeld, onAgain }: WaitProps) {
  const words = useWords();
  const { booth } = words;
  const [problem, setProblem] = useState<string>();
  const [counted, setCounted] = useState(false);
  useEffect(() => {
    let stopped = false;
    const look = async () => {
      const { anchor } = await seenAnchor(http);
      const { election } = await electionOrAlone(http, announced.uuid, anchor, announced.fingerprint);
      while (!stopped) {
        const shown = await announcedBallot(http, election, announced.tracker).catch((error: unknown) => {
          if (error instanceof ApiError && error.status === 404) return undefined;
          throw error;
        });
        if (stopped) return;
        if (shown?.judged.shows?.status === "spoiled") return onHeld({ announced, election, shown });
        if (shown !== undefined) return setCounted(true);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    };
    look().catch((error: unknown) => setProblem(sentenceOf(error, words)));
    return () => {
      stopped = true;
    };
  }, [announced, onHeld, words]);
  return (
    <Page
      title={booth.deviceRecorded}
      lead={booth.deviceRecordedLead}
      above={<Steps names={booth.deviceSteps} current={1} />}
    >
      <Code plain value={announced.tracker} label={booth.code} />
      {problem === undefined ? null : (
        <Notice kind="bad" title={words.common.failed}>
          <p>{problem}</p>
        </Notice>
      )}
      {counted ? <Notice kind="info" title={booth.deviceCounted} /> : null}
      {problem === undefined && !counted ? <Loading label={booth.deviceWaiting} /> : null}
      <div className="actions">
        <Button onPress={onAgain}>{booth.deviceAgain}</Button>
      </div>
    </Page>
  );
}

type Verdict =
  | { readonly kind: "none" }
  | { readonly kind: "opens"; readonly text: string }
  | { readonly kind: "fails" };

function ComparePage({ held, first, onAgain }: { held: Held; first: string; onAgain: () => void }) {
  const { booth } = useWords();
  const [typed, setTyped] = useState(first);
  const [error, setError] = useState<string>();
  const [verdict, setVerdict] = useState<Verdict>({ kind: "none" });
  const take = (scanned: string) => {
    setTyped(scanned);
    const text = textOf(scanned);
    const opening = text === undefined ? undefined : openingFromText(text);
    if (text === undefined || opening === undefined) return setError(booth.deviceBad);
    if (opening.tracker !== held.announced.tracker) return setError(booth.deviceOther);
    setError(undefined);
    setVerdict(opens(held.election, held.shown, opening) ? { kind: "opens", text } : { kind: "fails" });
  };
  if (verdict.kind === "opens") return <SaysPage held={held} text={verdict.text} onAgain={onAgain} />;
  return (
    <Page
      title={booth.deviceFound}
      above={<Steps names={booth.deviceSteps} current={2} />}
      lead={booth.deviceOpeningHint}
    >
      {verdict.kind === "fails" ? (
        <Notice kind="bad" title={booth.deviceFails}>
          <p>{booth.deviceFailsLead}</p>
        </Notice>
      ) : null}
      <CodeForm
        label={booth.deviceOpening}
        hint={booth.deviceOpeningHint}
        action={booth.deviceOpen}
        typed={typed}
        onType={setTyped}
        error={error}
        onTake={take}
        file={booth.deviceOpening}
      />
    </Page>
  );
}

function SaysPage({ held, text, onAgain }: { held: Held; text: string; onAgain: () => void }) {
  const { booth } = useWords();
  const { language } = useLanguage();
  const paper = paperIn(held.election, language);
  const choices = openingFromText(text)?.choices ?? [];
  return (
    <Page title={booth.deviceSays} above={<Steps names={booth.deviceSteps} current={3} />}>
      <section className="card">
        <h2 lang={paper.lang} dir="auto">
          {paper.name}
        </h2>
        {paper.questions.map((question, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a question is its place.
          <div className="chosen" key={index}>
            <ChosenAnswers question={question} choice={choiceOf(question, choices[index] ?? [])} />
          </div>
        ))}
      </section>
      <h2>{booth.deviceSame}</h2>
      <p>{booth.deviceSameYes}</p>
      <p>{booth.deviceSameNo}</p>
      <div className="actions">
        <Button onPress={onAgain}>{booth.deviceAgain}</Button>
      </div>
    </Page>
  );
}
