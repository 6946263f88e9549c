/** The ceremony of one election: who has done what, one next act, and after closing the count. */
import { useEffect, useState } from "react";
import type { z } from "zod";
import type { ceremonySchema, electionSchema, tallySchema } from "#api/management.js";
import { ApiError, type Http } from "#client/http.js";
import { codeFromTyped } from "#crypto/base58.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { Disclosure } from "../ui/disclosure.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { TextField } from "../ui/text-field.js";
import { CountAct } from "./count-act.js";
import { OfflineActs } from "./offline-acts.js";
import { StepAct } from "./step-act.js";

export interface CeremonyState {
  readonly election: z.output<typeof electionSchema>;
  readonly ceremony: z.output<typeof ceremonySchema>;
  readonly tally: z.output<typeof tallySchema> | undefined;
}

const everyMs = 3000;
const afterClosing = ["closed", "tallied", "withheld", "undecided"];

async function readState(http: Http, uuid: string): Promise<CeremonyState | "none"> {
  try {
    const election = await http.request<CeremonyState["election"]>(`/elections/${uuid}`, { fresh: true });
    const ceremony = await http.request<CeremonyState["ceremony"]>(`/elections/${uuid}/ceremony`, { fresh: true });
    const tally = afterClosing.includes(election.stage)
      ? await http.request<NonNullable<CeremonyState["tally"]>>(`/elections/${uuid}/tally`, { fresh: true })
      : undefined;
    return { election, ceremony, tally };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return "none";
    throw error;
  }
}

export function CeremonyPage({ uuid }: { uuid: string }) {
  const { ceremony: text, console: office } = useRoomWords();
  const http = useHttp();
  const [code, setCode] = useState<string>();
  const [destroyed, setDestroyed] = useState(false);
  const ask = useAsk(uuid, () => readState(http, uuid));
  const { again } = ask;
  useEffect(() => {
    const timer = setInterval(again, everyMs);
    return () => clearInterval(timer);
  }, [again]);
  return (
    <Asked ask={ask}>
      {(state) =>
        state === "none" ? (
          <Page title={text.notAnnounced} lead={text.notAnnouncedLead}>
            <Button onPress={again}>{office.refresh}</Button>
          </Page>
        ) : (
          <Page title={text.ceremonyTitle(state.election.title)} lead={text.ceremonyLead} width="wide">
            {destroyed ? (
              <Notice kind="good" title={text.thanks} />
            ) : (
              <NextAct
                state={state}
                code={code}
                onCode={setCode}
                onDone={again}
                onForget={() => {
                  setCode(undefined);
                  setDestroyed(true);
                }}
              />
            )}
            <Who state={state} />
            <OfflineActs uuid={uuid} onDone={again} />
          </Page>
        )
      }
    </Asked>
  );
}

interface NextActProps {
  readonly state: CeremonyState;
  readonly code: string | undefined;
  readonly onCode: (code: string) => void;
  readonly onDone: () => void;
  readonly onForget: () => void;
}

/** One thing at a time: the code, the steps, or the count. */
function NextAct({ state, code, onCode, onDone, onForget }: NextActProps) {
  const { ceremony: text } = useRoomWords();
  const { phase } = state.ceremony;
  const over = ["cancelled", "lapsed", "withheld"].includes(state.election.stage);
  if (phase === "failed")
    return (
      <Notice kind="bad" title={text.failedTitle}>
        <p>{text.phaseSentences.failed}</p>
      </Notice>
    );
  return (
    <section className="card next-act">
      <h2>{state.tally === undefined ? (text.phases[phase] ?? phase) : text.countTitle}</h2>
      {state.tally === undefined ? <p>{text.phaseSentences[phase] ?? ""}</p> : null}
      {state.tally === undefined && state.ceremony.deadline !== null ? (
        <p className="quiet">
          {text.deadline} <Instant value={state.ceremony.deadline} />
        </p>
      ) : null}
      {over ? null : code === undefined && state.election.stage !== "tallied" ? (
        <CodeForm onCode={onCode} />
      ) : state.tally !== undefined ? (
        <CountAct state={state} tally={state.tally} code={code} onDone={onDone} onForget={onForget} />
      ) : (
        <StepAct state={state} code={code ?? ""} onDone={onDone} />
      )}
    </section>
  );
}

function CodeForm({ onCode }: { onCode: (code: string) => void }) {
  const { ceremony: text } = useRoomWords();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string>();
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const code = codeFromTyped(typed);
        setError(code === undefined ? text.codeMalformed : undefined);
        if (code !== undefined) onCode(code);
      }}
    >
      <ErrorSummary errors={error === undefined ? [] : [{ id: "code", text: error }]} />
      <TextField
        id="code"
        label={text.code}
        description={text.enterCodeLead}
        value={typed}
        onChange={setTyped}
        error={error}
        autoComplete="off"
        ltr
        className="code-field"
      />
      <Button type="submit" variant="primary">
        {text.begin}
      </Button>
    </form>
  );
}

const steps = ["commit", "reveal", "deal", "accept", "rehearse"] as const;
/** What a trustee who is always needed has no part in: nothing is dealt to or by that trustee. */
const membersOnly: readonly string[] = ["deal", "accept"];

function Who({ state }: { state: CeremonyState }) {
  const { ceremony: text } = useRoomWords();
  const { trustees, missing, culprits } = state.ceremony;
  type Row = (typeof trustees)[number];
  const cell = (row: Row, step: string) =>
    row.part === "mandatory" && membersOnly.includes(step)
      ? text.stepNone
      : row.done.includes(step)
        ? `✓ ${text.stepDone}`
        : text.stepOpen;
  return (
    <>
      <Table
        caption={text.who}
        rows={trustees}
        keyOf={({ key }) => key}
        columns={[
          { name: text.trustee, heads: true, cell: ({ name }: Row) => name },
          ...steps.map((step) => ({ name: text.phases[step] ?? step, cell: (row: Row) => cell(row, step) })),
        ]}
      />
      {missing.length === 0 ? null : <p>{text.waitsFor(missing.join(", "))}</p>}
      {culprits.length === 0 ? null : (
        <Disclosure title={text.failedTitle}>
          <ul>
            {culprits.map(({ trustee, reason }) => (
              <li key={trustee + reason}>{text.culprit(trustee, reason)}</li>
            ))}
          </ul>
        </Disclosure>
      )}
    </>
  );
}
