/** Lettres en français. */
import type { Letters } from "../mail.js";
import { oneLine, paragraphs } from "./text.js";

const notYou = "Si vous n’attendiez pas cette lettre, vous n’avez rien à faire.";
const office = "Si ce n’était pas vous, prévenez tout de suite votre bureau électoral.";
const tokenHelp =
  "La page crée votre propre code de récupération dans votre navigateur ; votre inscription compte dès que sa clé a signé. Ouvrir le lien ne change rien à lui seul. (Sans navigateur : psephos identity new --out my.code, puis psephos confirm --token TOKEN --code-file my.code, où TOKEN est ce qui suit #.)";

export const french: Letters = {
  confirm: ({ name, service, link, hours, chainId }) => ({
    subject: "Confirmez votre inscription",
    text: paragraphs(
      `Bonjour ${name},`,
      `quelqu’un, vous espérons-nous, a inscrit cette adresse auprès de ${service}. Pour confirmer, ouvrez ce lien dans les ${hours} heures sur l’appareil avec lequel vous voterez :`,
      link,
      tokenHelp,
      `Registre : ${chainId}`,
      notYou,
    ),
  }),
  recovery: ({ name, service, link, hours }) => ({
    subject: "Confirmez votre inscription",
    text: paragraphs(
      `Bonjour ${name},`,
      `quelqu’un a voulu inscrire cette adresse auprès de ${service}. Elle l’est déjà, et rien n’a été modifié.`,
      `Si c’était vous parce que vous avez perdu votre code de récupération, ouvrez ce lien dans les ${hours} heures sur l’appareil avec lequel vous voterez et créez un nouveau code. L’ancien ne vaudra plus :`,
      link,
      notYou,
    ),
  }),
  invitation: ({ name, service, link, hours, organisation }) => ({
    subject: "Invitation à voter en ligne",
    text: paragraphs(
      `Bonjour ${name},`,
      `${organisation} vous a mis sur sa liste d’électeurs auprès de ${service}. Pour participer, ouvrez ce lien dans les ${Math.round(hours / 24)} jours sur l’appareil avec lequel vous voterez :`,
      link,
      tokenHelp,
      notYou,
    ),
  }),
  replaceKey: ({ name, service, link, hours }) => ({
    subject: "Remplacez votre clé",
    text: paragraphs(
      `Bonjour ${name},`,
      `vous avez demandé auprès de ${service} à remplacer votre clé. Ouvrez ce lien dans les ${hours} heures et créez un nouveau code de récupération :`,
      link,
      "Si ce n’était pas vous, quelqu’un d’autre est connecté avec votre clé : prévenez votre bureau électoral.",
    ),
  }),
  keyChanged: ({ name, service }) => ({
    subject: "Votre clé a été changée",
    text: paragraphs(
      `Bonjour ${name},`,
      `votre clé auprès de ${service} vient d’être changée. Désormais seul le nouveau code de récupération est valable.`,
      office,
    ),
  }),
  signIn: ({ name, service, link, code, minutes }) => ({
    subject: `Connexion à ${service}`,
    text: paragraphs(
      `Bonjour ${name},`,
      `quelqu’un, vous espérons-nous, veut se connecter à ${service} avec cette adresse. Dans les ${minutes} minutes, saisissez ce code là où vous l’avez demandé :`,
      code,
      "Ou ouvrez ce lien dans le même navigateur :",
      link,
      "Ne donnez ce code à personne qui le demande, au téléphone ou autrement : nous ne le faisons jamais. Il permet de lire et de modifier votre inscription ; pour voter, il faut votre code de récupération ou l’appareil qui le garde.",
      notYou,
    ),
  }),
  signInUnknown: ({ service, link }) => ({
    subject: `Connexion à ${service}`,
    text: paragraphs(
      "Bonjour,",
      `quelqu’un, vous espérons-nous, veut se connecter à ${service} avec cette adresse, mais personne n’est inscrit avec elle. Peut-être vous êtes-vous inscrit avec une autre. Pour inscrire celle-ci :`,
      link,
      notYou,
    ),
  }),
  passkeyAdded: ({ name, service, passkey }) => ({
    subject: "Une clé d’accès a été ajoutée",
    text: paragraphs(
      `Bonjour ${name},`,
      `la clé d’accès « ${oneLine(passkey)} » permet désormais de se connecter à votre inscription auprès de ${service}. Elle ne permet pas de voter.`,
      "Si ce n’était pas vous, connectez-vous, supprimez-la et prévenez votre bureau électoral.",
    ),
  }),
  approved: ({ name, service }) => ({
    subject: "Votre inscription est acceptée",
    text: paragraphs(
      `Bonjour ${name},`,
      `votre inscription auprès de ${service} est acceptée. Quand vous serez sur la liste d’une élection, vous recevrez une lettre.`,
    ),
  }),
  rejected: ({ name, service }) => ({
    subject: "Votre inscription n’est pas acceptée",
    text: paragraphs(
      `Bonjour ${name},`,
      `votre inscription auprès de ${service} n’a pas été acceptée. Votre bureau électoral peut vous dire pourquoi et que faire.`,
    ),
  }),
  suspended: ({ name, service }) => ({
    subject: "Votre inscription est suspendue",
    text: paragraphs(
      `Bonjour ${name},`,
      `votre inscription auprès de ${service} est suspendue : vous ne serez mis sur aucune autre liste. Les listes scellées ne changent pas. Votre bureau électoral peut vous dire pourquoi.`,
    ),
  }),
  merged: ({ name, service }) => ({
    subject: "Deux inscriptions n’en font plus qu’une",
    text: paragraphs(
      `Bonjour ${name},`,
      `vous étiez inscrit deux fois auprès de ${service}. L’inscription avec cette adresse reste, avec son code de récupération ; l’autre a été supprimée.`,
      "Si vous n’étiez inscrit qu’une fois, prévenez votre bureau électoral.",
    ),
  }),
  mergedAway: ({ name, service }) => ({
    subject: "Deux inscriptions n’en font plus qu’une",
    text: paragraphs(
      `Bonjour ${name},`,
      `vous étiez inscrit deux fois auprès de ${service}. L’inscription avec cette adresse a été supprimée ; l’autre reste, avec son code de récupération, et les lettres vont à son adresse.`,
      "Si vous n’y avez pas d’autre inscription, prévenez tout de suite votre bureau électoral.",
    ),
  }),
  onRoll: ({ name, election, opens, closes, link, chainId, fingerprint }) => ({
    subject: `Vous pouvez voter : ${oneLine(election)}`,
    text: paragraphs(
      `Bonjour ${name},`,
      `vous êtes sur la liste de « ${oneLine(election)} ».`,
      `Ouverture : ${opens}\nClôture :   ${closes}`,
      `Votez ici : ${link}`,
      "Gardez cette lettre. La page où vous votez doit montrer les deux mêmes marques :",
      `Registre :  ${chainId}\nEmpreinte : ${fingerprint}`,
      "Vous pouvez voter plusieurs fois ; le dernier bulletin compte.",
    ),
  }),
  reminder: ({ name, election, organisation, closes, link, chainId, fingerprint, note, unsubscribe }) => ({
    subject: `Rappel : ${oneLine(election)}`,
    text: paragraphs(
      `Bonjour ${name},`,
      `${organisation} rappelle « ${oneLine(election)} ». Le vote est ouvert jusqu’au ${closes}.`,
      note,
      `Votez ici : ${link}`,
      `Registre :  ${chainId}\nEmpreinte : ${fingerprint}`,
      "Si vous avez déjà voté ou ne souhaitez pas voter, vous n’avez rien à faire.",
      `Ne plus recevoir de rappels : ${unsubscribe}`,
    ),
  }),
  reissued: ({ name, service, election }) => ({
    subject: `Nouveau droit de vote : ${oneLine(election)}`,
    text: paragraphs(
      `Bonjour ${name},`,
      `vous avez reçu auprès de ${service} un nouveau droit de vote pour « ${oneLine(election)} », parce que votre clé a été remplacée. Il vaut après le délai que l’élection indique ; un bulletin déposé avant avec l’ancienne clé l’annule.`,
      "Si vous ne l’avez pas demandé, prévenez tout de suite votre bureau électoral.",
    ),
  }),
};
