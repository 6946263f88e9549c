/** A new code of a voter, a trustee or an officer: shown once, printed, and read back before anything is done with it (row K-07). */
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

/** The sentences around a code, which differ for voters and trustees. */
export interface CodeWords {
  readonly codeOnce: string;
  readonly codeWarning: string;
  readonly haveIt: string;
  readonly againTitle: string;
  readonly againLead: string;
  readonly codeWrong: string;
  readonly codeMalformed: string;
  readonly showAgain: string;
}

export interface CodeMakerProps {
  readonly title: string;
  readonly lead: string;
  readonly text: CodeWords;
  /** Label of the field into which the code is typed again. */
  readonly field: string;
  /** What stands above the code, also on the printed sheet. */
  readonly sheet: string;
  /** What the button under the code that was read back does. */
  readonly go: string;
  readonly steps: readonly string[];
  /** Place of the page with the code among the steps. */
  readonly first: number;
  /** Called with the code, once it was typed in rightly. What then goes wrong is `problem`. */
  readonly onCode: (code: string) => void;
  readonly isPending: boolean;
  readonly problem: string | undefined;
}

export function CodeMaker(props: CodeMakerProps) {
  const { common } = useWords();
  const { text } = props;
  const [code] = useState(() => makeCode(platformRandom));
  const [seen, setSeen] = useState(false);
  if (seen) return <ReadBack {...props} code={code} onBack={() => setSeen(false)} />;
  return (
    <Page title={props.title} lead={props.lead} above={<Steps names={props.steps} current={props.first} />}>
      <div className="code-box recovery">
        <p className="code-label">{props.sheet}</p>
        <p className="code" dir="ltr">
          {code.split("-").map((part) => (
            <span key={part}>{part}</span>
          ))}
        </p>
      </div>
      <p>{text.codeOnce}</p>
      <Notice kind="warn" title={text.codeWarning} />
      <div className="actions">
        <Button variant="primary" onPress={() => setSeen(true)}>
          {text.haveIt}
        </Button>
        <Button onPress={() => print()}>{common.print}</Button>
      </div>
    </Page>
  );
}

function ReadBack(props: CodeMakerProps & { code: string; onBack: () => void }) {
  const { common } = useWords();
  const { text } = props;
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string>();
  const submit = () => {
    const read = codeFromTyped(typed);
    const fault = read === undefined ? text.codeMalformed : read === props.code ? undefined : text.codeWrong;
    setError(fault);
    if (fault === undefined) props.onCode(props.code);
  };
  return (
    <Page title={text.againTitle} lead={text.againLead} above={<Steps names={props.steps} current={props.first + 1} />}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <ErrorSummary errors={error === undefined ? [] : [{ id: "code", text: error }]} />
        {props.problem === undefined ? null : (
          <Notice kind="bad" title={common.failed}>
            <p>{props.problem}</p>
          </Notice>
        )}
        <TextField
          id="code"
          label={props.field}
          value={typed}
          onChange={setTyped}
          error={error}
          autoComplete="off"
          ltr
          className="code-field"
        />
        <div className="actions">
          <Button type="submit" variant="primary" isPending={props.isPending}>
            {props.go}
          </Button>
          <Button onPress={props.onBack}>{text.showAgain}</Button>
        </div>
      </form>
    </Page>
  );
}
