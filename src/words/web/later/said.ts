/**
 * What verifiers say in English, each with a short name under which the other languages translate it. A test compares this
 * list with the verifiers' own: nothing that is shown lacks a translation.
 */
export const saidByVerifiers = {
  receiptHeader: "The block's header is in form and names the ledger that was expected.",
  receiptEvidence: "The header is signed by the ledger's key, or by more than two thirds of its validators.",
  receiptStated: "Height and time on the receipt are those of the header.",
  receiptForm: "The proof is in its one canonical form.",
  receiptElection: "The election's entry leads to the state root of the block.",
  receiptManifest:
    "The election is the one with the fingerprint that the voter knows: same words, key, roll and schedule.",
  receiptRoll: "The place on the roll leads to the roll root of the election.",
  receiptLog: "The ballot stands in the log of accepted ballots.",
  receiptOwner: "The ballot belongs to the credential at that place on the roll.",
  receiptTracker: "The ballot is the one that was expected: tracker, credential, number and kind.",
  receiptCredential: "The place on the roll is that of the expected credential.",
  container: "The record is complete and in its one form.",
  genesis: "The genesis is in form and is the one that was expected.",
  headers: "Every header is in form, names this ledger and counts one higher than the one below.",
  evidence: "Every header is signed by the key in the genesis, or by the validators of its height.",
  chain: "Every header points to the one below it.",
  time: "Block time only rises.",
  transactions: "Every block holds exactly the transactions of its header.",
  rules: "Every transaction was permitted when it took effect.",
  state: "Replaying the transactions gives the state root of every header.",
  elections: "Every check of every election on the ledger holds.",
  plan: "The plan is the one whose hash the ledger carries.",
  trustees: "Every trustee's keys, certificates, signatures and proofs hold.",
  roll: "The roll that was sealed has distinct credentials and the count, weight and root stated.",
  manifest: "The manifest states ledger, plan, key and roll as they were at sealing.",
  fingerprint: "The election object is the one that follows from the manifest, and φ is its hash.",
  reissues: "Credentials were re-issued only as often as the plan allows.",
  boundaries: "Every ballot was recorded from opening on and before closing, to the nanosecond.",
  eligibility: "Every ballot belongs to a credential that was valid then, with the weight of the roll.",
  sequence: "The ballots of a credential are numbered upwards, within what the plan allows.",
  ballots: "Every ballot's signatures and proofs hold.",
  uniqueness: "No tracker stands twice and no ciphertext was used again.",
  log: "The log of ballots has the root stated.",
  tally: "The encrypted tally is the weighted sum of each voter's last ballot.",
  counts: "The numbers of voters, ballots, spoiled ballots, mismatches and re-issues are stated truly.",
  shares: "Every partial decryption was made in time by one trustee each, and is proved choice by choice.",
  result: "The result is what the trustees' decryptions of the tally give.",
  archiveContainer: "Every byte follows from the records, and every record is named by the hash of its content.",
  archiveChain: "Every event names the one before it and counts one higher.",
  archiveOrder: "The events happen in the only permitted order.",
  archiveSupported: "The group, the kinds of questions and the weights are ones this verifier judges completely.",
  archiveElection: "The election object is in form.",
  archiveKey: "The election key is made up of the trustees' keys and nothing else.",
  archiveCredentials: "Public credentials are distinct elements of the group, none neutral, with proper weights.",
  archiveSorted: "Public credentials are sorted, so their order says nothing about voters.",
  archiveCertificate: "The credential authority's certificate fits the public credentials.",
  archiveCanonical: "Every ballot is in the one canonical form: exact fields, canonical numbers and points.",
  archiveDuplicate: "No ballot stands twice.",
  archiveOwner: "Every ballot's credential is a public credential of this election.",
  archiveNames: "Every ballot names this election and its fingerprint.",
  archiveSignature: "Every ballot is signed by its credential.",
  archiveProofs: "Every ballot's proofs show that it holds a permitted vote.",
  archiveSize: "Number and weight of the counted ballots are stated truly.",
  archiveOwners: "Every partial decryption comes from a trustee, none from one trustee twice.",
  archiveShares: "Every partial decryption is proved, choice by choice.",
  factTracker: "Tracker",
  factStatus: "Status",
  factIndex: "Place in the log of ballots",
  factElection: "Election",
  factHeight: "As of height",
  factTime: "As of",
  factCounted: "Voters with a counted ballot",
  factRoll: "Credentials on the roll",
} as const;

/** Sentences that are loaded after the page: what servers and verifiers say, in the reader's language. */
export interface Later {
  /** By the code of a refusal. */
  readonly reasons: Readonly<Record<string, string>>;
  /** By the short names above. */
  readonly said: Readonly<Record<keyof typeof saidByVerifiers, string>>;
}
