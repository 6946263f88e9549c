/** Words of the printed minutes, by language. */

export interface MinutesWords {
  readonly minutes: string;
  readonly practice: string;
  readonly organisation: string;
  readonly stage: string;
  readonly opened: string;
  readonly closed: string;
  readonly roll: string;
  readonly rollWeight: string;
  readonly letters: string;
  readonly reissued: string;
  readonly voters: string;
  readonly ballots: string;
  readonly spoiled: string;
  readonly mismatches: string;
  readonly turnout: string;
  readonly hour: string;
  readonly result: string;
  readonly noResult: string;
  readonly answer: string;
  readonly count: string;
  readonly blank: string;
  readonly rule: string;
  readonly noRule: string;
  readonly outcomes: Readonly<Record<"decided" | "no-quorum" | "no-majority" | "tie", string>>;
  readonly needed: string;
  readonly quorum: string;
  readonly trustees: string;
  readonly shared: string;
  readonly notShared: string;
  readonly threshold: string;
  readonly events: string;
  readonly hashes: string;
  readonly verify: string;
  readonly signatures: string;
  readonly signHere: string;
}

const en: MinutesWords = {
  minutes: "Minutes",
  practice: "Practice election: nothing here counts.",
  organisation: "Organisation",
  stage: "Stage",
  opened: "Opening",
  closed: "Closing",
  roll: "On the roll",
  rollWeight: "Weight of the roll",
  letters: "Keys that came by letter",
  reissued: "Credentials issued again",
  voters: "Voters whose ballot counts",
  ballots: "Ballots accepted",
  spoiled: "Ballots used for testing devices",
  mismatches: "Reports that a device did not do as told",
  turnout: "Turnout by hour (UTC)",
  hour: "Hour",
  result: "Result",
  noResult: "There is no result.",
  answer: "Answer",
  count: "Votes",
  blank: "Blank",
  rule: "Rule",
  noRule: "No rule was announced, so nothing is concluded here.",
  outcomes: {
    decided: "Decided for",
    "no-quorum": "Too few took part: nothing is decided.",
    "no-majority": "No answer has the majority that is needed.",
    tie: "A tie; a decision between these is for the organisation's own rules",
  },
  needed: "Votes needed",
  quorum: "Quorum needed",
  trustees: "Trustees",
  shared: "took part in opening the sum",
  notShared: "did not take part in opening the sum",
  threshold: "Needed of those who share the key",
  events: "Events",
  hashes: "Hashes",
  verify: "How to verify",
  signatures: "Signatures",
  signHere: "Place, date, signature",
};

const de: MinutesWords = {
  minutes: "Niederschrift",
  practice: "Übungswahl: Hier zählt nichts.",
  organisation: "Organisation",
  stage: "Stand",
  opened: "Öffnung",
  closed: "Schluss",
  roll: "Im Wählerverzeichnis",
  rollWeight: "Stimmgewicht des Verzeichnisses",
  letters: "Schlüssel, die per Brief kamen",
  reissued: "Neu ausgegebene Berechtigungen",
  voters: "Wähler mit gezähltem Stimmzettel",
  ballots: "Angenommene Stimmzettel",
  spoiled: "Zum Prüfen von Geräten verwendete Stimmzettel",
  mismatches: "Meldungen, dass ein Gerät nicht tat, was es sollte",
  turnout: "Beteiligung nach Stunden (UTC)",
  hour: "Stunde",
  result: "Ergebnis",
  noResult: "Es gibt kein Ergebnis.",
  answer: "Antwort",
  count: "Stimmen",
  blank: "Leer",
  rule: "Regel",
  noRule: "Es wurde keine Regel angekündigt; hier wird deshalb nichts gefolgert.",
  outcomes: {
    decided: "Entschieden für",
    "no-quorum": "Zu wenige haben teilgenommen: Nichts ist entschieden.",
    "no-majority": "Keine Antwort hat die nötige Mehrheit.",
    tie: "Gleichstand; die Entscheidung zwischen diesen richtet sich nach den Regeln der Organisation",
  },
  needed: "Nötige Stimmen",
  quorum: "Nötige Beteiligung",
  trustees: "Treuhänder",
  shared: "hat an der Öffnung der Summe mitgewirkt",
  notShared: "hat an der Öffnung der Summe nicht mitgewirkt",
  threshold: "Nötig von denen, die sich den Schlüssel teilen",
  events: "Ereignisse",
  hashes: "Prüfsummen",
  verify: "So wird geprüft",
  signatures: "Unterschriften",
  signHere: "Ort, Datum, Unterschrift",
};

