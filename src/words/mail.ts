/**
 * Letters by mail, in plain text, by language. One object of functions for each language; a language that is not there
 * gets English. Subjects and texts name no choice and say nothing about whether somebody voted (row O-08).
 */

import { arabic } from "./mail/ar.js";
import { german } from "./mail/de.js";
import { spanish } from "./mail/es.js";
import { french } from "./mail/fr.js";
import { oneLine, paragraphs } from "./mail/text.js";

/** A letter without its address. The subject is one line. */
export interface LetterText {
  readonly subject: string;
  readonly text: string;
  /** Which letter it is, and in which language; {@link lettersIn} fills them in. */
  readonly kind?: LetterKind;
  readonly language?: string;
}

export type LetterKind = keyof Letters;

interface Addressed {
  readonly name: string;
  /** Host of this service; not a link, so that the one link of a letter is the one that matters. */
  readonly service: string;
}

interface WithLink extends Addressed {
  readonly link: string;
  readonly hours: number;
}

export interface Letters {
  /** To an address that is new: confirm it with a key of one's own. */
  confirm(values: WithLink & { readonly chainId: string }): LetterText;
  /** To an address that is taken: nothing happened; whoever lost the code may bind a new key. */
  recovery(values: WithLink): LetterText;
  /** To a person whom an officer put on a list. */
  invitation(values: WithLink & { readonly organisation: string }): LetterText;
  /** The voter asked to replace the key. */
  replaceKey(values: WithLink): LetterText;
  keyChanged(values: Addressed): LetterText;
  /** Somebody wants to sign in with this voter's address. The subject is that of {@link Letters.signInUnknown}. */
  signIn(values: Addressed & { readonly link: string; readonly code: string; readonly minutes: number }): LetterText;
  /** The same, to an address that nobody is registered with. */
  signInUnknown(values: Addressed & { readonly link: string }): LetterText;
  passkeyAdded(values: Addressed & { readonly passkey: string }): LetterText;
  approved(values: Addressed): LetterText;
  rejected(values: Addressed): LetterText;
  suspended(values: Addressed): LetterText;
  /** Two registrations of one person became one: to the address that stays. */
  merged(values: Addressed): LetterText;
  /** And to the one that went. */
  mergedAway(values: Addressed): LetterText;
  /** The roll is sealed: what to vote on, when, and by which marks the true election is known. */
  onRoll(
    values: Addressed & {
      readonly election: string;
      readonly opens: string;
      readonly closes: string;
      readonly link: string;
      readonly chainId: string;
      readonly fingerprint: string;
    },
  ): LetterText;
  /** Bulk: the only letter that voters can turn off. It says the same to everybody who gets it (row O-08). */
  reminder(
    values: Addressed & {
      readonly election: string;
      readonly organisation: string;
      readonly closes: string;
      readonly link: string;
      readonly chainId: string;
      readonly fingerprint: string;
      /** What the officers add; may be empty. */
      readonly note: string;
      readonly unsubscribe: string;
    },
  ): LetterText;
  reissued(values: Addressed & { readonly election: string }): LetterText;
}

const ifNotYou = "If you did not expect this letter, you need not do anything.";

/** What the page behind the link does, and the way without a browser. */
const tokenHelp =
  "The page makes your own recovery code in your browser, and your registration counts when its key has signed. Opening the link alone changes nothing. (Without a browser: psephos identity new --out my.code, then psephos confirm --token TOKEN --code-file my.code, where TOKEN is what stands after #.)";

