/** `/board/:uuid/minutes`: the signed minutes of an election; to read, print, take home, and make again. */
import { type ReactNode, useState } from "react";
import type { SignedMinutes } from "#api/minutes.js";
import { saveFile } from "../booth/save-file.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { Disclosure } from "../ui/disclosure.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { useLanguage } from "../ui/words.js";
import { MinutesCheck, MinutesFile } from "./minutes-check.js";
import { MinutesSheet, useMinutesWords } from "./minutes-sheet.js";
import "./minutes.css";

interface MinutesPageProps {
  readonly uuid: string;
  /** Where the way back leads. */
  readonly back: string;
  /** What else may be done with minutes that were judged here. */
  readonly children?: (minutes: {
    readonly signed: SignedMinutes;
    readonly holds: boolean;
    readonly onSigned: (signed: SignedMinutes) => void;
  }) => ReactNode;
}

export function MinutesPage({ uuid, back, children }: MinutesPageProps) {
  const http = useHttp();
  const words = useMinutesWords();
  const ask = useAsk(`${http.url} minutes ${uuid}`, () =>
    http.request<SignedMinutes>(`/elections/${encodeURIComponent(uuid)}/minutes`, { fresh: true }),
  );
  if (ask.value === undefined)
    return (
      <Page title={words.minutes}>
        <Asked ask={ask}>{() => null}</Asked>
      </Page>
    );
  return (
    <Shown served={ask.value} back={back}>
      {children}
    </Shown>
  );
}

interface ShownProps {
  readonly served: SignedMinutes;
  readonly back: string;
  readonly children: MinutesPageProps["children"] | undefined;
}

function Shown({ served, back, children }: ShownProps) {
  const { desk: text } = useRoomWords();
  const words = useMinutesWords();
  const { language } = useLanguage();
  const http = useHttp();
  const [signed, setSigned] = useState(served);
  /** Judged are these very minutes with these very signatures. */
  const [judged, setJudged] = useState<SignedMinutes>();
  const { election } = signed.minutes;
  const path = `${http.url}/elections/${election.id}/minutes`;
  const save = () => saveFile(`${election.id}.minutes.json`, `${JSON.stringify(signed, undefined, 1)}\n`);
  return (
    <Page
      title={`${words.minutes}: ${election.title}`}
      width="wide"
      above={
        <p className="minutes-back">
          <Link href={back}>{served.minutes.election.title}</Link>
        </p>
      }
    >
      <div className="actions">
        <Button variant="primary" onPress={() => print()}>
          {text.minutesPrint}
        </Button>
        <Button onPress={save}>{text.minutesJson}</Button>
        <a className="button secondary" href={`${path}.html?language=${language}`}>
          {text.minutesHtml}
        </a>
      </div>
      <div className="minutes-desk">
        <MinutesCheck
          key={signed.signatures.length}
          signed={signed}
          onJudged={(ok) => setJudged(ok ? signed : undefined)}
        />
        {children?.({
          signed,
          holds: judged === signed,
          onSigned: (added) => {
            setSigned(added);
            setJudged(added);
          },
        })}
        <Disclosure title={text.minutesOther}>
          <MinutesFile
            onMinutes={(given) => {
              setSigned(given);
              setJudged(undefined);
            }}
          />
        </Disclosure>
      </div>
      <MinutesSheet signed={signed} />
    </Page>
  );
}
