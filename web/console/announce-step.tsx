/** What still blocks the announcement, what it says, and the announcement itself. */
import { useState } from "react";
import { announce, type ProposalAnswer } from "#client/officer.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { useRoomWords } from "../ui/room-words.js";
import type { StepProps } from "./draft-page.js";
import type { Officer } from "./officer.js";
import { Problem } from "./problem.js";
import { ProposalState } from "./proposal-state.js";
import { useAct } from "./use-act.js";

export function AnnounceStep({ draft, body, officer, again }: StepProps & { officer: Officer; again: () => void }) {
  const words = useRoomWords();
  const { console: text } = words;
  const http = useHttp();
  const [proposal, setProposal] = useState<ProposalAnswer>();
  const { pending, problem, run } = useAct();
  const go = () => run(async () => setProposal((await announce(http, officer.signer, draft.uuid)).proposal));
  return (
    <>
      <p>{text.announceLead}</p>
      {draft.blockers.length === 0 ? (
        <Notice kind="good" title={text.nothingBlocks} />
      ) : (
        <Notice kind="warn" title={text.blocks}>
          <ul lang="en" dir="ltr">
            {draft.blockers.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          <Button onPress={again}>{text.refresh}</Button>
        </Notice>
      )}
      {draft.warnings.length === 0 ? null : (
        <Notice kind="info" title={text.warnings}>
          <ul lang="en" dir="ltr">
            {draft.warnings.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Notice>
      )}
      <h2>{text.planFacts}</h2>
      <dl className="facts">
        <dt>{text.name}</dt>
        <dd>{body.name ?? ""}</dd>
        <dt>{text.questions}</dt>
        <dd>{(body.questions ?? []).map(({ question }) => question).join(" · ")}</dd>
        <dt>{text.opens}</dt>
        <dd>{body.opens_at == null ? "…" : <Instant value={body.opens_at} />}</dd>
        <dt>{text.closes}</dt>
        <dd>{body.closes_at == null ? "…" : <Instant value={body.closes_at} />}</dd>
        <dt>{text.trustees}</dt>
        <dd>{draft.trustees.map(({ name }) => name).join(", ")}</dd>
      </dl>
      <Problem text={problem} />
      <ProposalState proposal={proposal} done={text.announced} />
      {proposal?.status === "recorded" ? (
        <Link href={`/console/elections/${draft.uuid}`} variant="button">
          {words.common.next}
        </Link>
      ) : draft.blockers.length === 0 && proposal === undefined ? (
        <Button variant="primary" onPress={() => void go()} isPending={pending}>
          {text.announce}
        </Button>
      ) : null}
    </>
  );
}
