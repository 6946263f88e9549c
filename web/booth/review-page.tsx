import type { Identity } from "#protocol/identity.js";
import { Button } from "../ui/button.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { Steps } from "../ui/steps.js";
import { useLanguage, useWords } from "../ui/words.js";
import { ChosenAnswers } from "./chosen-answers.js";
import { paperIn } from "./paper.js";
import { goTo, sealAll } from "./session.js";
import type { Visit } from "./visit.js";

/** All choices on one page, each with a way back to it. Nothing is sent yet. */
export function ReviewPage({ visit, identity }: { visit: Visit; identity: Identity }) {
  const words = useWords();
  const { language } = useLanguage();
  const sealing = visit.phase === "sealing";
  let at = 0;
  return (
    <Page
      title={words.booth.reviewTitle}
      lead={words.booth.reviewLead}
      above={<Steps names={words.booth.steps} current={1} />}
    >
      {visit.trouble === undefined ? null : (
        <Notice kind="bad" title={words.common.failed}>
          <p>{sentenceOf(visit.trouble, words)}</p>
        </Notice>
      )}
      {visit.papers.map(({ election, choices }) => {
        const paper = paperIn(election, language);
        return (
          <section className="card" key={election.uuid}>
            <h2 lang={paper.lang} dir="auto">
              {paper.name}
            </h2>
            {paper.questions.map((question, index) => {
              const place = at++;
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a question is its place.
                <div className="chosen" key={index}>
                  <ChosenAnswers question={question} choice={choices[index]} />
                  <Button
                    isDisabled={sealing}
                    aria-label={words.booth.changeOf(question.text)}
                    onPress={() => goTo("question", place, true)}
                  >
                    {words.booth.change}
                  </Button>
                </div>
              );
            })}
          </section>
        );
      })}
      <div className="actions">
        <Button variant="primary" isPending={sealing} onPress={() => void sealAll(identity)}>
          {words.booth.seal}
        </Button>
      </div>
      <p role="status">{sealing ? words.booth.sealing : ""}</p>
    </Page>
  );
}
