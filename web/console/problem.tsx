import { Notice } from "../ui/notice.js";
import { useRoomWords } from "../ui/room-words.js";

/** What went wrong with an act, where something did. */
export function Problem({ text }: { text: string | undefined }) {
  const words = useRoomWords();
  return text === undefined ? null : (
    <Notice kind="bad" title={words.common.failed}>
      <p>{text}</p>
    </Notice>
  );
}
