/** A new code of a trustee or an officer: shown once, printed, and read back from the copy before it is used (row K-07). */
import { useState } from "react";
import { platformRandom } from "#client/http.js";
import { codeFromTyped, makeCode } from "#crypto/base58.js";
import { Problem } from "../console/problem.js";
import { Button } from "../ui/button.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Steps } from "../ui/steps.js";
import { TextField } from "../ui/text-field.js";

export interface CodeMakerProps {
  readonly title: string;
  readonly lead: string;
  /** What the button under the code that was read back does. */
  readonly go: string;
  readonly steps: readonly string[];
  /** Place of the page with the code among the steps. */
  readonly first: number;
  readonly onCode: (code: string) => void;
  readonly isPending: boolean;
  readonly problem: string | undefined;
  /** What else stands on the printed sheet. */
  readonly sheet?: string;
}

export function CodeMaker(props: CodeMakerProps) {
  const words = useRoomWords();
  const text = words.ceremony;
  const [code] = useState(() => makeCode(platformRandom));
  const [seen, setSeen] = useState(false);
  if (seen) return <ReadBack {...props} code={code} onBack={() => setSeen(false)} />;
  return (
    <Page title={props.title} lead={props.lead} above={<Steps names={props.steps} current={props.first} />}>
      <div className="code-box recovery">
        <p className="code-label">{props.sheet ?? text.code}</p>
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
        <Button onPress={() => print()}>{words.common.print}</Button>
      </div>
    </Page>
  );
}

function ReadBack(props: CodeMakerProps & { code: string; onBack: () => void }) {
  const text = useRoomWords().ceremony;
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string>();
  const submit = () => {
    const read = codeFromTyped(typed);
    const fault =
      read === undefined ? text.codeMalformed : read === codeFromTyped(props.code) ? undefined : text.codeWrong;
    setError(fault);
    if (fault === undefined && read !== undefined) props.onCode(read);
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
        <Problem text={props.problem} />
        <TextField
          id="code"
          label={text.code}
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
