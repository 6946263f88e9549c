import { useState } from "react";
import { register } from "#client/voter.js";
import type { Words } from "#words/web/en.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { ErrorSummary, type FormError } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { TextField } from "../ui/text-field.js";
import { useLanguage, useWords } from "../ui/words.js";
import { useAccountWords } from "./account-words.js";
import { DevelopmentMail } from "./development-mail.js";

function faultsOf(name: string, email: string, text: Words["identity"]): FormError[] {
  const faults: FormError[] = [];
  if (name === "") faults.push({ id: "name", text: text.nameMissing });
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) faults.push({ id: "email", text: text.emailMissing });
  return faults;
}

/** An organisation's own link says with which one; without it the founding one decides. */
const namedByLink = () => new URLSearchParams(location.search).get("organisation") ?? undefined;

/** Asks for a registration. The answer says nothing about whether the address is known. */
export function JoinPage() {
  const words = useWords();
  const { language } = useLanguage();
  const http = useHttp();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [pending, setPending] = useState(false);
  const [sent, setSent] = useState(false);
  const [organisation] = useState(namedByLink);
  const errorOf = (id: string) => errors.find((each) => each.id === id)?.text;
  const submit = async () => {
    const faults = faultsOf(name.trim(), email.trim(), words.identity);
    setErrors(faults);
    if (faults.length > 0 || pending) return;
    setPending(true);
    try {
      const person = { name: name.trim(), email: email.trim(), language };
      await register(http, organisation === undefined ? person : { ...person, organisation });
      setSent(true);
    } catch (error) {
      setErrors([{ id: "email", text: sentenceOf(error, words) }]);
    }
    setPending(false);
  };
  if (sent) return <MailSent to={email.trim()} onAgain={() => setSent(false)} />;
  return (
    <Page title={words.identity.joinTitle} lead={words.identity.joinLead}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {organisation === undefined ? null : <With organisation={organisation} />}
        <ErrorSummary errors={errors} />
        <TextField
          id="name"
          label={words.identity.name}
          description={words.identity.nameHint}
          value={name}
          onChange={setName}
          error={errorOf("name")}
          autoComplete="name"
        />
        <TextField
          id="email"
          type="email"
          label={words.identity.email}
          description={words.identity.emailHint}
          value={email}
          onChange={setEmail}
          error={errorOf("email")}
          autoComplete="email"
          ltr
        />
        <div className="actions">
          <Button type="submit" variant="primary" isPending={pending}>
            {words.identity.send}
          </Button>
        </div>
      </form>
      <p>
        <Link href="/sign-in">{words.common.signIn}</Link>
      </p>
      <Insecure />
    </Page>
  );
}

/** The organisation that the link names. */
function With({ organisation }: { organisation: string }) {
  const text = useAccountWords();
  const http = useHttp();
  const path = `/organisations/${encodeURIComponent(organisation)}`;
  const ask = useAsk(path, () => http.request<{ readonly name: string }>(path));
  return (
    <Asked ask={ask}>
      {({ name }) => (
        <dl className="facts">
          <dt>{text.organisation}</dt>
          <dd dir="auto">{name}</dd>
        </dl>
      )}
    </Asked>
  );
}

function MailSent({ to, onAgain }: { to: string; onAgain: () => void }) {
  const words = useWords();
  return (
    <Page title={words.identity.mailTitle} lead={words.identity.mailLead(to)}>
      <DevelopmentMail to={to} />
      <p>{words.identity.mailSame}</p>
      <p>{words.identity.mailNone}</p>
      <div className="actions">
        <Button onPress={onAgain}>{words.identity.again}</Button>
      </div>
    </Page>
  );
}

function Insecure() {
  const words = useWords();
  if (isSecureContext) return null;
  return (
    <Notice kind="warn" title={words.common.insecureTitle}>
      <p>{words.common.insecureLead}</p>
    </Notice>
  );
}
