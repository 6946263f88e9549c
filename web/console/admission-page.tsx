/** Who may register: those who wait for an officer, rules that approve by themselves, and the allow-list. */
import { useState } from "react";
import { type Admission, admission } from "#client/electorate.js";
import { Asked, useAsk } from "../ui/ask.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Claims, Domains } from "./admission-rules.js";
import { AllowList } from "./allow-list.js";
import { Allowed, MayNot, useMay } from "./allowed.js";
import { WaitingQueue } from "./waiting-queue.js";

export function AdmissionPage() {
  const { console: office, desk: text } = useRoomWords();
  const http = useHttp();
  const [round, setRound] = useState(0);
  const onApproved = () => setRound((before) => before + 1);
  const ask = useAsk("admission", () => admission(http));
  return (
    <Page
      title={text.admission}
      lead={text.admissionLead}
      width="wide"
      above={
        <p>
          <Link href="/console/voters">{office.manageVoters}</Link>
        </p>
      }
    >
      <MayNot least="registrar" />
      <WaitingQueue round={round} />
      <Asked ask={ask}>{(rules) => <Rules rules={rules} again={ask.again} onApproved={onApproved} />}</Asked>
      <Allowed least="registrar">
        <AllowList onApproved={onApproved} />
      </Allowed>
    </Page>
  );
}

/** To be changed by those who may; the others read what holds. */
interface RulesProps {
  readonly rules: Admission;
  readonly again: () => void;
  readonly onApproved: () => void;
}

function Rules({ rules, again, onApproved }: RulesProps) {
  const { desk: text } = useRoomWords();
  const mayChange = useMay("registrar");
  return (
    <>
      <section className="rules">
        <h2>{text.domainsNow}</h2>
        {mayChange ? <Domains domains={rules.domains} onApproved={onApproved} /> : <Plain domains={rules.domains} />}
      </section>
      <section className="rules">
        <h2>{text.claims}</h2>
        <Claims rules={rules} mayChange={mayChange} again={again} />
      </section>
      {mayChange ? null : <p>{text.allowCount(rules.addresses)}</p>}
    </>
  );
}

function Plain({ domains }: { domains: readonly string[] }) {
  const { desk: text } = useRoomWords();
  if (domains.length === 0) return <p>{text.noDomains}</p>;
  return (
    <ul>
      {domains.map((domain) => (
        <li key={domain} dir="ltr">
          {domain}
        </li>
      ))}
    </ul>
  );
}
