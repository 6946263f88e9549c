/** The words of the current language, for every component below. A language is one chunk, loaded when it is chosen. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import type { Words } from "#words/web/en.js";
import { chosenLanguage, type LanguageTag, languages } from "#words/web/languages.js";
import { loadLater } from "./later.js";

const load: Readonly<Record<LanguageTag, () => Promise<Words>>> = {
  en: async () => (await import("#words/web/en.js")).en,
  de: async () => (await import("#words/web/de.js")).de,
  fr: async () => (await import("#words/web/fr.js")).fr,
  es: async () => (await import("#words/web/es.js")).es,
  ar: async () => (await import("#words/web/ar.js")).ar,
};

export const loadWords = (language: LanguageTag): Promise<Words> => load[language]();

const storageKey = "psephos-language";

/** What was chosen on this device, else what the browser prefers. */
export function initialLanguage(): LanguageTag {
  const stored = localStorage.getItem(storageKey);
  return chosenLanguage(stored === null ? navigator.languages : [stored, ...navigator.languages]);
}

interface LanguageChoice {
  readonly language: LanguageTag;
  readonly setLanguage: (language: LanguageTag) => void;
}

const WordsContext = createContext<Words | undefined>(undefined);
const LanguageContext = createContext<LanguageChoice | undefined>(undefined);

export function WordsProvider(props: { language: LanguageTag; words: Words; children: ReactNode }) {
  const [{ language, words }, setState] = useState({ language: props.language, words: props.words });
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = languages.find(({ tag }) => tag === language)?.direction ?? "ltr";
    return loadLater(language);
  }, [language]);
  const setLanguage = useCallback((chosen: LanguageTag) => {
    localStorage.setItem(storageKey, chosen);
    void loadWords(chosen).then((loaded) => setState({ language: chosen, words: loaded }));
  }, []);
  const choice = useMemo(() => ({ language, setLanguage }), [language, setLanguage]);
  return (
    <LanguageContext value={choice}>
      <WordsContext value={words}>{props.children}</WordsContext>
    </LanguageContext>
  );
}

/** The words of the current language: `words.booth.sendMyVote`. */
export function useWords(): Words {
  const words = useContext(WordsContext);
  if (words === undefined) throw new Error("useWords outside of WordsProvider");
  return words;
}

export function useLanguage(): LanguageChoice {
  const choice = useContext(LanguageContext);
  if (choice === undefined) throw new Error("useLanguage outside of WordsProvider");
  return choice;
}
