/** The minutes before an officer, who signs what this browser made again from the ledger. */
import { useState } from "react";
import type { SignedMinutes } from "#api/minutes.js";
import { withOfficer } from "#client/minutes.js";
import { MinutesPage } from "../board/minutes-page.js";
import { saveFile } from "../booth/save-file.js";
import { Button } from "../ui/button.js";
import { Notice } from "../ui/notice.js";
import { useRoomWords } from "../ui/room-words.js";
import { Allowed, MayNot } from "./allowed.js";
import type { Officer } from "./officer.js";

export function OfficerMinutesPage({ officer, uuid }: { officer: Officer; uuid: string }) {
  return (
    <MinutesPage uuid={uuid} back={`/console/elections/${uuid}`}>
      {(minutes) => (
        <>
          <MayNot least="officer" />
          <Allowed least="officer">
            <Sign officer={officer} {...minutes} />
          </Allowed>
        </>
      )}
    </MinutesPage>
  );
}

interface SignProps {
  readonly officer: Officer;
  readonly signed: SignedMinutes;
  readonly holds: boolean;
  readonly onSigned: (signed: SignedMinutes) => void;
}

function Sign({ officer, signed, holds, onSigned }: SignProps) {
  const { desk: text } = useRoomWords();
  const [done, setDone] = useState(false);
  const { identity, random } = officer.signer;
  const sign = () => {
    const added = withOfficer(signed, officer.name, identity, random);
    setDone(true);
    onSigned(added);
    saveFile(`${signed.minutes.election.id}.minutes.json`, `${JSON.stringify(added, undefined, 1)}\n`);
  };
  return (
    <section>
      <h2>{text.minutesSign}</h2>
      <p>{text.minutesSignLead}</p>
      {holds ? null : <p className="quiet">{text.minutesSignFirst}</p>}
      <Button onPress={sign} isDisabled={!holds}>
        {text.minutesSignGo(officer.name)}
      </Button>
      {done ? <Notice kind="good" title={text.minutesSigned} /> : null}
    </section>
  );
}
