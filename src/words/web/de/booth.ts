import { plural } from "../../plural.js";
import type { booth as english } from "../en/booth.js";

export const booth: typeof english = {
  title: "Abstimmen",
  steps: ["Auswählen", "Prüfen", "Versiegeln und senden", "Aufgenommen"],
  signInTitle: "Zum Abstimmen anmelden",
  signInLead:
    "Erst, wer Sie sind, dann Ihre Stimme. Ihre Auswahl wird auf diesem Gerät versiegelt und nicht mit Ihrem Namen verbunden.",
  loading: "Die Wahl wird aus dem Register geholt, ihre Beweise werden geprüft …",
  failedTitle: "Die Wahlkabine ließ sich nicht öffnen",
  introTitle: "Ihr Stimmzettel",
  begin: "Beginnen",
  closesAt: "Ende",
  revote: "Sie können bis zum Ende der Wahl noch einmal abstimmen; nur Ihre letzte Stimme zählt.",
  votedBefore: "Von Ihnen ist schon eine Stimme aufgenommen. Eine neue ersetzt sie.",
  casts: (left: number) =>
    plural("de", left, { one: "Sie können noch einmal abstimmen.", other: `Sie können noch ${left}-mal abstimmen.` }),
  together: (n: number) =>
    plural("de", n, { one: "Ein Stimmzettel.", other: `${n} Stimmzettel, die in einem Zug abgegeben werden.` }),
  marksTitle: "Mit Ihrem Brief vergleichen",
  marksLead:
    "Die Seite, auf der Sie abstimmen, muss dieselbe Adresse und dieselben Kennzeichen zeigen wie Ihre Mail oder Ihr Brief. Sind sie verschieden, stimmen Sie hier nicht ab.",
  ledger: "Register",
  fingerprint: "Fingerabdruck",
  site: "Adresse dieser Seite",
  secondNode: (host: string) =>
    `Jeder Beweis wird mit einem zweiten Knoten verglichen, ${host}. Stimmt er nicht überein, hält die Wahlkabine an.`,
  secondNone: "Diese Wahl nennt keinen zweiten Knoten zum Vergleichen.",
  secondSilent: (host: string) =>
    `Der zweite Knoten ${host} antwortet nicht: Was dieser Server beweist, ist nicht verglichen.`,
  aloneTitle: "Der zweite Knoten antwortet nicht",
  aloneLead: (host: string) =>
    `Die Wahlkabine vergleicht diesen Server mit ${host}, damit Ihnen niemand ein anderes Register zeigen kann. Dieser Knoten antwortet jetzt nicht. Versuchen Sie es später noch einmal, oder entscheiden Sie sich, ohne ihn fortzufahren.`,
  aloneGo: "Ohne Vergleich fortfahren",
  stopTitle: "Halt: Stimmen Sie hier nicht ab",
  stopLead: "Was dieser Server zeigt, stimmt nicht, oder ein zweiter Knoten zeigt etwas anderes.",
  stopDo:
    "Es wird nichts mehr gesendet. Speichern Sie die Belege, sagen Sie es dem Wahlamt und jemandem, dem Sie vertrauen, und stimmen Sie auf einem anderen Server oder später ab.",
  stopSave: "Belege speichern",
  otherLedgerTitle: "Das ist ein anderes Register als bisher",
  otherLedgerLead: (before: string) =>
    `Dieses Gerät kennt unter dieser Adresse das Register ${before}. Vergleichen Sie die Kennzeichen unten mit Ihrem Brief, bevor Sie weitergehen.`,
  otherLedgerAccept: "Ich habe verglichen; weiter",
  practice: "Übung: Diese Wahl ist zum Ausprobieren. Ihre Schlüssel sind öffentlich.",

  questionOf: (n: number, total: number) => `Frage ${n} von ${total}`,
  chooseExactly: (n: number) =>
    plural("de", n, { one: "Wählen Sie eine Antwort.", other: `Wählen Sie ${n} Antworten.` }),
  chooseBetween: (min: number, max: number) =>
    min === 0 ? `Wählen Sie bis zu ${max}; auch keine ist möglich.` : `Wählen Sie ${min} bis ${max} Antworten.`,
  chosen: (n: number, max: number) => `${n} von ${max} gewählt`,
  mayChooseMore: (n: number) =>
    plural("de", n, { one: "Sie können noch eine wählen.", other: `Sie können noch ${n} wählen.` }),
  blank: "Leere Stimme: keine der Antworten",
  noneOf: "Keine Antwort",
  blankChosen: "Leere Stimme gewählt",
  faultNothing: "Wählen Sie zuerst eine Antwort.",
  faultNothingBlank: "Wählen Sie eine Antwort oder die leere Stimme.",
  faultFew: (min: number) => `Wählen Sie mindestens ${min}.`,
  faultMany: (max: number, now: number) => `Wählen Sie höchstens ${max}; gewählt sind ${now}.`,

  reviewTitle: "Prüfen Sie Ihre Auswahl",
  reviewLead: "Noch ist nichts gesendet.",
  change: "Ändern",
  changeOf: (question: string) => `Ändern: ${question}`,
  fewer: (n: number, max: number) => `${n} von ${max} möglichen`,
  seal: "Meine Stimme versiegeln",
  sealing: "Ihre Stimme wird auf diesem Gerät versiegelt …",

  sealedTitle: "Versiegelt, aber noch nicht gesendet",
  sealedLead:
    "Ihre Stimme ist verschlossen. Senden Sie sie jetzt. Oder prüfen Sie zuerst, ob dieses Gerät das verschlossen hat, was Sie gewählt haben.",
  code: "Empfangscode",
  codeHint: "Er zeigt nicht, wie Sie gestimmt haben.",
  sendMyVote: "Meine Stimme senden",
  sending: "Wird gesendet, und die Quittung wird geprüft …",
  testDevice: "Dieses Gerät testen (Übungsumschlag)",
  testAbout:
    "Ein Übungsumschlag wird geöffnet und zählt NICHT; danach stimmen Sie wirklich ab. Sie brauchen ein zweites Gerät: Lassen Sie es diesen QR-Code lesen, bevor Sie den Knopf drücken.",
  recordFirst: "Öffnen Sie auf dem zweiten Gerät die Adresse dieser Seite mit /check, oder lesen Sie damit dies:",
  checkAddress: "Keine Kamera? Öffnen Sie diese Adresse auf dem zweiten Gerät:",
  testing: "Der Übungsumschlag wird aufgenommen …",
  notSent: "Nicht gesendet",
  notSentLead:
    "Ihre Auswahl und die versiegelte Stimme sind noch da. Noch einmal versuchen ist ungefährlich: Derselbe Stimmzettel zählt nie doppelt.",
  staleLead: "Sie haben inzwischen auf einem anderen Gerät abgestimmt. Senden Sie jetzt, ersetzt das jene Stimme.",

  openedTitle: "Der Übungsumschlag",
  openedLead: "Er ist als Test aufgenommen und wird nie zählen. Ihre Stimme ist noch nicht gesendet.",
  openedScan: "Lassen Sie das zweite Gerät dies lesen. Es sagt dann in Worten, was dieses Gerät verschlossen hatte.",
  openedPaste: "Keine Kamera? Übertragen Sie diesen Text auf das zweite Gerät:",
  copyOpening: "Text kopieren",
  saveOpening: "Als Datei speichern",
  openedQuestion: "Was sagt das zweite Gerät?",
  openedSame: "Was ich gewählt habe. Weiter zum Abstimmen",
  openedOther: "Etwas anderes",
  mismatchLead:
    "Dann ist diesem Gerät nicht zu trauen. Melden Sie es, und stimmen Sie auf einem anderen Gerät ab. Was ist geschehen?",
  mismatchKinds: {
    "other-choice": "Es zeigt eine andere Auswahl",
    "other-words": "Der Stimmzettel hatte andere Worte",
    "not-opened": "Es sagt, dass der Umschlag sich nicht öffnen lässt",
  },
  report: "Dem Wahlamt melden",
  reported: "Gemeldet. Die Zahl der Meldungen steht öffentlich auf der Tafel. Stimmen Sie auf einem anderen Gerät ab.",
  testsDone: (n: number) =>
    plural("de", n, { one: "Ein Test auf diesem Gerät gemacht.", other: `${n} Tests auf diesem Gerät gemacht.` }),

  recordedTitle: "Ihre Stimme ist aufgenommen",
  recordedAt: "Aufgenommen",
  recordedLead: "Dieser Browser hat den Beweis geprüft: Ihr Stimmzettel steht im Register und zählt.",
  block: "Block",
  print: "Diese Seite drucken",
  saveReceipt: "Quittung speichern",
  lookLater: "Sie können sie jederzeit unter „Meine Stimme“ nachsehen.",
  finish: "Beenden und auf diesem Gerät vergessen",
  finished: "Beendet",
  forElection: "Wahl",

  refusals: {
    unknown: "Eine solche Wahl gibt es hier nicht. Prüfen Sie die Adresse in Ihrem Brief.",
    "not-sealed": "Diese Wahl wird noch vorbereitet.",
    "not-open": "Diese Wahl hat noch nicht begonnen.",
    closed: "Diese Wahl ist zu Ende. Stimmen werden nicht mehr angenommen.",
    "not-on-roll":
      "Sie stehen nicht im Wählerverzeichnis dieser Wahl. Glauben Sie, dass Sie hineingehören, fragen Sie das Wahlamt.",
    "no-casts-left": "Sie haben alle Stimmzettel verbraucht, die diese Wahl erlaubt. Ihre letzte Stimme zählt.",
  },
  opensAt: "Beginn",
  toBoard: "Zur öffentlichen Tafel",
  idle: "Zu Ihrer Sicherheit werden Sie gleich abgemeldet. Machen Sie weiter oder drücken Sie eine Taste, um zu bleiben. Ihre Auswahl bleibt.",

  myVoteTitle: "Meine Stimme",
  myVoteLead: "Ist meine Stimme aufgenommen, und zählt sie? Dieser Browser prüft den Beweis selbst.",
  receiptField: "Empfangscode oder die ganze Quittung",
  receiptHint: "Fügen Sie den Code ein, den Text der Quittungsdatei oder die Adresse aus dem QR-Code.",
  electionField: "Wahl",
  electionHint: "Nur bei einem bloßen Code nötig.",
  openReceipt: "Quittungsdatei öffnen",
  scan: "QR-Code lesen",
  stopScan: "Anhalten",
  scanHint: "Halten Sie den Code so vor die Kamera, dass er das Bild fast ausfüllt.",
  scanFailed: "Die Kamera ließ sich nicht benutzen. Fügen Sie stattdessen den Code ein.",
  check: "Prüfen",
  receiptMissing: "Fügen Sie einen Empfangscode ein, oder öffnen Sie eine Quittungsdatei.",
  receiptUnreadable: "Das ist weder ein Empfangscode noch eine Quittungsdatei.",
  electionMissing: "Wählen Sie die Wahl, zu der der Code gehört.",
  answerCounted: (at: string) => `Aufgenommen am ${at}, und gezählt.`,
  answerSuperseded: (at: string) => `Aufgenommen, aber ersetzt durch Ihre Stimme vom ${at}.`,
  answerSupersededPlain: "Aufgenommen, aber ersetzt durch eine spätere Stimme derselben Person.",
  answerTest: "Als Test eines Geräts aufgenommen. Wird nicht gezählt.",
  answerMissing: "Im Register nicht gefunden.",
  answerMissingDo:
    "Prüfen Sie den Code Zeichen für Zeichen. Stimmt er, stimmen Sie noch einmal ab, behalten Sie diesen Code und sagen Sie es dem Wahlamt.",
  answerInvalid: "Der Beweis hält nicht.",
  answerInvalidDo: "Behalten Sie diese Quittung und sagen Sie es dem Wahlamt. Werfen Sie nichts weg.",
  answerOffline:
    "Zu ihrer eigenen Zeit stimmt die Quittung. Der Server war nicht zu erreichen; was später geschah, ist nicht bekannt.",
  detailsTitle: "Alle Prüfungen",
  checkStates: { pass: "hält", fail: "hält nicht", skipped: "nicht geprüft" },
  fact: "Angabe",
  factValue: "Wert",
  showsNoChoice: "Nichts auf dieser Seite zeigt, wie Sie gestimmt haben.",

  deviceTitle: "Mit diesem zweiten Gerät prüfen",
  deviceLead:
    "Diese Seite sagt Ihnen in Worten, was das erste Gerät in einem Übungsumschlag verschlossen hat. Eine echte Stimme sieht sie nie.",
  deviceSteps: ["Code festhalten", "Auf dem ersten Gerät testen", "Öffnung lesen", "Vergleichen"],
  deviceCode: "Code vom ersten Gerät",
  deviceCodeHint: "Lesen Sie den QR-Code mit der Kamera dieses Geräts, oder fügen Sie seinen Text ein.",
  deviceRecord: "Festhalten",
  deviceRecorded: "Festgehalten",
  deviceRecordedLead:
    "Vergleichen Sie: Zeigt das erste Gerät denselben Code? Dann drücken Sie dort „Dieses Gerät testen“. Diese Seite wartet auf das Register.",
  deviceWaiting: "Es wird gewartet, bis der Test im Register steht …",
  deviceFound: "Das Register beweist den Test.",
  deviceCounted:
    "Dieser Stimmzettel wurde als echte Stimme gesendet und ist aufgenommen. Er war kein Test; niemand kann ihn öffnen.",
  deviceOpening: "Öffnung vom ersten Gerät",
  deviceOpeningHint: "Lesen Sie den zweiten QR-Code, fügen Sie seinen Text ein oder öffnen Sie seine Datei.",
  deviceOpen: "Vergleichen",
  deviceBad: "Das ist kein solcher Code.",
  deviceOther: "Diese Öffnung gehört zu einem anderen Stimmzettel.",
  deviceSays: "Im Übungsumschlag steht",
  deviceSame: "Haben Sie das auf dem ersten Gerät gewählt?",
  deviceSameYes:
    "Ja: Das erste Gerät hat verschlossen, was Sie gewählt haben. Gehen Sie dorthin zurück und stimmen Sie ab.",
  deviceSameNo: "Nein: Drücken Sie auf dem ersten Gerät „Etwas anderes“, und stimmen Sie auf einem anderen ab.",
  deviceFails: "Der Umschlag lässt sich nicht öffnen",
  deviceFailsLead:
    "Was das erste Gerät angab, öffnet diesen Stimmzettel nicht. Drücken Sie dort „Etwas anderes“, und stimmen Sie auf einem anderen Gerät ab.",
  deviceAgain: "Von vorn beginnen",
  deviceForeign:
    "Dieser Code gehört zu einer anderen Website. Öffnen Sie die Prüfseite der Website, auf der Sie abstimmen.",
};
