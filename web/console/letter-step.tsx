/** The letter that goes to every voter on the roll at sealing, as far as it is known now. */
import { lettersIn } from "#words/mail.js";
import { instantText } from "../ui/instant.js";
import { useRoomWords } from "../ui/room-words.js";
import { useLanguage } from "../ui/words.js";
import type { StepProps } from "./draft-page.js";
import type { Officer } from "./officer.js";

export function LetterStep({ draft, body, officer }: StepProps & { officer: Officer }) {
  const { console: text } = useRoomWords();
  const { language } = useLanguage();
  const when = (instant: string | null | undefined) => (instant == null ? "…" : instantText(instant, language));
  const letter = lettersIn(body.language ?? "en").onRoll({
    name: "…",
    service: location.host,
    election: body.name ?? "…",
    opens: when(body.opens_at),
    closes: when(body.closes_at),
    link: `${location.origin}/booth/${draft.uuid}`,
    chainId: officer.signer.chainId,
    fingerprint: `(${text.letterLater})`,
  });
  return (
    <>
      <p>{text.letterLead}</p>
      <div className="card letter" dir="auto">
        <p className="quiet">{text.letterSubject}</p>
        <p>{letter.subject}</p>
        <p className="quiet">{text.letterText}</p>
        <p className="as-typed">{letter.text}</p>
      </div>
    </>
  );
}
