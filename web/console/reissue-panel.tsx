/** A new credential for a voter who lost the old one: found, recomputed in this browser, and proposed. */
import { useState } from "react";
import { type ProposalAnswer, SealingRefused } from "#client/officer.js";
import { type PreparedReissue, prepareReissue, proposeReissue } from "#client/reissue.js";
import { Button } from "../ui/button.js";
import { Disclosure } from "../ui/disclosure.js";
import { useHttp } from "../ui/http.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { TextField } from "../ui/text-field.js";
import type { ElectionView } from "./election-page.js";
import type { Officer } from "./officer.js";
import { Problem } from "./problem.js";
import { ProposalState } from "./proposal-state.js";
import { useAct } from "./use-act.js";
import type { VoterPage, VoterRow } from "./voters-page.js";

interface ReissueProps {
  readonly officer: Officer;
  readonly election: ElectionView;
  readonly onDone: () => void;
}

export function ReissuePanel({ officer, election, onDone }: ReissueProps) {
  const { office } = useRoomWords();
  const http = useHttp();
  const [typed, setTyped] = useState("");
  const [found, setFound] = useState<readonly VoterRow[]>();
  const [prepared, setPrepared] = useState<{ readonly name: string; readonly reissue: PreparedReissue }>();
  const { pending, problem, run } = useAct((error) =>
    error instanceof SealingRefused ? office.reissueDiffers : undefined,
  );
  const { reissue_cap: cap, reissue_delay_seconds: delay } = election.plan.rules;
  const look = () =>
    run(async () => {
      setPrepared(undefined);
      const path = `/officer/voters?q=${encodeURIComponent(typed.trim())}`;
      setFound((await http.request<VoterPage>(path)).voters);
    });
  const prepare = ({ id, name }: VoterRow) =>
    run(async () => setPrepared({ name, reissue: await prepareReissue(http, election.id, id) }));
  return (
    <Disclosure title={office.reissue}>
      <p>{office.reissueLead}</p>
      {cap === 0 ? (
        <p>{office.reissueNone}</p>
      ) : (
        <>
          <p>
            {office.reissueCount(election.reissued, cap)} {office.reissueValid(office.hours(Math.round(delay / 3600)))}
          </p>
          <Problem text={problem} />
          <form
            className="filter"
            onSubmit={(event) => {
              event.preventDefault();
              void look();
            }}
          >
            <TextField type="search" label={office.findVoter} value={typed} onChange={setTyped} />
            <Button type="submit" isPending={pending}>
              {office.find}
            </Button>
          </form>
          {found === undefined || prepared !== undefined ? null : (
            <Found voters={found} pending={pending} onChoose={(row) => void prepare(row)} />
          )}
          {prepared === undefined ? null : <Propose {...prepared} officer={officer} onDone={onDone} />}
        </>
      )}
    </Disclosure>
  );
}

interface FoundProps {
  readonly voters: readonly VoterRow[];
  readonly pending: boolean;
  readonly onChoose: (row: VoterRow) => void;
}

function Found({ voters, pending, onChoose }: FoundProps) {
  const { console: text, office } = useRoomWords();
  return (
    <Table
      caption={text.votersTitle}
      hideCaption
      rows={voters}
      keyOf={({ id }) => id}
      empty={office.reissueNobody}
      columns={[
        { name: text.name, heads: true, cell: ({ name }: VoterRow) => name },
        { name: text.email, cell: ({ email }) => <span dir="ltr">{email}</span> },
        {
          name: text.actions,
          cell: (row) => (
            <Button onPress={() => onChoose(row)} isPending={pending} aria-label={office.reissuePrepare(row.name)}>
              {office.reissueShort}
            </Button>
          ),
        },
      ]}
    />
  );
}

interface ProposeProps {
  readonly officer: Officer;
  readonly name: string;
  readonly reissue: PreparedReissue;
  readonly onDone: () => void;
}

function Propose({ officer, name, reissue, onDone }: ProposeProps) {
  const { office } = useRoomWords();
  const http = useHttp();
  const [proposal, setProposal] = useState<ProposalAnswer>();
  const { pending, problem, run } = useAct();
  const go = () =>
    run(async () => {
      const answer = await proposeReissue(http, officer.signer, reissue);
      setProposal(answer);
      if (answer.status === "recorded") onDone();
    });
  const facts: readonly [string, string][] = [
    [office.digitalId, reissue.digitalId],
    [office.reissueKey, reissue.publicKey],
    [office.reissueOld, reissue.old],
    [office.reissueNew, reissue.credential],
  ];
  return (
    <section className="card">
      <h3>{office.reissueFor(name)}</h3>
      <dl className="facts">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd dir="ltr">
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
      <Problem text={problem} />
      <ProposalState proposal={proposal} />
      {proposal === undefined ? (
        <Button variant="primary" onPress={() => void go()} isPending={pending}>
          {office.reissueGo}
        </Button>
      ) : null}
    </section>
  );
}
