/** The languages of the web, each by its own name. */

export const languages = [
  { tag: "en", name: "English", direction: "ltr" },
  { tag: "de", name: "Deutsch", direction: "ltr" },
  { tag: "fr", name: "Français", direction: "ltr" },
  { tag: "es", name: "Español", direction: "ltr" },
  { tag: "ar", name: "العربية", direction: "rtl" },
] as const;

export type LanguageTag = (typeof languages)[number]["tag"];

/** The first of the preferred tags (`de-AT`, `fr`, …) that is here; English where none is. */
export function chosenLanguage(preferred: readonly string[]): LanguageTag {
  for (const each of preferred) {
    const first = each.toLowerCase().split("-")[0];
    const found = languages.find(({ tag }) => tag === first);
    if (found !== undefined) return found.tag;
  }
  return "en";
}
