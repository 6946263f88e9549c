/** The organisations in which one's key has a role, going from one to another, and founding a further one. */
import { type FormEvent, useState } from "react";
import type { Http } from "#client/http.js";
import { foundOrganisation, ownOrganisations } from "#client/office.js";
import type { ProposalAnswer } from "#client/officer.js";
import type { people as english } from "#words/web/en/people.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { ErrorSummary, type FormError } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { TextArea } from "../ui/text-area.js";
import { TextField } from "../ui/text-field.js";
import { keyOfText } from "./add-member.js";
import { MayNot, useMay } from "./allowed.js";
import { enterOffice, type Officer } from "./officer.js";
import type { Organisation } from "./officers-page.js";
import { Problem } from "./problem.js";
import { ProposalState } from "./proposal-state.js";
import { useAct } from "./use-act.js";

async function readAll(http: Http) {
  const [{ organisations }, founder] = await Promise.all([
    ownOrganisations(http),
    http.request<Organisation>("/organisations", { fresh: true }),
  ]);
  return { organisations, founder };
}

type Place = Awaited<ReturnType<typeof ownOrganisations>>["organisations"][number];

export function OrganisationsPage({ officer }: { officer: Officer }) {
  const { console: office, people: text } = useRoomWords();
  const http = useHttp();
  const ask = useAsk(`organisations ${officer.organisation}`, () => readAll(http));
  const { pending, problem, run } = useAct();
  // Signing in for another organisation takes the key, which this page still has.
  const go = (id: string) => void run(() => enterOffice(http, officer.signer.identity, id));
  return (
    <Page title={text.organisations} lead={text.organisationsLead} width="wide">
      <Problem text={problem} />
      <Asked ask={ask}>
        {({ organisations, founder }) => (
          <>
            <Table
              caption={text.yours}
              rows={organisations}
              keyOf={({ id }) => id}
              columns={[
                {
                  name: office.name,
                  heads: true,
                  cell: ({ id, name }: Place) => (id === founder.id ? `${name} (${text.founder})` : name),
                },
                { name: text.role, cell: ({ role }) => text.roles[role] ?? role },
                {
                  name: text.change,
                  cell: ({ id, name, current }) =>
                    current ? (
                      text.here
                    ) : (
                      <Button onPress={() => go(id)} isPending={pending}>
                        {text.switchTo(name)}
                      </Button>
                    ),
                },
              ]}
            />
            <h2>{text.found}</h2>
            <Found officer={officer} founder={founder} />
          </>
        )}
      </Asked>
    </Page>
  );
}

function Found({ officer, founder }: { officer: Officer; founder: Organisation }) {
  const { people: text } = useRoomWords();
  const may = useMay("officer");
  if (!may) return <MayNot least="officer" />;
  if (officer.organisation !== founder.id) return <p>{text.foundElsewhere(founder.name)}</p>;
  return <FoundForm officer={officer} />;
}

interface Typed {
  readonly name: string;
  readonly officers: string;
  readonly threshold: string;
}

interface Named {
  readonly name: string;
  readonly key: string;
}

/** The officers that were typed, one a line. */
function officersOf(typed: string, text: typeof english): readonly Named[] | string {
  const lines = typed.split("\n").map((line) => line.trim());
  const named: Named[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const at = line.lastIndexOf("=");
    const name = line.slice(0, Math.max(0, at)).trim();
    const key = keyOfText(line.slice(at + 1));
    if (name === "" || key === undefined) return text.foundOfficersBad(index + 1);
    named.push({ name, key });
  }
  if (new Set(named.map(({ key }) => key)).size < named.length) return text.foundOfficersTwice;
  return named.length === 0 ? text.foundOfficersNone : named;
}

function faultsOf({ name, officers, threshold }: Typed, text: typeof english): readonly FormError[] {
  const faults: FormError[] = [];
  if (name.trim() === "") faults.push({ id: "found-name", text: text.foundNameMissing });
  const named = officersOf(officers, text);
  if (typeof named === "string") faults.push({ id: "found-officers", text: named });
  const needed = Number(threshold);
  const most = typeof named === "string" ? Number.POSITIVE_INFINITY : named.length;
  if (!Number.isInteger(needed) || needed < 1 || needed > most)
    faults.push({ id: "found-threshold", text: text.foundThresholdBad });
  return faults;
}

function FoundForm({ officer }: { officer: Officer }) {
  const { people: text } = useRoomWords();
  const http = useHttp();
  const [typed, setTyped] = useState<Typed>({ name: "", officers: "", threshold: "1" });
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [proposal, setProposal] = useState<ProposalAnswer>();
  const { pending, problem, run } = useAct();
  const errorOf = (id: string) => errors.find((each) => each.id === id)?.text;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const faults = faultsOf(typed, text);
    setErrors(faults);
    setProposal(undefined);
    const officers = officersOf(typed.officers, text);
    if (faults.length > 0 || typeof officers === "string") return;
    void run(async () => {
      const organisation = { name: typed.name.trim(), threshold: Number(typed.threshold), officers };
      setProposal((await foundOrganisation(http, officer.signer, organisation)).proposal);
    });
  };
  return (
    <form noValidate onSubmit={submit}>
      <p>{text.foundLead}</p>
      <ErrorSummary errors={errors} />
      <Problem text={problem} />
      <ProposalState proposal={proposal} />
      <TextField
        id="found-name"
        label={text.foundName}
        value={typed.name}
        onChange={(name) => setTyped({ ...typed, name })}
        error={errorOf("found-name")}
        autoComplete="off"
      />
      <TextArea
        id="found-officers"
        label={text.foundOfficers}
        description={text.foundOfficersHint}
        value={typed.officers}
        onChange={(officers) => setTyped({ ...typed, officers })}
        error={errorOf("found-officers")}
      />
      <TextField
        id="found-threshold"
        label={text.foundThreshold}
        value={typed.threshold}
        onChange={(threshold) => setTyped({ ...typed, threshold })}
        error={errorOf("found-threshold")}
        inputMode="numeric"
      />
      <div className="actions">
        <Button type="submit" variant="primary" isPending={pending}>
          {text.foundGo}
        </Button>
      </div>
    </form>
  );
}
