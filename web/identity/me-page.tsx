import { useEffect, useState } from "react";
import { toHex } from "#base/bytes.js";
import { signOut } from "#client/session.js";
import { keyBytes } from "#protocol/identity.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Loading } from "../ui/loading.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { useWords } from "../ui/words.js";
import { type Account, accountOf } from "./account.js";
import { useAccountWords } from "./account-words.js";
import { forget, people } from "./keystore.js";
import { electionsOf, MyElections } from "./my-elections.js";
import { Passkeys } from "./passkeys.js";
import { leave, type Person, usePerson } from "./person.js";
import { SignInPage } from "./sign-in-page.js";

interface Me {
  readonly digital_id: string;
  readonly name: string;
  readonly email: string;
  readonly status: string;
  readonly key_bound: boolean;
}

/** The voter's own page: registration, elections, ways to sign in, this device. Asks to sign in first. */
export function MePage() {
  const { identity } = useWords();
  const http = useHttp();
  const person = usePerson();
  const [withKey, setWithKey] = useState(false);
  const ask = useAsk(`account ${person === undefined}`, () => accountOf(http));
  if (person !== undefined)
    return (
      <Page title={identity.meTitle(person.name)}>
        <About who={person.digitalId} />
        <ThisDevice person={person} />
      </Page>
    );
  if (ask.state === "loading" && ask.value === undefined)
    return (
      <Page title={identity.signInTitle}>
        <Loading />
      </Page>
    );
  // A server that cannot say who is signed in will say so again when somebody signs in.
  const account = ask.value;
  if (account === undefined || withKey)
    return (
      <SignInPage
        onAccount={() => {
          setWithKey(false);
          ask.again();
        }}
      />
    );
  return <WithoutKey account={account} onWithKey={() => setWithKey(true)} onLeft={ask.again} />;
}

/** What the registry holds of the voter, the elections, and the passkeys. */
function About({ who }: { who: string }) {
  const words = useWords();
  const text = useAccountWords();
  const http = useHttp();
  const ask = useAsk(who, async () => ({ me: await http.request<Me>("/me"), elections: await electionsOf(http) }));
  return (
    <>
      <Asked ask={ask}>
        {({ me, elections }) => (
          <>
            <dl className="facts">
              <dt>{words.identity.status}</dt>
              <dd>{words.identity.statuses[me.status] ?? me.status}</dd>
              <dt>{words.identity.mailAddress}</dt>
              <dd dir="auto">{me.email}</dd>
              <dt>{words.identity.digitalId}</dt>
              <dd dir="ltr">
                <code>{me.digital_id}</code>
              </dd>
            </dl>
            {me.key_bound ? null : (
              <Notice kind="warn" title={text.noKeyTitle}>
                <p>{text.noKey}</p>
              </Notice>
            )}
            <MyElections elections={elections} />
          </>
        )}
      </Asked>
      <Passkeys />
    </>
  );
}

interface WithoutKeyProps {
  readonly account: Account;
  readonly onWithKey: () => void;
  readonly onLeft: () => void;
}

/** The page of somebody who came by mail, by a passkey or through an organisation: everything but voting. */
function WithoutKey({ account, onWithKey, onLeft }: WithoutKeyProps) {
  const words = useWords();
  const text = useAccountWords();
  const http = useHttp();
  const [fault, setFault] = useState<string>();
  // The session lives on in this browser until the server has ended it: nobody is told otherwise on a shared device.
  const leaveAccount = () =>
    signOut(http, "voter").then(onLeft, (error: unknown) => setFault(sentenceOf(error, words)));
  return (
    <Page title={words.identity.meTitle(account.name)}>
      {fault === undefined ? null : (
        <Notice kind="bad" title={words.common.failed}>
          <p>{fault}</p>
        </Notice>
      )}
      <Notice kind="info" title={text.methods[account.method] ?? account.method}>
        <p>{text.noVoting}</p>
        <p className="quiet">
          {text.until} <Instant value={account.expiresAt} />
        </p>
        <div className="actions">
          <Button onPress={onWithKey}>{text.withKeyNow}</Button>
          <Button onPress={() => void leaveAccount()}>{words.identity.signOut}</Button>
        </div>
      </Notice>
      <About who={account.digitalId} />
      <ReplaceKey title={text.lostKey} lead={text.lostKeyLead} />
    </Page>
  );
}

/** Has the letter sent that replacing the key needs. */
function ReplaceKey({ title, lead }: { title: string; lead: string }) {
  const words = useWords();
  const http = useHttp();
  const [said, setSaid] = useState<string>();
  const askLetter = () =>
    http
      .request("/me/key/letter", { method: "POST", json: {} })
      .then(() => setSaid(words.identity.replaceKeySent))
      .catch((error: unknown) => setSaid(sentenceOf(error, words)));
  return (
    <>
      <h3>{title}</h3>
      <p>{lead}</p>
      {said === undefined ? null : <Notice kind="info" title={said} />}
      <Button onPress={() => void askLetter()}>{words.identity.replaceKey}</Button>
    </>
  );
}

function ThisDevice({ person }: { person: Person }) {
  const words = useWords();
  const http = useHttp();
  const key = toHex(keyBytes(person.identity));
  const [kept, setKept] = useState<boolean>();
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    people("voter").then(
      (found) => setKept(found.some((each) => each.key === key)),
      () => setKept(false),
    );
  }, [key]);
  const forgetMe = async () => {
    await forget(key);
    setAsking(false);
    setKept(false);
    setSaid(words.identity.forgotten);
  };
  return (
    <>
      <h2>{words.identity.thisDevice}</h2>
      {said === undefined ? null : <Notice kind="info" title={said} />}
      {kept === false ? <p>{words.identity.notKept}</p> : null}
      <div className="actions">
        <Button onPress={() => void leave(http)}>{words.identity.signOut}</Button>
        {kept ? (
          <Button variant="danger" onPress={() => setAsking(true)}>
            {words.identity.forget}
          </Button>
        ) : null}
      </div>
      <ReplaceKey title={words.identity.replaceKey} lead={words.identity.replaceKeyLead} />
      <Dialog title={words.identity.forgetTitle} isOpen={asking} onClose={() => setAsking(false)}>
        <p>{words.identity.forgetLead}</p>
        <div className="actions">
          <Button variant="danger" onPress={() => void forgetMe()}>
            {words.identity.forgetGo}
          </Button>
          <Button onPress={() => setAsking(false)}>{words.common.cancel}</Button>
        </div>
      </Dialog>
    </>
  );
}
