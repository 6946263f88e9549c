/** Words of a room that come as a chunk of their own, one for each language. */
import type { LanguageTag } from "#words/web/languages.js";

/** The same promise each time: a page that is shown again does not wait again. One that failed is asked anew. */
export function lateWords<T>(
  load: Readonly<Record<LanguageTag, () => Promise<T>>>,
): (language: LanguageTag) => Promise<T> {
  const asked = new Map<LanguageTag, Promise<T>>();
  return (language) => {
    const before = asked.get(language);
    if (before !== undefined) return before;
    const now = load[language]();
    asked.set(language, now);
    now.catch(() => asked.delete(language));
    return now;
  };
}
