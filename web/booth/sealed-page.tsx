import { ApiError } from "#client/http.js";
import { announcedText } from "#client/opening.js";
import type { Identity } from "#protocol/identity.js";
import type { PreparedBallot } from "#protocol/voter.js";
import { Button } from "../ui/button.js";
import { Code } from "../ui/code.js";
import { Disclosure } from "../ui/disclosure.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { Qr } from "../ui/qr.js";
import { Steps } from "../ui/steps.js";
import { TextArea } from "../ui/text-area.js";
import { useLanguage, useWords } from "../ui/words.js";
import { checkAddress } from "./address.js";
import { paperIn } from "./paper.js";
import { castAll, testAll } from "./session.js";
import type { Visit } from "./visit.js";

/** The tracker is fixed and can be recorded elsewhere; only now the voter chooses to send or to test. */
export function SealedPage({ visit, identity }: { visit: Visit; identity: Identity }) {
  const words = useWords();
  const { language } = useLanguage();
  const http = useHttp();
  const { booth } = words;
  const sending = visit.phase === "sending";
  const testing = visit.phase === "testing";
  return (
    <Page title={booth.sealedTitle} lead={booth.sealedLead} above={<Steps names={booth.steps} current={2} />}>
      {visit.trouble === undefined ? null : (
        <Notice kind="bad" title={booth.notSent}>
          <p>{sentenceOf(visit.trouble, words)}</p>
          <p>{isStale(visit.trouble) ? booth.staleLead : booth.notSentLead}</p>
        </Notice>
      )}
      {visit.papers.map(({ election, prepared }) => (
        <Code
          key={election.uuid}
          value={(prepared as PreparedBallot).tracker}
          label={visit.papers.length > 1 ? `${booth.code}: ${paperIn(election, language).name}` : booth.code}
        />
      ))}
      <p className="quiet">{booth.codeHint}</p>
      <div className="actions">
        <Button variant="primary" isPending={sending} isDisabled={testing} onPress={() => void castAll(http, identity)}>
          {booth.sendMyVote}
        </Button>
      </div>
      <p role="status">{sending ? booth.sending : testing ? booth.testing : ""}</p>
      <Disclosure title={booth.testDevice}>
        <p>{booth.testAbout}</p>
        <p>{booth.recordFirst}</p>
        {visit.papers.map(({ election, prepared }) => {
          const { tracker } = prepared as PreparedBallot;
          const text = announcedText({ uuid: election.uuid, tracker, fingerprint: election.fingerprint });
          const address = checkAddress(http, text);
          return (
            <div key={election.uuid}>
              <Qr value={address} label={booth.code} />
              <TextArea ltr rows={3} label={booth.checkAddress} value={address} onChange={() => undefined} />
            </div>
          );
        })}
        {visit.tests > 0 ? <p>{booth.testsDone(visit.tests)}</p> : null}
        <div className="actions">
          <Button isPending={testing} isDisabled={sending} onPress={() => void testAll(http, identity)}>
            {booth.testDevice}
          </Button>
        </div>
      </Disclosure>
    </Page>
  );
}

const isStale = (trouble: unknown): boolean => trouble instanceof ApiError && trouble.code === "stale-sequence";
