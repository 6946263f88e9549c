import { useLocation } from "wouter";
import { receiptFileText, trackerPath } from "#client/receipt-file.js";
import type { RecordedBallot } from "#client/voter.js";
import { leave } from "../identity/person.js";
import { Button } from "../ui/button.js";
import { Code } from "../ui/code.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { Qr } from "../ui/qr.js";
import { Steps } from "../ui/steps.js";
import { useLanguage, useWords } from "../ui/words.js";
import { myVoteAddress } from "./address.js";
import { paperIn } from "./paper.js";
import { saveFile } from "./save-file.js";
import { endVisit } from "./session.js";
import type { Paper, Visit } from "./visit.js";

/** The lasting confirmation: what was recorded, when, and the code to look it up. Nothing of the choice. */
export function RecordedPage({ visit }: { visit: Visit }) {
  const { booth } = useWords();
  const http = useHttp();
  const [, navigate] = useLocation();
  const finish = () => {
    navigate("/my-vote");
    endVisit();
    void leave(http);
  };
  return (
    <Page title={booth.recordedTitle} above={<Steps names={booth.steps} current={3} />}>
      <Notice kind="good" title={booth.recordedLead} />
      {visit.papers.map((paper) => (
        <Confirmation key={paper.election.uuid} paper={paper} />
      ))}
      <p>{booth.revote}</p>
      <p>
        <Link href="/my-vote">{booth.lookLater}</Link>
      </p>
      <div className="actions">
        <Button variant="primary" onPress={() => print()}>
          {booth.print}
        </Button>
        <Button onPress={finish}>{booth.finish}</Button>
      </div>
    </Page>
  );
}

function Confirmation({ paper: { election, recorded } }: { paper: Paper }) {
  const { booth } = useWords();
  const { language } = useLanguage();
  const http = useHttp();
  const { tracker, receipt, shows } = recorded as RecordedBallot;
  const paper = paperIn(election, language);
  const address = myVoteAddress(http, election.uuid, tracker);
  return (
    <section className="card receipt">
      <h2 lang={paper.lang} dir="auto">
        {paper.name}
      </h2>
      <dl className="facts">
        <dt>{booth.recordedAt}</dt>
        <dd>
          <Instant value={shows.time} />
        </dd>
        <dt>{booth.block}</dt>
        <dd>{shows.height}</dd>
      </dl>
      <Code value={tracker} label={booth.code} />
      <p className="quiet">{booth.codeHint}</p>
      <Qr value={address} label={booth.code} />
      <div className="actions">
        <Button
          onPress={() =>
            saveFile(`receipt-${trackerPath(tracker).slice(0, 8)}.json`, receiptFileText(election, tracker, receipt))
          }
        >
          {booth.saveReceipt}
        </Button>
      </div>
    </section>
  );
}
