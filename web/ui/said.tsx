import { useSaid } from "./later.js";

/** A verifier's sentence in the reader's language where there is one. */
export function Said({ sentence }: { sentence: string }) {
  const { text, lang } = useSaid()(sentence);
  return <span lang={lang}>{text}</span>;
}
