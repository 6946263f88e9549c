import { plural } from "../../plural.js";
import type { account as english } from "../en/account.js";

export const account: typeof english = {
  withKey: "Avec votre clé",
  withKeyLead:
    "Pour voter, et pour tout le reste. Une signature est faite dans ce navigateur ; ni code ni clé ne sont envoyés.",
  without: "Sans votre clé",
  withoutLead:
    "Cela ouvre votre page : vos élections et vos données. On ne peut pas voter ainsi : il y faut votre clé sur cet appareil, ou votre code de récupération.",
  byMail: "Recevoir un code par message",
  byPasskey: "Se connecter par une clé d’accès",
  byProvider: (name: string) => `Se connecter avec ${name}`,
  forVotersOf: (organisation: string) => `Pour les électeurs de ${organisation}.`,
  otherWay: "Se connecter autrement",

  mailTitle: "Se connecter par message",
  mailLead:
    "Nous envoyons un lien et un code à six chiffres à votre adresse. Tous deux ne valent que dans ce navigateur.",
  addressHint: "L’adresse avec laquelle vous êtes inscrit.",
  sendCode: "M’envoyer un code",
  sentTitle: "Tapez le code reçu",
  sentLead: (email: string) =>
    `Un message est en route vers ${email}. Tapez ici ses six chiffres, ou ouvrez son lien dans ce navigateur.`,
  sentLeadAgain: "Un message est en route. Tapez ici ses six chiffres, ou ouvrez son lien dans ce navigateur.",
  sentSame: "Nous écrivons à toute adresse, même non inscrite ; le message le dit alors.",
  code: "Code à six chiffres",
  codeMalformed: "Le code a six chiffres.",
  codeGo: "Se connecter avec le code",
  codeWrong: (left: number) =>
    `Ce code ne vaut pas. Comparez-le avec le dernier message : un code vaut une fois, dix minutes, et seulement dans le navigateur qui l’a demandé. Il vous reste ${plural("fr", left, { one: "un essai", other: `${left} essais` })}.`,
  codeSpent:
    "C’était le cinquième code faux. Le code et le lien de ce message ne valent plus ; demandez-en un nouveau.",
  codeOver: "Les dix minutes sont passées. Demandez un nouveau code.",
  minutesLeft: (n: number) =>
    n === 0
      ? "Le code vaut encore moins d’une minute."
      : plural("fr", n, {
          one: "Le code vaut encore une minute.",
          other: `Le code vaut encore ${n} minutes.`,
        }),
  sendAgain: "Envoyer un nouveau code",
  sentAgain: "Un nouveau code est en route. Les précédents ne valent plus.",
  otherAddress: "Prendre une autre adresse",
  tooManyLetters: (minutes: number) =>
    plural("fr", minutes, {
      one: "Assez de messages sont partis à cette adresse pour l’instant. Prenez le dernier, ou attendez une minute.",
      other: `Assez de messages sont partis à cette adresse pour l’instant. Prenez le dernier, ou attendez ${minutes} minutes.`,
    }),
  linkTitle: "Ce lien ne vaut pas",
  linkLead:
    "Le lien d’un message vaut une fois, dix minutes, et seulement dans le navigateur qui l’a demandé. Lisez-vous vos messages sur un autre appareil ? Tapez alors les six chiffres là où vous les avez demandés.",
  signingIn: "Connexion …",

  passkeyCancelled:
    "Aucune clé d’accès n’a servi : l’opération a été annulée, ou cet appareil n’en a pas pour ce site. Réessayez, ou connectez-vous autrement.",
  passkeyUnknown:
    "Cette clé d’accès n’est pas connue ici. Connectez-vous autrement ; sur votre page, vous pouvez en ajouter une.",
  passkeyExists: "Cet appareil a déjà une clé d’accès à vous.",

  providerTitle: (name: string) => `Se connecter avec ${name}`,
  providerRefused: (name: string) =>
    `${name} ne vous a pas connecté : on vous a refusé, ou vous avez annulé là-bas. Recommencez, ou connectez-vous autrement.`,
  providerStale:
    "Cette connexion ne vaut pas : elle a déjà servi, a plus de dix minutes, ou a été commencée dans un autre navigateur. Recommencez.",
  providerNotLetIn:
    "Le service de votre organisation vous connaît, mais vous ne pouvez pas entrer ainsi. Le serveur dit pourquoi :",
  providerAway:
    "Le service de connexion de votre organisation ne répond pas en ce moment. Réessayez dans une minute, ou connectez-vous autrement.",
  beginAgain: "Recommencer",

  methods: {
    key: "Vous êtes connecté avec votre clé",
    code: "Vous êtes connecté par message",
    passkey: "Vous êtes connecté par une clé d’accès",
    oidc: "Vous êtes connecté par votre organisation",
  },
  noVoting:
    "Vous voyez vos élections et vos données. Pour voter, il vous faut votre clé sur cet appareil, ou votre code de récupération ; l’isoloir les demande.",
  until: "Connecté jusqu’au",
  withKeyNow: "Me connecter avec ma clé",
  noKeyTitle: "Vous n’avez pas encore de clé",
  noKey:
    "Sans clé, vous n’êtes sur aucune liste électorale. Ouvrez le lien de l’invitation que vous avez reçue, ou inscrivez-vous à nouveau avec la même adresse.",
  lostKey: "Code de récupération perdu ?",
  lostKeyLead:
    "Vous recevez un message avec un lien qui permet de créer un nouveau code. L’ancien ne vaut alors plus rien, et le bureau électoral voit que la clé a été remplacée.",

  organisation: "Organisation",

  open: "Ouvertes",
  upcoming: "À venir",
  past: "Passées",
  mayVote: "Vous êtes sur la liste et pouvez voter.",
  mayVoteLater: "Vous êtes sur la liste. Vous pourrez voter dès l’ouverture.",
  mayNot: "Le vote est terminé.",
  wasCancelled: "Cette élection a été annulée ou n’a jamais ouvert.",
  weight: (n: number) => `Votre vote pèse ${n}.`,
  reissued: "Le bureau vous a donné un nouveau titre de vote le",
  reissuedHint: "Si vous ne l’avez pas demandé, prévenez tout de suite votre bureau électoral.",
  opensOn: "Ouverture",
  closesOn: "Clôture",
  checkMyVote: "Vérifier mon vote",
  result: "Résultat",

  passkeys: "Clés d’accès",
  passkeysLead:
    "Avec une clé d’accès, vous vous connectez par empreinte, visage ou code, sans message. Elle ouvre cette page ; elle ne peut pas voter.",
  noPasskeys: "Vous n’avez pas de clé d’accès ici.",
  passkeyName: "Nom de la nouvelle clé d’accès",
  passkeyNameHint: "Pour la reconnaître, par exemple « mon téléphone ».",
  passkeyNameMissing: "Donnez un nom à la clé d’accès.",
  addPasskey: "Ajouter une clé d’accès",
  passkeyAdded: "La clé d’accès est ajoutée. Vous recevez un message à ce sujet.",
  passkeyBackedUp: "gardée par son fournisseur pour plusieurs appareils",
  passkeyOneDevice: "sur un seul appareil",
  passkeyMade: "Ajoutée",
  passkeyUsed: "Dernier usage",
  passkeyNever: "jamais",
  removePasskey: (name: string) => `Retirer ${name}`,
  removeTitle: (name: string) => `Retirer la clé d’accès ${name} ?`,
  removeLead: "Elle ne connecte alors plus ici, et qui s’est connecté par elle est déconnecté.",
  removeGo: "Retirer",
};
