/**
 * Somebody's key: one of the people of this device, by passphrase or passkey, or anyone with a code. The same for voters
 * and officers.
 */
import { type ReactNode, useEffect, useState } from "react";
import { ApiError } from "#client/http.js";
import type { Identity } from "#protocol/identity.js";
import { Button } from "../ui/button.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { fetched, whenIdle } from "../ui/fetched.js";
import { Loading } from "../ui/loading.js";
import { sentenceOf } from "../ui/problem.js";
import { RadioGroup } from "../ui/radio-group.js";
import { TextField } from "../ui/text-field.js";
import { useWords } from "../ui/words.js";
import { mayKnowPeople, people, type StoredPerson } from "./keystore.js";

export interface KeyEntryProps {
  readonly whose: StoredPerson["role"];
  /** What is done with the key; what it throws is told. `byCode`: it was typed, and no store of this device gave it. */
  readonly onKey: (identity: Identity, byCode: boolean) => Promise<unknown>;
  /** What to say about a key that the server does not know. */
  readonly unknown: string;
  /** Below the field of the code. */
  readonly withCode?: ReactNode;
}

/** What makes a key of a code is large: it comes while the person types. */
const unlocking = () => fetched(() => import("./unlock.js"));

/** Chooses among those whose keys are kept here. */
export function KeyEntry(props: KeyEntryProps) {
  const { identity: text } = useWords();
  const { whose } = props;
  const [known, setKnown] = useState<readonly StoredPerson[] | undefined>(() => (mayKnowPeople() ? undefined : []));
  const [chosen, setChosen] = useState("code");
  // Asked while the page is drawn, not after it.
  const [asked] = useState(() => people(whose));
  useEffect(() => {
    asked.then(
      (found) => {
        setKnown(found);
        setChosen(found[0]?.key ?? "code");
      },
      () => setKnown([]),
    );
  }, [asked]);
  useEffect(() => whenIdle(unlocking), []);
  if (known === undefined) return <Loading />;
  return (
    <>
      {known.length === 0 ? null : (
        <RadioGroup
          label={text.who}
          value={chosen}
          onChange={setChosen}
          options={[
            ...known.map(({ key, name, digitalId }) => ({ value: key, label: name, description: digitalId })),
            { value: "code", label: text.withCode },
          ]}
        />
      )}
      <SecretForm key={chosen} {...props} person={known.find(({ key }) => key === chosen)} />
    </>
  );
}

function SecretForm({ whose, person, onKey, unknown, withCode }: KeyEntryProps & { person: StoredPerson | undefined }) {
  const words = useWords();
  const { identity: text } = words;
  const [typed, setTyped] = useState("");
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    if (pending) return;
    setPending(true);
    setProblem(undefined);
    try {
      const { identityOf } = await unlocking();
      const identity = await identityOf(person, whose, typed, text);
      if (typeof identity === "string") setProblem(identity);
      else await onKey(identity, person === undefined);
    } catch (error) {
      const stranger = error instanceof ApiError && (error.status === 401 || error.status === 403);
      setProblem(stranger ? unknown : sentenceOf(error, words));
    }
    setPending(false);
  };
  const field = person === undefined ? "code" : person.lock;
  const common = { value: typed, onChange: setTyped, error: problem };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <ErrorSummary
        errors={problem === undefined ? [] : [{ id: field === "passkey" ? "unlock" : field, text: problem }]}
      />
      {field === "code" ? (
        <>
          <TextField
            {...common}
            id="code"
            label={text.codeField}
            description={text.codeMalformed}
            autoComplete="off"
            ltr
            className="code-field"
          />
          {withCode}
        </>
      ) : null}
      {field === "passphrase" ? (
        <TextField
          {...common}
          id="passphrase"
          type="password"
          label={text.passphrase}
          autoComplete="current-password"
        />
      ) : null}
      <div className="actions">
        <Button type="submit" variant="primary" isPending={pending} id="unlock">
          {person === undefined ? text.unlock : text.unlockWith(person.name)}
        </Button>
      </div>
    </form>
  );
}
