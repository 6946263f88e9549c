import type { ProposalAnswer } from "#client/officer.js";
import { Notice } from "../ui/notice.js";
import { useRoomWords } from "../ui/room-words.js";

/** How far an act is that was proposed or approved on this page: recorded, or waiting for other officers. */
export function ProposalState({ proposal, done }: { proposal: ProposalAnswer | undefined; done?: string }) {
  const { console: text } = useRoomWords();
  if (proposal === undefined) return null;
  if (proposal.status === "recorded") return <Notice kind="good" title={done ?? text.recorded} />;
  if (proposal.status === "collecting")
    return <Notice kind="info" title={text.announcedCollecting(proposal.approvals.length, proposal.needed)} />;
  return (
    <Notice kind="bad" title={text.statuses[proposal.status] ?? proposal.status}>
      {proposal.code === null ? null : <p lang="en">{proposal.code}</p>}
    </Notice>
  );
}
