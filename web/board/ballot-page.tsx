/** `/board/:uuid/ballots/:tracker`: one ballot, its receipt judged by this browser, its block and its bytes. */

import { fromBase64Url } from "#base/bytes.js";
import { ApiError, type Http } from "#client/http.js";
import { trackerFromPath } from "#client/receipt-file.js";
import { electionOf, receiptFromJson } from "#client/voter.js";
import { judgeReceipt } from "#verify/receipt.js";
import type { Report } from "#verify/report.js";
import { seenAnchor } from "../booth/anchor.js";
import { ReportDetails } from "../booth/report-details.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Code } from "../ui/code.js";
import { Disclosure } from "../ui/disclosure.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import type { BoardBallot } from "./types.js";

interface Judged {
  readonly ballot: BoardBallot;
  readonly report: Report;
}

/** The ballot, judged against the marks that this device knows; `null`: the board has none with this code. */
async function readBallot(http: Http, uuid: string, path: string): Promise<Judged | null> {
  const tracker = fromBase64Url(path);
  if (tracker === undefined) return null;
  const { anchor } = await seenAnchor(http);
  const election = await electionOf(http, uuid, anchor);
  try {
    const ballot = await http.request<BoardBallot>(`/elections/${uuid}/ballots/${path}`);
    const receipt = receiptFromJson(ballot.receipt);
    return { ballot, report: judgeReceipt(receipt, election.trust, { tracker, ballotText: ballot.ballot }).report };
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return null;
    throw error;
  }
}

export function BallotPage({ uuid, path }: { uuid: string; path: string }) {
  const { board } = useRoomWords();
  const http = useHttp();
  const ask = useAsk(`${http.url} ${uuid} ${path}`, () => readBallot(http, uuid, path));
  return (
    <Page title={board.ballotTitle} above={<Link href={`/board/${uuid}/ballots`}>{board.ballotsTitle}</Link>}>
      <Code label={board.code} value={trackerFromPath(path)} />
      <Asked ask={ask}>
        {(judged) =>
          judged === null ? (
            <Notice kind="bad" title={board.notThere}>
              <p>{board.notThereDo}</p>
            </Notice>
          ) : (
            <Found uuid={uuid} judged={judged} />
          )
        }
      </Asked>
    </Page>
  );
}

function Found({ uuid, judged: { ballot, report } }: { uuid: string; judged: Judged }) {
  const { board } = useRoomWords();
  const isGood = report.verdict === "valid";
  return (
    <>
      <Notice kind={isGood ? "good" : "bad"} title={isGood ? board.judgedGood : board.judgedBad}>
        {isGood ? null : <p>{board.judgedBadDo}</p>}
      </Notice>
      <dl className="board-facts">
        <div>
          <dt>{board.number}</dt>
          <dd>{ballot.position + 1}</dd>
        </div>
        <div>
          <dt>{board.status}</dt>
          <dd>{board.statuses[ballot.status]}</dd>
        </div>
        <div>
          <dt>{board.time}</dt>
          <dd>
            <Instant value={ballot.time} />
          </dd>
        </div>
        <div>
          <dt>{board.block}</dt>
          <dd>
            <Link href={`/board/blocks/${ballot.height}`}>{ballot.height}</Link>
          </dd>
        </div>
      </dl>
      {ballot.superseded_by === null ? null : (
        <p>
          {board.supersededBy}:{" "}
          <Link href={`/board/${uuid}/ballots/${ballot.superseded_by.replaceAll("+", "-").replaceAll("/", "_")}`}>
            <bdi dir="ltr" className="board-hex">
              {ballot.superseded_by}
            </bdi>
          </Link>
        </p>
      )}
      <Disclosure title={board.allChecks}>
        <ReportDetails report={report} />
      </Disclosure>
      <Disclosure title={board.ballotText}>
        <Bytes label={board.ballotText} text={ballot.ballot} />
      </Disclosure>
      <Disclosure title={board.bytes}>
        <Bytes label={board.bytes} text={ballot.wire} />
      </Disclosure>
    </>
  );
}

/** Long text that nobody reads and everybody may copy. */
export function Bytes({ label, text }: { label: string; text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard, too.
    <section className="board-bytes" dir="ltr" tabIndex={0} aria-label={label}>
      <code>{text}</code>
    </section>
  );
}
