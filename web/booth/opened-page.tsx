import { useState } from "react";
import { type Opening, openingText } from "#client/opening.js";
import type { Identity } from "#protocol/identity.js";
import type { PreparedBallot } from "#protocol/voter.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { Qr } from "../ui/qr.js";
import { RadioGroup } from "../ui/radio-group.js";
import { Steps } from "../ui/steps.js";
import { TextArea } from "../ui/text-area.js";
import { useLanguage, useWords } from "../ui/words.js";
import { checkAddress } from "./address.js";
import { type Choice, paperIn, vectorOf } from "./paper.js";
import { saveFile } from "./save-file.js";
import { afterTest, reportTest } from "./session.js";
import type { Paper, Visit } from "./visit.js";

/** QR codes hold less than 3 kB; longer openings go by text or file. */
const longestQr = 2_400;

/** The test is on the ledger; now, and not before, the second device gets what opens it. */
export function OpenedPage({ visit, identity }: { visit: Visit; identity: Identity }) {
  const { booth } = useWords();
  const [other, setOther] = useState(false);
  return (
    <Page title={booth.openedTitle} lead={booth.openedLead} above={<Steps names={booth.steps} current={2} />}>
      <p>{booth.openedScan}</p>
      {visit.papers.map((paper) => (
        <OnePaper key={paper.election.uuid} paper={paper} />
      ))}
      <h2>{booth.openedQuestion}</h2>
      <div className="actions">
        <Button variant="primary" onPress={afterTest}>
          {booth.openedSame}
        </Button>
        <Button onPress={() => setOther(true)}>{booth.openedOther}</Button>
      </div>
      {other ? <Report visit={visit} identity={identity} /> : null}
    </Page>
  );
}

function openingOf({ election, choices, prepared }: Paper): Opening {
  const { questions } = paperIn(election, election.manifest.plan.language);
  const { tracker, randomness } = prepared as PreparedBallot;
  return {
    uuid: election.uuid,
    tracker,
    randomness,
    choices: questions.map((question, index) => vectorOf(question, choices[index] as Choice)),
  };
}

function OnePaper({ paper }: { paper: Paper }) {
  const { booth } = useWords();
  const { language } = useLanguage();
  const http = useHttp();
  const text = openingText(openingOf(paper));
  const address = checkAddress(http, text);
  return (
    <section className="card">
      <h2 dir="auto">{paperIn(paper.election, language).name}</h2>
      {address.length <= longestQr ? <Qr value={address} label={booth.openedTitle} /> : null}
      <TextArea ltr rows={3} label={booth.openedPaste} value={text} onChange={() => undefined} />
      <div className="actions">
        <Button onPress={() => void navigator.clipboard.writeText(text)}>{booth.copyOpening}</Button>
        <Button onPress={() => saveFile("practice-envelope.txt", text)}>{booth.saveOpening}</Button>
      </div>
    </section>
  );
}

const kinds = ["other-choice", "other-words", "not-opened"] as const;

function Report({ visit, identity }: { visit: Visit; identity: Identity }) {
  const words = useWords();
  const http = useHttp();
  const { booth } = words;
  const [kind, setKind] = useState<(typeof kinds)[number]>("other-choice");
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string>();
  if (visit.reported) return <Notice kind="warn" title={booth.reported} />;
  const report = async () => {
    setPending(true);
    try {
      await reportTest(http, identity, kind);
    } catch (error) {
      setProblem(sentenceOf(error, words));
    }
    setPending(false);
  };
  return (
    <>
      <RadioGroup
        label={booth.mismatchLead}
        value={kind}
        onChange={(chosen) => setKind(chosen as (typeof kinds)[number])}
        options={kinds.map((value) => ({ value, label: booth.mismatchKinds[value] }))}
      />
      {problem === undefined ? null : <Notice kind="bad" title={problem} />}
      <Button variant="danger" isPending={pending} onPress={() => void report()}>
        {booth.report}
      </Button>
    </>
  );
}
