/** The trustee's steps, one after the other, as soon as the others are ready; each judged on the replayed ledger. */
import { useEffect, useRef, useState } from "react";
import { type Http, platformRandom } from "#client/http.js";
import { ceremonyStep, isAlreadyDone, submit, TrusteeStop } from "#client/trustee.js";
import { Untrustworthy } from "#client/untrustworthy.js";
import { Problem } from "../console/problem.js";
import { replayAway } from "../console/replayer.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { sentenceOf } from "../ui/problem.js";
import { useRoomWords } from "../ui/room-words.js";
import type { CeremonyState } from "./ceremony-page.js";

interface StepActProps {
  readonly state: CeremonyState;
  readonly code: string;
  readonly onDone: () => void;
}

/** Sends a step; that it stands on the ledger already is no failure. */
export async function submitOnce(http: Http, wire: Uint8Array): Promise<void> {
  try {
    await submit(http, wire);
  } catch (error) {
    if (!isAlreadyDone(error)) throw error;
  }
}

export function StepAct({ state, code, onDone }: StepActProps) {
  const words = useRoomWords();
  const { ceremony: text } = words;
  const http = useHttp();
  const [said, setSaid] = useState<readonly string[]>([]);
  const [complained, setComplained] = useState(false);
  const [done, setDone] = useState(false);
  const [block, setBlock] = useState<number>();
  const [problem, setProblem] = useState<string>();
  const [round, setRound] = useState(0);
  const { id: uuid } = state.election;
  const { phase, missing, number } = state.ceremony;
  // What the page saw of the ceremony; a new sight of it is a reason to look again.
  const sight = `${number} ${phase} ${missing.join("|")}`;
  const latest = useRef({ onDone, words });
  latest.current = { onDone, words };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `sight` and `round` are reasons to look again.
  useEffect(() => {
    let left = false;
    const leaving = new AbortController();
    const work = async () => {
      const ledger = await replayAway(http, uuid, setBlock, leaving.signal);
      if (left) return;
      const act = ceremonyStep(ledger, uuid, code, platformRandom);
      setBlock(undefined);
      if (act.kind === "done") setDone(true);
      if (act.kind !== "send") return;
      if (act.accused !== undefined) setComplained(true);
      await submitOnce(http, act.wire);
      setSaid((before) => (before.includes(act.type) ? before : [...before, act.type]));
      latest.current.onDone();
    };
    setProblem(undefined);
    work().catch((error: unknown) => {
      if (left) return;
      const own = error instanceof TrusteeStop || error instanceof Untrustworthy;
      setProblem(own ? error.message : sentenceOf(error, latest.current.words));
    });
    return () => {
      left = true;
      leaving.abort();
    };
  }, [http, uuid, code, sight, round]);
  if (done)
    return (
      <Notice kind="good" title={text.ceremonyDone}>
        <p>{text.ceremonyDoneLead}</p>
        <p>{text.countNotYet}</p>
      </Notice>
    );
  return (
    <>
      <Problem text={problem} />
      {problem === undefined ? (
        <p role="status">{block === undefined ? text.watching : text.replaying(block)}</p>
      ) : (
        <Button variant="primary" onPress={() => setRound(round + 1)}>
          {text.goOn}
        </Button>
      )}
      {complained ? <Notice kind="bad" title={text.complained} /> : null}
      <ul>
        {said.map((type) => (
          <li key={type}>{text.sent(words.console.actNames[type] ?? type)}</li>
        ))}
      </ul>
    </>
  );
}
