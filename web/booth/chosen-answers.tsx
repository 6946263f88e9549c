/** A question and what was chosen, in words. */
import { useWords } from "../ui/words.js";
import type { Choice, Question } from "./paper.js";

export function ChosenAnswers({ question, choice }: { question: Question; choice: Choice | undefined }) {
  const { booth } = useWords();
  const marked = choice?.marked ?? [];
  return (
    <div className="chosen-text">
      <h3 lang={question.lang} dir="auto">
        {question.text}
      </h3>
      {choice?.blank ? <p>{booth.blank}</p> : null}
      {!choice?.blank && marked.length === 0 ? <p>{booth.noneOf}</p> : null}
      {marked.length > 0 ? (
        <ul lang={question.lang} dir="auto">
          {marked.map((place) => (
            <li key={place}>{question.answers[place]}</li>
          ))}
        </ul>
      ) : null}
      {marked.length > 0 && marked.length < question.max ? (
        <p className="quiet">{booth.fewer(marked.length, question.max)}</p>
      ) : null}
    </div>
  );
}
