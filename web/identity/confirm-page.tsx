import { useState } from "react";
import { platformRandom } from "#client/http.js";
import { confirm, replaceKey } from "#client/voter.js";
import { identityFromCode } from "#protocol/identity.js";
import { type Ask, useAsk } from "../ui/ask.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Loading } from "../ui/loading.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { Steps } from "../ui/steps.js";
import { useWords } from "../ui/words.js";
import { accountOf } from "./account.js";
import { CodeMaker } from "./code-maker.js";
import { KeepForm } from "./keep-form.js";
import { enter, type Person, usePerson } from "./person.js";
import { SignInPage } from "./sign-in-page.js";

type Purpose = "confirm" | "replace";

interface Bound {
  readonly person: Person;
  readonly status: string;
}

/** Binding the key of a code: the signature over the mailed token, then signing in with it. */
function useBinding(purpose: Purpose, token: string) {
  const words = useWords();
  const http = useHttp();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [bound, setBound] = useState<Bound>();
  const bind = async (code: string) => {
    if (pending) return;
    setPending(true);
    setProblem(undefined);
    try {
      const identity = identityFromCode(code, "voter");
      let status = "approved";
      if (purpose === "confirm") status = (await confirm(http, token, identity, platformRandom)).status;
      else await replaceKey(http, token, identity, platformRandom);
      // The link has done its work; it does not stay in the history.
      history.replaceState(null, "", location.pathname);
      setBound({ person: await enter(http, identity), status });
    } catch (error) {
      setProblem(sentenceOf(error, words));
    }
    setPending(false);
  };
  return { pending, problem, bound, bind };
}

/** Replacing a key takes a session beside the mailed link: by the old key, or without it. */
function SignInFirst({ account }: { account: Ask<unknown> }) {
  const { identity } = useWords();
  if (account.state !== "loading")
    return <SignInPage title={identity.keyTitle} lead={identity.keyLead} onAccount={account.again} />;
  return (
    <Page title={identity.keyTitle}>
      <Loading />
    </Page>
  );
}

/** What the mailed link opens: a code is made here, typed again, and its key signs the mailed token. */
export function ConfirmPage({ purpose }: { purpose: Purpose }) {
  const words = useWords();
  const http = useHttp();
  const signedIn = usePerson();
  const account = useAsk("account", async () => (purpose === "replace" ? await accountOf(http) : undefined));
  const [token] = useState(() => location.hash.slice(1));
  const { pending, problem, bound, bind } = useBinding(purpose, token);
  const [kept, setKept] = useState(false);
  const names = words.identity.confirmSteps;
  if (token === "" && bound === undefined)
    return (
      <Page title={words.identity.confirmTitle}>
        <Notice kind="bad" title={words.identity.noToken} />
        <p>
          <Link href="/join">{words.common.join}</Link>
        </p>
      </Page>
    );
  if (purpose === "replace" && signedIn === undefined && account.value === undefined && bound === undefined)
    return <SignInFirst account={account} />;
  if (bound === undefined)
    return (
      <CodeMaker
        title={words.identity.confirmTitle}
        lead={words.identity.confirmLead}
        text={words.identity}
        field={words.identity.codeField}
        sheet={words.identity.yourCode}
        go={words.identity.confirmGo}
        steps={names}
        first={0}
        onCode={(code) => void bind(code)}
        isPending={pending}
        problem={problem}
      />
    );
  if (!kept)
    return (
      <Page title={words.identity.keepTitle} lead={words.identity.keepLead} above={<Steps names={names} current={2} />}>
        <KeepForm
          person={{ role: "voter", name: bound.person.name, digitalId: bound.person.digitalId }}
          identity={bound.person.identity}
          onDone={() => setKept(true)}
        />
      </Page>
    );
  return (
    <Page
      title={words.identity.doneTitle}
      lead={bound.status === "approved" ? words.identity.doneApproved : words.identity.donePending}
      above={<Steps names={names} current={3} />}
    >
      <dl className="facts">
        <dt>{words.identity.digitalId}</dt>
        <dd dir="ltr">
          <code>{bound.person.digitalId}</code>
        </dd>
      </dl>
      <div className="actions">
        <Link href="/me" variant="button">
          {words.identity.toMe}
        </Link>
      </div>
    </Page>
  );
}