const fr: MinutesWords = {
  minutes: "Procès-verbal",
  practice: "Élection d’essai : rien ne compte ici.",
  organisation: "Organisation",
  stage: "État",
  opened: "Ouverture",
  closed: "Clôture",
  roll: "Inscrits sur la liste",
  rollWeight: "Poids de la liste",
  letters: "Clés reçues par lettre",
  reissued: "Droits de vote réémis",
  voters: "Électeurs dont le bulletin compte",
  ballots: "Bulletins acceptés",
  spoiled: "Bulletins utilisés pour tester des appareils",
  mismatches: "Signalements d’un appareil qui n’a pas obéi",
  turnout: "Participation par heure (UTC)",
  hour: "Heure",
  result: "Résultat",
  noResult: "Il n’y a pas de résultat.",
  answer: "Réponse",
  count: "Voix",
  blank: "Blanc",
  rule: "Règle",
  noRule: "Aucune règle n’a été annoncée ; rien n’est donc conclu ici.",
  outcomes: {
    decided: "Adopté ou élu",
    "no-quorum": "La participation est insuffisante : rien n’est décidé.",
    "no-majority": "Aucune réponse n’a la majorité requise.",
    tie: "Égalité ; le choix entre ceux-ci relève des règles de l’organisation",
  },
  needed: "Voix requises",
  quorum: "Quorum requis",
  trustees: "Dépositaires",
  shared: "a participé à l’ouverture de la somme",
  notShared: "n’a pas participé à l’ouverture de la somme",
  threshold: "Nombre requis parmi ceux qui partagent la clé",
  events: "Événements",
  hashes: "Empreintes",
  verify: "Comment vérifier",
  signatures: "Signatures",
  signHere: "Lieu, date, signature",
};

const es: MinutesWords = {
  minutes: "Acta",
  practice: "Elección de práctica: aquí nada cuenta.",
  organisation: "Organización",
  stage: "Estado",
  opened: "Apertura",
  closed: "Cierre",
  roll: "En el censo",
  rollWeight: "Peso del censo",
  letters: "Claves recibidas por carta",
  reissued: "Credenciales emitidas de nuevo",
  voters: "Votantes cuyo voto cuenta",
  ballots: "Papeletas aceptadas",
  spoiled: "Papeletas usadas para probar dispositivos",
  mismatches: "Avisos de que un dispositivo no hizo lo indicado",
  turnout: "Participación por hora (UTC)",
  hour: "Hora",
  result: "Resultado",
  noResult: "No hay resultado.",
  answer: "Respuesta",
  count: "Votos",
  blank: "En blanco",
  rule: "Regla",
  noRule: "No se anunció ninguna regla; por eso aquí no se concluye nada.",
  outcomes: {
    decided: "Decidido a favor de",
    "no-quorum": "Participaron muy pocos: no se decide nada.",
    "no-majority": "Ninguna respuesta tiene la mayoría necesaria.",
    tie: "Empate; decidir entre estas corresponde a las normas de la organización",
  },
  needed: "Votos necesarios",
  quorum: "Quórum necesario",
  trustees: "Custodios",
  shared: "participó en la apertura de la suma",
  notShared: "no participó en la apertura de la suma",
  threshold: "Necesarios de quienes comparten la clave",
  events: "Sucesos",
  hashes: "Resúmenes criptográficos",
  verify: "Cómo verificar",
  signatures: "Firmas",
  signHere: "Lugar, fecha, firma",
};

const ar: MinutesWords = {
  minutes: "محضر",
  practice: "انتخاب تجريبي: لا يُحتسب شيء هنا.",
  organisation: "الجهة المنظمة",
  stage: "المرحلة",
  opened: "الافتتاح",
  closed: "الإغلاق",
  roll: "المقيدون في الجدول",
  rollWeight: "وزن الجدول",
  letters: "مفاتيح وصلت بالبريد الورقي",
  reissued: "أوراق اعتماد أُعيد إصدارها",
  voters: "ناخبون احتُسبت بطاقاتهم",
  ballots: "البطاقات المقبولة",
  spoiled: "بطاقات استُخدمت لاختبار الأجهزة",
  mismatches: "بلاغات بأن جهازًا لم ينفذ المطلوب",
  turnout: "المشاركة بحسب الساعة (UTC)",
  hour: "الساعة",
  result: "النتيجة",
  noResult: "لا توجد نتيجة.",
  answer: "الإجابة",
  count: "الأصوات",
  blank: "ورقة بيضاء",
  rule: "القاعدة",
  noRule: "لم تُعلن أي قاعدة، ولذلك لا يُستخلص شيء هنا.",
  outcomes: {
    decided: "تقرر لصالح",
    "no-quorum": "المشاركة أقل من النصاب: لم يتقرر شيء.",
    "no-majority": "لم تحصل أي إجابة على الأغلبية المطلوبة.",
    tie: "تعادل؛ والفصل بينها يعود إلى قواعد الجهة المنظمة",
  },
  needed: "الأصوات المطلوبة",
  quorum: "النصاب المطلوب",
  trustees: "الأمناء",
  shared: "شارك في فتح المجموع",
  notShared: "لم يشارك في فتح المجموع",
  threshold: "العدد المطلوب ممن يتقاسمون المفتاح",
  events: "الأحداث",
  hashes: "البصمات",
  verify: "كيفية التحقق",
  signatures: "التوقيعات",
  signHere: "المكان والتاريخ والتوقيع",
};

export const minutesWords = { en, de, fr, es, ar } as const;
export type MinutesLanguage = keyof typeof minutesWords;
