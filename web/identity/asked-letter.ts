/**
 * That this tab asked for a mailed code, until when, and how many codes it tried: so that who comes back from the mail
 * program to a page that was loaded anew finds the field for the code. Neither address nor code is kept.
 */
import { mailedCode } from "#api/mailed-code.js";

export interface AskedLetter {
  /** When the code ends by this device's clock, milliseconds since 1970; the server has its own. */
  readonly until: number;
  readonly tries: number;
}

const name = "psephos-asked-letter";

export function askedLetter(): AskedLetter | undefined {
  try {
    const { until, tries } = JSON.parse(sessionStorage.getItem(name) ?? "{}") as Partial<AskedLetter>;
    if (typeof until !== "number" || typeof tries !== "number" || until <= Date.now()) return undefined;
    return { until, tries };
  } catch {
    return undefined;
  }
}

/** A letter that was asked for now. */
export const newLetter = (): AskedLetter => ({ until: Date.now() + mailedCode.minutes * 60_000, tries: 0 });

/** Keeps it for this tab; `undefined` forgets it. A browser that keeps nothing does without. */
export function rememberLetter(letter: AskedLetter | undefined): void {
  try {
    if (letter === undefined) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(letter));
  } catch {
    // Private windows may refuse; the form works without.
  }
}
