/** One officer less: proposed by one, approved by as many as an act takes. */
import { useState } from "react";
import { fromHex } from "#base/bytes.js";
import { act, type ProposalAnswer } from "#client/officer.js";
import { removeOfficer } from "#protocol/transactions/remove-officer.js";
import type { Rooms } from "#words/web/en-rooms.js";
import { Button } from "../ui/button.js";
import { Disclosure } from "../ui/disclosure.js";
import { ErrorSummary, type FormError } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { useRoomWords } from "../ui/room-words.js";
import { Select } from "../ui/select.js";
import { TextField } from "../ui/text-field.js";
import type { Officer } from "./officer.js";
import type { Organisation } from "./officers-page.js";
import { Problem } from "./problem.js";
import { ProposalState } from "./proposal-state.js";
import { useAct } from "./use-act.js";

interface RemoveProps {
  readonly officer: Officer;
  readonly organisation: Organisation;
  readonly onDone: () => void;
}

function faultsOf(key: string, needed: number, left: number, words: Rooms): FormError[] {
  const faults: FormError[] = [];
  if (key === "") faults.push({ id: "remove-who", text: words.office.removeMissing });
  if (!Number.isInteger(needed) || needed < 1 || needed > left)
    faults.push({ id: "remove-threshold", text: words.console.appointThresholdBad });
  return faults;
}

export function RemoveOfficer({ officer, organisation, onDone }: RemoveProps) {
  const words = useRoomWords();
  const { console: text, office } = words;
  const http = useHttp();
  const left = organisation.officers.length - 1;
  const [key, setKey] = useState("");
  const [threshold, setThreshold] = useState(String(Math.min(organisation.threshold, Math.max(left, 1))));
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [proposal, setProposal] = useState<ProposalAnswer>();
  const { pending, problem, run } = useAct();
  const errorOf = (id: string) => errors.find((each) => each.id === id)?.text;
  const submit = () => {
    const needed = Number(threshold);
    const faults = faultsOf(key, needed, left, words);
    setErrors(faults);
    const bytes = fromHex(key);
    if (faults.length > 0 || bytes === undefined) return;
    void run(async () => {
      const { id, revision } = organisation;
      const body = { organisation: id, revision, key: bytes, threshold: needed };
      setProposal(await act(http, officer.signer, removeOfficer, body));
      onDone();
    });
  };
  return (
    <Disclosure title={office.remove}>
      {left < 1 ? (
        <p>{office.removeLast}</p>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <ErrorSummary errors={errors} />
          <Problem text={problem} />
          <ProposalState proposal={proposal} />
          <Select
            id="remove-who"
            label={office.removeWho}
            value={key}
            onChange={setKey}
            error={errorOf("remove-who")}
            options={[
              { value: "", label: "–" },
              ...organisation.officers.map((each) => ({ value: each.key, label: each.name })),
            ]}
          />
          {key === officer.key ? <p>{office.removeSelf}</p> : null}
          <TextField
            id="remove-threshold"
            label={text.appointThreshold}
            value={threshold}
            onChange={setThreshold}
            error={errorOf("remove-threshold")}
            inputMode="numeric"
          />
          <Button type="submit" variant="danger" isPending={pending}>
            {office.removeGo}
          </Button>
        </form>
      )}
    </Disclosure>
  );
}
