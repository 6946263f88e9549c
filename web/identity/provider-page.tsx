/** Where an organisation's own sign-in sends people back to: signs in with what it sent, or says why not. */
import { useEffect, useRef, useState } from "react";
import { ApiError } from "#client/http.js";
import { beginProvider, finishProvider, listProviders } from "#client/session.js";
import { useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Loading } from "../ui/loading.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { useWords } from "../ui/words.js";
import { useAccountWords } from "./account-words.js";

interface ProviderPageProps {
  readonly organisation: string;
  readonly onAccount: () => void;
}

/** What the server says in English where no sentence of ours says as much. */
interface Fault {
  readonly text: string;
  readonly said?: string;
}

export function ProviderPage({ organisation, onAccount }: ProviderPageProps) {
  const words = useWords();
  const text = useAccountWords();
  const http = useHttp();
  const provider = useAsk("providers", () => listProviders(http)).value?.providers.find(
    (each) => each.organisation === organisation,
  );
  const name = provider?.name ?? words.common.name;
  const [query] = useState(() => location.search);
  const [error, setError] = useState<unknown>();
  const used = useRef(false);
  useEffect(() => {
    if (used.current) return;
    used.current = true;
    // What the provider sent works once; it does not stay in the history.
    history.replaceState(null, "", location.pathname);
    finishProvider(http, organisation, query).then(onAccount, setError);
  }, [http, organisation, query, onAccount]);
  if (error === undefined)
    return (
      <Page title={text.providerTitle(name)}>
        <Loading label={text.signingIn} />
      </Page>
    );
  const fault = (): Fault => {
    if (!(error instanceof ApiError)) return { text: sentenceOf(error, words) };
    if (error.code === "not-allowed") return { text: text.providerNotLetIn, said: error.message };
    if (error.code === "unavailable") return { text: text.providerAway };
    if (error.status !== 401) return { text: sentenceOf(error, words) };
    return { text: new URLSearchParams(query).has("error") ? text.providerRefused(name) : text.providerStale };
  };
  const { text: why, said } = fault();
  const begin = () =>
    beginProvider(http, organisation).then(
      (address) => location.assign(address),
      (again: unknown) => setError(again),
    );
  return (
    <Page title={text.providerTitle(name)}>
      <Notice kind="bad" title={words.common.failed}>
        <p>{why}</p>
        {said === undefined ? null : <p lang="en">{said}</p>}
      </Notice>
      <div className="actions">
        {provider === undefined ? null : (
          <Button variant="primary" onPress={() => void begin()}>
            {text.beginAgain}
          </Button>
        )}
        <Link href="/sign-in" variant="secondary">
          {text.otherWay}
        </Link>
      </div>
    </Page>
  );
}
