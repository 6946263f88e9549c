/** Signing in as an officer: a key of this device, or the code. */
import { KeyEntry } from "../identity/key-entry.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { enterOffice } from "./officer.js";

export function OfficerSignIn() {
  const { console: text } = useRoomWords();
  const http = useHttp();
  return (
    <Page title={text.signInTitle} lead={text.signInLead}>
      <KeyEntry whose="officer" unknown={text.notOfficer} onKey={(identity) => enterOffice(http, identity)} />
      <p>
        <Link href="/console/new-officer">{text.newOfficer}</Link>
      </p>
    </Page>
  );
}
