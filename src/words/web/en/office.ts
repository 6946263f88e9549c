/** Words of the console's rarer acts: sittings, translations, safeguards, re-issues, samples, officers, validators. */
export const office = {
  find: "Find",
  findVoter: "Name or address of the voter",
  hours: (n: number) => (n === 1 ? "1 hour" : `${n} hours`),

  reissue: "Re-issue a credential",
  reissueLead:
    "For a voter who lost the key before voting and has made a new one through the mailed link. Ask the voter by another way first: whoever reads the mailbox could have made that key.",
  reissueCount: (n: number, cap: number) => `Re-issued so far: ${n} of at most ${cap}.`,
  reissueNone: "The plan of this election allows no re-issue.",
  reissueValid: (delay: string) =>
    `It becomes valid ${delay} after it is recorded. A vote with the old credential before that cancels it.`,
  reissueNobody: "No approved voter has this name or address.",
  reissuePrepare: (name: string) => `Prepare a new credential for ${name}`,
  reissueShort: "Prepare",
  reissueFor: (name: string) => `New credential for ${name}`,
  reissueKey: "The voter's key now",
  reissueOld: "Credential that is replaced",
  reissueNew: "New credential, recomputed in this browser",
  reissueDiffers: "The new credential does not follow from the voter's key. Do not go on; tell the other officers.",
  reissueGo: "Propose the re-issue",

  safeguardsLead:
    "What protects the election beyond its keys. All of it stands in the manifest, which everyone can check.",
  nodes: "Addresses of second nodes, one a line",
  nodesHint:
    "Servers of the same ledger that somebody else runs. The booth compares every proof with the first of them and stops when they differ.",
  nodesBad: (address: string) => `“${address}” is not the address of a server (https://…).`,
  pinBooth: "Pin the files of this site",
  pinBoothHint:
    "Their hashes go into the manifest: who is served other files can see it. Then do not update the server until the election is over.",
  pinned: (n: number) => `Pinned files: ${n}`,
  reissueCap: "How many credentials may be re-issued",
  reissueCapHint: "For voters who lose the key before voting. 0: none.",
  reissueHours: "Hours until a re-issued credential is valid",
  mismatchInquiry: "Reported mismatches that oblige an inquiry",

  sitting: "Voted on together with",
  sittingHint: "The elections of one sitting are voted on in one go.",
  sittingAlone: "On its own",
  sittingNew: "A new sitting that further elections can join",
  sittingOf: (names: string) => `The sitting of: ${names}`,
  sittingOwn: "Its own sitting, without another election so far",

  translationsLead:
    "Voters read the ballot paper in their own language where you give it. The manifest binds all languages.",
  translationsEmpty: "No translation yet.",
  translationAdd: "Add a language",
  translationLanguage: "Language",
  translationRemove: (language: string) => `Remove ${language}`,
  translationAnswers: (n: number) => `Answers to question ${n}, one a line, in the same order`,
  translationGap: (language: string, n: number) =>
    `${language}, question ${n}: there must be a question and as many answers as in the original.`,
  translationName: (language: string) => `${language}: the name is missing.`,

  remove: "Remove an officer",
  removeWho: "Officer who goes",
  removeMissing: "Choose who goes.",
  removeGo: "Propose the removal",
  removeLast: "The last officer cannot be removed. Appoint another one first.",
  removeSelf: "This is you. Once it is recorded, you can approve nothing more.",

  restart: "Begin the key ceremony anew",
  restartLead:
    "When a trustee failed, complained or stays away. Everything of the present ceremony is dropped and never used again; trustees who stay keep their code.",
  restartNumber: (n: number) => `This is ceremony ${n}.`,
  restartStay: "Trustees of the new ceremony",
  restartAdd: "Another trustee",
  restartAddLead:
    "The new trustee makes a code on the page For trustees, with the identifier of this election, and gives you the public key.",
  restartName: "Write a name.",
  restartKey: "Public key of the trustee",
  restartAddGo: "Add to the new ceremony",
  restartThreshold: "How many members are needed to open the sum",
  restartBad: "Of the members at least one and not all may be needed; a single member cannot share a key.",
  restartGo: "Propose the new ceremony",

  sample: "Ask a sample of the roll",
  sampleLead:
    "The first block after the roll draws people of it. Before sealing, ask them by a way that the registrar does not control whether they exist, whether they registered, and whether the key is theirs. When the roll was entered nobody could know who it would be.",
  sampleSize: "How many people",
  sampleSizeHint:
    "If one entry in a hundred is invented, 300 people find one of them with a probability of 95 percent.",
  sampleSizeBad: "A whole number from 1 on.",
  sampleGo: "Draw",
  sampleNotYet: "Nothing is drawn yet: the ledger needs one more block after the roll. Any later act makes one.",
  sampleDrawn: (n: number, of: number, block: number) => `${n} of ${of} on the roll, drawn by block ${block}`,
  sampleAgain: (n: number) =>
    `The roll was begun ${n} times, and each time other people are drawn. Ask the registrar why.`,
  sampleSave: "Save the list",
  sampleSaveHint: "The list holds names and addresses. Delete it when the election is sealed.",
  sampleRefused: "The registry does not give the roll that stands on the ledger. Do not seal it.",
  place: "Place",
  digitalId: "Digital identity",

  validators: "Validators",
  validatorsNone: "This ledger is kept by one node. There are no validators to change.",
  validatorsLead: (revision: number, rules: number, block: number) =>
    `Revision ${revision}, rules ${rules}, as of block ${block}; replayed in this browser.`,
  validatorsFlow:
    "A change needs officers of the founding organisation and operators of more than two thirds of the power. The proposal is a file that goes from one to the next; whoever has enough approvals sends it. The command line reads the same file.",
  power: "Power",
  operator: "Key of the operator",
  nodeKey: "Key of the node",
  changeTitle: "Propose a change",
  changeGoes: "Who goes",
  changeComes: "Who comes",
  changeReplace: "One key for another of the same operator (a stolen or lost key)",
  changeMake: "Make the proposal",
  changeBad: "This change cannot be made. Check the keys (64 characters, 0 to 9 and a to f) and the power.",
  proposalOpen: "Open a proposal",
  proposalBad: "This file is no proposal of a change of the network.",
  proposalOther: (chain: string) => `This proposal is for another ledger: ${chain}.`,
  proposalHas: (officers: number, operators: number) => `Approvals: officers ${officers}, operators ${operators}.`,
  proposalApprove: "Approve as an officer",
  proposalSave: "Save the proposal",
  proposalSend: "Send it to the ledger",
  proposalSent: (block: number) => `Agreed in block ${block}.`,

  trusteeKeyLead:
    "An officer asked you to join a ceremony that is begun anew. Make your code here and give the public key to the officer.",
  trusteeKeyMake: "Make a code for this election",
  trusteeKeyDone: "Give this public key to the officer",

  listGone: "Known, but not on this list",
  listGoneWhat: "What happens to those who are not on the list",
  listKeep: "Nothing",
  listSuspend: "They are suspended",
  listRemove: "They are removed; whoever is on a roll in use is suspended",
  listInvite: "Mail an invitation to new voters who have no key",
  listChanges: "What changes",
  listNew: "new",
  listChanged: "changed",
  listFields: "Before and after",
  listNothing: "(nothing)",
  listOnRoll: "On a roll in use",
  listBarred: "Listed, but rejected or suspended: they stay so",
  listSuspended: "Suspended",
  listRemoved: "Removed",
  listTab: "tab",
  listFirst: (n: number) => `The first ${n} are shown.`,
  listEncoding: (encoding: string, delimiter: string) => `Read as ${encoding}, fields parted by “${delimiter}”.`,
  listMoved:
    "The file, your choices or the registry are others than in the preview. Nothing was stored; choose the file again.",
};
