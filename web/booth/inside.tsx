/** The booth for a voter who has signed in: from the ledger's papers to the lasting confirmation. */
import { useEffect } from "react";
import { type Person, useIdleWarning } from "../identity/person.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Loading } from "../ui/loading.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { useWords } from "../ui/words.js";
import { IntroPage } from "./intro-page.js";
import { OpenedPage } from "./opened-page.js";
import { QuestionPage } from "./question-page.js";
import { RecordedPage } from "./recorded-page.js";
import { ReviewPage } from "./review-page.js";
import { SealedPage } from "./sealed-page.js";
import { AlonePage, Second, StoppedPage } from "./second-notes.js";
import { begin, endVisit, goTo, questionCount } from "./session.js";
import type { Visit } from "./visit.js";

interface InsideProps {
  readonly uuid: string;
  /** Nobody is signed in any more; what was recorded stays in sight. */
  readonly person: Person | undefined;
  readonly visit: Visit;
}

export function Inside({ uuid, person, visit }: InsideProps) {
  if (visit.phase === "recorded" && visit.uuid === uuid) return <RecordedPage visit={visit} />;
  return person === undefined ? null : <SignedIn uuid={uuid} person={person} visit={visit} />;
}

function SignedIn({ uuid, person, visit }: { uuid: string; person: Person; visit: Visit }) {
  const words = useWords();
  const http = useHttp();
  const idle = useIdleWarning();
  const { identity, digitalId } = person;
  useEffect(() => {
    void begin(http, uuid, digitalId, identity);
  }, [http, uuid, digitalId, identity]);
  useSteps(visit);
  if (visit.uuid !== uuid || visit.phase === "none" || visit.phase === "loading")
    return <Loading label={words.booth.loading} />;
  if (visit.phase === "stopped") return <StoppedPage visit={visit} />;
  if (visit.phase === "alone")
    return <AlonePage visit={visit} onGoOn={() => void begin(http, uuid, digitalId, identity, true)} />;
  if (visit.phase === "failed")
    return (
      <Page title={words.booth.failedTitle}>
        <Notice kind="bad" title={words.common.failed}>
          <p>{sentenceOf(visit.trouble, words)}</p>
          <Button
            onPress={() => {
              endVisit();
              void begin(http, uuid, digitalId, identity);
            }}
          >
            {words.common.tryAgain}
          </Button>
        </Notice>
      </Page>
    );
  return (
    <>
      <Second visit={visit} />
      {idle ? <Notice kind="warn" title={words.booth.idle} /> : null}
      {visit.papers.some(({ election }) => election.manifest.practice) ? (
        <p className="practice">{words.booth.practice}</p>
      ) : null}
      <Phase visit={visit} person={person} />
    </>
  );
}

function Phase({ visit, person }: { visit: Visit; person: Person }) {
  switch (visit.phase) {
    case "refused":
      return <RefusedPage visit={visit} />;
    case "intro":
      return <IntroPage visit={visit} />;
    case "question":
      return <QuestionPage key={visit.at} visit={visit} />;
    case "review":
    case "sealing":
      return <ReviewPage visit={visit} identity={person.identity} />;
    case "opened":
      return <OpenedPage visit={visit} identity={person.identity} />;
    default:
      return <SealedPage visit={visit} identity={person.identity} />;
  }
}

function RefusedPage({ visit }: { visit: Visit }) {
  const words = useWords();
  const refusal = visit.refusal;
  if (refusal === undefined) return null;
  return (
    <Page title={refusal.title === "" ? words.booth.title : refusal.title}>
      <Notice kind="warn" title={words.booth.refusals[refusal.reason]}>
        {refusal.opens === undefined ? null : (
          <p>
            {words.booth.opensAt}: <Instant value={refusal.opens} />
          </p>
        )}
      </Notice>
      <p>
        {refusal.reason === "unknown" ? (
          <Link href="/">{words.common.elections}</Link>
        ) : (
          <Link href={`/board/${visit.uuid}`}>{words.booth.toBoard}</Link>
        )}
      </p>
    </Page>
  );
}

/** The Back button walks through intro, questions and check. The history holds the number of the step, nothing else. */
function useSteps(visit: Visit): void {
  const total = questionCount(visit.papers);
  const step =
    visit.phase === "intro" ? 0 : visit.phase === "question" ? 1 + visit.at : visit.phase === "review" ? 1 + total : -1;
  useEffect(() => {
    if (step < 0) return;
    const shown = (history.state as { boothStep?: number } | null)?.boothStep;
    if (shown === step) return;
    if (shown === undefined) history.replaceState({ boothStep: step }, "");
    else history.pushState({ boothStep: step }, "");
  }, [step]);
  useEffect(() => {
    const back = ({ state }: PopStateEvent) => {
      const wanted = (state as { boothStep?: number } | null)?.boothStep;
      if (wanted === undefined || step < 0) return;
      if (wanted === 0) goTo("intro");
      else if (wanted > total) goTo("review");
      else goTo("question", wanted - 1);
    };
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, [step, total]);
}
