/** A key ceremony that failed, or that somebody stays away from, begun anew: with trustees who stay, and others. */
import { useState } from "react";
import { fromHex } from "#base/bytes.js";
import { act, type ProposalAnswer } from "#client/officer.js";
import { faultOfTrustees, type PlanTrustee } from "#protocol/plan.js";
import { restartCeremony } from "#protocol/transactions/restart-ceremony.js";
import { Button } from "../ui/button.js";
import { Checkbox } from "../ui/checkbox.js";
import { Disclosure } from "../ui/disclosure.js";
import { ErrorSummary, type FormError } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextField } from "../ui/text-field.js";
import type { CeremonyView, ElectionView } from "./election-page.js";
import type { Officer } from "./officer.js";
import { Problem } from "./problem.js";
import { ProposalState } from "./proposal-state.js";
import { wholeNumber } from "./rules.js";
import { useAct } from "./use-act.js";

interface RestartProps {
  readonly officer: Officer;
  readonly election: ElectionView;
  readonly ceremony: CeremonyView;
  readonly onDone: () => void;
}

interface Listed {
  readonly name: string;
  readonly key: string;
  readonly part: PlanTrustee["part"];
  readonly stays: boolean;
}

const trusteesFrom = (listed: readonly Listed[]): PlanTrustee[] =>
  listed.flatMap(({ name, key, part, stays }) => {
    const bytes = fromHex(key);
    return stays && bytes !== undefined ? [{ name, key: bytes, part }] : [];
  });

export function RestartPanel({ officer, election, ceremony, onDone }: RestartProps) {
  const { office } = useRoomWords();
  const http = useHttp();
  const [listed, setListed] = useState<readonly Listed[]>(() =>
    ceremony.trustees.map(({ name, key, part }) => ({ name, key, part, stays: true })),
  );
  const [threshold, setThreshold] = useState(ceremony.threshold);
  const [error, setError] = useState<string>();
  const [proposal, setProposal] = useState<ProposalAnswer>();
  const { pending, problem, run } = useAct();
  const go = () => {
    const trustees = trusteesFrom(listed);
    const bad = trustees.length === 0 || faultOfTrustees(trustees, threshold) !== undefined;
    setError(bad ? office.restartBad : undefined);
    if (bad) return;
    void run(async () => {
      const body = { uuid: election.id, ceremony: ceremony.number + 1, trustees, threshold };
      const answer = await act(http, officer.signer, restartCeremony, body);
      setProposal(answer);
      if (answer.status === "recorded") onDone();
    });
  };
  return (
    <Disclosure title={office.restart} open={ceremony.phase === "failed"}>
      <p>{office.restartLead}</p>
      <p className="quiet">{office.restartNumber(ceremony.number)}</p>
      <ErrorSummary errors={error === undefined ? [] : [{ id: "restart-threshold", text: error }]} />
      <Problem text={problem} />
      <ProposalState proposal={proposal} />
      <fieldset className="field group">
        <legend>{office.restartStay}</legend>
        {listed.map((each, index) => (
          <Checkbox
            key={each.key}
            label={each.name}
            isSelected={each.stays}
            onChange={(stays) => setListed(listed.map((other, i) => (i === index ? { ...other, stays } : other)))}
          />
        ))}
      </fieldset>
      <Another onAdd={(added) => setListed([...listed, added])} />
      <TextField
        id="restart-threshold"
        label={office.restartThreshold}
        value={String(threshold)}
        onChange={(typed) => setThreshold(wholeNumber(typed, 0, 32))}
        error={error}
        inputMode="numeric"
      />
      <Button variant="danger" onPress={go} isPending={pending}>
        {office.restartGo}
      </Button>
    </Disclosure>
  );
}

function Another({ onAdd }: { onAdd: (added: Listed) => void }) {
  const { console: text, office } = useRoomWords();
  const [name, setName] = useState("");
  const [key, setKey] = useState("");
  const [mandatory, setMandatory] = useState(false);
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const errorOf = (id: string) => errors.find((each) => each.id === id)?.text;
  const add = () => {
    const plain = key.replace(/\s/g, "").toLowerCase();
    const faults: FormError[] = [];
    if (name.trim() === "") faults.push({ id: "another-name", text: office.restartName });
    if (fromHex(plain)?.length !== 32) faults.push({ id: "another-key", text: text.appointKeyBad });
    setErrors(faults);
    if (faults.length > 0) return;
    onAdd({ name: name.trim(), key: plain, part: mandatory ? "mandatory" : "member", stays: true });
    setName("");
    setKey("");
  };
  return (
    <fieldset className="card">
      <legend>{office.restartAdd}</legend>
      <p>{office.restartAddLead}</p>
      <ErrorSummary errors={errors} />
      <TextField id="another-name" label={text.name} value={name} onChange={setName} error={errorOf("another-name")} />
      <TextField
        id="another-key"
        ltr
        label={office.restartKey}
        value={key}
        onChange={setKey}
        error={errorOf("another-key")}
        autoComplete="off"
      />
      <Checkbox label={text.mandatory} isSelected={mandatory} onChange={setMandatory} />
      <Button onPress={add}>{office.restartAddGo}</Button>
    </fieldset>
  );
}
