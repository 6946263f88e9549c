/** Cartas en español. */
import type { Letters } from "../mail.js";
import { oneLine, paragraphs } from "./text.js";

const notYou = "Si no esperaba esta carta, no tiene que hacer nada.";
const office = "Si no fue usted, avise enseguida a su oficina electoral.";
const tokenHelp =
  "La página crea su propio código de recuperación en su navegador; su registro vale cuando su clave haya firmado. Abrir el enlace por sí solo no cambia nada. (Sin navegador: psephos identity new --out my.code, y después psephos confirm --token TOKEN --code-file my.code, donde TOKEN es lo que sigue a #.)";

export const spanish: Letters = {
  confirm: ({ name, service, link, hours, chainId }) => ({
    subject: "Confirme su registro",
    text: paragraphs(
      `Hola, ${name}:`,
      `alguien, esperamos que usted, registró esta dirección en ${service}. Para confirmarla, abra este enlace en un plazo de ${hours} horas en el dispositivo con el que va a votar:`,
      link,
      tokenHelp,
      `Registro: ${chainId}`,
      notYou,
    ),
  }),
  recovery: ({ name, service, link, hours }) => ({
    subject: "Confirme su registro",
    text: paragraphs(
      `Hola, ${name}:`,
      `alguien quiso registrar esta dirección en ${service}. Ya está registrada y no se cambió nada.`,
      `Si fue usted porque perdió su código de recuperación, abra este enlace en un plazo de ${hours} horas en el dispositivo con el que va a votar y cree un código nuevo. El anterior dejará de valer:`,
      link,
      notYou,
    ),
  }),
  invitation: ({ name, service, link, hours, organisation }) => ({
    subject: "Invitación a votar en línea",
    text: paragraphs(
      `Hola, ${name}:`,
      `${organisation} le ha incluido en su lista de votantes en ${service}. Para participar, abra este enlace en un plazo de ${Math.round(hours / 24)} días en el dispositivo con el que va a votar:`,
      link,
      tokenHelp,
      notYou,
    ),
  }),
  replaceKey: ({ name, service, link, hours }) => ({
    subject: "Reemplace su clave",
    text: paragraphs(
      `Hola, ${name}:`,
      `pidió en ${service} reemplazar su clave. Abra este enlace en un plazo de ${hours} horas y cree un código de recuperación nuevo:`,
      link,
      "Si no fue usted, otra persona ha entrado con su clave: avise a su oficina electoral.",
    ),
  }),
  keyChanged: ({ name, service }) => ({
    subject: "Su clave ha cambiado",
    text: paragraphs(
      `Hola, ${name}:`,
      `su clave en ${service} acaba de cambiar. Desde ahora solo vale el código de recuperación nuevo.`,
      office,
    ),
  }),
  signIn: ({ name, service, link, code, minutes }) => ({
    subject: `Entrar en ${service}`,
    text: paragraphs(
      `Hola, ${name}:`,
      `alguien, esperamos que usted, quiere entrar en ${service} con esta dirección. En un plazo de ${minutes} minutos, escriba este código donde lo pidió:`,
      code,
      "O abra este enlace en el mismo navegador:",
      link,
      "No dé el código a nadie que se lo pida, por teléfono o de otro modo: nosotros nunca lo hacemos. Permite leer y cambiar su registro; para votar hace falta su código de recuperación o el dispositivo que lo guarda.",
      notYou,
    ),
  }),
  signInUnknown: ({ service, link }) => ({
    subject: `Entrar en ${service}`,
    text: paragraphs(
      "Hola:",
      `alguien, esperamos que usted, quiere entrar en ${service} con esta dirección, pero nadie está registrado con ella. Quizá se registró con otra. Para registrar esta:`,
      link,
      notYou,
    ),
  }),
  passkeyAdded: ({ name, service, passkey }) => ({
    subject: "Se añadió una llave de acceso",
    text: paragraphs(
      `Hola, ${name}:`,
      `desde ahora se puede entrar en su registro en ${service} con la llave de acceso «${oneLine(passkey)}». Con ella no se puede votar.`,
      "Si no fue usted, entre, elimínela y avise a su oficina electoral.",
    ),
  }),
  approved: ({ name, service }) => ({
    subject: "Su registro está aprobado",
    text: paragraphs(
      `Hola, ${name}:`,
      `su registro en ${service} está aprobado. Cuando figure en el censo de una elección, recibirá una carta.`,
    ),
  }),
  rejected: ({ name, service }) => ({
    subject: "Su registro no está aprobado",
    text: paragraphs(
      `Hola, ${name}:`,
      `su registro en ${service} no fue aprobado. Su oficina electoral puede decirle por qué y qué hacer.`,
    ),
  }),
  suspended: ({ name, service }) => ({
    subject: "Su registro está suspendido",
    text: paragraphs(
      `Hola, ${name}:`,
      `su registro en ${service} está suspendido: no entrará en más censos. Los censos sellados no cambian. Su oficina electoral puede decirle por qué.`,
    ),
  }),
  merged: ({ name, service }) => ({
    subject: "Dos registros se unieron en uno",
    text: paragraphs(
      `Hola, ${name}:`,
      `estaba registrado dos veces en ${service}. Queda el registro con esta dirección, con su código de recuperación; el otro se eliminó.`,
      "Si solo estaba registrado una vez, avise a su oficina electoral.",
    ),
  }),
  mergedAway: ({ name, service }) => ({
    subject: "Dos registros se unieron en uno",
    text: paragraphs(
      `Hola, ${name}:`,
      `estaba registrado dos veces en ${service}. El registro con esta dirección se eliminó; queda el otro, con su código de recuperación, y las cartas van a su dirección.`,
      "Si no tiene allí otro registro, avise enseguida a su oficina electoral.",
    ),
  }),
  onRoll: ({ name, election, opens, closes, link, chainId, fingerprint }) => ({
    subject: `Puede votar: ${oneLine(election)}`,
    text: paragraphs(
      `Hola, ${name}:`,
      `figura en el censo de «${oneLine(election)}».`,
      `Apertura: ${opens}\nCierre:   ${closes}`,
      `Vote aquí: ${link}`,
      "Guarde esta carta. La página en la que vote debe mostrar las mismas dos marcas:",
      `Registro: ${chainId}\nHuella:   ${fingerprint}`,
      "Puede votar varias veces; cuenta el último voto.",
    ),
  }),
  reminder: ({ name, election, organisation, closes, link, chainId, fingerprint, note, unsubscribe }) => ({
    subject: `Recordatorio: ${oneLine(election)}`,
    text: paragraphs(
      `Hola, ${name}:`,
      `${organisation} recuerda «${oneLine(election)}». La votación está abierta hasta ${closes}.`,
      note,
      `Vote aquí: ${link}`,
      `Registro: ${chainId}\nHuella:   ${fingerprint}`,
      "Si ya votó o no desea votar, no tiene que hacer nada.",
      `No recibir más recordatorios: ${unsubscribe}`,
    ),
  }),
  reissued: ({ name, service, election }) => ({
    subject: `Credencial nueva: ${oneLine(election)}`,
    text: paragraphs(
      `Hola, ${name}:`,
      `recibió en ${service} una credencial nueva para «${oneLine(election)}» porque se reemplazó su clave. Vale tras el plazo que indica la elección; un voto emitido antes con la clave anterior la anula.`,
      "Si no lo pidió, avise enseguida a su oficina electoral.",
    ),
  }),
};
