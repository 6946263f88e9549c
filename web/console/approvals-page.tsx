/** Acts that wait for more officers: read in this browser, a seal recomputed, then approved. */
import { useState } from "react";
import { approveDecoded, type DecodedProposal, decodeProposal, sealFollows } from "#client/approval.js";
import { listProposals, type ProposalAnswer } from "#client/officer.js";
import type { SealElection } from "#protocol/transactions/seal-election.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { Progress } from "../ui/progress.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { Allowed, MayNot } from "./allowed.js";
import type { Officer } from "./officer.js";
import { Problem } from "./problem.js";
import { ProposalState } from "./proposal-state.js";
import { recomputeAway, replayAway } from "./replayer.js";
import { useAct } from "./use-act.js";
import { ValueList } from "./value-list.js";

export function ApprovalsPage({ officer }: { officer: Officer }) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const ask = useAsk(`approvals ${officer.key}`, () => listProposals(http));
  return (
    <Page title={text.approvalsTitle} lead={text.approvalsLead} width="wide">
      <Asked ask={ask}>
        {(proposals) => (
          <Table
            caption={text.allActs}
            rows={proposals}
            keyOf={({ id }) => id}
            empty={text.approvalsEmpty}
            columns={[
              {
                name: text.logAct,
                heads: true,
                cell: ({ id, type }: ProposalAnswer) => (
                  <Link href={`/console/approvals/${id}`}>{text.actNames[type] ?? type}</Link>
                ),
              },
              { name: text.status, cell: ({ status }) => text.statuses[status] ?? status },
              {
                name: text.approvalsTitle,
                cell: ({ approvals, needed }) => text.approvalsOf(approvals.length, needed),
              },
            ]}
          />
        )}
      </Asked>
    </Page>
  );
}

export function ApprovalPage({ officer, id }: { officer: Officer; id: string }) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const ask = useAsk(id, () => http.request<ProposalAnswer>(`/officer/proposals/${id}`));
  return (
    <Asked ask={ask}>
      {(proposal) => (
        <Page title={text.actNames[proposal.type] ?? proposal.type} width="wide">
          <p>
            <Link href="/console/approvals">{text.approvalsTitle}</Link>
          </p>
          <Approval officer={officer} proposal={proposal} onDone={ask.again} />
        </Page>
      )}
    </Asked>
  );
}

interface ApprovalProps {
  readonly officer: Officer;
  readonly proposal: ProposalAnswer;
  readonly onDone: () => void;
}

function Approval({ officer, proposal, onDone }: ApprovalProps) {
  const { console: text } = useRoomWords();
  const decoded = decodeProposal(proposal);
  if (decoded === undefined) return <Notice kind="bad" title={text.undecodable} />;
  return (
    <>
      <ProposalState proposal={proposal} />
      <h2>{text.whatItDoes}</h2>
      <ValueList value={decoded.body} />
      {proposal.status !== "collecting" ? null : (
        <>
          <MayNot least="officer" />
          <Allowed least="officer">
            <Decide officer={officer} proposal={proposal} decoded={decoded} onDone={onDone} />
          </Allowed>
        </>
      )}
    </>
  );
}

function Decide({ officer, proposal, decoded, onDone }: ApprovalProps & { decoded: DecodedProposal }) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const { pending, problem, run } = useAct();
  const [progress, setProgress] = useState<number>();
  const [sound, setSound] = useState<boolean>();
  const isSeal = proposal.type === "seal-election";
  const mine = proposal.approvals.includes(officer.key);
  const recompute = () =>
    run(async () => {
      const body = decoded.body as SealElection;
      setProgress(0);
      const ledger = await replayAway(http, body.uuid);
      const show = (done: number, of: number) => setProgress((100 * done) / of);
      setSound(await sealFollows(http, ledger, body, show, recomputeAway));
      setProgress(undefined);
    });
  const approve = () =>
    run(async () => {
      await approveDecoded(http, officer.signer, decoded, proposal.id);
      onDone();
    });
  const withdraw = () =>
    run(async () => {
      await http.request(`/officer/proposals/${proposal.id}`, { method: "DELETE" });
      onDone();
    });
  return (
    <>
      <Problem text={problem} />
      {progress === undefined ? null : <Progress label={text.sealChecking} value={progress} />}
      {sound === undefined ? null : (
        <Notice kind={sound ? "good" : "bad"} title={sound ? text.sealAgrees : text.sealDiffers} />
      )}
      {mine ? <p>{text.approvedByYou}</p> : null}
      {isSeal && !mine && sound === undefined ? <p>{text.checkSealFirst}</p> : null}
      <div className="actions">
        {mine ? null : isSeal && sound !== true ? (
          <Button variant="primary" onPress={() => void recompute()} isPending={pending}>
            {text.sealCheck}
          </Button>
        ) : (
          <Button variant="primary" onPress={() => void approve()} isPending={pending}>
            {text.approve}
          </Button>
        )}
        <Button variant="danger" onPress={() => void withdraw()} isPending={pending}>
          {text.withdraw}
        </Button>
      </div>
    </>
  );
}
