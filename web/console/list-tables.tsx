/** What a list of voters would do to the registry, or did: counts, faulty lines, changes field by field, who is gone. */
import type { ImportAnswer, ListPreview } from "#api/registration.js";
import { faultyLines } from "#client/lists.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { Problem } from "./problem.js";
import { saveText } from "./save-text.js";
import { useAct } from "./use-act.js";

export function Counts({ answer }: { answer: ImportAnswer }) {
  const { console: text, office } = useRoomWords();
  const facts: readonly [string, number][] = [
    [text.importAdded, answer.added],
    [text.importUpdated, answer.updated],
    [text.importUnchanged, answer.unchanged],
    [text.importLetters, answer.letters],
    [office.listBarred, answer.barred],
    [office.listGone, answer.gone],
    [office.listSuspended, answer.suspended],
    [office.listRemoved, answer.removed],
    [text.importFaults, answer.faults],
  ];
  // What is always there, and what there is any of.
  const shown = facts.filter(([, count], index) => index < 3 || count > 0);
  return (
    <dl className="facts">
      {shown.map(([name, count]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{count}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Faults({ preview, file }: { preview: ListPreview; file: Uint8Array }) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const { pending, problem, run } = useAct();
  if (preview.faults === 0) return null;
  const save = () => run(async () => saveText("faulty-lines.csv", await faultyLines(http, file), "text/csv"));
  return (
    <>
      <Table
        caption={text.importFaults}
        rows={preview.faulty.slice(0, 100)}
        keyOf={({ line }, index) => `${line}-${index}`}
        columns={[
          { name: text.importLine, heads: true, cell: ({ line }) => String(line) },
          { name: text.importReason, cell: ({ reason }) => <span lang="en">{reason}</span> },
        ]}
      />
      <Problem text={problem} />
      <Button onPress={() => void save()} isPending={pending}>
        {text.importSaveFaults}
      </Button>
    </>
  );
}

type Change = ListPreview["changes"][number];

export function Changes({ preview }: { preview: ListPreview }) {
  const { console: text, office } = useRoomWords();
  if (preview.changes.length === 0) return null;
  return (
    <>
      <Table
        caption={office.listChanges}
        rows={preview.changes}
        keyOf={({ line }) => line}
        columns={[
          { name: text.importLine, cell: ({ line }: Change) => String(line), numeric: true },
          { name: text.name, heads: true, cell: ({ name }) => <bdi>{name}</bdi> },
          { name: text.email, cell: ({ email }) => <span dir="ltr">{email}</span> },
          { name: text.status, cell: ({ change }) => (change === "added" ? office.listNew : office.listChanged) },
          { name: office.listFields, cell: (change) => <Fields change={change} /> },
        ]}
      />
      {preview.added + preview.updated > preview.changes.length ? (
        <p className="quiet">{office.listFirst(preview.changes.length)}</p>
      ) : null}
    </>
  );
}

function Fields({ change }: { change: Change }) {
  const { office } = useRoomWords();
  if (change.change === "added" || change.fields.length === 0) return null;
  return (
    <ul className="list-fields">
      {change.fields.map(({ field, before, after }) => (
        <li key={field}>
          <span lang="en">{field}</span>: <del>{before === "" ? office.listNothing : before}</del>{" "}
          <ins>{after === "" ? office.listNothing : after}</ins>
        </li>
      ))}
    </ul>
  );
}

type GoneVoter = ListPreview["gone_voters"][number];

export function Gone({ preview }: { preview: ListPreview }) {
  const { console: text, office } = useRoomWords();
  if (preview.gone === 0) return null;
  return (
    <>
      <Table
        caption={office.listGone}
        rows={preview.gone_voters}
        keyOf={({ id }) => id}
        columns={[
          { name: text.name, heads: true, cell: ({ name }: GoneVoter) => <bdi>{name}</bdi> },
          { name: text.email, cell: ({ email }) => <span dir="ltr">{email}</span> },
          { name: office.listOnRoll, cell: ({ on_roll }) => (on_roll ? text.yes : text.no) },
        ]}
      />
      {preview.gone > preview.gone_voters.length ? (
        <p className="quiet">{office.listFirst(preview.gone_voters.length)}</p>
      ) : null}
    </>
  );
}