const english: Letters = {
  confirm: ({ name, service, link, hours, chainId }) => ({
    subject: "Confirm your registration",
    text: paragraphs(
      `Hello ${name},`,
      `somebody, we hope you, registered this address at ${service}. To confirm, open this link within ${hours} hours on the device you will vote with:`,
      link,
      tokenHelp,
      `Ledger: ${chainId}`,
      ifNotYou,
    ),
  }),
  recovery: ({ name, service, link, hours }) => ({
    subject: "Confirm your registration",
    text: paragraphs(
      `Hello ${name},`,
      `somebody asked to register this address at ${service}. It is registered already, and nothing was changed.`,
      `If it was you because you lost your recovery code, open this link within ${hours} hours on the device you will vote with, and make a new code. The old one then no longer works:`,
      link,
      ifNotYou,
    ),
  }),
  invitation: ({ name, service, link, hours, organisation }) => ({
    subject: "You are invited to vote online",
    text: paragraphs(
      `Hello ${name},`,
      `${organisation} has put you on its list of voters at ${service}. To take part, open this link within ${Math.round(hours / 24)} days on the device you will vote with:`,
      link,
      tokenHelp,
      ifNotYou,
    ),
  }),
  replaceKey: ({ name, service, link, hours }) => ({
    subject: "Replace your key",
    text: paragraphs(
      `Hello ${name},`,
      `you asked at ${service} to replace your key. Open this link within ${hours} hours and make a new recovery code:`,
      link,
      "If it was not you, somebody else is signed in with your key: tell your election office.",
    ),
  }),
  keyChanged: ({ name, service }) => ({
    subject: "Your key was changed",
    text: paragraphs(
      `Hello ${name},`,
      `your key at ${service} was changed just now. From now on only the new recovery code is valid.`,
      "If it was not you, tell your election office at once.",
    ),
  }),
  signIn: ({ name, service, link, code, minutes }) => ({
    subject: `Sign in at ${service}`,
    text: paragraphs(
      `Hello ${name},`,
      `somebody, we hope you, wants to sign in at ${service} with this address. Within ${minutes} minutes, type this code where you asked for it:`,
      code,
      "Or open this link in the same browser:",
      link,
      `Give the code to nobody who asks for it, by telephone or otherwise: we never do. It lets you read and change your registration; voting takes your recovery code or the device that keeps it.`,
      ifNotYou,
    ),
  }),
  signInUnknown: ({ service, link }) => ({
    subject: `Sign in at ${service}`,
    text: paragraphs(
      "Hello,",
      `somebody, we hope you, wants to sign in at ${service} with this address, but nobody is registered with it. Perhaps you registered with another one. To register this one:`,
      link,
      ifNotYou,
    ),
  }),
  passkeyAdded: ({ name, service, passkey }) => ({
    subject: "A passkey was added",
    text: paragraphs(
      `Hello ${name},`,
      `the passkey "${oneLine(passkey)}" can sign in to your registration at ${service} from now on. It cannot vote.`,
      "If it was not you, sign in, remove it, and tell your election office.",
    ),
  }),
  approved: ({ name, service }) => ({
    subject: "Your registration is approved",
    text: paragraphs(
      `Hello ${name},`,
      `your registration at ${service} is approved. When an election has you on its roll, you will get a letter.`,
    ),
  }),
  rejected: ({ name, service }) => ({
    subject: "Your registration is not approved",
    text: paragraphs(
      `Hello ${name},`,
      `your registration at ${service} was not approved. Your election office can tell you why and what to do.`,
    ),
  }),
  suspended: ({ name, service }) => ({
    subject: "Your registration is suspended",
    text: paragraphs(
      `Hello ${name},`,
      `your registration at ${service} is suspended: you will not be put on further rolls. Rolls that are sealed do not change. Your election office can tell you why.`,
    ),
  }),
  merged: ({ name, service }) => ({
    subject: "Two registrations became one",
    text: paragraphs(
      `Hello ${name},`,
      `you were registered twice at ${service}. The registration with this address stays, with its recovery code; the other one is gone.`,
      "If you were registered only once, tell your election office.",
    ),
  }),
  mergedAway: ({ name, service }) => ({
    subject: "Two registrations became one",
    text: paragraphs(
      `Hello ${name},`,
      `you were registered twice at ${service}. The registration with this address is gone; the other one stays, with its recovery code, and letters go to its address.`,
      "If you have no other registration there, tell your election office at once.",
    ),
  }),
  onRoll: ({ name, election, opens, closes, link, chainId, fingerprint }) => ({
    subject: `You may vote: ${oneLine(election)}`,
    text: paragraphs(
      `Hello ${name},`,
      `you are on the roll of "${oneLine(election)}".`,
      `Opens:  ${opens}\nCloses: ${closes}`,
      `Vote here: ${link}`,
      "Keep this letter. The page you vote on must show the same two marks:",
      `Ledger:      ${chainId}\nFingerprint: ${fingerprint}`,
      "You may vote more than once; the last ballot counts.",
    ),
  }),
  reminder: ({ name, election, organisation, closes, link, chainId, fingerprint, note, unsubscribe }) => ({
    subject: `Reminder: ${oneLine(election)}`,
    text: paragraphs(
      `Hello ${name},`,
      `${organisation} reminds of "${oneLine(election)}". Voting is open until ${closes}.`,
      note,
      `Vote here: ${link}`,
      `Ledger:      ${chainId}\nFingerprint: ${fingerprint}`,
      "If you have voted or do not want to vote, you need not do anything.",
      `No more reminders: ${unsubscribe}`,
    ),
  }),
  reissued: ({ name, service, election }) => ({
    subject: `A new credential: ${oneLine(election)}`,
    text: paragraphs(
      `Hello ${name},`,
      `officers gave you a new credential for "${oneLine(election)}" at ${service}, because your key was replaced. It becomes valid after the delay that the election states; a ballot cast with the old key before then cancels it.`,
      "If you did not ask for this, tell your election office at once.",
    ),
  }),
};

const byLanguage: ReadonlyMap<string, Letters> = new Map([
  ["en", english],
  ["de", german],
  ["fr", french],
  ["es", spanish],
  ["ar", arabic],
]);

/** Languages that have letters. */
export const letterLanguages: readonly string[] = [...byLanguage.keys()];

/** The letters in a language: the tag itself, else its first part, else English; each says its kind and language. */
export function lettersIn(language: string): Letters {
  const tag = [language, language.split("-")[0] as string].find((each) => byLanguage.has(each)) ?? "en";
  const letters: Letters = byLanguage.get(tag) ?? english;
  const labelled = Object.entries(letters).map(([kind, write]) => {
    const writeIt = write as (values: unknown) => LetterText;
    return [kind, (values: unknown) => ({ ...writeIt(values), kind, language: tag })];
  });
  return Object.fromEntries(labelled) as Letters;
}
