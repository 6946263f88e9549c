/**
 * What servers and verifiers say, in the reader's language: loaded after the page, English until then. Their own sentence
 * stays beside a translated reason, because it names the place.
 */
import { useSyncExternalStore } from "react";
import type { LanguageTag } from "#words/web/languages.js";
import type { Later } from "#words/web/later/said.js";

/** English is what servers and verifiers speak themselves. */
const load: Readonly<Record<LanguageTag, (() => Promise<Later>) | undefined>> = {
  en: undefined,
  de: async () => (await import("#words/web/later/de.js")).deLater,
  fr: async () => (await import("#words/web/later/fr.js")).frLater,
  es: async () => (await import("#words/web/later/es.js")).esLater,
  ar: async () => (await import("#words/web/later/ar.js")).arLater,
};

interface Heard {
  readonly reasons: Later["reasons"];
  /** By the English sentence. */
  readonly said: ReadonlyMap<string, string>;
}

const nothing: Heard = { reasons: {}, said: new Map() };
let heard = nothing;
const listeners = new Set<() => void>();

function hear(now: Heard): void {
  heard = now;
  for (const each of listeners) each();
}

async function listen(language: LanguageTag): Promise<Heard> {
  const later = await load[language]?.();
  if (later === undefined) return nothing;
  const { saidByVerifiers } = await import("#words/web/later/said.js");
  const names = Object.entries(saidByVerifiers) as [keyof Later["said"], string][];
  return { reasons: later.reasons, said: new Map(names.map(([name, english]) => [english, later.said[name]])) };
}

/** Loads them for a language; the function that is returned drops what comes too late. */
export function loadLater(language: LanguageTag): () => void {
  let dropped = false;
  hear(nothing);
  listen(language).then(
    (now) => {
      if (!dropped) hear(now);
    },
    () => undefined,
  );
  return () => {
    dropped = true;
  };
}

/** Why something was refused. */
export function reasonOf(code: string, detail: string): string {
  const reason = heard.reasons[code];
  return reason === undefined ? detail : `${reason} (${detail})`;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Translates a verifier's sentence or label; what has no translation stays English and is marked so. */
export function useSaid(): (sentence: string) => { readonly text: string; readonly lang: "en" | undefined } {
  const { said } = useSyncExternalStore(subscribe, () => heard);
  return (sentence) => {
    const text = said.get(sentence);
    return text === undefined ? { text: sentence, lang: "en" } : { text, lang: undefined };
  };
}
