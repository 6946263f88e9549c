/** The voter's passkeys for signing in: which there are, adding one, removing one. */
import { type FormEvent, useState } from "react";
import { addPasskey, listPasskeys, type PasskeyList, removePasskey } from "#client/session.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Notice } from "../ui/notice.js";
import { sentenceOf } from "../ui/problem.js";
import { TextField } from "../ui/text-field.js";
import { useWords } from "../ui/words.js";
import { useAccountWords } from "./account-words.js";
import { canUsePasskeys, makeOne, PasskeyCancelled, PasskeyExists } from "./web-authn.js";

type Passkey = PasskeyList["passkeys"][number];

export function Passkeys() {
  const text = useAccountWords();
  const http = useHttp();
  const ask = useAsk("passkeys", () => listPasskeys(http));
  return (
    <>
      <h2>{text.passkeys}</h2>
      <p>{text.passkeysLead}</p>
      <Asked ask={ask}>{({ passkeys }) => <Own passkeys={passkeys} onChange={ask.again} />}</Asked>
      {canUsePasskeys() ? <Add onAdded={ask.again} /> : null}
    </>
  );
}

function Own({ passkeys, onChange }: { passkeys: readonly Passkey[]; onChange: () => void }) {
  const text = useAccountWords();
  const words = useWords();
  const http = useHttp();
  const [asking, setAsking] = useState<Passkey>();
  const [fault, setFault] = useState<string>();
  const remove = async ({ id }: Passkey) => {
    setAsking(undefined);
    try {
      await removePasskey(http, id);
      onChange();
    } catch (error) {
      setFault(sentenceOf(error, words));
    }
  };
  if (passkeys.length === 0) return <p>{text.noPasskeys}</p>;
  return (
    <>
      {fault === undefined ? null : <Notice kind="bad" title={fault} />}
      <ul className="passkeys">
        {passkeys.map((passkey) => (
          <li key={passkey.id} className="card">
            <h3 dir="auto">{passkey.name}</h3>
            <dl className="facts">
              <dt>{text.passkeyMade}</dt>
              <dd>
                <Instant value={passkey.created_at} />,{" "}
                {passkey.backed_up ? text.passkeyBackedUp : text.passkeyOneDevice}
              </dd>
              <dt>{text.passkeyUsed}</dt>
              <dd>{passkey.last_used_at === null ? text.passkeyNever : <Instant value={passkey.last_used_at} />}</dd>
            </dl>
            <Button onPress={() => setAsking(passkey)}>{text.removePasskey(passkey.name)}</Button>
          </li>
        ))}
      </ul>
      <Dialog
        title={text.removeTitle(asking?.name ?? "")}
        isOpen={asking !== undefined}
        onClose={() => setAsking(undefined)}
      >
        <p>{text.removeLead}</p>
        <div className="actions">
          <Button variant="danger" onPress={() => void (asking === undefined ? undefined : remove(asking))}>
            {text.removeGo}
          </Button>
          <Button onPress={() => setAsking(undefined)}>{words.common.cancel}</Button>
        </div>
      </Dialog>
    </>
  );
}

function Add({ onAdded }: { onAdded: () => void }) {
  const text = useAccountWords();
  const words = useWords();
  const http = useHttp();
  const [name, setName] = useState("");
  const [fault, setFault] = useState<string>();
  const [pending, setPending] = useState(false);
  const [added, setAdded] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    const given = name.trim();
    setAdded(false);
    setFault(given === "" ? text.passkeyNameMissing : undefined);
    if (given === "") return;
    setPending(true);
    try {
      await addPasskey(http, given, makeOne);
      setName("");
      setAdded(true);
      onAdded();
    } catch (error) {
      if (error instanceof PasskeyCancelled) setFault(text.passkeyCancelled);
      else if (error instanceof PasskeyExists) setFault(text.passkeyExists);
      else setFault(sentenceOf(error, words));
    }
    setPending(false);
  };
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <ErrorSummary errors={fault === undefined ? [] : [{ id: "passkey-name", text: fault }]} />
      {added ? <Notice kind="good" title={text.passkeyAdded} /> : null}
      <TextField
        id="passkey-name"
        label={text.passkeyName}
        description={text.passkeyNameHint}
        value={name}
        onChange={setName}
        error={fault}
        maxLength={100}
        autoComplete="off"
      />
      <Button type="submit" isPending={pending}>
        {text.addPasskey}
      </Button>
    </form>
  );
}
