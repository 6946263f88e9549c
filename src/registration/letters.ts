/** The registry's letters: words of the voter's language, addressed. */
import { formatInstant } from "#base/instant.js";
import type { Letter, Urgency } from "#mail/letter.js";
import { type LetterKind, type Letters, type LetterText, lettersIn } from "#words/mail.js";
import type { Context } from "./context.js";

export interface Addressee {
  readonly name: string;
  readonly mailbox: string;
  readonly language: string;
}

/** Lifetimes of mailed links, in hours. */
export const confirmHours = 48;
export const invitationHours = 14 * 24;
export const replaceKeyHours = 2;

/** Composes a letter: `write` gets the words of the person's language and what every letter says. */
export function letterTo(
  context: Context,
  person: Addressee,
  write: (letters: Letters, values: { readonly name: string; readonly service: string }) => LetterText,
): Letter {
  const words = write(lettersIn(person.language), { name: person.name, service: new URL(context.publicUrl()).host });
  return { to: person.mailbox, urgency: urgencies[words.kind ?? "confirm"] ?? "normal", ...words };
}

/** Somebody waits for these; of those there are as many as voters. Everything else is in between. */
const urgencies: Readonly<Partial<Record<LetterKind, Urgency>>> = {
  confirm: "at-once",
  recovery: "at-once",
  replaceKey: "at-once",
  signIn: "at-once",
  signInUnknown: "at-once",
  invitation: "bulk",
  approved: "bulk",
  onRoll: "bulk",
  reminder: "bulk",
};

/** A link whose secret stands behind #: browsers send it to no server, not even to ours (row R-09). */
export function mailedLink(context: Context, page: "confirm" | "key" | "sign-in", token: string): string {
  return `${context.publicUrl()}/${page}#${token}`;
}

/** An instant in a letter: to the minute where that is exact. */
export function instantInLetter(instant: bigint): string {
  return formatInstant(instant).replace(/:00Z$/, "Z").replace("T", " ").replace("Z", " UTC");
}
