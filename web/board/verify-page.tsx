/** `/verify`: an election recomputed in this browser, from its server or from a file. */
import { useEffect, useRef, useState } from "react";
import type { RecordReport } from "#verify/record-checks.js";
import type { Report } from "#verify/report.js";
import { useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { FileDrop } from "../ui/file-drop.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { Progress } from "../ui/progress.js";
import { useRoomWords } from "../ui/room-words.js";
import { Select } from "../ui/select.js";
import { useLanguage } from "../ui/words.js";
import type { ElectionSummary } from "./types.js";
import { ReportPage } from "./verdict.js";
import { holdVerifier, type Progressed, type Running, type Source, startVerifying } from "./verifier.js";

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly progress: Progressed | undefined }
  | { readonly kind: "done"; readonly report: Report | RecordReport; readonly seconds: number }
  | { readonly kind: "failed" };

export function VerifyPage() {
  const { board } = useRoomWords();
  const http = useHttp();
  const asked = new URLSearchParams(location.search).get("election") ?? undefined;
  const [chosen, setChosen] = useState(asked);
  const { state, start, stop } = useVerification();
  useEffect(holdVerifier, []);
  const list = useAsk(http.url, () => http.request<{ elections: ElectionSummary[] }>("/elections?limit=100"));
  const elections = list.value?.elections ?? [];
  const uuid = chosen ?? elections.find(({ stage }) => stage === "tallied")?.id ?? elections[0]?.id;
  return (
    <Page title={board.verifyTitle} lead={board.verifyLead}>
      {elections.length === 0 ? null : (
        <Select
          label={board.verifyWhich}
          value={uuid ?? ""}
          onChange={setChosen}
          options={elections.map(({ id, title }) => ({ value: id, label: title }))}
        />
      )}
      {uuid === undefined ? null : (
        <div className="actions">
          <Button
            variant="primary"
            isDisabled={state.kind === "running"}
            onPress={() => start({ kind: "address", url: `${http.url}/elections/${uuid}/record` })}
          >
            {board.verifyStart}
          </Button>
          {state.kind === "running" ? <Button onPress={stop}>{board.verifyStop}</Button> : null}
        </div>
      )}
      <FileDrop
        label={board.verifyFile}
        description={board.verifyFileHint}
        accept=".psephos,.bel"
        onFile={(file) => start({ kind: "file", file })}
      />
      <Outcome state={state} uuid={uuid} />
    </Page>
  );
}

function Outcome({ state, uuid }: { state: State; uuid: string | undefined }) {
  const { board } = useRoomWords();
  switch (state.kind) {
    case "idle":
      return null;
    case "running":
      return <Working progress={state.progress} />;
    case "failed":
      return (
        <Notice kind="bad" title={board.verifyFailed}>
          <p>{board.verifyFailedDo}</p>
        </Notice>
      );
    case "done":
      return <ReportPage report={state.report} seconds={state.seconds} uuid={uuid} />;
  }
}

function Working({ progress }: { progress: Progressed | undefined }) {
  const { board } = useRoomWords();
  const { language } = useLanguage();
  const number = (value: number, digits = 0) =>
    new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  return (
    <div role="status">
      <Progress
        label={board.verifyFetch}
        value={progress === undefined || progress.total === 0 ? undefined : progress.bytes}
        max={progress?.total || 1}
      />
      {progress === undefined ? null : (
        <p>{board.verifyProgress(number(progress.ballots), number(progress.bytes / 1e6, 1))}</p>
      )}
    </div>
  );
}

function useVerification() {
  const [state, setState] = useState<State>({ kind: "idle" });
  const running = useRef<Running>(undefined);
  useEffect(() => () => running.current?.stop(), []);
  const start = (source: Source) => {
    running.current?.stop();
    const began = performance.now();
    setState({ kind: "running", progress: undefined });
    const mine = startVerifying(source, (progress) => setState({ kind: "running", progress }));
    running.current = mine;
    mine.report.then(
      (report) => {
        if (running.current === mine) setState({ kind: "done", report, seconds: (performance.now() - began) / 1000 });
      },
      () => {
        if (running.current === mine) setState({ kind: "failed" });
      },
    );
  };
  const stop = () => {
    running.current?.stop();
    running.current = undefined;
    setState({ kind: "idle" });
  };
  return { state, start, stop };
}
