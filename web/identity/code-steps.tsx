/** A new recovery code: shown once, printed, and typed in again before anything is done with it. */
import { useState } from "react";
import { platformRandom } from "#client/http.js";
import { codeFromTyped, makeCode } from "#crypto/base58.js";
import { Button } from "../ui/button.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { Steps } from "../ui/steps.js";
import { TextField } from "../ui/text-field.js";
import { useWords } from "../ui/words.js";

export interface CodeStepsProps {
  /** Called with the code when it was typed in rightly. What it throws is shown by the caller. */
  readonly onCode: (code: string) => void;
  readonly isPending: boolean;
  /** What went wrong with the act that followed. */
  readonly problem: string | undefined;
  readonly stepNames: readonly string[];
}

export function CodeSteps({ onCode, isPending, problem, stepNames }: CodeStepsProps) {
  const words = useWords();
  const [code] = useState(() => makeCode(platformRandom));
  const [seen, setSeen] = useState(false);
  if (!seen)
    return (
      <Page
        title={words.identity.confirmTitle}
        lead={words.identity.confirmLead}
        above={<Steps names={stepNames} current={0} />}
      >
        <div className="code-box recovery">
          <p className="code-label">{words.identity.yourCode}</p>
          <p className="code" dir="ltr">
            {code.split("-").map((part) => (
              <span key={part}>{part}</span>
            ))}
          </p>
        </div>
        <p>{words.identity.codeOnce}</p>
        <Notice kind="warn" title={words.identity.codeWarning} />
        <div className="actions">
          <Button variant="primary" onPress={() => setSeen(true)}>
            {words.identity.haveIt}
          </Button>
          <Button onPress={() => print()}>{words.common.print}</Button>
        </div>
      </Page>
    );
  return (
    <TypeAgain
      code={code}
      onCode={onCode}
      onBack={() => setSeen(false)}
      isPending={isPending}
      problem={problem}
      stepNames={stepNames}
    />
  );
}

function TypeAgain(props: CodeStepsProps & { code: string; onBack: () => void }) {
  const words = useWords();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string>();
  const submit = () => {
    const read = codeFromTyped(typed);
    const fault =
      read === undefined ? words.identity.codeMalformed : read === props.code ? undefined : words.identity.codeWrong;
    setError(fault);
    if (fault === undefined) props.onCode(props.code);
  };
  return (
    <Page
      title={words.identity.againTitle}
      lead={words.identity.againLead}
      above={<Steps names={props.stepNames} current={1} />}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <ErrorSummary errors={error === undefined ? [] : [{ id: "code", text: error }]} />
        {props.problem === undefined ? null : (
          <Notice kind="bad" title={words.common.failed}>
            <p>{props.problem}</p>
          </Notice>
        )}
        <TextField
          id="code"
          label={words.identity.codeField}
          value={typed}
          onChange={setTyped}
          error={error}
          autoComplete="off"
          ltr
          className="code-field"
        />
        <div className="actions">
          <Button type="submit" variant="primary" isPending={props.isPending}>
            {words.identity.confirmGo}
          </Button>
          <Button onPress={props.onBack}>{words.identity.showAgain}</Button>
        </div>
      </form>
    </Page>
  );
}
