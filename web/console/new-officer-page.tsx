/** Somebody who is to become an officer makes a key here and hands its public part to an officer in office. */
import { useState } from "react";
import { toHex } from "#base/bytes.js";
import { type Identity, identityFromCode, keyBytes } from "#protocol/identity.js";
import { OfficeCode } from "../ceremony/office-code.js";
import { KeepForm } from "../identity/keep-form.js";
import { Button } from "../ui/button.js";
import { Code } from "../ui/code.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { Link } from "../ui/link.js";
import { Page } from "../ui/page.js";
import { Qr } from "../ui/qr.js";
import { useRoomWords } from "../ui/room-words.js";
import { Steps } from "../ui/steps.js";
import { TextField } from "../ui/text-field.js";

export function NewOfficerPage() {
  const words = useRoomWords();
  const { console: text } = words;
  const [name, setName] = useState("");
  const [error, setError] = useState<string>();
  const [named, setNamed] = useState(false);
  const [identity, setIdentity] = useState<Identity>();
  const [kept, setKept] = useState(false);
  const steps = (current: number) => <Steps names={text.newOfficerSteps} current={current} />;
  if (identity !== undefined && kept) return <KeyShown identity={identity} />;
  if (identity !== undefined)
    return (
      <Page title={words.identity.keepTitle} lead={words.identity.keepLead} above={steps(3)}>
        <KeepForm
          person={{ role: "officer", name: name.trim(), digitalId: "" }}
          identity={identity}
          onDone={() => setKept(true)}
        />
      </Page>
    );
  if (named)
    return (
      <OfficeCode
        title={text.codeTitle}
        lead={text.codeLead}
        go={text.makeKey}
        steps={text.newOfficerSteps}
        first={1}
        onCode={(code) => setIdentity(identityFromCode(code, "officer"))}
        isPending={false}
        problem={undefined}
      />
    );
  return (
    <Page title={text.newOfficer} lead={text.newOfficerLead} above={steps(0)}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setError(name.trim() === "" ? text.officerNameMissing : undefined);
          setNamed(name.trim() !== "");
        }}
      >
        <ErrorSummary errors={error === undefined ? [] : [{ id: "name", text: error }]} />
        <TextField
          id="name"
          label={text.officerName}
          description={text.officerNameHint}
          value={name}
          onChange={setName}
          error={error}
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

function KeyShown({ identity }: { identity: Identity }) {
  const { console: text } = useRoomWords();
  const key = toHex(keyBytes(identity));
  return (
    <Page title={text.publicKey} lead={text.publicKeyLead} above={<Steps names={text.newOfficerSteps} current={4} />}>
      <Code value={key} label={text.publicKey} group={8} />
      <Qr value={key} label={text.publicKey} />
      <div className="actions">
        <Link href="/console" variant="secondary">
          {text.toConsole}
        </Link>
      </div>
    </Page>
  );
}
