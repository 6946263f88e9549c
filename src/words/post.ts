/** Letters on paper: what stands beside a recovery code that goes out by post. One page, so few words. */

export interface PaperLetter {
  readonly title: string;
  readonly greeting: (name: string) => string;
  readonly lead: (organisation: string) => string;
  readonly codeLabel: string;
  readonly qrLabel: string;
  readonly steps: (address: string) => readonly string[];
  readonly secrecy: string;
  readonly opened: string;
  readonly ledger: string;
  readonly fingerprint: string;
}

const english: PaperLetter = {
  title: "Your code for voting online",
  greeting: (name) => `Dear ${name},`,
  lead: (organisation) =>
    `${organisation} has made this recovery code for you. It takes the place of a code that you would make on a device of your own.`,
  codeLabel: "Your recovery code",
  qrLabel: "The same code, to be read with a camera",
  steps: (address) => [
    `When the election is open, go to ${address} on any computer or telephone. Type the address yourself.`,
    "Where the page asks for your recovery code, type it with its dashes, or paste what the camera reads.",
    "Vote. You may vote again until the election closes; only the last ballot counts.",
    "Keep this letter until the result is out: with the code you can check whether it was used.",
  ],
  secrecy:
    "Whoever has this code can vote in your place. Show it to nobody; nobody from the election office asks for it.",
  opened: "If the envelope was open or damaged, tell the election office before you vote, and you get a new code.",
  ledger: "Ledger",
  fingerprint: "Fingerprint of the election",
};

const german: PaperLetter = {
  title: "Ihr Code für die Abstimmung am Bildschirm",
  greeting: (name) => `Guten Tag ${name},`,
  lead: (organisation) =>
    `${organisation} hat diesen Wiederherstellungscode für Sie erzeugt. Er ersetzt einen Code, den Sie auf einem eigenen Gerät erzeugen würden.`,
  codeLabel: "Ihr Wiederherstellungscode",
  qrLabel: "Derselbe Code, mit der Kamera zu lesen",
  steps: (address) => [
    `Wenn die Wahl geöffnet ist, gehen Sie mit einem beliebigen Computer oder Telefon zu ${address}. Tippen Sie die Adresse selbst ein.`,
    "Wo die Seite nach Ihrem Wiederherstellungscode fragt, geben Sie ihn mit den Strichen ein, oder fügen Sie ein, was die Kamera liest.",
    "Stimmen Sie ab. Bis zum Ende der Wahl können Sie erneut abstimmen; nur der letzte Stimmzettel zählt.",
    "Bewahren Sie diesen Brief auf, bis das Ergebnis feststeht: Mit dem Code können Sie prüfen, ob er benutzt wurde.",
  ],
  secrecy:
    "Wer diesen Code hat, kann an Ihrer Stelle abstimmen. Zeigen Sie ihn niemandem; das Wahlbüro fragt nie danach.",
  opened:
    "War der Umschlag offen oder beschädigt, melden Sie es dem Wahlbüro, bevor Sie abstimmen; Sie bekommen einen neuen Code.",
  ledger: "Register (Ledger)",
  fingerprint: "Fingerabdruck der Wahl",
};

const french: PaperLetter = {
  title: "Votre code pour voter en ligne",
  greeting: (name) => `Bonjour ${name},`,
  lead: (organisation) =>
    `${organisation} a créé ce code de récupération pour vous. Il remplace un code que vous créeriez sur votre propre appareil.`,
  codeLabel: "Votre code de récupération",
  qrLabel: "Le même code, à lire avec un appareil photo",
  steps: (address) => [
    `Quand le vote est ouvert, allez à ${address} avec n’importe quel ordinateur ou téléphone. Tapez l’adresse vous-même.`,
    "Là où la page demande votre code de récupération, tapez-le avec ses tirets, ou collez ce que lit l’appareil photo.",
    "Votez. Vous pouvez revoter jusqu’à la clôture ; seul le dernier bulletin compte.",
    "Gardez cette lettre jusqu’au résultat : le code permet de vérifier s’il a été utilisé.",
  ],
  secrecy:
    "Qui possède ce code peut voter à votre place. Ne le montrez à personne ; le bureau électoral ne le demande jamais.",
  opened:
    "Si l’enveloppe était ouverte ou abîmée, prévenez le bureau électoral avant de voter ; vous recevrez un nouveau code.",
  ledger: "Registre (ledger)",
  fingerprint: "Empreinte de l’élection",
};

