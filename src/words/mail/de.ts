/** Briefe auf Deutsch. */
import type { Letters } from "../mail.js";
import { oneLine, paragraphs } from "./text.js";

const notYou = "Wenn Sie diesen Brief nicht erwartet haben, müssen Sie nichts tun.";
const office = "Wenn Sie es nicht waren, sagen Sie es sofort Ihrem Wahlbüro.";
const tokenHelp =
  "Die Seite erzeugt Ihren eigenen Wiederherstellungscode in Ihrem Browser; Ihre Registrierung gilt, sobald dessen Schlüssel unterschrieben hat. Den Link nur zu öffnen ändert nichts. (Ohne Browser: psephos identity new --out my.code, dann psephos confirm --token TOKEN --code-file my.code; TOKEN ist, was hinter # steht.)";

export const german: Letters = {
  confirm: ({ name, service, link, hours, chainId }) => ({
    subject: "Bestätigen Sie Ihre Registrierung",
    text: paragraphs(
      `Guten Tag ${name},`,
      `jemand, hoffentlich Sie, hat diese Adresse bei ${service} registriert. Zum Bestätigen öffnen Sie innerhalb von ${hours} Stunden diesen Link auf dem Gerät, mit dem Sie abstimmen werden:`,
      link,
      tokenHelp,
      `Register: ${chainId}`,
      notYou,
    ),
  }),
  recovery: ({ name, service, link, hours }) => ({
    subject: "Bestätigen Sie Ihre Registrierung",
    text: paragraphs(
      `Guten Tag ${name},`,
      `jemand wollte diese Adresse bei ${service} registrieren. Sie ist schon registriert, und nichts wurde geändert.`,
      `Wenn Sie es waren, weil Sie Ihren Wiederherstellungscode verloren haben, öffnen Sie innerhalb von ${hours} Stunden diesen Link auf dem Gerät, mit dem Sie abstimmen werden, und erzeugen Sie einen neuen. Der alte gilt dann nicht mehr:`,
      link,
      notYou,
    ),
  }),
  invitation: ({ name, service, link, hours, organisation }) => ({
    subject: "Einladung zur Abstimmung im Internet",
    text: paragraphs(
      `Guten Tag ${name},`,
      `${organisation} hat Sie bei ${service} auf die Liste der Wähler gesetzt. Um teilzunehmen, öffnen Sie innerhalb von ${Math.round(hours / 24)} Tagen diesen Link auf dem Gerät, mit dem Sie abstimmen werden:`,
      link,
      tokenHelp,
      notYou,
    ),
  }),
  replaceKey: ({ name, service, link, hours }) => ({
    subject: "Ersetzen Sie Ihren Schlüssel",
    text: paragraphs(
      `Guten Tag ${name},`,
      `Sie wollten bei ${service} Ihren Schlüssel ersetzen. Öffnen Sie innerhalb von ${hours} Stunden diesen Link und erzeugen Sie einen neuen Wiederherstellungscode:`,
      link,
      "Wenn Sie es nicht waren, ist jemand anders mit Ihrem Schlüssel angemeldet: Sagen Sie es Ihrem Wahlbüro.",
    ),
  }),
  keyChanged: ({ name, service }) => ({
    subject: "Ihr Schlüssel wurde geändert",
    text: paragraphs(
      `Guten Tag ${name},`,
      `Ihr Schlüssel bei ${service} wurde soeben geändert. Von jetzt an gilt nur der neue Wiederherstellungscode.`,
      office,
    ),
  }),
  signIn: ({ name, service, link, code, minutes }) => ({
    subject: `Anmeldung bei ${service}`,
    text: paragraphs(
      `Guten Tag ${name},`,
      `jemand, hoffentlich Sie, möchte sich mit dieser Adresse bei ${service} anmelden. Geben Sie innerhalb von ${minutes} Minuten diesen Code dort ein, wo Sie ihn verlangt haben:`,
      code,
      "Oder öffnen Sie diesen Link im selben Browser:",
      link,
      "Geben Sie den Code niemandem, der danach fragt, auch nicht am Telefon: Wir tun das nie. Mit ihm kann man Ihre Registrierung lesen und ändern; zum Abstimmen braucht es Ihren Wiederherstellungscode oder das Gerät, das ihn verwahrt.",
      notYou,
    ),
  }),
  signInUnknown: ({ service, link }) => ({
    subject: `Anmeldung bei ${service}`,
    text: paragraphs(
      "Guten Tag,",
      `jemand, hoffentlich Sie, möchte sich mit dieser Adresse bei ${service} anmelden, aber niemand ist damit registriert. Vielleicht haben Sie sich mit einer anderen registriert. Um diese zu registrieren:`,
      link,
      notYou,
    ),
  }),
  passkeyAdded: ({ name, service, passkey }) => ({
    subject: "Ein Passkey kam hinzu",
    text: paragraphs(
      `Guten Tag ${name},`,
      `mit dem Passkey „${oneLine(passkey)}“ kann man sich von jetzt an bei ${service} in Ihrer Registrierung anmelden. Abstimmen kann man damit nicht.`,
      "Wenn Sie es nicht waren, melden Sie sich an, entfernen Sie ihn und sagen Sie es Ihrem Wahlbüro.",
    ),
  }),
  approved: ({ name, service }) => ({
    subject: "Ihre Registrierung ist bestätigt",
    text: paragraphs(
      `Guten Tag ${name},`,
      `Ihre Registrierung bei ${service} ist bestätigt. Wenn Sie im Verzeichnis einer Wahl stehen, bekommen Sie einen Brief.`,
    ),
  }),
  rejected: ({ name, service }) => ({
    subject: "Ihre Registrierung ist nicht bestätigt",
    text: paragraphs(
      `Guten Tag ${name},`,
      `Ihre Registrierung bei ${service} wurde nicht bestätigt. Ihr Wahlbüro kann Ihnen sagen, warum, und was zu tun ist.`,
    ),
  }),
  suspended: ({ name, service }) => ({
    subject: "Ihre Registrierung ruht",
    text: paragraphs(
      `Guten Tag ${name},`,
      `Ihre Registrierung bei ${service} ruht: Sie kommen in keine weiteren Verzeichnisse. Versiegelte Verzeichnisse ändern sich nicht. Ihr Wahlbüro kann Ihnen sagen, warum.`,
    ),
  }),
  merged: ({ name, service }) => ({
    subject: "Aus zwei Registrierungen wurde eine",
    text: paragraphs(
      `Guten Tag ${name},`,
      `Sie waren bei ${service} zweimal registriert. Die Registrierung mit dieser Adresse bleibt, mit ihrem Wiederherstellungscode; die andere ist gelöscht.`,
      "Wenn Sie nur einmal registriert waren, sagen Sie es Ihrem Wahlbüro.",
    ),
  }),
  mergedAway: ({ name, service }) => ({
    subject: "Aus zwei Registrierungen wurde eine",
    text: paragraphs(
      `Guten Tag ${name},`,
      `Sie waren bei ${service} zweimal registriert. Die Registrierung mit dieser Adresse ist gelöscht; die andere bleibt, mit ihrem Wiederherstellungscode, und Briefe gehen an deren Adresse.`,
      "Wenn Sie dort keine andere Registrierung haben, sagen Sie es sofort Ihrem Wahlbüro.",
    ),
  }),
  onRoll: ({ name, election, opens, closes, link, chainId, fingerprint }) => ({
    subject: `Sie können abstimmen: ${oneLine(election)}`,
    text: paragraphs(
      `Guten Tag ${name},`,
      `Sie stehen im Verzeichnis von „${oneLine(election)}“.`,
      `Öffnung: ${opens}\nSchluss: ${closes}`,
      `Hier stimmen Sie ab: ${link}`,
      "Heben Sie diesen Brief auf. Die Seite, auf der Sie abstimmen, muss dieselben zwei Kennzeichen zeigen:",
      `Register:      ${chainId}\nFingerabdruck: ${fingerprint}`,
      "Sie können mehrmals abstimmen; der letzte Stimmzettel zählt.",
    ),
  }),
  reminder: ({ name, election, organisation, closes, link, chainId, fingerprint, note, unsubscribe }) => ({
    subject: `Zur Erinnerung: ${oneLine(election)}`,
    text: paragraphs(
      `Guten Tag ${name},`,
      `${organisation} erinnert an „${oneLine(election)}“. Die Abstimmung ist offen bis ${closes}.`,
      note,
      `Hier stimmen Sie ab: ${link}`,
      `Register:      ${chainId}\nFingerabdruck: ${fingerprint}`,
      "Wenn Sie schon abgestimmt haben oder nicht abstimmen möchten, müssen Sie nichts tun.",
      `Keine Erinnerungen mehr: ${unsubscribe}`,
    ),
  }),
  reissued: ({ name, service, election }) => ({
    subject: `Neue Berechtigung: ${oneLine(election)}`,
    text: paragraphs(
      `Guten Tag ${name},`,
      `Sie haben bei ${service} eine neue Berechtigung für „${oneLine(election)}“ bekommen, weil Ihr Schlüssel ersetzt wurde. Sie gilt nach der Frist, die die Wahl nennt; ein Stimmzettel mit dem alten Schlüssel vorher hebt sie auf.`,
      "Wenn Sie das nicht verlangt haben, sagen Sie es sofort Ihrem Wahlbüro.",
    ),
  }),
};
