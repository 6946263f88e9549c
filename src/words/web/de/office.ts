import type { office as english } from "../en/office.js";

export const office: typeof english = {
  find: "Suchen",
  findVoter: "Name oder Adresse der wählenden Person",
  hours: (n: number) => (n === 1 ? "1 Stunde" : `${n} Stunden`),

  reissue: "Berechtigung neu ausstellen",
  reissueLead:
    "Für jemanden, der den Schlüssel vor der Stimmabgabe verloren und über den gemailten Link einen neuen erzeugt hat. Fragen Sie vorher auf anderem Weg nach: Wer das Postfach liest, könnte diesen Schlüssel erzeugt haben.",
  reissueCount: (n: number, cap: number) => `Bisher neu ausgestellt: ${n} von höchstens ${cap}.`,
  reissueNone: "Der Plan dieser Wahl erlaubt keine Neuausstellung.",
  reissueValid: (delay: string) =>
    `Sie gilt ${delay} nach dem Eintrag. Eine Stimme mit der alten Berechtigung davor hebt sie auf.`,
  reissueNobody: "Keine zugelassene Person hat diesen Namen oder diese Adresse.",
  reissuePrepare: (name: string) => `Neue Berechtigung für ${name} vorbereiten`,
  reissueShort: "Vorbereiten",
  reissueFor: (name: string) => `Neue Berechtigung für ${name}`,
  reissueKey: "Jetziger Schlüssel der Person",
  reissueOld: "Berechtigung, die ersetzt wird",
  reissueNew: "Neue Berechtigung, in diesem Browser nachgerechnet",
  reissueDiffers:
    "Die neue Berechtigung folgt nicht aus dem Schlüssel der Person. Machen Sie nicht weiter; sagen Sie es den anderen Amtspersonen.",
  reissueGo: "Neuausstellung vorschlagen",

  safeguardsLead: "Was die Wahl außer ihren Schlüsseln schützt. Alles davon steht im Manifest, das jeder prüfen kann.",
  nodes: "Adressen zweiter Knoten, einer je Zeile",
  nodesHint:
    "Server desselben Registers, die jemand anderes betreibt. Die Wahlkabine vergleicht jeden Beweis mit dem ersten und hält an, wenn sie voneinander abweichen.",
  nodesBad: (address: string) => `„${address}“ ist keine Adresse eines Servers (https://…).`,
  pinBooth: "Dateien dieser Seite festschreiben",
  pinBoothHint:
    "Ihre Prüfsummen kommen ins Manifest: Wer andere Dateien bekommt, kann es sehen. Aktualisieren Sie den Server dann erst nach der Wahl.",
  pinned: (n: number) => `Festgeschriebene Dateien: ${n}`,
  reissueCap: "Wie viele Berechtigungen neu ausgestellt werden dürfen",
  reissueCapHint: "Für alle, die den Schlüssel vor der Stimmabgabe verlieren. 0: keine.",
  reissueHours: "Stunden, bis eine neue Berechtigung gilt",
  mismatchInquiry: "Gemeldete Abweichungen, die zu einer Untersuchung verpflichten",

  sitting: "Abstimmung zusammen mit",
  sittingHint: "Über die Wahlen eines Termins wird in einem Zug abgestimmt.",
  sittingAlone: "Für sich allein",
  sittingNew: "Ein neuer Termin, zu dem weitere Wahlen kommen können",
  sittingOf: (names: string) => `Der Termin von: ${names}`,
  sittingOwn: "Eigener Termin, bisher ohne andere Wahl",

  translationsLead:
    "Wählende lesen den Stimmzettel in ihrer Sprache, wo Sie ihn darin angeben. Das Manifest bindet alle Sprachen.",
  translationsEmpty: "Noch keine Übersetzung.",
  translationAdd: "Sprache hinzufügen",
  translationLanguage: "Sprache",
  translationRemove: (language: string) => `${language} entfernen`,
  translationAnswers: (n: number) => `Antworten auf Frage ${n}, eine je Zeile, in derselben Reihenfolge`,
  translationGap: (language: string, n: number) =>
    `${language}, Frage ${n}: Es braucht eine Frage und so viele Antworten wie im Original.`,
  translationName: (language: string) => `${language}: Der Name fehlt.`,

  remove: "Amtsperson abberufen",
  removeWho: "Wer geht",
  removeMissing: "Wählen Sie, wer geht.",
  removeGo: "Abberufung vorschlagen",
  removeLast: "Die letzte Amtsperson kann nicht abberufen werden. Ernennen Sie zuerst eine andere.",
  removeSelf: "Das sind Sie selbst. Nach dem Eintrag können Sie nichts mehr zustimmen.",

  restart: "Schlüsselzeremonie neu beginnen",
  restartLead:
    "Wenn jemand versagt, sich beschwert oder ausbleibt. Alles aus der jetzigen Zeremonie wird verworfen und nie wieder benutzt; wer bleibt, behält den Code.",
  restartNumber: (n: number) => `Dies ist Zeremonie ${n}.`,
  restartStay: "Treuhänder der neuen Zeremonie",
  restartAdd: "Noch ein Treuhänder",
  restartAddLead:
    "Die neue Person erzeugt auf der Seite „Für Treuhänder“ mit der Kennung dieser Wahl einen Code und gibt Ihnen den öffentlichen Schlüssel.",
  restartName: "Schreiben Sie einen Namen.",
  restartKey: "Öffentlicher Schlüssel des Treuhänders",
  restartAddGo: "In die neue Zeremonie aufnehmen",
  restartThreshold: "Wie viele Mitglieder zum Öffnen der Summe nötig sind",
  restartBad:
    "Von den Mitgliedern muss mindestens eines und dürfen nicht alle nötig sein; ein einzelnes kann keinen Schlüssel teilen.",
  restartGo: "Neue Zeremonie vorschlagen",

  sample: "Stichprobe aus dem Verzeichnis befragen",
  sampleLead:
    "Der erste Block nach dem Verzeichnis zieht Personen daraus. Fragen Sie sie vor dem Versiegeln auf einem Weg, den die Registerstelle nicht beherrscht, ob es sie gibt, ob sie sich angemeldet haben und ob der Schlüssel der ihre ist. Beim Eintragen konnte niemand wissen, wen es trifft.",
  sampleSize: "Wie viele Personen",
  sampleSizeHint:
    "Ist einer von hundert Einträgen erfunden, so finden 300 Personen mit einer Wahrscheinlichkeit von 95 Prozent einen davon.",
  sampleSizeBad: "Eine ganze Zahl ab 1.",
  sampleGo: "Ziehen",
  sampleNotYet:
    "Noch ist nichts gezogen: Das Register braucht einen weiteren Block nach dem Verzeichnis. Jede spätere Handlung erzeugt einen.",
  sampleDrawn: (n: number, of: number, block: number) => `${n} von ${of} im Verzeichnis, gezogen von Block ${block}`,
  sampleAgain: (n: number) =>
    `Das Verzeichnis wurde ${n}-mal begonnen, und jedes Mal werden andere gezogen. Fragen Sie die Registerstelle nach dem Grund.`,
  sampleSave: "Liste speichern",
  sampleSaveHint: "Die Liste enthält Namen und Adressen. Löschen Sie sie, wenn die Wahl versiegelt ist.",
  sampleRefused: "Die Registerstelle liefert nicht das Verzeichnis, das im Register steht. Versiegeln Sie es nicht.",
  place: "Platz",
  digitalId: "Digitale Identität",

  validators: "Validatoren",
  validatorsNone: "Dieses Register führt ein einziger Knoten. Es gibt keine Validatoren zu ändern.",
  validatorsLead: (revision: number, rules: number, block: number) =>
    `Fassung ${revision}, Regeln ${rules}, Stand Block ${block}; in diesem Browser nachvollzogen.`,
  validatorsFlow:
    "Eine Änderung braucht Amtspersonen der Gründerorganisation und Betreiber von mehr als zwei Dritteln der Stärke. Der Vorschlag ist eine Datei, die von einem zum nächsten geht; wer genug Zustimmungen hat, sendet sie. Die Kommandozeile liest dieselbe Datei.",
  power: "Stärke",
  operator: "Schlüssel des Betreibers",
  nodeKey: "Schlüssel des Knotens",
  changeTitle: "Änderung vorschlagen",
  changeGoes: "Wer geht",
  changeComes: "Wer kommt",
  changeReplace: "Ein Schlüssel für einen anderen desselben Betreibers (gestohlen oder verloren)",
  changeMake: "Vorschlag erzeugen",
  changeBad:
    "Diese Änderung ist nicht möglich. Prüfen Sie die Schlüssel (64 Zeichen, 0 bis 9 und a bis f) und die Stärke.",
  proposalOpen: "Vorschlag öffnen",
  proposalBad: "Diese Datei ist kein Vorschlag zur Änderung des Netzes.",
  proposalOther: (chain: string) => `Dieser Vorschlag gilt für ein anderes Register: ${chain}.`,
  proposalHas: (officers: number, operators: number) =>
    `Zustimmungen: Amtspersonen ${officers}, Betreiber ${operators}.`,
  proposalApprove: "Als Amtsperson zustimmen",
  proposalSave: "Vorschlag speichern",
  proposalSend: "Ans Register senden",
  proposalSent: (block: number) => `In Block ${block} vereinbart.`,

  trusteeKeyLead:
    "Eine Amtsperson hat Sie gebeten, an einer neu begonnenen Zeremonie teilzunehmen. Erzeugen Sie hier Ihren Code und geben Sie ihr den öffentlichen Schlüssel.",
  trusteeKeyMake: "Code für diese Wahl erzeugen",
  trusteeKeyDone: "Geben Sie diesen öffentlichen Schlüssel der Amtsperson",

  listGone: "Bekannt, aber nicht auf dieser Liste",
  listGoneWhat: "Was mit denen geschieht, die nicht auf der Liste stehen",
  listKeep: "Nichts",
  listSuspend: "Sie werden gesperrt",
  listRemove: "Sie werden entfernt; wer in einem benutzten Verzeichnis steht, wird gesperrt",
  listInvite: "Neuen Wählenden ohne Schlüssel eine Einladung mailen",
  listChanges: "Was sich ändert",
  listNew: "neu",
  listChanged: "geändert",
  listFields: "Vorher und nachher",
  listNothing: "(nichts)",
  listOnRoll: "In einem benutzten Verzeichnis",
  listBarred: "Auf der Liste, aber abgelehnt oder gesperrt: bleibt so",
  listSuspended: "Gesperrt",
  listRemoved: "Entfernt",
  listTab: "Tabulator",
  listFirst: (n: number) => `Gezeigt werden die ersten ${n}.`,
  listEncoding: (encoding: string, delimiter: string) =>
    `Gelesen als ${encoding}, Felder getrennt durch „${delimiter}“.`,
  listMoved:
    "Datei, Auswahl oder Register sind anders als in der Vorschau. Nichts wurde gespeichert; wählen Sie die Datei noch einmal.",

  rollExact: "Das Verzeichnis ist genau sein Wahlkreis, wie ihn das Register jetzt hat",
  rollNotExact: "Das Verzeichnis ist nicht mehr sein Wahlkreis: Tragen Sie es neu ein, oder entscheiden Sie bewusst",
  rollMissing: "Zugelassen und mit Schlüssel, aber nicht im Verzeichnis",
  rollOutside: "Im Verzeichnis, aber nicht mehr zugelassen oder aus einem anderen Wahlkreis",
  rollKeys: "Im Verzeichnis mit einem seither ersetzten Schlüssel",
  rollWeights: "Mit anderem Gewicht als jetzt",
  rollPending: "Warten noch auf Zulassung",
  rollNoKey: "Zugelassen, aber ohne Schlüssel",
};
