/** الرسائل بالعربية. */
import type { Letters } from "../mail.js";
import { oneLine, paragraphs } from "./text.js";

const notYou = "إذا لم تكن تنتظر هذه الرسالة فلا يلزمك فعل شيء.";
const office = "إذا لم تكن أنت من فعل ذلك فأبلغ مكتب الانتخابات فورًا.";
const tokenHelp =
  "تُنشئ الصفحة رمز الاسترداد الخاص بك داخل متصفحك، ويصبح تسجيلك نافذًا عندما يوقّع مفتاحه. فتح الرابط وحده لا يغيّر شيئًا. (من دون متصفح: psephos identity new --out my.code ثم psephos confirm --token TOKEN --code-file my.code حيث TOKEN هو ما يلي علامة #.)";

export const arabic: Letters = {
  confirm: ({ name, service, link, hours, chainId }) => ({
    subject: "أكّد تسجيلك",
    text: paragraphs(
      `مرحبًا ${name}،`,
      `سجّل أحدهم، ونرجو أن تكون أنت، هذا العنوان لدى ${service}. للتأكيد افتح هذا الرابط خلال ${hours} ساعة على الجهاز الذي ستصوّت به:`,
      link,
      tokenHelp,
      `السجل: ${chainId}`,
      notYou,
    ),
  }),
  recovery: ({ name, service, link, hours }) => ({
    subject: "أكّد تسجيلك",
    text: paragraphs(
      `مرحبًا ${name}،`,
      `طلب أحدهم تسجيل هذا العنوان لدى ${service}. العنوان مسجل من قبل ولم يتغير شيء.`,
      `إذا كنت أنت لأنك فقدت رمز الاسترداد فافتح هذا الرابط خلال ${hours} ساعة على الجهاز الذي ستصوّت به وأنشئ رمزًا جديدًا، وعندها لا يعود الرمز القديم صالحًا:`,
      link,
      notYou,
    ),
  }),
  invitation: ({ name, service, link, hours, organisation }) => ({
    subject: "دعوة إلى التصويت عبر الإنترنت",
    text: paragraphs(
      `مرحبًا ${name}،`,
      `أدرجتك ${organisation} في قائمة الناخبين لدى ${service}. للمشاركة افتح هذا الرابط خلال ${Math.round(hours / 24)} يومًا على الجهاز الذي ستصوّت به:`,
      link,
      tokenHelp,
      notYou,
    ),
  }),
  replaceKey: ({ name, service, link, hours }) => ({
    subject: "استبدل مفتاحك",
    text: paragraphs(
      `مرحبًا ${name}،`,
      `طلبت لدى ${service} استبدال مفتاحك. افتح هذا الرابط خلال ${hours} ساعة وأنشئ رمز استرداد جديدًا:`,
      link,
      "إذا لم تكن أنت فإن شخصًا آخر قد دخل بمفتاحك: أبلغ مكتب الانتخابات.",
    ),
  }),
  keyChanged: ({ name, service }) => ({
    subject: "تغيّر مفتاحك",
    text: paragraphs(
      `مرحبًا ${name}،`,
      `تغيّر مفتاحك لدى ${service} الآن. ومن الآن فصاعدًا لا يصلح إلا رمز الاسترداد الجديد.`,
      office,
    ),
  }),
  signIn: ({ name, service, link, code, minutes }) => ({
    subject: `تسجيل الدخول إلى ${service}`,
    text: paragraphs(
      `مرحبًا ${name}،`,
      `يريد أحدهم، ونرجو أن تكون أنت، الدخول إلى ${service} بهذا العنوان. اكتب هذا الرمز خلال ${minutes} دقائق حيث طلبته:`,
      code,
      "أو افتح هذا الرابط في المتصفح نفسه:",
      link,
      "لا تعطِ الرمز لأي شخص يطلبه، هاتفيًا أو بغير ذلك: نحن لا نفعل ذلك أبدًا. فبه تُقرأ بيانات تسجيلك وتُغيَّر، أما التصويت فيحتاج إلى رمز الاسترداد أو الجهاز الذي يحفظه.",
      notYou,
    ),
  }),
  signInUnknown: ({ service, link }) => ({
    subject: `تسجيل الدخول إلى ${service}`,
    text: paragraphs(
      "مرحبًا،",
      `يريد أحدهم، ونرجو أن تكون أنت، الدخول إلى ${service} بهذا العنوان، لكن لا أحد مسجل به. ربما سجّلت بعنوان آخر. لتسجيل هذا العنوان:`,
      link,
      notYou,
    ),
  }),
  passkeyAdded: ({ name, service, passkey }) => ({
    subject: "أُضيف مفتاح مرور",
    text: paragraphs(
      `مرحبًا ${name}،`,
      `يمكن من الآن الدخول إلى تسجيلك لدى ${service} بمفتاح المرور «${oneLine(passkey)}». ولا يمكن التصويت به.`,
      "إذا لم تكن أنت فادخل واحذفه وأبلغ مكتب الانتخابات.",
    ),
  }),
  approved: ({ name, service }) => ({
    subject: "قُبل تسجيلك",
    text: paragraphs(`مرحبًا ${name}،`, `قُبل تسجيلك لدى ${service}. وعندما تُدرج في جدول انتخاب ما ستصلك رسالة.`),
  }),
  rejected: ({ name, service }) => ({
    subject: "لم يُقبل تسجيلك",
    text: paragraphs(
      `مرحبًا ${name}،`,
      `لم يُقبل تسجيلك لدى ${service}. يستطيع مكتب الانتخابات أن يبيّن لك السبب وما يمكن فعله.`,
    ),
  }),
  suspended: ({ name, service }) => ({
    subject: "عُلّق تسجيلك",
    text: paragraphs(
      `مرحبًا ${name}،`,
      `عُلّق تسجيلك لدى ${service}: لن تُدرج في جداول أخرى. أما الجداول المختومة فلا تتغير. يستطيع مكتب الانتخابات أن يبيّن لك السبب.`,
    ),
  }),
  merged: ({ name, service }) => ({
    subject: "دُمج تسجيلان في واحد",
    text: paragraphs(
      `مرحبًا ${name}،`,
      `كنت مسجلًا مرتين لدى ${service}. يبقى التسجيل بهذا العنوان مع رمز استرداده، وحُذف الآخر.`,
      "إذا كنت مسجلًا مرة واحدة فقط فأبلغ مكتب الانتخابات.",
    ),
  }),
  mergedAway: ({ name, service }) => ({
    subject: "دُمج تسجيلان في واحد",
    text: paragraphs(
      `مرحبًا ${name}،`,
      `كنت مسجلًا مرتين لدى ${service}. حُذف التسجيل بهذا العنوان، ويبقى الآخر مع رمز استرداده، وتُرسل الرسائل إلى عنوانه.`,
      "إذا لم يكن لديك تسجيل آخر هناك فأبلغ مكتب الانتخابات فورًا.",
    ),
  }),
  onRoll: ({ name, election, opens, closes, link, chainId, fingerprint }) => ({
    subject: `يمكنك التصويت: ${oneLine(election)}`,
    text: paragraphs(
      `مرحبًا ${name}،`,
      `أنت مدرج في جدول «${oneLine(election)}».`,
      `الافتتاح: ${opens}\nالإغلاق: ${closes}`,
      `صوّت هنا: ${link}`,
      "احتفظ بهذه الرسالة. يجب أن تُظهر الصفحة التي تصوّت فيها العلامتين نفسيهما:",
      `السجل: ${chainId}\nالبصمة: ${fingerprint}`,
      "يمكنك التصويت أكثر من مرة، والبطاقة الأخيرة هي التي تُحتسب.",
    ),
  }),
  reminder: ({ name, election, organisation, closes, link, chainId, fingerprint, note, unsubscribe }) => ({
    subject: `تذكير: ${oneLine(election)}`,
    text: paragraphs(
      `مرحبًا ${name}،`,
      `تذكّر ${organisation} بالتصويت «${oneLine(election)}». التصويت مفتوح حتى ${closes}.`,
      note,
      `صوّت هنا: ${link}`,
      `السجل: ${chainId}\nالبصمة: ${fingerprint}`,
      "إذا كنت قد صوّتَّ أو لا ترغب في التصويت فلا يلزمك فعل شيء.",
      `لإيقاف التذكيرات: ${unsubscribe}`,
    ),
  }),
  reissued: ({ name, service, election }) => ({
    subject: `ورقة اعتماد جديدة: ${oneLine(election)}`,
    text: paragraphs(
      `مرحبًا ${name}،`,
      `حصلت لدى ${service} على ورقة اعتماد جديدة للتصويت «${oneLine(election)}» لأن مفتاحك استُبدل. وتصبح صالحة بعد المهلة المعلنة، وأي بطاقة تُلقى قبلها بالمفتاح القديم تلغيها.`,
      "إذا لم تطلب ذلك فأبلغ مكتب الانتخابات فورًا.",
    ),
  }),
};
