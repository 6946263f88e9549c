/** The code of a trustee or an officer, in the words of the ceremony. */
import { CodeMaker, type CodeMakerProps } from "../identity/code-maker.js";
import { useRoomWords } from "../ui/room-words.js";

type OfficeCodeProps = Omit<CodeMakerProps, "text" | "field" | "sheet"> & { readonly sheet?: string };

export function OfficeCode({ sheet, ...props }: OfficeCodeProps) {
  const { ceremony: text } = useRoomWords();
  return <CodeMaker {...props} text={text} field={text.code} sheet={sheet ?? text.code} />;
}
