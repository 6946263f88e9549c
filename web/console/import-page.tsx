/** A list of voters from a file: compared with the registry and shown first; what was shown is stored, or nothing. */
import { useState } from "react";
import type { ImportAnswer, ListPreview } from "#api/registration.js";
import { ApiError } from "#client/http.js";
import { importList, type ListChoices, previewList } from "#client/lists.js";
import { Button } from "../ui/button.js";
import { Checkbox } from "../ui/checkbox.js";
import { FileDrop } from "../ui/file-drop.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { RadioGroup } from "../ui/radio-group.js";
import { useRoomWords } from "../ui/room-words.js";
import { Changes, Counts, Faults, Gone } from "./list-tables.js";
import { Problem } from "./problem.js";
import { useAct } from "./use-act.js";

interface Shown {
  readonly file: Uint8Array;
  readonly choices: ListChoices;
  readonly preview: ListPreview;
}

const atFirst: ListChoices = { gone: "keep", invite: true };

export function ImportPage() {
  const { console: text, office } = useRoomWords();
  const http = useHttp();
  const [shown, setShown] = useState<Shown>();
  const [done, setDone] = useState<ImportAnswer>();
  const { pending, problem, run } = useAct((error) =>
    error instanceof ApiError && error.status === 409 ? office.listMoved : undefined,
  );
  const look = (file: Uint8Array, choices: ListChoices) =>
    run(async () => {
      setDone(undefined);
      setShown({ file, choices, preview: await previewList(http, file, choices) });
    });
  const read = async (file: File) => {
    setShown(undefined);
    void look(new Uint8Array(await file.arrayBuffer()), atFirst);
  };
  const store = ({ file, choices, preview }: Shown) =>
    run(async () => {
      setDone(await importList(http, file, choices, preview.preview));
      setShown(undefined);
    });
  return (
    <Page title={text.importTitle} lead={text.importLead} width="wide">
      <FileDrop label={text.importFile} accept=".csv,text/csv" onFile={(file) => void read(file)} />
      <Problem text={problem} />
      {shown === undefined ? null : (
        <Preview
          shown={shown}
          pending={pending}
          onChoices={(choices) => {
            setShown({ ...shown, choices });
            void look(shown.file, choices);
          }}
          onStore={() => void store(shown)}
        />
      )}
      {done === undefined ? null : (
        <>
          <Notice kind="good" title={text.importDone} />
          <Counts answer={done} />
        </>
      )}
      <p>
        <Link href="/console/voters">{text.manageVoters}</Link>
      </p>
    </Page>
  );
}

interface PreviewProps {
  readonly shown: Shown;
  readonly pending: boolean;
  readonly onChoices: (choices: ListChoices) => void;
  readonly onStore: () => void;
}

function Preview({ shown: { file, choices, preview }, pending, onChoices, onStore }: PreviewProps) {
  const { console: text, office } = useRoomWords();
  // With faulty lines nobody can say who is gone: the server refuses, and the choice is not offered.
  const mayTouchGone = preview.gone > 0 && preview.faults === 0;
  return (
    <>
      <h2>{text.importPreview}</h2>
      {preview.encoding === null ? null : (
        <p className="quiet">{office.listEncoding(preview.encoding, nameOf(preview.delimiter, office))}</p>
      )}
      <Counts answer={preview} />
      <Faults preview={preview} file={file} />
      <Changes preview={preview} />
      <Gone preview={preview} />
      {mayTouchGone ? (
        <RadioGroup
          label={office.listGoneWhat}
          value={choices.gone}
          onChange={(gone) => onChoices({ ...choices, gone: gone as ListChoices["gone"] })}
          options={[
            { value: "keep", label: office.listKeep },
            { value: "suspend", label: office.listSuspend },
            { value: "remove", label: office.listRemove },
          ]}
        />
      ) : null}
      <Checkbox
        label={office.listInvite}
        isSelected={choices.invite}
        onChange={(invite) => onChoices({ ...choices, invite })}
      />
      <div className="actions">
        <Button variant="primary" onPress={onStore} isPending={pending}>
          {text.importGo}
        </Button>
      </div>
    </>
  );
}

type Delimiter = ListPreview["delimiter"];

function nameOf(delimiter: Delimiter, office: { readonly listTab: string }): string {
  return delimiter === "\t" ? office.listTab : (delimiter ?? ",");
}
