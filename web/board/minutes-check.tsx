/** Minutes made again from the replayed ledger, in this browser, and compared; the signatures are checked with them. */
import { useState } from "react";
import type { SignedMinutes } from "#api/minutes.js";
import { minutesFromText } from "#client/minutes-file.js";
import { minutesFaultsAway } from "../console/replayer.js";
import { Button } from "../ui/button.js";
import { FileDrop } from "../ui/file-drop.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { sentenceOf } from "../ui/problem.js";
import { Progress } from "../ui/progress.js";
import { useRoomWords } from "../ui/room-words.js";

interface CheckProps {
  readonly signed: SignedMinutes;
  /** Whether these minutes hold; called once they are judged. */
  readonly onJudged?: (holds: boolean) => void;
}

export function MinutesCheck({ signed, onJudged }: CheckProps) {
  const words = useRoomWords();
  const { desk: text } = words;
  const http = useHttp();
  const [height, setHeight] = useState<number>();
  const [faults, setFaults] = useState<readonly string[]>();
  const [problem, setProblem] = useState<string>();
  const check = async () => {
    setFaults(undefined);
    setProblem(undefined);
    setHeight(0);
    try {
      const found = await minutesFaultsAway(http, signed, setHeight);
      setFaults(found);
      onJudged?.(found.length === 0);
    } catch (error) {
      setProblem(sentenceOf(error, words));
    }
    setHeight(undefined);
  };
  return (
    <section className="minutes-check">
      <p>{text.minutesCheckLead}</p>
      <Button onPress={() => void check()} isPending={height !== undefined}>
        {text.minutesCheck}
      </Button>
      {height === undefined ? null : <Progress label={text.replaying(height)} value={undefined} />}
      {problem === undefined ? null : (
        <Notice kind="bad" title={words.common.failed}>
          <p>{problem}</p>
        </Notice>
      )}
      {faults === undefined ? null : faults.length === 0 ? (
        <Notice kind="good" title={text.minutesHold} />
      ) : (
        <Notice kind="bad" title={text.minutesDoNotHold}>
          <ul lang="en" dir="ltr">
            {faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        </Notice>
      )}
    </section>
  );
}

/** Minutes that somebody handed over, instead of the server's. */
export function MinutesFile({ onMinutes }: { onMinutes: (signed: SignedMinutes) => void }) {
  const { desk: text, common } = useRoomWords();
  const [isBad, setBad] = useState(false);
  const read = async (file: File) => {
    const signed = minutesFromText(await file.text());
    setBad(signed === undefined);
    if (signed !== undefined) onMinutes(signed);
  };
  return (
    <>
      <FileDrop
        label={text.minutesFile}
        description={text.minutesFileHint}
        accept="application/json,.json"
        onFile={(file) => void read(file)}
      />
      {isBad ? (
        <Notice kind="bad" title={common.failed}>
          <p>{text.minutesFileBad}</p>
        </Notice>
      ) : null}
    </>
  );
}
