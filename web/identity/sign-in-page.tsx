/**
 * Signing in, in every way that there is: with the key, which can vote, and without it (by mail, passkey, or through an
 * organisation), which opens the voter's page only. The page says which is which.
 */
import { useState } from "react";
import { ApiError } from "#client/http.js";
import { beginProvider, listProviders, signInByPasskey } from "#client/session.js";
import { useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { useWords } from "../ui/words.js";
import { useAccountWords } from "./account-words.js";
import { askedLetter } from "./asked-letter.js";
import { LetterPages } from "./letter-pages.js";
import { SignIn } from "./sign-in.js";
import { canUsePasskeys, PasskeyCancelled, useOne } from "./web-authn.js";

export interface SignInPageProps {
  /** Somebody signed in without the key. Who signs in with it is held by the page (`usePerson`). */
  readonly onAccount: () => void;
}

/** Why one has to sign in, where that is not plain. */
interface Reason {
  readonly title?: string;
  readonly lead?: string;
}

export function SignInPage({ onAccount, title, lead }: SignInPageProps & Reason) {
  const { identity } = useWords();
  const text = useAccountWords();
  const [byMail, setByMail] = useState(() => askedLetter() !== undefined);
  if (byMail) return <LetterPages onAccount={onAccount} onOther={() => setByMail(false)} />;
  return (
    <Page title={title ?? identity.signInTitle} lead={lead}>
      <section className="card">
        <h2>{text.withKey}</h2>
        <p>{text.withKeyLead}</p>
        <SignIn />
      </section>
      <section className="card">
        <h2>{text.without}</h2>
        <p>{text.withoutLead}</p>
        <WithoutKey onAccount={onAccount} onMail={() => setByMail(true)} />
      </section>
    </Page>
  );
}

function WithoutKey({ onAccount, onMail }: SignInPageProps & { onMail: () => void }) {
  const words = useWords();
  const text = useAccountWords();
  const http = useHttp();
  const providers = useAsk("providers", () => listProviders(http)).value?.providers ?? [];
  const [pending, setPending] = useState(false);
  const [fault, setFault] = useState<string>();
  const attempt = async (act: () => Promise<void>, why: (error: unknown) => string) => {
    if (pending) return;
    setPending(true);
    setFault(undefined);
    await act().catch((error: unknown) => setFault(why(error)));
    setPending(false);
  };
  const byPasskey = () =>
    attempt(
      async () => {
        await signInByPasskey(http, useOne);
        onAccount();
      },
      (error) => {
        if (error instanceof PasskeyCancelled) return text.passkeyCancelled;
        if (error instanceof ApiError && error.status === 401) return text.passkeyUnknown;
        return sentenceOf(error, words);
      },
    );
  const at = (organisation: string) =>
    attempt(
      async () => location.assign(await beginProvider(http, organisation)),
      (error) =>
        error instanceof ApiError && error.code === "unavailable" ? text.providerAway : sentenceOf(error, words),
    );
  return (
    <>
      {fault === undefined ? null : (
        <Notice kind="bad" title={words.common.failed}>
          <p>{fault}</p>
        </Notice>
      )}
      <ul className="ways">
        <li>
          <Button onPress={onMail}>{text.byMail}</Button>
        </li>
        {canUsePasskeys() ? (
          <li>
            <Button onPress={() => void byPasskey()} isPending={pending}>
              {text.byPasskey}
            </Button>
          </li>
        ) : null}
        {providers.map(({ organisation, name, organisation_name }) => (
          <li key={organisation}>
            <Button onPress={() => void at(organisation)} isPending={pending}>
              {text.byProvider(name)}
            </Button>
            <p className="quiet" dir="auto">
              {text.forVotersOf(organisation_name)}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
