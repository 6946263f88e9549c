/** A letter as a voter gets it. */
import { type LetterPreview, previewLetter } from "#client/letters.js";
import { languages } from "#words/web/languages.js";
import { Asked, useAsk } from "../ui/ask.js";
import { useHttp } from "../ui/http.js";
import { useRoomWords } from "../ui/room-words.js";
import { Select } from "../ui/select.js";

type Wanted = Parameters<typeof previewLetter>[1];

/** Asks the server for the words with example values, and shows them. */
export function PreviewedLetter({ wanted }: { wanted: Wanted }) {
  const http = useHttp();
  const ask = useAsk(JSON.stringify(wanted), () => previewLetter(http, wanted));
  return <Asked ask={ask}>{(letter) => <LetterSheet letter={letter} />}</Asked>;
}

function LetterSheet({ letter }: { letter: LetterPreview }) {
  const { letters: text } = useRoomWords();
  const dir = letter.language === "ar" ? "rtl" : "ltr";
  return (
    <section className="card letter-sheet" aria-label={text.preview}>
      <p>
        <span className="quiet">{text.subject}</span>
        <br />
        <strong lang={letter.language}>
          <bdi>{letter.subject}</bdi>
        </strong>
      </p>
      <p className="as-typed" lang={letter.language} dir={dir}>
        {letter.text}
      </p>
    </section>
  );
}

interface LanguageChoiceProps {
  readonly value: string;
  readonly onChange: (language: string) => void;
}

export function LetterLanguage({ value, onChange }: LanguageChoiceProps) {
  const { letters: text } = useRoomWords();
  return (
    <Select
      label={text.language}
      value={value}
      onChange={onChange}
      options={languages.map(({ tag, name }) => ({ value: tag, label: name, lang: tag }))}
    />
  );
}
