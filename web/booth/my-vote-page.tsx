import { useCallback, useEffect, useState } from "react";
import { useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { Disclosure } from "../ui/disclosure.js";
import { ErrorSummary, type FormError } from "../ui/error-summary.js";
import { FileDrop } from "../ui/file-drop.js";
import { useHttp } from "../ui/http.js";
import { instantText } from "../ui/instant.js";
import { Notice, type NoticeProps } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { Scan } from "../ui/scan.js";
import { Select } from "../ui/select.js";
import { TextArea } from "../ui/text-area.js";
import { useLanguage, useWords } from "../ui/words.js";
import { type Answer, claimOf, type Found, lookUp } from "./my-vote.js";
import { ReportDetails } from "./report-details.js";

interface Listed {
  readonly id: string;
  readonly title: string;
}

/** Looking a receipt up: what is wrong with what was typed, or what was found. */
function useLookUp() {
  const words = useWords();
  const http = useHttp();
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [pending, setPending] = useState(false);
  const [found, setFound] = useState<Found>();
  const look = useCallback(
    async (typed: string, chosen: string) => {
      const claim = claimOf(typed);
      const fault = faultOf(typed, claim, chosen, words.booth);
      setErrors(fault === undefined ? [] : [fault]);
      setFound(undefined);
      if (fault !== undefined || claim === undefined) return;
      setPending(true);
      try {
        setFound(await lookUp(http, claim.uuid ?? chosen, claim));
      } catch (error) {
        setErrors([{ id: "receipt", text: sentenceOf(error, words) }]);
      }
      setPending(false);
    },
    [http, words],
  );
  return { errors, pending, found, look };
}

/** Paste, scan or open a receipt: one sentence, then the details. */
export function MyVotePage() {
  const words = useWords();
  const http = useHttp();
  const [text, setText] = useState(() => location.hash.slice(1));
  const [election, setElection] = useState("");
  const { errors, pending, found, look } = useLookUp();
  const elections = useAsk(
    "elections",
    async () => (await http.request<{ elections: readonly Listed[] }>("/elections?limit=100")).elections,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: an address with a code is looked up once, at the start.
  useEffect(() => {
    if (text.includes(".")) void look(text, "");
  }, []);
  const take = (taken: string) => {
    setText(taken);
    void look(taken, election);
  };
  const { booth } = words;
  const errorOf = (id: string) => errors.find((each) => each.id === id)?.text;
  return (
    <Page title={booth.myVoteTitle} lead={booth.myVoteLead}>
      {found === undefined ? null : <Said found={found} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void look(text, election);
        }}
      >
        <ErrorSummary errors={errors} />
        <TextArea
          id="receipt"
          ltr
          label={booth.receiptField}
          description={booth.receiptHint}
          value={text}
          onChange={setText}
          error={errorOf("receipt")}
        />
        <Select
          id="election"
          label={booth.electionField}
          description={booth.electionHint}
          value={election}
          onChange={setElection}
          error={errorOf("election")}
          options={[
            { value: "", label: "–" },
            ...(elections.value ?? []).map(({ id, title }) => ({ value: id, label: title })),
          ]}
        />
        <div className="actions">
          <Button type="submit" variant="primary" isPending={pending}>
            {booth.check}
          </Button>
        </div>
        <Scan onText={take} />
        <FileDrop
          label={booth.openReceipt}
          accept=".json,application/json"
          onFile={(file) => void file.text().then(take)}
        />
      </form>
    </Page>
  );
}

type BoothWords = ReturnType<typeof useWords>["booth"];

function faultOf(
  typed: string,
  claim: ReturnType<typeof claimOf>,
  chosen: string,
  booth: BoothWords,
): FormError | undefined {
  if (typed.trim() === "") return { id: "receipt", text: booth.receiptMissing };
  if (claim === undefined) return { id: "receipt", text: booth.receiptUnreadable };
  return claim.uuid === undefined && chosen === "" ? { id: "election", text: booth.electionMissing } : undefined;
}

function Said({ found: { answer, report, silent } }: { found: Found }) {
  const { booth } = useWords();
  const { language } = useLanguage();
  const { title, kind, advice } = sentenceFor(answer, booth, language);
  return (
    <>
      <Notice kind={kind} title={title}>
        {advice === undefined ? null : <p>{advice}</p>}
      </Notice>
      {silent === undefined ? null : <Notice kind="warn" title={booth.secondSilent(silent)} />}
      <p className="quiet">{booth.showsNoChoice}</p>
      {report === undefined ? null : (
        <Disclosure title={booth.detailsTitle}>
          <ReportDetails report={report} />
        </Disclosure>
      )}
    </>
  );
}

interface Sentence {
  readonly title: string;
  readonly kind: NoticeProps["kind"];
  readonly advice?: string;
}

function sentenceFor(answer: Answer, booth: BoothWords, language: string): Sentence {
  switch (answer.kind) {
    case "counted":
      return { title: booth.answerCounted(instantText(answer.time, language)), kind: "good" };
    case "superseded":
      return answer.later === undefined
        ? { title: booth.answerSupersededPlain, kind: "info" }
        : { title: booth.answerSuperseded(instantText(answer.later, language)), kind: "info" };
    case "spoiled":
      return { title: booth.answerTest, kind: "info" };
    case "missing":
      return { title: booth.answerMissing, kind: "bad", advice: booth.answerMissingDo };
    case "offline":
      return { title: booth.answerOffline, kind: "warn" };
    case "invalid":
      return { title: booth.answerInvalid, kind: "bad", advice: `${answer.detail} ${booth.answerInvalidDo}`.trim() };
  }
}
