import { useState } from "react";
import { Button } from "../ui/button.js";
import { Disclosure } from "../ui/disclosure.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useLanguage, useWords } from "../ui/words.js";
import { acceptAnchor } from "./anchor.js";
import { Marks } from "./marks.js";
import { paperIn } from "./paper.js";
import { goTo } from "./session.js";
import type { Visit } from "./visit.js";

/** What is voted on, until when, and the marks to compare. */
export function IntroPage({ visit }: { visit: Visit }) {
  const words = useWords();
  const http = useHttp();
  const { language } = useLanguage();
  const [accepted, setAccepted] = useState(false);
  const { papers, anchor, knownBefore } = visit;
  const strange = knownBefore !== undefined && !accepted;
  return (
    <Page title={words.booth.introTitle} {...(papers.length > 1 ? { lead: words.booth.together(papers.length) } : {})}>
      {strange ? (
        <Notice kind="bad" title={words.booth.otherLedgerTitle}>
          <p>{words.booth.otherLedgerLead(knownBefore)}</p>
          <Button
            variant="danger"
            onPress={() => {
              if (anchor !== undefined) acceptAnchor(http, anchor);
              setAccepted(true);
            }}
          >
            {words.booth.otherLedgerAccept}
          </Button>
        </Notice>
      ) : null}
      {papers.map(({ election, lastSequence, maxCasts }) => {
        const paper = paperIn(election, language);
        return (
          <section className="card" key={election.uuid}>
            <h2 lang={paper.lang} dir="auto">
              {paper.name}
            </h2>
            {paper.description === "" ? null : (
              <p className="prose" lang={paper.lang} dir="auto">
                {paper.description}
              </p>
            )}
            <p className="quiet">
              {words.booth.closesAt}: <Instant value={election.manifest.plan.closesAt} />
            </p>
            {lastSequence > 0 ? (
              <p>
                {words.booth.votedBefore} {words.booth.casts(maxCasts - lastSequence)}
              </p>
            ) : null}
            <Disclosure title={words.booth.marksTitle} open={strange}>
              <Marks election={election} />
            </Disclosure>
          </section>
        );
      })}
      <p>{words.booth.revote}</p>
      <div className="actions">
        <Button variant="primary" isDisabled={strange} onPress={() => goTo("question", 0)}>
          {words.booth.begin}
        </Button>
      </div>
    </Page>
  );
}
