import type { office as english } from "../en/office.js";

export const office: typeof english = {
  find: "Chercher",
  findVoter: "Nom ou adresse de la personne",
  hours: (n: number) => (n <= 1 ? `${n} heure` : `${n} heures`),

  reissue: "Délivrer un nouveau droit de vote",
  reissueLead:
    "Pour une personne qui a perdu sa clé avant de voter et en a créé une autre par le lien reçu. Interrogez-la d’abord par un autre moyen : qui lit sa boîte aurait pu créer cette clé.",
  reissueCount: (n: number, cap: number) => `Délivrés jusqu’ici : ${n} sur ${cap} au plus.`,
  reissueNone: "Le plan de cette élection n’en permet aucun.",
  reissueValid: (delay: string) =>
    `Il est valable ${delay} après son inscription. Un vote avec l’ancien droit avant cela l’annule.`,
  reissueNobody: "Aucune personne admise n’a ce nom ou cette adresse.",
  reissuePrepare: (name: string) => `Préparer un nouveau droit pour ${name}`,
  reissueShort: "Préparer",
  reissueFor: (name: string) => `Nouveau droit pour ${name}`,
  reissueKey: "Clé actuelle de la personne",
  reissueOld: "Droit remplacé",
  reissueNew: "Nouveau droit, recalculé dans ce navigateur",
  reissueDiffers:
    "Le nouveau droit ne découle pas de la clé de la personne. N’allez pas plus loin ; avertissez les autres responsables.",
  reissueGo: "Proposer la délivrance",

  safeguardsLead:
    "Ce qui protège l’élection en plus de ses clés. Tout cela figure dans le manifeste, que chacun peut vérifier.",
  nodes: "Adresses de seconds nœuds, une par ligne",
  nodesHint:
    "Des serveurs du même registre, tenus par d’autres. L’isoloir compare chaque preuve avec le premier et s’arrête s’ils diffèrent.",
  nodesBad: (address: string) => `« ${address} » n’est pas l’adresse d’un serveur (https://…).`,
  pinBooth: "Fixer les fichiers de ce site",
  pinBoothHint:
    "Leurs empreintes entrent dans le manifeste : qui reçoit d’autres fichiers peut le voir. Ne mettez alors pas le serveur à jour avant la fin de l’élection.",
  pinned: (n: number) => `Fichiers fixés : ${n}`,
  reissueCap: "Combien de droits peuvent être délivrés à nouveau",
  reissueCapHint: "Pour qui perd sa clé avant de voter. 0 : aucun.",
  reissueHours: "Heures avant qu’un nouveau droit soit valable",
  mismatchInquiry: "Nombre d’écarts signalés qui oblige à une enquête",

  sitting: "Voté en même temps que",
  sittingHint: "Les élections d’un même scrutin sont votées d’un seul coup.",
  sittingAlone: "Seule",
  sittingNew: "Un nouveau scrutin, que d’autres élections peuvent rejoindre",
  sittingOf: (names: string) => `Le scrutin de : ${names}`,
  sittingOwn: "Son propre scrutin, sans autre élection pour l’instant",

  translationsLead: "Chacun lit le bulletin dans sa langue là où vous la donnez. Le manifeste lie toutes les langues.",
  translationsEmpty: "Aucune traduction pour l’instant.",
  translationAdd: "Ajouter une langue",
  translationLanguage: "Langue",
  translationRemove: (language: string) => `Retirer ${language}`,
  translationAnswers: (n: number) => `Réponses à la question ${n}, une par ligne, dans le même ordre`,
  translationGap: (language: string, n: number) =>
    `${language}, question ${n} : il faut une question et autant de réponses que dans l’original.`,
  translationName: (language: string) => `${language} : le nom manque.`,

  remove: "Révoquer un responsable",
  removeWho: "Qui part",
  removeMissing: "Choisissez qui part.",
  removeGo: "Proposer la révocation",
  removeLast: "Le dernier responsable ne peut pas être révoqué. Nommez-en d’abord un autre.",
  removeSelf: "C’est vous. Une fois l’acte inscrit, vous ne pourrez plus rien approuver.",

  restart: "Recommencer la cérémonie des clés",
  restartLead:
    "Quand un dépositaire a failli, s’est plaint ou ne vient pas. Tout ce qui précède est abandonné et ne resservira jamais ; ceux qui restent gardent leur code.",
  restartNumber: (n: number) => `C’est la cérémonie ${n}.`,
  restartStay: "Dépositaires de la nouvelle cérémonie",
  restartAdd: "Un autre dépositaire",
  restartAddLead:
    "La nouvelle personne crée un code sur la page Pour les dépositaires, avec l’identifiant de cette élection, et vous donne la clé publique.",
  restartName: "Écrivez un nom.",
  restartKey: "Clé publique du dépositaire",
  restartAddGo: "Ajouter à la nouvelle cérémonie",
  restartThreshold: "Combien de membres faut-il pour ouvrir la somme",
  restartBad: "Il faut au moins un membre et pas tous pour ouvrir ; un membre seul ne peut pas partager de clé.",
  restartGo: "Proposer la nouvelle cérémonie",

  sample: "Interroger un échantillon de la liste",
  sampleLead:
    "Le premier bloc après la liste y tire des personnes. Avant de sceller, demandez-leur, par un moyen que le registre ne contrôle pas, si elles existent, si elles se sont inscrites et si la clé est la leur. Lors de l’inscription, nul ne pouvait savoir qui ce serait.",
  sampleSize: "Combien de personnes",
  sampleSizeHint:
    "Si une entrée sur cent est inventée, 300 personnes en trouvent une avec une probabilité de 95 pour cent.",
  sampleSizeBad: "Un nombre entier à partir de 1.",
  sampleGo: "Tirer",
  sampleNotYet: "Rien n’est encore tiré : il faut un bloc de plus après la liste. Tout acte ultérieur en produit un.",
  sampleDrawn: (n: number, of: number, block: number) => `${n} sur ${of} de la liste, tirés par le bloc ${block}`,
  sampleAgain: (n: number) =>
    `La liste a été commencée ${n} fois, et chaque fois d’autres sont tirés. Demandez pourquoi au registre.`,
  sampleSave: "Enregistrer la liste",
  sampleSaveHint: "Elle contient des noms et des adresses. Effacez-la quand l’élection est scellée.",
  sampleRefused: "Le registre ne donne pas la liste qui est inscrite. Ne la scellez pas.",
  place: "Place",
  digitalId: "Identité numérique",

  validators: "Validateurs",
  validatorsNone: "Ce registre est tenu par un seul nœud. Il n’y a pas de validateurs à changer.",
  validatorsLead: (revision: number, rules: number, block: number) =>
    `Révision ${revision}, règles ${rules}, au bloc ${block} ; rejoué dans ce navigateur.`,
  validatorsFlow:
    "Un changement demande des responsables de l’organisation fondatrice et les exploitants de plus de deux tiers du poids. La proposition est un fichier qui passe de l’un à l’autre ; qui a assez d’accords l’envoie. La ligne de commande lit le même fichier.",
  power: "Poids",
  operator: "Clé de l’exploitant",
  nodeKey: "Clé du nœud",
  changeTitle: "Proposer un changement",
  changeGoes: "Qui part",
  changeComes: "Qui arrive",
  changeReplace: "Une clé pour une autre du même exploitant (volée ou perdue)",
  changeMake: "Créer la proposition",
  changeBad: "Ce changement est impossible. Vérifiez les clés (64 caractères, 0 à 9 et a à f) et le poids.",
  proposalOpen: "Ouvrir une proposition",
  proposalBad: "Ce fichier n’est pas une proposition de changement du réseau.",
  proposalOther: (chain: string) => `Cette proposition concerne un autre registre : ${chain}.`,
  proposalHas: (officers: number, operators: number) => `Accords : responsables ${officers}, exploitants ${operators}.`,
  proposalApprove: "Approuver comme responsable",
  proposalSave: "Enregistrer la proposition",
  proposalSend: "L’envoyer au registre",
  proposalSent: (block: number) => `Convenu au bloc ${block}.`,

  trusteeKeyLead:
    "Un responsable vous demande de participer à une cérémonie recommencée. Créez ici votre code et donnez-lui la clé publique.",
  trusteeKeyMake: "Créer un code pour cette élection",
  trusteeKeyDone: "Donnez cette clé publique au responsable",

  listGone: "Connus, mais absents de cette liste",
  listGoneWhat: "Ce qu’il advient de ceux qui n’y sont pas",
  listKeep: "Rien",
  listSuspend: "Ils sont suspendus",
  listRemove: "Ils sont retirés ; qui figure sur une liste en usage est suspendu",
  listInvite: "Inviter par courrier électronique les nouveaux sans clé",
  listChanges: "Ce qui change",
  listNew: "nouveau",
  listChanged: "modifié",
  listFields: "Avant et après",
  listNothing: "(rien)",
  listOnRoll: "Sur une liste en usage",
  listBarred: "Dans le fichier, mais refusés ou suspendus : ils le restent",
  listSuspended: "Suspendus",
  listRemoved: "Retirés",
  listTab: "tabulation",
  listFirst: (n: number) => `Les ${n} premiers sont affichés.`,
  listEncoding: (encoding: string, delimiter: string) => `Lu comme ${encoding}, champs séparés par « ${delimiter} ».`,
  listMoved:
    "Le fichier, vos choix ou le registre ne sont plus ceux de l’aperçu. Rien n’a été enregistré ; choisissez le fichier de nouveau.",

  rollExact: "La liste est exactement sa circonscription, telle que le registre la connaît",
  rollNotExact: "La liste n’est plus sa circonscription : inscrivez-la de nouveau, ou décidez en connaissance de cause",
  rollMissing: "Admis et avec une clé, mais absents de la liste",
  rollOutside: "Sur la liste, mais plus admis ou d’une autre circonscription",
  rollKeys: "Sur la liste avec une clé remplacée depuis",
  rollWeights: "D’un autre poids que maintenant",
  rollPending: "Attendent encore d’être admis",
  rollNoKey: "Admis, mais sans clé",
};
