/** People of the roll, drawn by a later block, to be asked by another channel before the seal. */
import { useState } from "react";
import { toHex } from "#base/bytes.js";
import { SealingRefused } from "#client/officer.js";
import type { NotYet, RollSample, SampledVoter } from "#client/roll-sample.js";
import { Untrustworthy } from "#client/untrustworthy.js";
import { Button } from "../ui/button.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Loading } from "../ui/loading.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { TextField } from "../ui/text-field.js";
import { Problem } from "./problem.js";
import { sampleAway } from "./replayer.js";
import { saveText } from "./save-text.js";
import { useAct } from "./use-act.js";

export function SamplePage({ uuid }: { uuid: string }) {
  const { board, office } = useRoomWords();
  const http = useHttp();
  const [size, setSize] = useState("20");
  const [error, setError] = useState<string>();
  const [sample, setSample] = useState<RollSample | NotYet>();
  const { pending, problem, run } = useAct((trouble) =>
    trouble instanceof SealingRefused || trouble instanceof Untrustworthy ? office.sampleRefused : undefined,
  );
  const draw = () => {
    const count = Number(size);
    const good = Number.isInteger(count) && count >= 1 && count <= 10_000_000;
    setError(good ? undefined : office.sampleSizeBad);
    if (good) void run(async () => setSample(await sampleAway(http, uuid, count)));
  };
  return (
    <Page title={office.sample} lead={office.sampleLead} width="wide">
      <p>
        <Link href={`/console/elections/${uuid}`}>{board.back}</Link>
      </p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          draw();
        }}
      >
        <ErrorSummary errors={error === undefined ? [] : [{ id: "size", text: error }]} />
        <TextField
          id="size"
          label={office.sampleSize}
          description={office.sampleSizeHint}
          value={size}
          onChange={setSize}
          error={error}
          inputMode="numeric"
        />
        <div className="actions">
          <Button type="submit" variant="primary" isPending={pending}>
            {office.sampleGo}
          </Button>
        </div>
      </form>
      <Problem text={problem} />
      {pending ? <Loading /> : null}
      {sample === "not-drawn-yet" ? <Notice kind="info" title={office.sampleNotYet} /> : null}
      {sample === undefined || sample === "not-drawn-yet" ? null : <Drawn sample={sample} />}
    </Page>
  );
}

function Drawn({ sample }: { sample: RollSample }) {
  const { console: text, office } = useRoomWords();
  const { voters, rollCount, height, generation } = sample;
  return (
    <>
      {generation > 1 ? <Notice kind="warn" title={office.sampleAgain(generation)} /> : null}
      <Table
        caption={office.sampleDrawn(voters.length, rollCount, height)}
        rows={voters}
        keyOf={({ position }) => position}
        columns={[
          { name: office.place, cell: ({ position }: SampledVoter) => String(position + 1), numeric: true },
          { name: text.name, heads: true, cell: ({ name }) => name },
          { name: text.email, cell: ({ email }) => <span dir="ltr">{email}</span> },
          { name: office.digitalId, cell: ({ digitalId }) => <code dir="ltr">{digitalId}</code> },
          { name: text.key, cell: ({ publicKey }) => <code dir="ltr">{toHex(publicKey)}</code> },
          { name: text.weight, cell: ({ weight }) => String(weight), numeric: true },
        ]}
      />
      <p>{office.sampleSaveHint}</p>
      <Button onPress={() => saveText("roll-sample.csv", sampleCsv(voters), "text/csv")}>{office.sampleSave}</Button>
    </>
  );
}

function sampleCsv(voters: readonly SampledVoter[]): string {
  const header = ["position", "digital_id", "public_key", "name", "email", "weight", "asked_how", "answer"];
  const rows = voters.map(({ position, digitalId, publicKey, name, email, weight }) => [
    String(position + 1),
    digitalId,
    toHex(publicKey),
    name,
    email,
    String(weight),
    "",
    "",
  ]);
  return [header, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Quoted where RFC 4180 asks for it; what a spreadsheet would take for a formula begins with an apostrophe (row R-16). */
function cell(text: string): string {
  const tame = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
