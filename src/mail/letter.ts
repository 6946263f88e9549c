/** A letter by mail, and what must hold before one is queued. */
import { assert } from "#base/assert.js";

export interface Letter {
  /** One bare address, checked where it came in. */
  readonly to: string;
  /** One line. */
  readonly subject: string;
  /** Plain text; lines end with LF. */
  readonly text: string;
}

/**
 * Refuses letters whose fields could become further headers or recipients (row R-16). Addresses are checked when people
 * type them; reaching this with a bad one is a programmer's mistake, and nothing is sent.
 */
export function assertLetter(letter: Letter): void {
  assert(/^[^\s\p{Cc}\u2028\u2029<>,;:"()[\]\\@]+@[a-z0-9.-]+$/u.test(letter.to), "a letter goes to one bare address");
  assert(/^[^\p{Cc}\u2028\u2029]{1,500}$/u.test(letter.subject), "a subject is one line");
  assert(letter.text.length > 0 && !/[^\P{Cc}\n]/u.test(letter.text), "a letter is plain text");
}

/** Web addresses in a letter's text. */
export function linksOf(text: string): readonly string[] {
  return text.match(/https?:\/\/[^\s<>"]+/g) ?? [];
}
