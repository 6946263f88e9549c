/** Which form of a word a number takes. Pure: a platform's own plural rules differ between versions. */

/** Forms of a word. `other` serves wherever a form is not given. */
export interface PluralForms {
  readonly zero?: string;
  readonly one?: string;
  readonly two?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

/** The form for `n` (a whole number, 0 or more) in a language; unknown languages follow English. */
export function plural(language: string, n: number, forms: PluralForms): string {
  return forms[categoryOf(language, n)] ?? forms.other;
}

function categoryOf(language: string, n: number): keyof PluralForms {
  if (language === "ar") {
    if (n === 0) return "zero";
    if (n === 1) return "one";
    if (n === 2) return "two";
    const rest = n % 100;
    if (rest >= 3 && rest <= 10) return "few";
    return rest >= 11 ? "many" : "other";
  }
  if (language === "fr") return n === 0 || n === 1 ? "one" : "other";
  return n === 1 ? "one" : "other";
}
