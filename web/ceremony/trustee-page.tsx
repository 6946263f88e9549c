/** What an invitation opens: a trustee makes the code of one election here, reads it back, and registers the key. */
import { useState } from "react";
import { useLocation } from "wouter";
import { platformRandom } from "#client/http.js";
import { acceptInvitation, type InvitationAnswer, readInvitation } from "#client/trustee.js";
import { useAct } from "../console/use-act.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Steps } from "../ui/steps.js";
import { TextField } from "../ui/text-field.js";
import { KeyForRestart } from "./key-for-restart.js";
import { OfficeCode } from "./office-code.js";

export function TrusteePage() {
  const [token] = useState(() => location.hash.slice(1));
  return token === "" ? <WithoutLink /> : <Invited token={token} />;
}

function WithoutLink() {
  const { ceremony: text, office } = useRoomWords();
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string>();
  const [making, setMaking] = useState(false);
  const identifier = () => {
    const good = /^[1-9A-HJ-NP-Za-km-z]{14}$/.test(typed.trim());
    setError(good ? undefined : text.idMissing);
    return good;
  };
  if (making) return <KeyForRestart uuid={typed.trim()} />;
  return (
    <Page title={text.title} lead={text.lead}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (identifier()) navigate(`/ceremony/${typed.trim()}`);
        }}
      >
        <h2>{text.openCeremony}</h2>
        <TextField
          id="election"
          label={text.electionId}
          value={typed}
          onChange={setTyped}
          error={error}
          autoComplete="off"
          ltr
        />
        <div className="actions">
          <Button type="submit">{text.open}</Button>
          <Button onPress={() => setMaking(identifier())}>{office.trusteeKeyMake}</Button>
        </div>
      </form>
    </Page>
  );
}

function Invited({ token }: { token: string }) {
  const { ceremony: text } = useRoomWords();
  const http = useHttp();
  const [making, setMaking] = useState(false);
  const [registered, setRegistered] = useState<InvitationAnswer>();
  const { pending, problem, run } = useAct();
  const ask = useAsk(token, () => readInvitation(http, token));
  const register = (code: string) =>
    run(async () => {
      setRegistered(await acceptInvitation(http, token, code, platformRandom));
      // The link has done its work; it does not stay in the history.
      history.replaceState(null, "", location.pathname);
    });
  if (registered !== undefined)
    return (
      <Page title={text.doneTitle} lead={text.doneLead} above={<Steps names={text.steps} current={3} />}>
        <div className="actions">
          <Link href={`/ceremony/${registered.uuid}`} variant="button">
            {text.toCeremony}
          </Link>
        </div>
      </Page>
    );
  return (
    <Asked ask={ask}>
      {(invitation) =>
        making ? (
          <OfficeCode
            title={text.codeTitle}
            lead={text.codeLead}
            go={text.registerKey}
            steps={text.steps}
            first={1}
            onCode={(code) => void register(code)}
            isPending={pending}
            problem={problem}
            sheet={`${text.code} · ${invitation.election} · ${invitation.trustee}`}
          />
        ) : (
          <Page
            title={text.inviteTitle(invitation.election)}
            lead={text.inviteLead(invitation.trustee, invitation.organisation)}
            above={<Steps names={text.steps} current={0} />}
          >
            {invitation.part === "mandatory" ? <Notice kind="warn" title={text.mandatoryWarning} /> : null}
            {invitation.registered ? (
              <Notice kind="warn" title={text.registeredAlready}>
                <p>{text.registeredLead}</p>
              </Notice>
            ) : null}
            <div className="actions">
              <Button variant="primary" onPress={() => setMaking(true)}>
                {text.makeCode}
              </Button>
            </div>
          </Page>
        )
      }
    </Asked>
  );
}
