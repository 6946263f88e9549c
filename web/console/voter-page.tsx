/** One voter: what the registry says, what became of the letters, and what the law lets a person ask for. */
import { useState } from "react";
import { ApiError, type Http } from "#client/http.js";
import { resendLetter, type VoterLetter, voterLetters } from "#client/letters.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { Disclosure } from "../ui/disclosure.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { Allowed, MayNot, useMay } from "./allowed.js";
import { Again, tooManyLetters, useLetterColumns } from "./letter-cells.js";
import { Problem } from "./problem.js";
import { saveText } from "./save-text.js";
import { useAct } from "./use-act.js";
import { VoterActs } from "./voter-acts.js";
import type { VoterPage as VoterList, VoterRow } from "./voters-page.js";

interface Whole {
  readonly voter: VoterRow;
  readonly letters: readonly VoterLetter[];
}

async function readWhole(http: Http, digitalId: string): Promise<Whole | undefined> {
  const { voters } = await http.request<VoterList>(`/officer/voters?q=${encodeURIComponent(digitalId)}`);
  const voter = voters.find((each) => each.digital_id === digitalId);
  return voter === undefined ? undefined : { voter, letters: await voterLetters(http, voter.id) };
}

export function VoterPage({ digitalId }: { digitalId: string }) {
  const { letters: text, console: office } = useRoomWords();
  const http = useHttp();
  const [erased, setErased] = useState<string>();
  const ask = useAsk(digitalId, () => readWhole(http, digitalId));
  const above = (
    <p>
      <Link href="/console/voters">{office.manageVoters}</Link>
    </p>
  );
  if (erased !== undefined)
    return (
      <Page title={text.voterTitle} above={above}>
        <Notice kind="good" title={text.erased(erased)} />
      </Page>
    );
  return (
    <Asked ask={ask}>
      {(found) =>
        found === undefined ? (
          <Page title={text.voterTitle} above={above}>
            <p>{text.voterMissing}</p>
          </Page>
        ) : (
          <Page title={found.voter.name} width="wide" above={above}>
            <Facts voter={found.voter} />
            <MayNot least="registrar" />
            <Allowed least="registrar">
              <VoterActs voter={found.voter} onDone={ask.again} />
            </Allowed>
            <Letters {...found} onDone={ask.again} />
            <Allowed least="registrar">
              <HandOut voter={found.voter} />
              <Erase voter={found.voter} onErased={() => setErased(found.voter.name)} />
            </Allowed>
          </Page>
        )
      }
    </Asked>
  );
}

function Facts({ voter }: { voter: VoterRow }) {
  const { letters: text, console: office, office: more } = useRoomWords();
  const key = voter.key_source === null ? text.noKey : (text.keySources[voter.key_source] ?? voter.key_source);
  return (
    <dl className="facts">
      <dt>{office.status}</dt>
      <dd>{office.voterStatuses[voter.status] ?? voter.status}</dd>
      <dt>{office.email}</dt>
      <dd>
        <span dir="ltr">{voter.email === "" ? "–" : voter.email}</span>
      </dd>
      <dt>{text.keyFrom}</dt>
      <dd>{key}</dd>
      <dt>{office.group}</dt>
      <dd>{voter.groups.join(", ") || "–"}</dd>
      <dt>{office.district}</dt>
      <dd>{voter.district || "–"}</dd>
      <dt>{office.weight}</dt>
      <dd>{voter.weight}</dd>
      <dt>{text.externalId}</dt>
      <dd>{voter.external_id ?? "–"}</dd>
      <dt>{text.language}</dt>
      <dd>{voter.language}</dd>
      <dt>{text.registered}</dt>
      <dd>
        <Instant value={voter.created_at} />
      </dd>
      <dt>{more.digitalId}</dt>
      <dd dir="ltr">
        <code>{voter.digital_id}</code>
      </dd>
    </dl>
  );
}

function Letters({ voter, letters, onDone }: Whole & { onDone: () => void }) {
  const { letters: text, console: office } = useRoomWords();
  const http = useHttp();
  const columns = useLetterColumns();
  const maySend = useMay("registrar");
  const [said, setSaid] = useState(false);
  const acting = useAct((error) => tooManyLetters(error, text));
  const done = () => {
    setSaid(true);
    onDone();
  };
  const invite = () =>
    acting.run(async () => {
      await resendLetter(http, voter.id, { kind: "invitation" });
      done();
    });
  const again = (letter: VoterLetter) =>
    letter.kind === "invitation" && voter.key_bound ? null : (
      <Again letter={letter} voter={voter} acting={acting} onDone={done} />
    );
  return (
    <section>
      <h2>{text.voterLetters}</h2>
      <p className="quiet">{text.voterLettersNote}</p>
      {/* Without a key and without any letter left an invitation is what helps. */}
      {!maySend || voter.key_bound || voter.email === "" ? null : (
        <div className="actions">
          <Button onPress={() => void invite()} isPending={acting.pending}>
            {text.inviteAgain}
          </Button>
        </div>
      )}
      <Problem text={acting.problem} />
      {said && acting.problem === undefined ? <Notice kind="good" title={text.againDone(voter.name)} /> : null}
      <Table
        caption={text.voterLetters}
        hideCaption
        rows={letters}
        keyOf={({ id }) => id}
        empty={text.voterLettersEmpty}
        columns={[...columns, ...(maySend ? [{ name: office.actions, cell: again }] : [])]}
      />
    </section>
  );
}

function HandOut({ voter }: { voter: VoterRow }) {
  const { letters: text } = useRoomWords();
  const http = useHttp();
  const { pending, problem, run } = useAct();
  const save = () =>
    run(async () => {
      const data = await http.request<object>(`/officer/voters/${voter.id}/export`);
      saveText("voter-data.json", `${JSON.stringify(data, undefined, 1)}\n`, "application/json");
    });
  return (
    <Disclosure title={text.handOut}>
      <p>{text.handOutLead}</p>
      <Problem text={problem} />
      <Button onPress={() => void save()} isPending={pending}>
        {text.handOutGo}
      </Button>
    </Disclosure>
  );
}

function Erase({ voter, onErased }: { voter: VoterRow; onErased: () => void }) {
  const { letters: text, common } = useRoomWords();
  const http = useHttp();
  const [asked, setAsked] = useState(false);
  const { pending, problem, run } = useAct((error) =>
    error instanceof ApiError && error.code === "conflict" ? text.eraseOnRoll : undefined,
  );
  const erase = async () => {
    const good = await run(() => http.request(`/officer/voters/${voter.id}`, { method: "DELETE" }));
    setAsked(false);
    if (good) onErased();
  };
  return (
    <Disclosure title={text.erase}>
      <p>{text.eraseLead}</p>
      <Problem text={problem} />
      <Button variant="danger" onPress={() => setAsked(true)}>
        {text.erase}
      </Button>
      <Dialog title={text.eraseSure(voter.name)} isOpen={asked} onClose={() => setAsked(false)}>
        <p>{text.eraseUndo}</p>
        <div className="actions">
          <Button variant="danger" onPress={() => void erase()} isPending={pending}>
            {text.eraseGo}
          </Button>
          <Button onPress={() => setAsked(false)}>{common.cancel}</Button>
        </div>
      </Dialog>
    </Disclosure>
  );
}
