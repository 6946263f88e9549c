/** A letter by mail, and what must hold before one is queued. */
import { assert } from "#base/assert.js";

/**
 * What became of a letter. `sending`: some server has it and has not said the last word to the mail server. `handing`:
 * that word is being said. `unknown`: it was perhaps said, and no answer came. `sent`: the mail server took it.
 * `delivered`, `bounced`: a report came back. `refused`: the mail server refuses it for good. `expired`: tried for days.
 */
export type LetterState =
  | "queued"
  | "sending"
  | "handing"
  | "unknown"
  | "sent"
  | "delivered"
  | "refused"
  | "bounced"
  | "expired";

/** `at-once`: somebody waits for it. `bulk`: one of very many; everything else goes before it. */
export type Urgency = "at-once" | "normal" | "bulk";

export interface Letter {
  /** One bare address, checked where it came in. */
  readonly to: string;
  /** One line. */
  readonly subject: string;
  /** Plain text; lines end with LF. */
  readonly text: string;
  /** Which of the letters it is, for people who look at deliveries. */
  readonly kind?: string;
  /** Language of the text (default `en`). */
  readonly language?: string;
  /** Identifier of the election that it is about. */
  readonly election?: string;
  readonly urgency?: Urgency;
  /** Not before. */
  readonly sendAt?: Date;
  /** What is queued under the same intent again is dropped: one reason, one letter. */
  readonly intent?: string;
  /** Address at which one request ends letters of this kind (RFC 8058). */
  readonly unsubscribe?: string;
}

/** Kinds whose recipients' addresses are erased as soon as they are sent: who got one says who had not voted. */
export const telltaleKinds: ReadonlySet<string> = new Set(["reminder"]);

/**
 * Refuses letters whose fields could become further headers or recipients (row R-16). Addresses are checked when people
 * type them; reaching this with a bad one is a programmer's mistake, and nothing is sent.
 */
export function assertLetter(letter: Letter): void {
  assert(/^[^\s\p{Cc}\u2028\u2029<>,;:"()[\]\\@]+@[a-z0-9.-]+$/u.test(letter.to), "a letter goes to one bare address");
  assert(/^[^\p{Cc}\u2028\u2029]{1,500}$/u.test(letter.subject), "a subject is one line");
  assert(letter.text.length > 0 && !/[^\P{Cc}\n]/u.test(letter.text), "a letter is plain text");
  assert(/^[a-zA-Z0-9-]{0,40}$/.test(letter.kind ?? ""), "a kind is a word");
  assert(/^[a-zA-Z-]{2,20}$/.test(letter.language ?? "en"), "a language is a tag");
  const { unsubscribe } = letter;
  assert(unsubscribe === undefined || /^https?:\/\/[\x21-\x3b\x3d\x3f-\x7e]+$/.test(unsubscribe), "an address of ours");
}

/** Web addresses in a letter's text. */
export function linksOf(text: string): readonly string[] {
  return text.match(/https?:\/\/[^\s<>"]+/g) ?? [];
}
