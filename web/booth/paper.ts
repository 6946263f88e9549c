/** Ballot papers as the booth shows them: questions in the reader's language, choices, and the vectors they become. */
import type { TrustedElection } from "#client/voter.js";

export interface Choice {
  readonly blank: boolean;
  /** Chosen answers by place. */
  readonly marked: readonly number[];
}

export const noChoice: Choice = { blank: false, marked: [] };

export interface Question {
  readonly text: string;
  readonly answers: readonly string[];
  readonly min: number;
  readonly max: number;
  readonly blank: boolean;
  /** Language the texts are in. */
  readonly lang: string;
}

export interface PaperText {
  readonly name: string;
  readonly description: string;
  readonly lang: string;
  readonly questions: readonly Question[];
}

/** The paper in a language, if the officers gave a translation; the manifest binds all of them. */
export function paperIn(election: TrustedElection, language: string): PaperText {
  const { plan } = election.manifest;
  const translation = plan.language.startsWith(language)
    ? undefined
    : plan.translations.find((each) => each.language.split("-")[0] === language);
  const lang = translation?.language ?? plan.language;
  return {
    name: translation?.name ?? plan.name,
    description: translation?.description ?? plan.description,
    lang,
    questions: plan.questions.map((question, index) => ({
      text: translation?.questions[index]?.question ?? question.question,
      answers: translation?.questions[index]?.answers ?? question.answers,
      min: question.min,
      max: question.max,
      blank: question.blank,
      lang,
    })),
  };
}

export type ChoiceFault = "nothing" | "too-few" | "too-many";

export function faultOf(question: Question, choice: Choice | undefined): ChoiceFault | undefined {
  if (choice === undefined) return "nothing";
  if (choice.blank) return undefined;
  if (choice.marked.length > question.max) return "too-many";
  if (choice.marked.length < question.min) return choice.marked.length === 0 ? "nothing" : "too-few";
  return undefined;
}

/** 0 and 1 for each position, with a leading one for the blank vote where the question offers it. */
export function vectorOf(question: Question, choice: Choice): number[] {
  const vector: number[] = question.answers.map((_, place) => (!choice.blank && choice.marked.includes(place) ? 1 : 0));
  return question.blank ? [choice.blank ? 1 : 0, ...vector] : vector;
}

/** What a vector says, back in the terms of the paper. */
export function choiceOf(question: Question, vector: readonly number[]): Choice {
  const marks = question.blank ? vector.slice(1) : vector;
  return {
    blank: question.blank && vector[0] === 1,
    marked: marks.flatMap((mark, place) => (mark === 1 ? [place] : [])),
  };
}
