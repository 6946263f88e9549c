/** What the set-up link opens: the first officer names the organisation and makes a key here. */
import { useState } from "react";
import { type Http, platformRandom } from "#client/http.js";
import { type SetupAnswer, setUp } from "#client/officer.js";
import { type Identity, identityFromCode } from "#protocol/identity.js";
import type { Rooms } from "#words/web/en-rooms.js";
import { OfficeCode } from "../ceremony/office-code.js";
import { KeepForm } from "../identity/keep-form.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { ErrorSummary, type FormError } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Steps } from "../ui/steps.js";
import { TextField } from "../ui/text-field.js";
import { enterOffice } from "./officer.js";
import { useAct } from "./use-act.js";

export function SetupPage() {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const [token] = useState(() => location.hash.slice(1));
  const [founded, setFounded] = useState<Founded>();
  const state = useAsk("setup", () => http.request<{ needed: boolean }>("/setup"));
  if (founded !== undefined) return <Keep founded={founded} />;
  return (
    <Asked ask={state}>
      {({ needed }) =>
        needed && token !== "" ? (
          <Found token={token} onFounded={setFounded} />
        ) : (
          <Page title={text.setupTitle}>
            <Notice kind="info" title={needed ? text.setupNoToken : text.setupNotNeeded} />
            {needed ? null : <Link href="/console">{text.toConsole}</Link>}
          </Page>
        )
      }
    </Asked>
  );
}

interface Founded {
  readonly answer: SetupAnswer;
  readonly identity: Identity;
  readonly name: string;
}

function faultsOf(organisation: string, name: string, text: Rooms["console"]): FormError[] {
  const faults: FormError[] = [];
  if (organisation.trim() === "") faults.push({ id: "organisation", text: text.organisationMissing });
  if (name.trim() === "") faults.push({ id: "name", text: text.officerNameMissing });
  return faults;
}

async function foundWith(
  http: Http,
  token: string,
  organisation: string,
  name: string,
  code: string,
): Promise<Founded> {
  const identity = identityFromCode(code, "officer");
  const officer = { name: name.trim(), identity };
  const answer = await setUp(http, token, organisation.trim(), officer, platformRandom);
  // The link has done its work; it does not stay in the history.
  history.replaceState(null, "", location.pathname);
  return { answer, identity, name: officer.name };
}

function Found({ token, onFounded }: { token: string; onFounded: (founded: Founded) => void }) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const [organisation, setOrganisation] = useState("");
  const [name, setName] = useState("");
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [named, setNamed] = useState(false);
  const { pending, problem, run } = useAct();
  const errorOf = (id: string) => errors.find((each) => each.id === id)?.text;
  const submit = () => {
    const faults = faultsOf(organisation, name, text);
    setErrors(faults);
    setNamed(faults.length === 0);
  };
  const found = (code: string) => run(async () => onFounded(await foundWith(http, token, organisation, name, code)));
  if (named)
    return (
      <OfficeCode
        title={text.codeTitle}
        lead={text.codeLead}
        go={text.found}
        steps={text.setupSteps}
        first={1}
        onCode={(code) => void found(code)}
        isPending={pending}
        problem={problem}
      />
    );
  return (
    <Page title={text.setupTitle} lead={text.setupLead} above={<Steps names={text.setupSteps} current={0} />}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <ErrorSummary errors={errors} />
        <TextField
          id="organisation"
          label={text.organisationName}
          value={organisation}
          onChange={setOrganisation}
          error={errorOf("organisation")}
          autoComplete="organization"
        />
        <TextField
          id="name"
          label={text.officerName}
          description={text.officerNameHint}
          value={name}
          onChange={setName}
          error={errorOf("name")}
          autoComplete="name"
        />
        <div className="actions">
          <Button type="submit" variant="primary">
            {text.makeKey}
          </Button>
        </div>
      </form>
    </Page>
  );
}

function Keep({ founded }: { founded: Founded }) {
  const words = useRoomWords();
  const { console: text } = words;
  const http = useHttp();
  const [kept, setKept] = useState(false);
  const { problem, run } = useAct();
  if (kept)
    return (
      <Page title={text.setupDone}>
        {problem === undefined ? null : <Notice kind="warn" title={problem} />}
        <dl className="facts">
          <dt>{text.ledger}</dt>
          <dd dir="ltr">
            <code>{founded.answer.chain_id}</code>
          </dd>
          <dt>{text.genesis}</dt>
          <dd dir="ltr">
            <code>{founded.answer.genesis_hash}</code>
          </dd>
        </dl>
        <div className="actions">
          <Link href="/console" variant="button">
            {text.toConsole}
          </Link>
        </div>
      </Page>
    );
  return (
    <Page
      title={words.identity.keepTitle}
      lead={words.identity.keepLead}
      above={<Steps names={text.setupSteps} current={3} />}
    >
      <KeepForm
        person={{ role: "officer", name: founded.name, digitalId: "" }}
        identity={founded.identity}
        onDone={() => void run(() => enterOffice(http, founded.identity)).then(() => setKept(true))}
      />
    </Page>
  );
}
