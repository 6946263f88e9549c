/** Words of signing in without the key, and of the account that this opens: a chunk of its own, which the booth does not load. */
import { plural } from "../../plural.js";

export const account = {
  withKey: "With your key",
  withKeyLead:
    "For voting, and for everything else. A signature is made in this browser; your code and key are not sent.",
  without: "Without your key",
  withoutLead:
    "This opens your page: your elections and your data. It cannot cast a vote: for that you need your key on this device, or your recovery code.",
  byMail: "Have a code mailed to me",
  byPasskey: "Sign in with a passkey",
  byProvider: (name: string) => `Sign in with ${name}`,
  forVotersOf: (organisation: string) => `For voters of ${organisation}.`,
  otherWay: "Sign in another way",

  mailTitle: "Sign in by mail",
  mailLead: "We send a link and a code of six digits to your address. Both work in this browser only.",
  addressHint: "The address with which you are registered.",
  sendCode: "Send me a code",
  sentTitle: "Type the mailed code",
  sentLead: (email: string) =>
    `A mail is on its way to ${email}. Type its six digits here, or open its link in this browser.`,
  sentLeadAgain: "A mail is on its way. Type its six digits here, or open its link in this browser.",
  sentSame: "We write to every address, also to those that are not registered; the mail then says so.",
  code: "Code of six digits",
  codeMalformed: "The code has six digits.",
  codeGo: "Sign in with the code",
  codeWrong: (left: number) =>
    `This code does not hold. Compare it with the newest mail: a code works once, for ten minutes, and only in the browser that asked for it. You have ${plural("en", left, { one: "one try", other: `${left} tries` })} left.`,
  codeSpent: "That was the fifth wrong code. This mail's code and link work no more; have a new one sent.",
  codeOver: "The ten minutes are over. Have a new code sent.",
  minutesLeft: (n: number) =>
    n === 0
      ? "The code works for less than a minute."
      : plural("en", n, {
          one: "The code works for one more minute.",
          other: `The code works for ${n} more minutes.`,
        }),
  sendAgain: "Send a new code",
  sentAgain: "A new code is on its way. Codes that were mailed before work no more.",
  otherAddress: "Use another address",
  tooManyLetters: (minutes: number) =>
    plural("en", minutes, {
      one: "Enough mails went to this address for now. Use the newest one, or wait a minute.",
      other: `Enough mails went to this address for now. Use the newest one, or wait ${minutes} minutes.`,
    }),
  linkTitle: "This link does not hold",
  linkLead:
    "A mailed link works once, for ten minutes, and only in the browser that asked for it. Do you read your mail on another device? Then type the six digits where you asked for them.",
  signingIn: "Signing in …",

  passkeyCancelled:
    "No passkey was used: it was cancelled, or this device has none for this site. Try again, or sign in another way.",
  passkeyUnknown: "This passkey is not known here. Sign in another way; on your page you can add a passkey.",
  passkeyExists: "This device has a passkey of yours already.",

  providerTitle: (name: string) => `Sign in with ${name}`,
  providerRefused: (name: string) =>
    `${name} did not sign you in: it refused, or you cancelled there. Begin again, or sign in another way.`,
  providerStale:
    "This sign-in does not hold: it was used, is older than ten minutes, or was begun in another browser. Begin again.",
  providerNotLetIn: "Your organisation's sign-in knows you, but you may not come in by it. The server says why:",
  providerAway:
    "Your organisation's sign-in does not answer at the moment. Try again in a minute, or sign in another way.",
  beginAgain: "Begin again",

  methods: {
    key: "You are signed in with your key",
    code: "You are signed in by mail",
    passkey: "You are signed in with a passkey",
    oidc: "You are signed in through your organisation",
  } as Readonly<Record<string, string>>,
  noVoting:
    "You see your elections and your data. To cast a vote you need your key on this device, or your recovery code; the booth asks for it.",
  until: "Signed in until",
  withKeyNow: "Sign in with my key",
  noKeyTitle: "You have no key yet",
  noKey:
    "Without a key you are on no roll. Open the link in the invitation that was mailed to you, or register again with the same address.",
  lostKey: "Lost your recovery code?",
  lostKeyLead:
    "You get a mail with a link with which you make a new code. The old one is then worth nothing, and the election office sees that the key was replaced.",

  organisation: "Organisation",

  open: "Open now",
  upcoming: "Coming",
  past: "Past",
  mayVote: "You are on the roll and may vote.",
  mayVoteLater: "You are on the roll. You may vote once it opens.",
  mayNot: "Voting has ended.",
  wasCancelled: "This election was cancelled or never opened.",
  weight: (n: number) => `Your vote has the weight ${n}.`,
  reissued: "Officers gave you a new credential on",
  reissuedHint: "If you did not ask for it, tell your election office at once.",
  opensOn: "Opens",
  closesOn: "Closes",
  checkMyVote: "Check my vote",
  result: "Result",

  passkeys: "Passkeys",
  passkeysLead:
    "With a passkey you sign in by fingerprint, face or PIN, without a mail. It opens this page; it cannot vote.",
  noPasskeys: "You have no passkey here.",
  passkeyName: "Name for the new passkey",
  passkeyNameHint: "So that you know it again, for example “my phone”.",
  passkeyNameMissing: "Give the passkey a name.",
  addPasskey: "Add a passkey",
  passkeyAdded: "The passkey is added. You get a mail about it.",
  passkeyBackedUp: "kept by its provider for several devices",
  passkeyOneDevice: "on one device only",
  passkeyMade: "Added",
  passkeyUsed: "Last used",
  passkeyNever: "never",
  removePasskey: (name: string) => `Remove ${name}`,
  removeTitle: (name: string) => `Remove the passkey ${name}?`,
  removeLead: "It can then sign in here no more, and whoever is signed in with it is signed out.",
  removeGo: "Remove",
};
