/** Signing in as an officer: a key of this device, or the code. */
import { useEffect, useState } from "react";
import { ApiError } from "#client/http.js";
import { codeFromTyped } from "#crypto/base58.js";
import { type Identity, identityFromCode } from "#protocol/identity.js";
import { open, people, type StoredPerson } from "../identity/keystore.js";
import { askPasskey } from "../identity/passkey.js";
import { Button } from "../ui/button.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Loading } from "../ui/loading.js";
import { Page } from "../ui/page.js";
import { RadioGroup } from "../ui/radio-group.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextField } from "../ui/text-field.js";
import { enterOffice } from "./officer.js";
import { useAct } from "./use-act.js";

/** Said to the officer; anything else is said in the common words. */
class Wrong extends Error {}

export function OfficerSignIn() {
  const words = useRoomWords();
  const [known, setKnown] = useState<readonly StoredPerson[]>();
  const [chosen, setChosen] = useState("code");
  useEffect(() => {
    people("officer").then(
      (found) => {
        setKnown(found);
        setChosen(found[0]?.key ?? "code");
      },
      () => setKnown([]),
    );
  }, []);
  if (known === undefined) return <Loading />;
  const person = known.find(({ key }) => key === chosen);
  return (
    <Page title={words.console.signInTitle} lead={words.console.signInLead}>
      {known.length === 0 ? null : (
        <RadioGroup
          label={words.identity.who}
          value={chosen}
          onChange={setChosen}
          options={[
            ...known.map(({ key, name }) => ({ value: key, label: name })),
            { value: "code", label: words.identity.withCode },
          ]}
        />
      )}
      <SecretForm key={chosen} person={person} />
      <p>
        <Link href="/console/new-officer">{words.console.newOfficer}</Link>
      </p>
    </Page>
  );
}

function SecretForm({ person }: { person: StoredPerson | undefined }) {
  const words = useRoomWords();
  const http = useHttp();
  const [typed, setTyped] = useState("");
  const { pending, problem, run } = useAct((error) => {
    if (error instanceof Wrong) return error.message;
    const unknown = error instanceof ApiError && (error.status === 401 || error.status === 403);
    return unknown ? words.console.notOfficer : undefined;
  });
  const field = person?.lock === "passkey" ? undefined : person === undefined ? "code" : "passphrase";
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => enterOffice(http, await identityOf(person, typed, words.identity)));
      }}
    >
      <ErrorSummary errors={problem === undefined ? [] : [{ id: field ?? "unlock", text: problem }]} />
      {field === "code" ? (
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
      ) : null}
      {field === "passphrase" ? (
        <TextField
          id="passphrase"
          type="password"
          label={words.identity.passphrase}
          value={typed}
          onChange={setTyped}
          error={problem}
          autoComplete="current-password"
        />
      ) : null}
      <div className="actions">
        <Button type="submit" variant="primary" isPending={pending} id="unlock">
          {person === undefined ? words.identity.unlock : words.identity.unlockWith(person.name)}
        </Button>
      </div>
    </form>
  );
}

interface Sentences {
  readonly codeMalformed: string;
  readonly passphraseWrong: string;
  readonly passkeyWrong: string;
}

async function identityOf(person: StoredPerson | undefined, typed: string, text: Sentences): Promise<Identity> {
  if (person === undefined) {
    const code = codeFromTyped(typed);
    if (code === undefined) throw new Wrong(text.codeMalformed);
    return identityFromCode(code, "officer");
  }
  if (person.lock === "passphrase") {
    const identity = await open(person, { kind: "passphrase", text: typed });
    if (identity === undefined) throw new Wrong(text.passphraseWrong);
    return identity;
  }
  const opener = await askPasskey(person.credentialId ?? new Uint8Array(), person.salt);
  const identity = opener === undefined ? undefined : await open(person, opener);
  if (identity === undefined) throw new Wrong(text.passkeyWrong);
  return identity;
}
