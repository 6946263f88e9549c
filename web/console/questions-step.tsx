/** Name, description and questions of an election. */
import type { DraftBody } from "#api/management.js";
import type { Rooms } from "#words/web/en-rooms.js";
import { languages } from "#words/web/languages.js";
import { Button } from "../ui/button.js";
import { Checkbox } from "../ui/checkbox.js";
import type { FormError } from "../ui/error-summary.js";
import { useRoomWords } from "../ui/room-words.js";
import { Select } from "../ui/select.js";
import { TextArea } from "../ui/text-area.js";
import { TextField } from "../ui/text-field.js";
import type { StepProps } from "./draft-page.js";
import { SittingChoice } from "./sitting-choice.js";

type Question = NonNullable<DraftBody["questions"]>[number];

const fresh: Question = { question: "", answers: [], min: 1, max: 1, blank: false };

/** Faults that would make a paper nobody can fill in. An unfinished draft may be saved; this is asked before going on. */
export function faultsOfQuestions(body: DraftBody, text: Rooms["console"]): FormError[] {
  return (body.questions ?? []).flatMap(({ answers, min, max }, index) =>
    answers.length > 0 && (min > max || max > answers.length)
      ? [{ id: `most-${index}`, text: text.badLimits(index + 1) }]
      : [],
  );
}

export function QuestionsStep(props: StepProps) {
  const { body, change, errorOf } = props;
  const { console: text } = useRoomWords();
  const questions = body.questions ?? [];
  const shown = questions.length === 0 ? [fresh] : questions;
  const set = (index: number, changed: Partial<Question>) =>
    change({ questions: shown.map((each, i) => (i === index ? { ...each, ...changed } : each)) });
  return (
    <>
      <TextField
        id="election-name"
        label={text.electionName}
        value={body.name ?? ""}
        onChange={(name) => change({ name })}
      />
      <TextArea
        label={text.description}
        description={text.descriptionHint}
        value={body.description ?? ""}
        onChange={(description) => change({ description })}
        rows={3}
      />
      <Select
        label={text.electionLanguage}
        value={body.language ?? "en"}
        onChange={(language) => change({ language })}
        options={languages.map(({ tag, name }) => ({ value: tag, label: name, lang: tag }))}
      />
      <SittingChoice {...props} />
      {shown.map((question, index) => (
        <QuestionForm
          // biome-ignore lint/suspicious/noArrayIndexKey: questions have no name but their place.
          key={index}
          index={index}
          question={question}
          set={(changed) => set(index, changed)}
          error={errorOf(`most-${index}`)}
          remove={shown.length === 1 ? undefined : () => change({ questions: shown.filter((_each, i) => i !== index) })}
        />
      ))}
      <Button onPress={() => change({ questions: [...shown, fresh] })}>{text.addQuestion}</Button>
    </>
  );
}

interface QuestionFormProps {
  readonly index: number;
  readonly question: Question;
  readonly set: (changed: Partial<Question>) => void;
  readonly error: string | undefined;
  readonly remove: (() => void) | undefined;
}

const linesOf = (typed: string): string[] => typed.split("\n");
const number = (typed: string): number => Math.max(0, Math.min(1000, Math.floor(Number(typed)) || 0));

function QuestionForm({ index, question, set, error, remove }: QuestionFormProps) {
  const { console: text } = useRoomWords();
  return (
    <fieldset className="card question">
      <legend>{text.questionNumber(index + 1)}</legend>
      <TextField label={text.questionText} value={question.question} onChange={(typed) => set({ question: typed })} />
      <TextArea
        label={text.answers}
        value={question.answers.join("\n")}
        onChange={(typed) => set({ answers: typed === "" ? [] : linesOf(typed) })}
        rows={4}
      />
      <div className="pair">
        <TextField
          label={text.least}
          value={String(question.min)}
          onChange={(typed) => set({ min: number(typed) })}
          inputMode="numeric"
        />
        <TextField
          id={`most-${index}`}
          label={text.most}
          value={String(question.max)}
          onChange={(typed) => set({ max: Math.max(1, number(typed)) })}
          inputMode="numeric"
          error={error}
        />
      </div>
      <Checkbox label={text.allowBlank} isSelected={question.blank} onChange={(blank) => set({ blank })} />
      {remove === undefined ? null : <Button onPress={remove}>{text.removeQuestion(index + 1)}</Button>}
    </fieldset>
  );
}
