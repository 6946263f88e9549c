/** A list of voters from a file: what would happen is shown first, and nothing is stored until it is accepted. */
import { useState } from "react";
import type { ImportAnswer } from "#api/registration.js";
import { importVoters } from "#client/officer.js";
import { Button } from "../ui/button.js";
import { FileDrop } from "../ui/file-drop.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { Problem } from "./problem.js";
import { saveText } from "./save-text.js";
import { useAct } from "./use-act.js";

interface Preview {
  readonly csv: string;
  readonly answer: ImportAnswer;
}

const linesShown = 6;

export function ImportPage() {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const [preview, setPreview] = useState<Preview>();
  const [done, setDone] = useState<ImportAnswer>();
  const { pending, problem, run } = useAct();
  const read = (file: File) =>
    run(async () => {
      setDone(undefined);
      setPreview(undefined);
      const csv = await file.text();
      setPreview({ csv, answer: await importVoters(http, csv, true) });
    });
  const store = ({ csv }: Preview) =>
    run(async () => {
      setDone(await importVoters(http, csv));
      setPreview(undefined);
    });
  return (
    <Page title={text.importTitle} lead={text.importLead} width="wide">
      <FileDrop label={text.importFile} accept=".csv,text/csv" onFile={(file) => void read(file)} />
      <Problem text={problem} />
      {preview === undefined ? null : (
        <>
          <h2>{text.importPreview}</h2>
          <p>{text.importFirst}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must scroll by keyboard, too. */}
          <pre className="file-head" dir="ltr" tabIndex={0}>
            {preview.csv.split(/\r?\n/).slice(0, linesShown).join("\n")}
          </pre>
          <Counts answer={preview.answer} csv={preview.csv} />
          <div className="actions">
            <Button variant="primary" onPress={() => void store(preview)} isPending={pending}>
              {text.importGo}
            </Button>
          </div>
        </>
      )}
      {done === undefined ? null : (
        <>
          <Notice kind="good" title={text.importDone} />
          <Counts answer={done} csv="" />
        </>
      )}
      <p>
        <Link href="/console/voters">{text.manageVoters}</Link>
      </p>
    </Page>
  );
}

function Counts({ answer, csv }: { answer: ImportAnswer; csv: string }) {
  const { console: text } = useRoomWords();
  const facts: readonly [string, number][] = [
    [text.importAdded, answer.added],
    [text.importUpdated, answer.updated],
    [text.importUnchanged, answer.unchanged],
    [text.importLetters, answer.letters],
    [text.importFaults, answer.faults],
  ];
  const faultyLines = () => {
    const lines = csv.split(/\r?\n/);
    const kept = answer.faulty.map(({ line }) => lines[line - 1] ?? "");
    saveText("faulty-lines.csv", `${[lines[0] ?? "", ...kept].join("\n")}\n`, "text/csv");
  };
  return (
    <>
      <dl className="facts">
        {facts.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
      {answer.faults === 0 ? null : (
        <>
          <Table
            caption={text.importFaults}
            rows={answer.faulty}
            keyOf={({ line }, index) => `${line}-${index}`}
            columns={[
              { name: text.importLine, heads: true, cell: ({ line }) => String(line) },
              { name: text.importReason, cell: ({ reason }) => <span lang="en">{reason}</span> },
            ]}
          />
          {csv === "" ? null : <Button onPress={faultyLines}>{text.importSaveFaults}</Button>}
        </>
      )}
    </>
  );
}
