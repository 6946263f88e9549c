/** Opening the trustee's part of the sum, and destroying the code after it. */
import { useState } from "react";
import { platformRandom } from "#client/http.js";
import { decryptionShare, TrusteeStop } from "#client/trustee.js";
import { Untrustworthy } from "#client/untrustworthy.js";
import { Problem } from "../console/problem.js";
import { replayAway } from "../console/replayer.js";
import { useAct } from "../console/use-act.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Progress } from "../ui/progress.js";
import { useRoomWords } from "../ui/room-words.js";
import type { CeremonyState } from "./ceremony-page.js";
import { openedNotes } from "./opened-notes.js";
import { submitOnce } from "./step-act.js";

interface CountActProps {
  readonly state: CeremonyState;
  readonly tally: NonNullable<CeremonyState["tally"]>;
  readonly code: string | undefined;
  readonly onDone: () => void;
  /** The trustee says that the code is destroyed: the page forgets it, too. */
  readonly onForget: () => void;
}

export function CountAct({ state, tally, code, onDone, onForget }: CountActProps) {
  const { ceremony: text } = useRoomWords();
  const http = useHttp();
  const [opened, setOpened] = useState<string>();
  const [block, setBlock] = useState<number>();
  const { pending, problem, run } = useAct((error) =>
    error instanceof TrusteeStop || error instanceof Untrustworthy ? error.message : undefined,
  );
  const { election, ceremony } = state;
  const counted = election.stage === "tallied";
  const open = (own: string) =>
    run(async () => {
      const ledger = await replayAway(http, election.id, setBlock);
      const share = decryptionShare(ledger, election.id, own, openedNotes, platformRandom);
      await submitOnce(http, share.wire);
      setOpened(share.tallyHash);
      onDone();
    });
  return (
    <>
      {counted ? (
        <Notice kind="good" title={text.counted}>
          <p>
            <Link href={`/board/${election.id}`}>{text.toResult}</Link>
          </p>
        </Notice>
      ) : (
        <p>{text.countHave(tally.shares.length, ceremony.threshold)}</p>
      )}
      <Problem text={problem} />
      {opened === undefined && !counted && code !== undefined ? (
        <>
          <p>{text.countLead}</p>
          {Date.parse(election.decryption_start) > Date.now() ? (
            <p className="quiet">
              {text.countFrom} <Instant value={election.decryption_start} />
            </p>
          ) : null}
          {pending ? <Progress label={text.replaying(block ?? 0)} value={undefined} /> : null}
          <Button variant="primary" onPress={() => void open(code)} isPending={pending}>
            {text.countGo}
          </Button>
        </>
      ) : null}
      {opened === undefined ? null : <Opened hash={opened} />}
      {opened !== undefined || (counted && code !== undefined) ? (
        <>
          <p>{text.destroy}</p>
          <Button onPress={onForget}>{text.destroyed}</Button>
        </>
      ) : null}
    </>
  );
}

function Opened({ hash }: { hash: string }) {
  const { ceremony: text } = useRoomWords();
  return (
    <>
      <Notice kind="good" title={text.countDone} />
      <dl className="facts">
        <dt>{text.countHash}</dt>
        <dd dir="ltr">
          <code>{hash}</code>
        </dd>
      </dl>
    </>
  );
}
