import type { office as english } from "../en/office.js";

export const office: typeof english = {
  find: "Buscar",
  findVoter: "Nombre o dirección de la persona",
  hours: (n: number) => (n === 1 ? "1 hora" : `${n} horas`),

  reissue: "Expedir una credencial nueva",
  reissueLead:
    "Para quien perdió la clave antes de votar y ha creado otra con el enlace recibido por correo. Pregunte antes por otro medio: quien lea el buzón podría haber creado esa clave.",
  reissueCount: (n: number, cap: number) => `Expedidas hasta ahora: ${n} de ${cap} como máximo.`,
  reissueNone: "El plan de esta elección no permite ninguna.",
  reissueValid: (delay: string) =>
    `Vale ${delay} después de inscribirse. Un voto con la credencial antigua antes de eso la anula.`,
  reissueNobody: "Ninguna persona admitida tiene este nombre o esta dirección.",
  reissuePrepare: (name: string) => `Preparar una credencial nueva para ${name}`,
  reissueShort: "Preparar",
  reissueFor: (name: string) => `Credencial nueva para ${name}`,
  reissueKey: "Clave actual de la persona",
  reissueOld: "Credencial que se sustituye",
  reissueNew: "Credencial nueva, recalculada en este navegador",
  reissueDiffers:
    "La credencial nueva no se deduce de la clave de la persona. No siga; avise a los demás responsables.",
  reissueGo: "Proponer la expedición",

  safeguardsLead:
    "Lo que protege la elección además de sus claves. Todo ello figura en el manifiesto, que cualquiera puede comprobar.",
  nodes: "Direcciones de segundos nodos, una por línea",
  nodesHint:
    "Servidores del mismo registro que mantiene otra persona. La cabina compara cada prueba con el primero y se detiene si difieren.",
  nodesBad: (address: string) => `«${address}» no es la dirección de un servidor (https://…).`,
  pinBooth: "Fijar los archivos de este sitio",
  pinBoothHint:
    "Sus huellas entran en el manifiesto: quien reciba otros archivos puede verlo. No actualice entonces el servidor hasta que termine la elección.",
  pinned: (n: number) => `Archivos fijados: ${n}`,
  reissueCap: "Cuántas credenciales pueden expedirse de nuevo",
  reissueCapHint: "Para quienes pierden la clave antes de votar. 0: ninguna.",
  reissueHours: "Horas hasta que vale una credencial nueva",
  mismatchInquiry: "Discrepancias comunicadas que obligan a investigar",

  sitting: "Se vota junto con",
  sittingHint: "Las elecciones de una misma jornada se votan de una vez.",
  sittingAlone: "Por separado",
  sittingNew: "Una jornada nueva a la que pueden unirse otras elecciones",
  sittingOf: (names: string) => `La jornada de: ${names}`,
  sittingOwn: "Su propia jornada, sin otra elección por ahora",

  translationsLead:
    "Cada persona lee la papeleta en su idioma donde usted la dé. El manifiesto vincula todos los idiomas.",
  translationsEmpty: "Aún no hay traducciones.",
  translationAdd: "Añadir un idioma",
  translationLanguage: "Idioma",
  translationRemove: (language: string) => `Quitar ${language}`,
  translationAnswers: (n: number) => `Respuestas a la pregunta ${n}, una por línea, en el mismo orden`,
  translationGap: (language: string, n: number) =>
    `${language}, pregunta ${n}: hace falta una pregunta y tantas respuestas como en el original.`,
  translationName: (language: string) => `${language}: falta el nombre.`,

  remove: "Cesar a un responsable",
  removeWho: "Quién se va",
  removeMissing: "Elija quién se va.",
  removeGo: "Proponer el cese",
  removeLast: "No se puede cesar al último responsable. Nombre antes a otro.",
  removeSelf: "Es usted. Una vez inscrito, no podrá aprobar nada más.",

  restart: "Empezar de nuevo la ceremonia de claves",
  restartLead:
    "Cuando un custodio falló, se quejó o no acude. Todo lo de la ceremonia actual se desecha y no se usa nunca más; quienes siguen conservan su código.",
  restartNumber: (n: number) => `Esta es la ceremonia ${n}.`,
  restartStay: "Custodios de la nueva ceremonia",
  restartAdd: "Otro custodio",
  restartAddLead:
    "La nueva persona crea un código en la página Para custodios, con el identificador de esta elección, y le da a usted la clave pública.",
  restartName: "Escriba un nombre.",
  restartKey: "Clave pública del custodio",
  restartAddGo: "Añadir a la nueva ceremonia",
  restartThreshold: "Cuántos miembros hacen falta para abrir la suma",
  restartBad: "De los miembros debe hacer falta al menos uno y no todos; un único miembro no puede repartir una clave.",
  restartGo: "Proponer la nueva ceremonia",

  sample: "Preguntar a una muestra del censo",
  sampleLead:
    "El primer bloque posterior al censo sortea personas de él. Antes de sellar, pregúnteles por un medio que el registro no controle si existen, si se inscribieron y si la clave es suya. Al inscribir el censo nadie podía saber a quién le tocaría.",
  sampleSize: "Cuántas personas",
  sampleSizeHint:
    "Si una de cada cien entradas es inventada, 300 personas encuentran una con una probabilidad del 95 por ciento.",
  sampleSizeBad: "Un número entero a partir de 1.",
  sampleGo: "Sortear",
  sampleNotYet:
    "Aún no se ha sorteado nada: hace falta un bloque más después del censo. Cualquier acto posterior lo crea.",
  sampleDrawn: (n: number, of: number, block: number) => `${n} de ${of} del censo, sorteados por el bloque ${block}`,
  sampleAgain: (n: number) =>
    `El censo se empezó ${n} veces, y cada vez se sortean otras personas. Pregunte el motivo al registro.`,
  sampleSave: "Guardar la lista",
  sampleSaveHint: "La lista contiene nombres y direcciones. Bórrela cuando la elección esté sellada.",
  sampleRefused: "El registro no da el censo que está inscrito. No lo selle.",
  place: "Lugar",
  digitalId: "Identidad digital",

  validators: "Validadores",
  validatorsNone: "Este registro lo lleva un solo nodo. No hay validadores que cambiar.",
  validatorsLead: (revision: number, rules: number, block: number) =>
    `Revisión ${revision}, reglas ${rules}, al bloque ${block}; reproducido en este navegador.`,
  validatorsFlow:
    "Un cambio necesita responsables de la organización fundadora y operadores de más de dos tercios del peso. La propuesta es un archivo que pasa de uno a otro; quien tenga bastantes aprobaciones la envía. La línea de órdenes lee el mismo archivo.",
  power: "Peso",
  operator: "Clave del operador",
  nodeKey: "Clave del nodo",
  changeTitle: "Proponer un cambio",
  changeGoes: "Quién se va",
  changeComes: "Quién viene",
  changeReplace: "Una clave por otra del mismo operador (robada o perdida)",
  changeMake: "Crear la propuesta",
  changeBad: "Este cambio no es posible. Revise las claves (64 caracteres, de 0 a 9 y de a a f) y el peso.",
  proposalOpen: "Abrir una propuesta",
  proposalBad: "Este archivo no es una propuesta de cambio de la red.",
  proposalOther: (chain: string) => `Esta propuesta es para otro registro: ${chain}.`,
  proposalHas: (officers: number, operators: number) =>
    `Aprobaciones: responsables ${officers}, operadores ${operators}.`,
  proposalApprove: "Aprobar como responsable",
  proposalSave: "Guardar la propuesta",
  proposalSend: "Enviarla al registro",
  proposalSent: (block: number) => `Acordado en el bloque ${block}.`,

  trusteeKeyLead:
    "Un responsable le pide que participe en una ceremonia que empieza de nuevo. Cree aquí su código y déle la clave pública.",
  trusteeKeyMake: "Crear un código para esta elección",
  trusteeKeyDone: "Dé esta clave pública al responsable",

  listGone: "Conocidos, pero no en esta lista",
  listGoneWhat: "Qué ocurre con quienes no están en la lista",
  listKeep: "Nada",
  listSuspend: "Se les suspende",
  listRemove: "Se les elimina; a quien está en un censo en uso se le suspende",
  listInvite: "Enviar una invitación a los nuevos que no tienen clave",
  listChanges: "Qué cambia",
  listNew: "nuevo",
  listChanged: "cambiado",
  listFields: "Antes y después",
  listNothing: "(nada)",
  listOnRoll: "En un censo en uso",
  listBarred: "En la lista, pero rechazados o suspendidos: siguen así",
  listSuspended: "Suspendidos",
  listRemoved: "Eliminados",
  listTab: "tabulador",
  listFirst: (n: number) => `Se muestran los primeros ${n}.`,
  listEncoding: (encoding: string, delimiter: string) => `Leído como ${encoding}, campos separados por «${delimiter}».`,
  listMoved:
    "El archivo, sus elecciones o el registro ya no son los de la vista previa. No se guardó nada; elija el archivo de nuevo.",

  rollExact: "El censo es exactamente su circunscripción, tal como la tiene el registro",
  rollNotExact: "El censo ya no es su circunscripción: inscríbalo de nuevo o decida a sabiendas",
  rollMissing: "Admitidos y con clave, pero fuera del censo",
  rollOutside: "En el censo, pero ya no admitidos o de otra circunscripción",
  rollKeys: "En el censo con una clave sustituida desde entonces",
  rollWeights: "Con otro peso que ahora",
  rollPending: "Aún esperan admisión",
  rollNoKey: "Admitidos, pero sin clave",
};
