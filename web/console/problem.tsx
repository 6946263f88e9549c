import { Notice } from "../ui/notice.js";
import { useWords } from "../ui/words.js";

/** What went wrong with an act, where something did. */
export function Problem({ text }: { text: string | undefined }) {
  const words = useWords();
  return text === undefined ? null : (
    <Notice kind="bad" title={words.common.failed}>
      <p>{text}</p>
    </Notice>
  );
}
