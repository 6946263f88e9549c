import { useId, useState } from "react";
import type { Words } from "#words/web/en.js";
import { Button } from "../ui/button.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { Page } from "../ui/page.js";
import { Steps } from "../ui/steps.js";
import { useLanguage, useWords } from "../ui/words.js";
import { type Choice, faultOf, noChoice, paperIn, type Question } from "./paper.js";
import { choose, goTo, placeOf, questionCount } from "./session.js";
import type { Paper, Visit } from "./visit.js";

/** One question on one screen, with what may be chosen beside it and a live count. */
export function QuestionPage({ visit }: { visit: Visit }) {
  const words = useWords();
  const { language } = useLanguage();
  const [fault, setFault] = useState<string>();
  const total = questionCount(visit.papers);
  const place = placeOf(visit.papers, visit.at);
  const { election, choices } = visit.papers[place.paper] as Paper;
  const paper = paperIn(election, language);
  const question = paper.questions[place.question] as Question;
  const choice = choices[place.question];
  const next = () => {
    const found = faultOf(question, choice ?? (question.min === 0 ? noChoice : undefined));
    if (found !== undefined) return setFault(faultSentence(found, question, choice, words));
    if (choice === undefined) choose(visit.at, noChoice);
    if (visit.changing || visit.at + 1 === total) goTo("review");
    else goTo("question", visit.at + 1);
  };
  return (
    <Page
      title={words.booth.questionOf(visit.at + 1, total)}
      above={<Steps names={words.booth.steps} current={0} />}
      lead={
        <p lang={paper.lang} dir="auto">
          {paper.name}
        </p>
      }
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          next();
        }}
      >
        <ErrorSummary errors={fault === undefined ? [] : [{ id: "answer-0", text: fault }]} />
        <Answers
          question={question}
          choice={choice}
          onChange={(changed) => {
            setFault(undefined);
            choose(visit.at, changed);
          }}
          fault={fault}
        />
        <div className="actions">
          <Button type="submit" variant="primary">
            {words.common.next}
          </Button>
          <Button onPress={() => (visit.at === 0 ? goTo("intro") : goTo("question", visit.at - 1))}>
            {words.common.back}
          </Button>
        </div>
      </form>
    </Page>
  );
}

function faultSentence(
  fault: NonNullable<ReturnType<typeof faultOf>>,
  question: Question,
  choice: Choice | undefined,
  { booth }: Words,
): string {
  if (fault === "too-many") return booth.faultMany(question.max, choice?.marked.length ?? 0);
  if (fault === "too-few") return booth.faultFew(question.min);
  return question.blank ? booth.faultNothingBlank : booth.faultNothing;
}

interface AnswersProps {
  readonly question: Question;
  readonly choice: Choice | undefined;
  readonly onChange: (choice: Choice) => void;
  readonly fault: string | undefined;
}

function Answers({ question, choice, onChange, fault }: AnswersProps) {
  const { booth } = useWords();
  const id = useId();
  const single = question.max === 1;
  const marked = choice?.marked ?? [];
  const { min, max } = question;
  const toggle = (place: number) => {
    if (single) return onChange({ blank: false, marked: [place] });
    const without = marked.filter((each) => each !== place);
    onChange({
      blank: false,
      marked: without.length < marked.length ? without : [...marked, place].sort((a, b) => a - b),
    });
  };
  const rest = max - marked.length;
  return (
    <fieldset className="field group paper" aria-describedby={`${id}-rule`}>
      <legend lang={question.lang} dir="auto">
        {question.text}
      </legend>
      <p className="description" id={`${id}-rule`}>
        {min === max ? booth.chooseExactly(max) : booth.chooseBetween(min, max)}
      </p>
      {fault === undefined ? null : <p className="error">{fault}</p>}
      {question.answers.map((answer, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an answer is its place.
        <div className="choice" key={place}>
          <label lang={question.lang} dir="auto">
            <input
              type={single ? "radio" : "checkbox"}
              name={single ? id : undefined}
              id={`answer-${place}`}
              checked={marked.includes(place)}
              onChange={() => toggle(place)}
            />
            <span>{answer}</span>
          </label>
        </div>
      ))}
      {single && min === 0 ? (
        <Apart
          type="radio"
          name={id}
          label={booth.noneOf}
          checked={choice !== undefined && !choice.blank && marked.length === 0}
          onChange={() => onChange(noChoice)}
        />
      ) : null}
      {question.blank ? (
        <Apart
          type={single ? "radio" : "checkbox"}
          name={single ? id : undefined}
          label={booth.blank}
          checked={choice?.blank ?? false}
          onChange={(checked) => onChange(checked ? { blank: true, marked: [] } : noChoice)}
        />
      ) : null}
      <p className="counter" role="status">
        {choice?.blank ? booth.blankChosen : booth.chosen(marked.length, max)}
        {!choice?.blank && !single && rest > 0 && marked.length >= min && marked.length > 0
          ? ` ${booth.mayChooseMore(rest)}`
          : ""}
      </p>
    </fieldset>
  );
}

interface ApartProps {
  readonly type: "radio" | "checkbox";
  readonly name: string | undefined;
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** A choice that is none of the answers: the blank vote, or no answer. */
function Apart({ label, onChange, ...input }: ApartProps) {
  return (
    <div className="choice apart">
      <label>
        <input {...input} onChange={(event) => onChange(event.target.checked)} />
        <span>{label}</span>
      </label>
    </div>
  );
}
