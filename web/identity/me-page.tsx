import { useEffect, useState } from "react";
import { toHex } from "#base/bytes.js";
import type { Http } from "#client/http.js";
import { keyBytes } from "#protocol/identity.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { useWords } from "../ui/words.js";
import { forget, people } from "./keystore.js";
import { leave, type Person, usePerson } from "./person.js";
import { SignIn } from "./sign-in.js";

interface Me {
  readonly digital_id: string;
  readonly name: string;
  readonly email: string;
  readonly status: string;
}

export interface MyElection {
  readonly id: string;
  readonly title: string;
  readonly stage: string;
  readonly start_date: string;
  readonly end_date: string;
  readonly sitting: string;
}

/** The voter's own page: registration, elections, this device. Asks to sign in first. */
export function MePage() {
  const words = useWords();
  const person = usePerson();
  if (person === undefined)
    return (
      <Page title={words.identity.signInTitle} lead={words.identity.signInLead}>
        <SignIn />
      </Page>
    );
  return <SignedIn person={person} />;
}

/** Elections on whose roll the voter is, with what the public list says of them. */
export async function electionsOf(http: Http): Promise<readonly MyElection[]> {
  const { elections } = await http.request<{ elections: readonly { election_id: string; title: string }[] }>(
    "/me/elections",
  );
  return Promise.all(
    elections.map(async ({ election_id, title }) => {
      const found = await http.request<Partial<MyElection>>(`/elections/${election_id}`);
      const { stage = "", start_date = "", end_date = "", sitting = "" } = found;
      return { id: election_id, title, stage, start_date, end_date, sitting };
    }),
  );
}

function SignedIn({ person }: { person: Person }) {
  const words = useWords();
  const http = useHttp();
  const me = useAsk(person.digitalId, async () => ({
    me: await http.request<Me>("/me"),
    elections: await electionsOf(http),
  }));
  return (
    <Page title={words.identity.meTitle(person.name)}>
      <Asked ask={me}>
        {(value) => (
          <>
            <dl className="facts">
              <dt>{words.identity.status}</dt>
              <dd>{words.identity.statuses[value.me.status] ?? value.me.status}</dd>
              <dt>{words.identity.mailAddress}</dt>
              <dd dir="auto">{value.me.email}</dd>
              <dt>{words.identity.digitalId}</dt>
              <dd dir="ltr">
                <code>{value.me.digital_id}</code>
              </dd>
            </dl>
            <h2>{words.identity.myElections}</h2>
            {value.elections.length === 0 ? <p>{words.identity.noElections}</p> : null}
            {value.elections.map((election) => (
              <ElectionCard key={election.id} election={election} all={value.elections} />
            ))}
          </>
        )}
      </Asked>
      <ThisDevice person={person} />
    </Page>
  );
}

function ElectionCard({ election, all }: { election: MyElection; all: readonly MyElection[] }) {
  const words = useWords();
  const together = all.filter((each) => each.sitting !== "" && each.sitting === election.sitting);
  return (
    <section className="card">
      <h3 dir="auto">{election.title}</h3>
      <p className="quiet">
        <Instant value={election.start_date} /> – <Instant value={election.end_date} />
      </p>
      {together.length > 1 ? <p className="quiet">{words.identity.sittings}</p> : null}
      <div className="actions">
        {election.stage === "open" ? (
          <Link href={`/booth/${election.id}`} variant="button">
            {words.identity.vote}
          </Link>
        ) : null}
        <Link href={`/board/${election.id}`} variant="secondary">
          {words.identity.seeBoard}
        </Link>
      </div>
    </section>
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
  const askLetter = () =>
    http
      .request("/me/key/letter", { method: "POST", json: {} })
      .then(() => setSaid(words.identity.replaceKeySent))
      .catch((error: unknown) => setSaid(sentenceOf(error, words)));
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
      <h3>{words.identity.replaceKey}</h3>
      <p>{words.identity.replaceKeyLead}</p>
      <Button onPress={() => void askLetter()}>{words.identity.replaceKey}</Button>
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
