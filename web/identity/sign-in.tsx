/** Signing in: one of the people of this device, or anyone with a recovery code. Used by pages and by the booth. */
import { type ReactNode, useEffect, useState } from "react";
import { ApiError } from "#client/http.js";
import { codeFromTyped } from "#crypto/base58.js";
import { type Identity, identityFromCode } from "#protocol/identity.js";
import { Button } from "../ui/button.js";
import { Checkbox } from "../ui/checkbox.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Loading } from "../ui/loading.js";
import { sentenceOf } from "../ui/problem.js";
import { RadioGroup } from "../ui/radio-group.js";
import { TextField } from "../ui/text-field.js";
import { useWords } from "../ui/words.js";
import { KeepForm } from "./keep-form.js";
import { canKeep, open, people, type StoredPerson } from "./keystore.js";
import { askPasskey } from "./passkey.js";
import { enter, type Person } from "./person.js";

interface SignInProps {
  readonly onDone?: (person: Person) => void;
}

export function SignIn({ onDone }: SignInProps) {
  const words = useWords();
  const [known, setKnown] = useState<readonly StoredPerson[]>();
  const [chosen, setChosen] = useState<string>();
  useEffect(() => {
    people("voter").then(
      (found) => {
        setKnown(found);
        setChosen(found[0]?.key ?? "code");
      },
      () => {
        setKnown([]);
        setChosen("code");
      },
    );
  }, []);
  if (known === undefined) return <Loading />;
  const person = known.find(({ key }) => key === chosen);
  return (
    <>
      {known.length === 0 ? null : (
        <RadioGroup
          label={words.identity.who}
          value={chosen}
          onChange={setChosen}
          options={[
            ...known.map(({ key, name, digitalId }) => ({ value: key, label: name, description: digitalId })),
            { value: "code", label: words.identity.withCode },
          ]}
        />
      )}
      {person === undefined ? (
        <WithCode onDone={onDone} />
      ) : (
        <WithStored key={person.key} person={person} onDone={onDone} />
      )}
      <p>
        {words.identity.notYet} <Link href="/join">{words.common.join}</Link>
      </p>
    </>
  );
}

interface PartProps {
  readonly onDone: ((person: Person) => void) | undefined;
}

/** Sign-in with an identity at hand: pending and problem as state. */
function useEntering(onDone: PartProps["onDone"]) {
  const words = useWords();
  const http = useHttp();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string>();
  const go = async (identityOf: () => Promise<Identity | string>): Promise<Person | undefined> => {
    if (pending) return undefined;
    setPending(true);
    setProblem(undefined);
    let person: Person | undefined;
    try {
      const identity = await identityOf();
      if (typeof identity === "string") setProblem(identity);
      else person = await enter(http, identity);
    } catch (error) {
      const unknown = error instanceof ApiError && (error.status === 401 || error.status === 403);
      setProblem(unknown ? words.identity.notRegistered : sentenceOf(error, words));
    }
    setPending(false);
    if (person !== undefined) onDone?.(person);
    return person;
  };
  return { pending, problem, go };
}

function WithStored({ person, onDone }: PartProps & { person: StoredPerson }) {
  const words = useWords();
  const [passphrase, setPassphrase] = useState("");
  const { pending, problem, go } = useEntering(onDone);
  const unlock = async (): Promise<Identity | string> => {
    if (person.lock === "passphrase")
      return (await open(person, { kind: "passphrase", text: passphrase })) ?? words.identity.passphraseWrong;
    const opener = await askPasskey(person.credentialId ?? new Uint8Array(), person.salt);
    return (opener === undefined ? undefined : await open(person, opener)) ?? words.identity.passkeyWrong;
  };
  return (
    <Entry problem={problem} field="passphrase" onSubmit={() => void go(unlock)}>
      {person.lock === "passphrase" ? (
        <TextField
          id="passphrase"
          type="password"
          label={words.identity.passphrase}
          value={passphrase}
          onChange={setPassphrase}
          error={problem}
          autoComplete="current-password"
        />
      ) : null}
      <div className="actions">
        <Button type="submit" variant="primary" isPending={pending}>
          {words.identity.unlockWith(person.name)}
        </Button>
      </div>
    </Entry>
  );
}

function WithCode({ onDone }: PartProps) {
  const words = useWords();
  const [typed, setTyped] = useState("");
  const [keepIt, setKeepIt] = useState(false);
  const [entered, setEntered] = useState<Person>();
  const { pending, problem, go } = useEntering(keepIt ? undefined : onDone);
  const read = async (): Promise<Identity | string> => {
    const code = codeFromTyped(typed);
    return code === undefined ? words.identity.codeMalformed : identityFromCode(code, "voter");
  };
  if (entered !== undefined && keepIt)
    return (
      <KeepForm
        person={{ role: "voter", name: entered.name, digitalId: entered.digitalId }}
        identity={entered.identity}
        onDone={() => onDone?.(entered)}
      />
    );
  return (
    <Entry problem={problem} field="code" onSubmit={() => void go(read).then(setEntered)}>
      <TextField
        id="code"
        label={words.identity.codeField}
        description={words.identity.codeMalformed}
        value={typed}
        onChange={setTyped}
        error={problem}
        autoComplete="off"
        ltr
        className="code-field"
      />
      {canKeep() ? <Checkbox label={words.identity.keepCodeToo} isSelected={keepIt} onChange={setKeepIt} /> : null}
      <div className="actions">
        <Button type="submit" variant="primary" isPending={pending}>
          {words.identity.unlock}
        </Button>
      </div>
    </Entry>
  );
}

function Entry(props: { problem: string | undefined; field: string; onSubmit: () => void; children: ReactNode }) {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      <ErrorSummary errors={props.problem === undefined ? [] : [{ id: props.field, text: props.problem }]} />
      {props.children}
    </form>
  );
}