const spanish: PaperLetter = {
  title: "Su código para votar en línea",
  greeting: (name) => `Hola, ${name}:`,
  lead: (organisation) =>
    `${organisation} ha creado este código de recuperación para usted. Sustituye a un código que usted crearía en su propio dispositivo.`,
  codeLabel: "Su código de recuperación",
  qrLabel: "El mismo código, para leerlo con la cámara",
  steps: (address) => [
    `Cuando la votación esté abierta, vaya a ${address} con cualquier ordenador o teléfono. Escriba usted la dirección.`,
    "Donde la página pida su código de recuperación, escríbalo con sus guiones, o pegue lo que lea la cámara.",
    "Vote. Puede volver a votar hasta el cierre; solo cuenta la última papeleta.",
    "Guarde esta carta hasta que haya resultado: con el código puede comprobar si fue usado.",
  ],
  secrecy:
    "Quien tenga este código puede votar en su lugar. No lo muestre a nadie; la oficina electoral nunca lo pide.",
  opened:
    "Si el sobre estaba abierto o dañado, avise a la oficina electoral antes de votar y recibirá un código nuevo.",
  ledger: "Registro (ledger)",
  fingerprint: "Huella de la elección",
};

const arabic: PaperLetter = {
  title: "رمزك للتصويت عبر الإنترنت",
  greeting: (name) => `السيد/السيدة ${name}،`,
  lead: (organisation) => `أنشأت ${organisation} رمز الاسترداد هذا لك، وهو بديل عن رمز كنت ستنشئه على جهازك.`,
  codeLabel: "رمز الاسترداد الخاص بك",
  qrLabel: "الرمز نفسه، لقراءته بالكاميرا",
  steps: (address) => [
    `عندما يُفتح التصويت، اذهب إلى ${address} من أي حاسوب أو هاتف. اكتب العنوان بنفسك.`,
    "حيث تطلب الصفحة رمز الاسترداد، اكتبه مع الشرطات، أو الصق ما تقرؤه الكاميرا.",
    "صوّت. يمكنك التصويت مرة أخرى حتى الإغلاق؛ ولا يُحتسب إلا آخر اقتراع.",
    "احتفظ بهذه الرسالة حتى ظهور النتيجة: يمكنك بالرمز التحقق مما إذا كان قد استُخدم.",
  ],
  secrecy: "من يملك هذا الرمز يستطيع التصويت بدلاً منك. لا تُره لأحد؛ ومكتب الانتخابات لا يطلبه أبداً.",
  opened: "إذا كان الظرف مفتوحاً أو تالفاً فأخبر مكتب الانتخابات قبل التصويت لتحصل على رمز جديد.",
  ledger: "السجل",
  fingerprint: "بصمة الانتخاب",
};

const byLanguage: ReadonlyMap<string, PaperLetter> = new Map([
  ["en", english],
  ["de", german],
  ["fr", french],
  ["es", spanish],
  ["ar", arabic],
]);

/** The letter in a language and that language: the tag itself, else its first part, else English. */
export function paperLetterIn(language: string): { readonly letter: PaperLetter; readonly language: string } {
  for (const tag of [language, language.split("-")[0] as string]) {
    const letter = byLanguage.get(tag);
    if (letter !== undefined) return { letter, language: tag };
  }
  return { letter: english, language: "en" };
}
