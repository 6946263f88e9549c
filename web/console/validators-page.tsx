/** The validators of a network, replayed here; changes as a file that goes from one officer and operator to the next. */
import { useState } from "react";
import { toHex } from "#base/bytes.js";
import {
  approveProposal,
  type NetworkProposal,
  proposalText,
  proposalWire,
  type ReadProposal,
  readProposal,
  sendProposal,
} from "#client/network-proposal.js";
import { type NetworkValidator, networkOf } from "#protocol/network.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { FileDrop } from "../ui/file-drop.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { ChangeForm } from "./change-form.js";
import type { Officer } from "./officer.js";
import { Problem } from "./problem.js";
import { replayAway } from "./replayer.js";
import { saveText } from "./save-text.js";
import { useAct } from "./use-act.js";
import { ValueList } from "./value-list.js";

export function ValidatorsPage({ officer }: { officer: Officer }) {
  const { office } = useRoomWords();
  const http = useHttp();
  const [read, setRead] = useState<ReadProposal>();
  const ask = useAsk("validators", async () => {
    const ledger = await replayAway(http, undefined);
    return { network: networkOf(ledger.state), height: ledger.height };
  });
  const made = (proposal: NetworkProposal) => setRead(readProposal(proposalText(proposal)));
  return (
    <Page title={office.validators} lead={office.validatorsFlow} width="wide">
      <Asked ask={ask}>
        {(found) =>
          found.network === undefined ? (
            <Notice kind="info" title={office.validatorsNone} />
          ) : (
            <>
              <p>{office.validatorsLead(found.network.revision, found.network.rules, found.height)}</p>
              <Validators validators={found.network.validators} />
              <ChangeForm chainId={officer.signer.chainId} network={found.network} onMade={made} />
            </>
          )
        }
      </Asked>
      <Proposal officer={officer} read={read} onRead={setRead} onSent={ask.again} />
    </Page>
  );
}

function Validators({ validators }: { validators: readonly NetworkValidator[] }) {
  const { console: text, office } = useRoomWords();
  return (
    <Table
      caption={office.validators}
      hideCaption
      rows={validators}
      keyOf={({ key }) => toHex(key)}
      columns={[
        { name: text.name, heads: true, cell: ({ name }: NetworkValidator) => name },
        { name: office.power, cell: ({ power }) => String(power), numeric: true },
        { name: office.nodeKey, cell: ({ key }) => <code dir="ltr">{toHex(key)}</code> },
        { name: office.operator, cell: ({ operator }) => <code dir="ltr">{toHex(operator)}</code> },
      ]}
    />
  );
}

interface ProposalProps {
  readonly officer: Officer;
  readonly read: ReadProposal | undefined;
  readonly onRead: (read: ReadProposal) => void;
  readonly onSent: () => void;
}

/** A proposal from a file: what it says, decoded here; approved, saved for the next one, or sent. */
function Proposal({ officer, read, onRead, onSent }: ProposalProps) {
  const { console: text, office } = useRoomWords();
  const http = useHttp();
  const [bad, setBad] = useState<string>();
  const [block, setBlock] = useState<number>();
  const { pending, problem, run } = useAct();
  const take = async (file: File) => {
    const found = readProposal(await file.text());
    const other = found !== undefined && found.proposal.chain_id !== officer.signer.chainId;
    setBad(
      found === undefined ? office.proposalBad : other ? office.proposalOther(found.proposal.chain_id) : undefined,
    );
    setBlock(undefined);
    if (found !== undefined && !other) onRead(found);
  };
  const approve = (found: ReadProposal) => {
    const again = readProposal(proposalText(approveProposal(found, "officer", officer.signer)));
    if (again !== undefined) onRead(again);
  };
  const send = (found: ReadProposal) =>
    run(async () => {
      const wire = proposalWire(found);
      if (!wire.ok) return setBad(wire.error);
      setBlock(await sendProposal(http, wire.value));
      onSent();
    });
  return (
    <>
      <FileDrop label={office.proposalOpen} accept=".json,application/json" onFile={(file) => void take(file)} />
      {bad === undefined ? null : <Notice kind="bad" title={bad} />}
      <Problem text={problem} />
      {block === undefined ? null : <Notice kind="good" title={office.proposalSent(block)} />}
      {read === undefined ? null : (
        <section className="card">
          <h2>{text.actNames[read.act.type] ?? read.act.type}</h2>
          <ValueList value={read.body} />
          <p>{office.proposalHas(read.proposal.officers.length, read.proposal.operators.length)}</p>
          <div className="actions">
            {read.proposal.officers.some((each) => each.includes(officer.key)) ? (
              <p>{text.approvedByYou}</p>
            ) : (
              <Button variant="primary" onPress={() => approve(read)}>
                {office.proposalApprove}
              </Button>
            )}
            <Button onPress={() => saveText("proposal.json", proposalText(read.proposal), "application/json")}>
              {office.proposalSave}
            </Button>
            {block === undefined && read.proposal.officers.length > 0 && read.proposal.operators.length > 0 ? (
              <Button onPress={() => void send(read)} isPending={pending}>
                {office.proposalSend}
              </Button>
            ) : null}
          </div>
        </section>
      )}
    </>
  );
}
