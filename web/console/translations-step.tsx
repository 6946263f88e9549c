/** The ballot paper in further languages. The plan holds all of them, and the booth shows each voter the own one. */
import { useState } from "react";
import type { DraftBody } from "#api/management.js";
import type { Rooms } from "#words/web/en-rooms.js";
import { languages } from "#words/web/languages.js";
import { Button } from "../ui/button.js";
import type { FormError } from "../ui/error-summary.js";
import { useRoomWords } from "../ui/room-words.js";
import { Select } from "../ui/select.js";
import { TextArea } from "../ui/text-area.js";
import { TextField } from "../ui/text-field.js";
import type { StepProps } from "./draft-page.js";

type Translation = NonNullable<DraftBody["translations"]>[number];
type Question = NonNullable<DraftBody["questions"]>[number];

const nameOf = (tag: string): string => languages.find((each) => each.tag === tag)?.name ?? tag;
const linesOf = (typed: string): string[] => (typed === "" ? [] : typed.split("\n"));

/** As many texts as the original has: who edits the questions later finds the gaps told. */
function fitted(translation: Translation, questions: readonly Question[]): Translation {
  return {
    ...translation,
    questions: questions.map((_, place) => translation.questions[place] ?? { question: "", answers: [] }),
  };
}

export function faultsOfTranslations(body: DraftBody, office: Rooms["office"]): FormError[] {
  const questions = body.questions ?? [];
  return (body.translations ?? []).flatMap((each, index) => {
    const language = nameOf(each.language);
    const unnamed = each.name.trim() === "" ? [{ id: `name-${index}`, text: office.translationName(language) }] : [];
    const gaps = questions.flatMap(({ answers }, place) => {
      const own = each.questions[place];
      const full =
        own !== undefined &&
        own.question.trim() !== "" &&
        own.answers.length === answers.length &&
        own.answers.every((answer) => answer.trim() !== "");
      return full ? [] : [{ id: `answers-${index}-${place}`, text: office.translationGap(language, place + 1) }];
    });
    return [...unnamed, ...gaps];
  });
}

export function TranslationsStep({ body, change, errorOf }: StepProps) {
  const { office } = useRoomWords();
  const questions = body.questions ?? [];
  const translations = (body.translations ?? []).map((each) => fitted(each, questions));
  const free = languages.filter(
    ({ tag }) => tag !== (body.language ?? "en") && !translations.some(({ language }) => language === tag),
  );
  const set = (index: number, changed: Partial<Translation>) =>
    change({ translations: translations.map((each, i) => (i === index ? { ...each, ...changed } : each)) });
  const add = (language: string) =>
    change({
      translations: [...translations, fitted({ language, name: "", description: "", questions: [] }, questions)],
    });
  return (
    <>
      <p>{office.translationsLead}</p>
      {translations.length === 0 ? <p className="quiet">{office.translationsEmpty}</p> : null}
      {translations.map((translation, index) => (
        <TranslationForm
          key={translation.language}
          index={index}
          translation={translation}
          set={(changed) => set(index, changed)}
          remove={() => change({ translations: translations.filter((_each, i) => i !== index) })}
          errorOf={errorOf}
        />
      ))}
      {free.length === 0 ? null : <Add tags={free.map(({ tag }) => tag)} onAdd={add} />}
    </>
  );
}

function Add({ tags, onAdd }: { tags: readonly string[]; onAdd: (tag: string) => void }) {
  const { office } = useRoomWords();
  const [chosen, setChosen] = useState("");
  const tag = tags.includes(chosen) ? chosen : (tags[0] ?? "");
  return (
    <div className="filter">
      <Select
        label={office.translationLanguage}
        value={tag}
        onChange={setChosen}
        options={tags.map((each) => ({ value: each, label: nameOf(each), lang: each }))}
      />
      <Button onPress={() => onAdd(tag)}>{office.translationAdd}</Button>
    </div>
  );
}

interface FormProps {
  readonly index: number;
  readonly translation: Translation;
  readonly set: (changed: Partial<Translation>) => void;
  readonly remove: () => void;
  readonly errorOf: (id: string) => string | undefined;
}

function TranslationForm({ index, translation, set, remove, errorOf }: FormProps) {
  const { console: text, office } = useRoomWords();
  const { language, name, description, questions } = translation;
  const setQuestion = (place: number, changed: Partial<Translation["questions"][number]>) =>
    set({ questions: questions.map((each, i) => (i === place ? { ...each, ...changed } : each)) });
  return (
    <fieldset className="card question">
      <legend lang={language}>{nameOf(language)}</legend>
      <TextField
        id={`name-${index}`}
        label={text.electionName}
        value={name}
        onChange={(typed) => set({ name: typed })}
        error={errorOf(`name-${index}`)}
      />
      <TextArea
        label={text.description}
        value={description}
        onChange={(typed) => set({ description: typed })}
        rows={2}
        lang={language}
      />
      {questions.map(({ question, answers }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: questions have no name but their place.
        <div key={place}>
          <TextField
            label={text.questionNumber(place + 1)}
            value={question}
            onChange={(typed) => setQuestion(place, { question: typed })}
          />
          <TextArea
            id={`answers-${index}-${place}`}
            label={office.translationAnswers(place + 1)}
            value={answers.join("\n")}
            onChange={(typed) => setQuestion(place, { answers: linesOf(typed) })}
            error={errorOf(`answers-${index}-${place}`)}
            lang={language}
          />
        </div>
      ))}
      <Button onPress={remove}>{office.translationRemove(nameOf(language))}</Button>
    </fieldset>
  );
}
