import { plural } from "../../plural.js";
import type { account as english } from "../en/account.js";

export const account: typeof english = {
  withKey: "Con su clave",
  withKeyLead: "Para votar y para todo lo demás. Se firma en este navegador; ni el código ni la clave se envían.",
  without: "Sin su clave",
  withoutLead:
    "Esto abre su página: sus elecciones y sus datos. Así no se puede votar: para eso necesita su clave en este dispositivo o su código de recuperación.",
  byMail: "Recibir un código por correo",
  byPasskey: "Entrar con una llave de acceso",
  byProvider: (name: string) => `Entrar con ${name}`,
  forVotersOf: (organisation: string) => `Para votantes de ${organisation}.`,
  otherWay: "Entrar de otra manera",

  mailTitle: "Entrar por correo",
  mailLead: "Enviamos a su dirección un enlace y un código de seis cifras. Los dos valen solo en este navegador.",
  addressHint: "La dirección con la que está registrado.",
  sendCode: "Enviarme un código",
  sentTitle: "Escriba el código del correo",
  sentLead: (email: string) =>
    `Un correo va de camino a ${email}. Escriba aquí sus seis cifras o abra su enlace en este navegador.`,
  sentLeadAgain: "Un correo va de camino. Escriba aquí sus seis cifras o abra su enlace en este navegador.",
  sentSame: "Escribimos a toda dirección, también a las no registradas; el correo lo dice entonces.",
  code: "Código de seis cifras",
  codeMalformed: "El código tiene seis cifras.",
  codeGo: "Entrar con el código",
  codeWrong: (left: number) =>
    `Este código no vale. Compárelo con el último correo: un código vale una vez, diez minutos y solo en el navegador que lo pidió. Le ${plural("es", left, { one: "queda un intento", other: `quedan ${left} intentos` })}.`,
  codeSpent: "Fue el quinto código falso. El código y el enlace de ese correo ya no valen; pida uno nuevo.",
  codeOver: "Han pasado los diez minutos. Pida un código nuevo.",
  minutesLeft: (n: number) =>
    n === 0
      ? "El código vale menos de un minuto más."
      : plural("es", n, {
          one: "El código vale un minuto más.",
          other: `El código vale ${n} minutos más.`,
        }),
  sendAgain: "Enviar un código nuevo",
  sentAgain: "Un código nuevo va de camino. Los anteriores ya no valen.",
  otherAddress: "Usar otra dirección",
  tooManyLetters: (minutes: number) =>
    plural("es", minutes, {
      one: "Por ahora se enviaron bastantes correos a esta dirección. Use el último o espere un minuto.",
      other: `Por ahora se enviaron bastantes correos a esta dirección. Use el último o espere ${minutes} minutos.`,
    }),
  linkTitle: "Este enlace no vale",
  linkLead:
    "El enlace de un correo vale una vez, diez minutos y solo en el navegador que lo pidió. ¿Lee su correo en otro dispositivo? Escriba entonces las seis cifras donde las pidió.",
  signingIn: "Entrando …",

  passkeyCancelled:
    "No se usó ninguna llave de acceso: se canceló, o este dispositivo no tiene ninguna para este sitio. Inténtelo de nuevo o entre de otra manera.",
  passkeyUnknown: "Esta llave de acceso no se conoce aquí. Entre de otra manera; en su página puede añadir una.",
  passkeyExists: "Este dispositivo ya tiene una llave de acceso suya.",

  providerTitle: (name: string) => `Entrar con ${name}`,
  providerRefused: (name: string) =>
    `${name} no le dejó entrar: lo rechazó, o usted canceló allí. Empiece de nuevo o entre de otra manera.`,
  providerStale:
    "Esta entrada no vale: ya se usó, tiene más de diez minutos o se empezó en otro navegador. Empiece de nuevo.",
  providerNotLetIn: "El servicio de su organización le conoce, pero no puede entrar por él. El servidor dice por qué:",
  providerAway:
    "El servicio de entrada de su organización no responde en este momento. Inténtelo en un minuto o entre de otra manera.",
  beginAgain: "Empezar de nuevo",

  methods: {
    key: "Ha entrado con su clave",
    code: "Ha entrado por correo",
    passkey: "Ha entrado con una llave de acceso",
    oidc: "Ha entrado a través de su organización",
  },
  noVoting:
    "Ve sus elecciones y sus datos. Para votar necesita su clave en este dispositivo o su código de recuperación; la cabina los pide.",
  until: "Sesión abierta hasta",
  withKeyNow: "Entrar con mi clave",
  noKeyTitle: "Todavía no tiene clave",
  noKey:
    "Sin clave no figura en ningún censo. Abra el enlace de la invitación que recibió por correo o regístrese de nuevo con la misma dirección.",
  lostKey: "¿Perdió su código de recuperación?",
  lostKeyLead:
    "Recibirá un correo con un enlace para crear un código nuevo. El anterior dejará de valer, y la oficina electoral verá que la clave se sustituyó.",

  organisation: "Organización",

  open: "Abiertas ahora",
  upcoming: "Próximas",
  past: "Pasadas",
  mayVote: "Figura en el censo y puede votar.",
  mayVoteLater: "Figura en el censo. Podrá votar cuando se abra.",
  mayNot: "La votación ha terminado.",
  wasCancelled: "Esta elección se canceló o no llegó a abrirse.",
  weight: (n: number) => `Su voto pesa ${n}.`,
  reissued: "La oficina le dio una credencial nueva el",
  reissuedHint: "Si no la pidió, avise enseguida a su oficina electoral.",
  opensOn: "Apertura",
  closesOn: "Cierre",
  checkMyVote: "Comprobar mi voto",
  result: "Resultado",

  passkeys: "Llaves de acceso",
  passkeysLead: "Con una llave de acceso entra con huella, cara o PIN, sin correo. Abre esta página; no puede votar.",
  noPasskeys: "No tiene ninguna llave de acceso aquí.",
  passkeyName: "Nombre de la nueva llave de acceso",
  passkeyNameHint: "Para reconocerla, por ejemplo «mi teléfono».",
  passkeyNameMissing: "Ponga un nombre a la llave de acceso.",
  addPasskey: "Añadir una llave de acceso",
  passkeyAdded: "La llave de acceso está añadida. Recibirá un correo sobre ello.",
  passkeyBackedUp: "guardada por su proveedor para varios dispositivos",
  passkeyOneDevice: "solo en un dispositivo",
  passkeyMade: "Añadida",
  passkeyUsed: "Último uso",
  passkeyNever: "nunca",
  removePasskey: (name: string) => `Quitar ${name}`,
  removeTitle: (name: string) => `¿Quitar la llave de acceso ${name}?`,
  removeLead: "Ya no servirá para entrar aquí, y se cerrará la sesión de quien entró con ella.",
  removeGo: "Quitar",
};
