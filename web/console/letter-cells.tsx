/** What tables of letters share: the reason in words, and sending one again. */
import { ApiError } from "#client/http.js";
import { type LetterRow, resendable, resendLetter, type VoterLetter } from "#client/letters.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { useRoomWords } from "../ui/room-words.js";
import type { Column } from "../ui/table.js";
import type { Acting } from "./use-act.js";

type AnyLetter = VoterLetter | LetterRow;

/** A status code of a mail server with what it means; other reasons as they are. */
export function Reason({ reason }: { reason: string | null }) {
  const { letters: text } = useRoomWords();
  if (reason === null) return null;
  const about = /^[245]\.([0-9])\./.exec(reason)?.[1];
  const meaning = about === undefined ? undefined : text.reasons[about];
  return (
    <>
      {meaning === undefined ? null : `${meaning} `}
      <code dir="ltr">{reason}</code>
    </>
  );
}

/** The columns about a letter, without whom it went to. */
export function useLetterColumns(): readonly Column<AnyLetter>[] {
  const { letters: text } = useRoomWords();
  return [
    { name: text.letter, cell: ({ kind }) => text.kinds[kind] ?? kind },
    {
      name: text.state,
      cell: ({ state }) => <span className={`letter-state ${state}`}>{text.states[state] ?? state}</span>,
    },
    { name: text.why, cell: ({ reason }) => <Reason reason={reason} /> },
    { name: text.queued, cell: ({ queued_at }) => <Instant value={queued_at} /> },
    { name: text.settled, cell: ({ settled_at }) => (settled_at === null ? "–" : <Instant value={settled_at} />) },
    { name: text.attempts, cell: ({ attempts }) => String(attempts), numeric: true },
  ];
}

interface AgainProps {
  readonly letter: AnyLetter;
  readonly voter: { readonly id: string; readonly name: string };
  readonly acting: Acting;
  readonly onDone: () => void;
}

/** A button for letters that can be sent again. */
export function Again({ letter, voter, acting, onDone }: AgainProps) {
  const { letters: text } = useRoomWords();
  const http = useHttp();
  const again = resendable(letter);
  if (again === undefined) return null;
  const name = text.kinds[letter.kind] ?? letter.kind;
  return (
    <Button
      aria-label={text.againTo(name, voter.name)}
      onPress={() =>
        void acting.run(async () => {
          await resendLetter(http, voter.id, again);
          onDone();
        })
      }
    >
      {text.again}
    </Button>
  );
}

/** The sentence for a voter who got enough letters today. */
export function tooManyLetters(error: unknown, text: { readonly tooMany: string }): string | undefined {
  return error instanceof ApiError && error.code === "too-many-requests" ? text.tooMany : undefined;
}
