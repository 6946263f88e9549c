/** Closing later, within what the manifest allows; cancelling before it opens. Each takes k of n officers. */
import { useState } from "react";
import { parseInstant } from "#api/instant.js";
import { cancel, extend, type ProposalAnswer } from "#client/officer.js";
import { Button } from "../ui/button.js";
import { Disclosure } from "../ui/disclosure.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextField } from "../ui/text-field.js";
import { instantOf, localOf, zoneHere } from "./dates-step.js";
import type { ElectionView } from "./election-page.js";
import type { Officer } from "./officer.js";
import { Problem } from "./problem.js";
import { ProposalState } from "./proposal-state.js";
import { useAct } from "./use-act.js";

interface ActsProps {
  readonly officer: Officer;
  readonly election: ElectionView;
  readonly onDone: () => void;
}

export function ElectionActs(props: ActsProps) {
  const { console: text } = useRoomWords();
  const { stage, plan, end_date } = props.election;
  const latest = plan.rules.latest_close;
  const mayExtend =
    ["sealed", "open"].includes(stage) && latest !== undefined && Date.parse(latest) > Date.parse(end_date);
  const mayCancel = ["announced", "sealed"].includes(stage);
  if (!mayExtend && !mayCancel) return null;
  return (
    <>
      <h2>{text.acts}</h2>
      {mayExtend ? <Extend {...props} latest={latest} /> : null}
      {mayCancel ? <Cancel {...props} /> : null}
    </>
  );
}

function Extend({ officer, election, onDone, latest }: ActsProps & { latest: string }) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const [typed, setTyped] = useState(localOf(latest));
  const [error, setError] = useState<string>();
  const [proposal, setProposal] = useState<ProposalAnswer>();
  const { pending, problem, run } = useAct();
  const go = () => {
    const instant = parseInstant(instantOf(typed) ?? "");
    setError(instant.ok ? undefined : text.badDate);
    if (!instant.ok) return;
    void run(async () => {
      const answer = await extend(http, officer.signer, election.id, instant.value);
      setProposal(answer);
      if (answer.status === "recorded") onDone();
    });
  };
  return (
    <Disclosure title={text.extend}>
      <p>
        {text.extensionUntil} <Instant value={latest} />. {text.inZone(zoneHere())}
      </p>
      <Problem text={problem} />
      <ProposalState proposal={proposal} />
      <TextField type="datetime-local" label={text.extendTo} value={typed} onChange={setTyped} error={error} />
      <Button onPress={go} isPending={pending}>
        {text.extendGo}
      </Button>
    </Disclosure>
  );
}

function Cancel({ officer, election, onDone }: ActsProps) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<string>();
  const [proposal, setProposal] = useState<ProposalAnswer>();
  const { pending, problem, run } = useAct();
  const go = () => {
    setError(reason.trim() === "" ? text.cancelMissing : undefined);
    if (reason.trim() === "") return;
    void run(async () => {
      const answer = await cancel(http, officer.signer, election.id, reason.trim());
      setProposal(answer);
      if (answer.status === "recorded") onDone();
    });
  };
  return (
    <Disclosure title={text.cancel}>
      <p>{text.cancelLead}</p>
      <Problem text={problem} />
      <ProposalState proposal={proposal} />
      <TextField label={text.cancelReason} value={reason} onChange={setReason} error={error} />
      <Button variant="danger" onPress={go} isPending={pending}>
        {text.cancel}
      </Button>
    </Disclosure>
  );
}
