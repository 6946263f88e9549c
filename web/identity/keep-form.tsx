/** Whether and how this device keeps a key. */
import { useEffect, useState } from "react";
import type { Identity } from "#protocol/identity.js";
import { Button } from "../ui/button.js";
import { ErrorSummary, type FormError } from "../ui/error-summary.js";
import { Notice } from "../ui/notice.js";
import { RadioGroup } from "../ui/radio-group.js";
import { TextField } from "../ui/text-field.js";
import { useWords } from "../ui/words.js";
import { keep, newSalt, type Opener } from "./keybox.js";
import { canKeep, type StoredPerson } from "./keystore.js";
import { hasPasskeys, makePasskey, passkeyName } from "./passkey.js";

type Way = "passphrase" | "passkey" | "none";

interface KeepFormProps {
  readonly person: { readonly role: StoredPerson["role"]; readonly name: string; readonly digitalId: string };
  readonly identity: Identity;
  readonly onDone: () => void;
}

const leastLength = 10;

export function KeepForm({ person, identity, onDone }: KeepFormProps) {
  const words = useWords();
  const { identity: text } = words;
  const [passkeys, setPasskeys] = useState(false);
  const [way, setWay] = useState<Way>(canKeep() ? "passphrase" : "none");
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [pending, setPending] = useState(false);
  useEffect(() => {
    void hasPasskeys().then(setPasskeys);
  }, []);
  const errorOf = (id: string) => errors.find((each) => each.id === id)?.text;
  const submit = async () => {
    const faults = way === "passphrase" ? faultsOf(passphrase, again, text) : [];
    setErrors(faults);
    if (faults.length > 0) return;
    if (way === "none") return onDone();
    setPending(true);
    const salt = newSalt();
    const opener: Opener | undefined =
      way === "passphrase"
        ? { kind: "passphrase", text: passphrase }
        : await makePasskey(passkeyName(person.name), salt);
    if (opener === undefined) setErrors([{ id: "way", text: text.passkeyFailed }]);
    else await keep(person, identity, opener, salt);
    setPending(false);
    if (opener !== undefined) onDone();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <ErrorSummary errors={errors} />
      {canKeep() ? null : <Notice kind="warn" title={text.insecureKeep} />}
      <RadioGroup
        id="way"
        label={text.keepHow}
        value={way}
        onChange={(chosen) => setWay(chosen as Way)}
        error={errorOf("way")}
        options={[
          ...(canKeep() ? [{ value: "passphrase", label: text.keepPassphrase }] : []),
          ...(canKeep() && passkeys ? [{ value: "passkey", label: text.keepPasskey }] : []),
          { value: "none", label: text.keepNot, description: text.keepNotHint },
        ]}
      />
      {way === "passphrase" ? (
        <Passphrases first={passphrase} onFirst={setPassphrase} again={again} onAgain={setAgain} errorOf={errorOf} />
      ) : null}
      <div className="actions">
        <Button type="submit" variant="primary" isPending={pending}>
          {text.keepGo}
        </Button>
      </div>
    </form>
  );
}

function faultsOf(
  passphrase: string,
  again: string,
  text: { readonly passphraseShort: string; readonly passphraseDiffers: string },
): FormError[] {
  const faults: FormError[] = [];
  if (passphrase.length < leastLength) faults.push({ id: "passphrase", text: text.passphraseShort });
  else if (passphrase !== again) faults.push({ id: "again", text: text.passphraseDiffers });
  return faults;
}

interface PassphrasesProps {
  readonly first: string;
  readonly onFirst: (text: string) => void;
  readonly again: string;
  readonly onAgain: (text: string) => void;
  readonly errorOf: (id: string) => string | undefined;
}

function Passphrases({ first, onFirst, again, onAgain, errorOf }: PassphrasesProps) {
  const { identity: text } = useWords();
  return (
    <>
      <TextField
        id="passphrase"
        type="password"
        label={text.passphrase}
        description={text.passphraseHint}
        value={first}
        onChange={onFirst}
        error={errorOf("passphrase")}
        autoComplete="new-password"
      />
      <TextField
        id="again"
        type="password"
        label={text.passphraseAgain}
        value={again}
        onChange={onAgain}
        error={errorOf("again")}
        autoComplete="new-password"
      />
    </>
  );
}
