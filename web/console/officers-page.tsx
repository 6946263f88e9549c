/** Who the officers are, how many of them an act takes, and appointing one more. */
import { useState } from "react";
import { fromHex } from "#base/bytes.js";
import { act, type ProposalAnswer } from "#client/officer.js";
import { appointOfficer } from "#protocol/transactions/appoint-officer.js";
import type { Rooms } from "#words/web/en-rooms.js";
import { type Ask, Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { ErrorSummary, type FormError } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { TextField } from "../ui/text-field.js";
import { Allowed, MayNot } from "./allowed.js";
import type { Officer } from "./officer.js";
import { Problem } from "./problem.js";
import { ProposalState } from "./proposal-state.js";
import { RemoveOfficer } from "./remove-officer.js";
import { useAct } from "./use-act.js";

export interface Organisation {
  readonly id: string;
  readonly name: string;
  readonly officers: readonly { readonly name: string; readonly key: string }[];
  readonly threshold: number;
  readonly revision: number;
}

export function OfficersPage({ officer }: { officer: Officer }) {
  const { console: text, office } = useRoomWords();
  const http = useHttp();
  const ask: Ask<Organisation> = useAsk(officer.organisation, () =>
    http.request<Organisation>(`/organisations/${officer.organisation}`, { fresh: true }),
  );
  return (
    <Page title={text.officersTitle} width="wide">
      <Asked ask={ask}>
        {(organisation) => (
          <>
            <p className="lead">
              {text.officersLead(organisation.name, organisation.threshold, organisation.officers.length)}
            </p>
            <Table
              caption={text.officersTitle}
              rows={organisation.officers}
              keyOf={({ key }) => key}
              columns={[
                { name: text.name, heads: true, cell: ({ name }) => name },
                { name: text.key, cell: ({ key }) => <code dir="ltr">{key}</code> },
              ]}
            />
            <MayNot least="officer" />
            <Allowed least="officer">
              <Appoint officer={officer} organisation={organisation} onDone={ask.again} />
              <RemoveOfficer officer={officer} organisation={organisation} onDone={ask.again} />
            </Allowed>
            <p>
              <Link href="/console/validators">{office.validators}</Link>
            </p>
          </>
        )}
      </Asked>
    </Page>
  );
}

interface AppointProps {
  readonly officer: Officer;
  readonly organisation: Organisation;
  readonly onDone: () => void;
}

function faultsOf(
  name: string,
  key: Uint8Array | undefined,
  needed: number,
  officers: number,
  text: Rooms["console"],
): FormError[] {
  const faults: FormError[] = [];
  if (name.trim() === "") faults.push({ id: "appoint-name", text: text.appointNameMissing });
  if (key?.length !== 32) faults.push({ id: "appoint-key", text: text.appointKeyBad });
  if (!Number.isInteger(needed) || needed < 1 || needed > officers)
    faults.push({ id: "appoint-threshold", text: text.appointThresholdBad });
  return faults;
}

function Appoint({ officer, organisation, onDone }: AppointProps) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const [name, setName] = useState("");
  const [key, setKey] = useState("");
  const [threshold, setThreshold] = useState(String(organisation.threshold));
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [proposal, setProposal] = useState<ProposalAnswer>();
  const { pending, problem, run } = useAct();
  const errorOf = (id: string) => errors.find((each) => each.id === id)?.text;
  const submit = () => {
    const bytes = fromHex(key.replace(/\s/g, "").toLowerCase());
    const needed = Number(threshold);
    const faults = faultsOf(name, bytes, needed, organisation.officers.length + 1, text);
    setErrors(faults);
    if (faults.length > 0 || bytes === undefined) return;
    void run(async () => {
      const { id, revision } = organisation;
      const body = { organisation: id, revision, officer: { key: bytes, name: name.trim() }, threshold: needed };
      setProposal(await act(http, officer.signer, appointOfficer, body));
      onDone();
    });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <h2>{text.appoint}</h2>
      <ErrorSummary errors={errors} />
      <Problem text={problem} />
      <ProposalState proposal={proposal} />
      <TextField
        id="appoint-name"
        label={text.appointName}
        value={name}
        onChange={setName}
        error={errorOf("appoint-name")}
        autoComplete="off"
      />
      <TextField
        id="appoint-key"
        label={text.appointKey}
        value={key}
        onChange={setKey}
        error={errorOf("appoint-key")}
        autoComplete="off"
        ltr
      />
      <TextField
        id="appoint-threshold"
        label={text.appointThreshold}
        value={threshold}
        onChange={setThreshold}
        error={errorOf("appoint-threshold")}
        inputMode="numeric"
      />
      <div className="actions">
        <Button type="submit" variant="primary" isPending={pending}>
          {text.appointGo}
        </Button>
      </div>
    </form>
  );
}
