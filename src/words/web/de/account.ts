import { plural } from "../../plural.js";
import type { account as english } from "../en/account.js";

export const account: typeof english = {
  withKey: "Mit Ihrem Schlüssel",
  withKeyLead:
    "Zum Abstimmen und für alles andere. Unterschrieben wird in diesem Browser; Code und Schlüssel werden nicht verschickt.",
  without: "Ohne Ihren Schlüssel",
  withoutLead:
    "Das öffnet Ihre Seite: Ihre Wahlen und Ihre Daten. Abstimmen können Sie so nicht: Dafür brauchen Sie Ihren Schlüssel auf diesem Gerät oder Ihren Wiederherstellungscode.",
  byMail: "Einen Code per Mail bekommen",
  byPasskey: "Mit einem Passkey anmelden",
  byProvider: (name: string) => `Mit ${name} anmelden`,
  forVotersOf: (organisation: string) => `Für Wählende von ${organisation}.`,
  otherWay: "Auf andere Weise anmelden",

  mailTitle: "Per Mail anmelden",
  mailLead:
    "Wir schicken einen Link und einen Code aus sechs Ziffern an Ihre Adresse. Beide gelten nur in diesem Browser.",
  addressHint: "Die Adresse, mit der Sie registriert sind.",
  sendCode: "Code schicken",
  sentTitle: "Geben Sie den Code aus der Mail ein",
  sentLead: (email: string) =>
    `Eine Mail an ${email} ist unterwegs. Geben Sie hier ihre sechs Ziffern ein, oder öffnen Sie ihren Link in diesem Browser.`,
  sentLeadAgain:
    "Eine Mail ist unterwegs. Geben Sie hier ihre sechs Ziffern ein, oder öffnen Sie ihren Link in diesem Browser.",
  sentSame: "Wir schreiben an jede Adresse, auch an nicht registrierte; die Mail sagt es dann.",
  code: "Code aus sechs Ziffern",
  codeMalformed: "Der Code hat sechs Ziffern.",
  codeGo: "Mit dem Code anmelden",
  codeWrong: (left: number) =>
    `Dieser Code gilt nicht. Vergleichen Sie ihn mit der neuesten Mail: Ein Code gilt einmal, zehn Minuten lang und nur in dem Browser, der ihn verlangt hat. ${plural("de", left, { one: "Sie haben noch einen Versuch.", other: `Sie haben noch ${left} Versuche.` })}`,
  codeSpent:
    "Das war der fünfte falsche Code. Code und Link dieser Mail gelten nicht mehr; lassen Sie einen neuen schicken.",
  codeOver: "Die zehn Minuten sind um. Lassen Sie einen neuen Code schicken.",
  minutesLeft: (n: number) =>
    n === 0
      ? "Der Code gilt noch weniger als eine Minute."
      : plural("de", n, {
          one: "Der Code gilt noch eine Minute.",
          other: `Der Code gilt noch ${n} Minuten.`,
        }),
  sendAgain: "Neuen Code schicken",
  sentAgain: "Ein neuer Code ist unterwegs. Früher verschickte gelten nicht mehr.",
  otherAddress: "Eine andere Adresse nehmen",
  tooManyLetters: (minutes: number) =>
    plural("de", minutes, {
      one: "An diese Adresse gingen fürs Erste genug Mails. Nehmen Sie die neueste, oder warten Sie eine Minute.",
      other: `An diese Adresse gingen fürs Erste genug Mails. Nehmen Sie die neueste, oder warten Sie ${minutes} Minuten.`,
    }),
  linkTitle: "Dieser Link gilt nicht",
  linkLead:
    "Ein Link aus der Mail gilt einmal, zehn Minuten lang und nur in dem Browser, der ihn verlangt hat. Lesen Sie Ihre Mails auf einem anderen Gerät? Dann geben Sie die sechs Ziffern dort ein, wo Sie sie verlangt haben.",
  signingIn: "Sie werden angemeldet …",

  passkeyCancelled:
    "Es wurde kein Passkey benutzt: Der Vorgang wurde abgebrochen, oder dieses Gerät hat keinen für diese Seite. Versuchen Sie es noch einmal, oder melden Sie sich auf andere Weise an.",
  passkeyUnknown:
    "Dieser Passkey ist hier nicht bekannt. Melden Sie sich auf andere Weise an; auf Ihrer Seite können Sie einen Passkey hinzufügen.",
  passkeyExists: "Dieses Gerät hat schon einen Passkey von Ihnen.",

  providerTitle: (name: string) => `Anmelden mit ${name}`,
  providerRefused: (name: string) =>
    `${name} hat Sie nicht angemeldet: Es wurde abgelehnt, oder Sie haben dort abgebrochen. Beginnen Sie neu, oder melden Sie sich auf andere Weise an.`,
  providerStale:
    "Diese Anmeldung gilt nicht: Sie wurde schon benutzt, ist älter als zehn Minuten oder wurde in einem anderen Browser begonnen. Beginnen Sie neu.",
  providerNotLetIn:
    "Die Anmeldung Ihrer Organisation kennt Sie, aber hier dürfen Sie damit nicht herein. Der Server sagt, warum:",
  providerAway:
    "Die Anmeldung Ihrer Organisation antwortet gerade nicht. Versuchen Sie es in einer Minute noch einmal, oder melden Sie sich auf andere Weise an.",
  beginAgain: "Neu beginnen",

  methods: {
    key: "Sie sind mit Ihrem Schlüssel angemeldet",
    code: "Sie sind per Mail angemeldet",
    passkey: "Sie sind mit einem Passkey angemeldet",
    oidc: "Sie sind über Ihre Organisation angemeldet",
  },
  noVoting:
    "Sie sehen Ihre Wahlen und Ihre Daten. Zum Abstimmen brauchen Sie Ihren Schlüssel auf diesem Gerät oder Ihren Wiederherstellungscode; die Wahlkabine fragt danach.",
  until: "Angemeldet bis",
  withKeyNow: "Mit meinem Schlüssel anmelden",
  noKeyTitle: "Sie haben noch keinen Schlüssel",
  noKey:
    "Ohne Schlüssel stehen Sie in keinem Wählerverzeichnis. Öffnen Sie den Link in der Einladung, die Sie per Mail bekommen haben, oder registrieren Sie sich mit derselben Adresse noch einmal.",
  lostKey: "Wiederherstellungscode verloren?",
  lostKeyLead:
    "Sie bekommen eine Mail mit einem Link, mit dem Sie einen neuen Code machen. Der alte ist dann wertlos, und das Wahlamt sieht, dass der Schlüssel ersetzt wurde.",

  organisation: "Organisation",

  open: "Jetzt offen",
  upcoming: "Kommen noch",
  past: "Vorbei",
  mayVote: "Sie stehen im Wählerverzeichnis und dürfen abstimmen.",
  mayVoteLater: "Sie stehen im Wählerverzeichnis. Sobald geöffnet ist, dürfen Sie abstimmen.",
  mayNot: "Die Abstimmung ist beendet.",
  wasCancelled: "Diese Wahl wurde abgesagt oder nie eröffnet.",
  weight: (n: number) => `Ihre Stimme hat das Gewicht ${n}.`,
  reissued: "Das Wahlamt hat Ihnen eine neue Berechtigung ausgestellt am",
  reissuedHint: "Wenn Sie nicht darum gebeten haben, sagen Sie es sofort Ihrem Wahlamt.",
  opensOn: "Beginn",
  closesOn: "Ende",
  checkMyVote: "Meine Stimme prüfen",
  result: "Ergebnis",

  passkeys: "Passkeys",
  passkeysLead:
    "Mit einem Passkey melden Sie sich durch Fingerabdruck, Gesicht oder PIN an, ohne Mail. Er öffnet diese Seite; abstimmen kann er nicht.",
  noPasskeys: "Sie haben hier keinen Passkey.",
  passkeyName: "Name des neuen Passkeys",
  passkeyNameHint: "Damit Sie ihn wiedererkennen, etwa „mein Telefon“.",
  passkeyNameMissing: "Geben Sie dem Passkey einen Namen.",
  addPasskey: "Passkey hinzufügen",
  passkeyAdded: "Der Passkey ist hinzugefügt. Sie bekommen eine Mail darüber.",
  passkeyBackedUp: "von einem Anbieter für mehrere Geräte aufbewahrt",
  passkeyOneDevice: "nur auf einem Gerät",
  passkeyMade: "Hinzugefügt",
  passkeyUsed: "Zuletzt benutzt",
  passkeyNever: "nie",
  removePasskey: (name: string) => `${name} entfernen`,
  removeTitle: (name: string) => `Den Passkey ${name} entfernen?`,
  removeLead: "Er meldet dann hier nicht mehr an, und wer mit ihm angemeldet ist, wird abgemeldet.",
  removeGo: "Entfernen",
};
