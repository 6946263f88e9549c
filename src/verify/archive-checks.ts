/** The checks that {@link verifyArchive} makes of a `.bel` archive, in the order in which the report shows them. */
import type { ReportLog } from "./report.js";

export const ARCHIVE_CHECKS = [
  {
    id: "container",
    sentence: "Every byte follows from the records, and every record is named by the hash of its content.",
  },
  { id: "event-chain", sentence: "Every event names the one before it and counts one higher." },
  { id: "events-order", sentence: "The events happen in the only permitted order." },
  {
    id: "supported",
    sentence: "The group, the kinds of questions and the weights are ones this verifier judges completely.",
  },
  { id: "election", sentence: "The election object is in form." },
  { id: "trustees", sentence: "Every trustee's keys, certificates, signatures and proofs hold." },
  { id: "election-key", sentence: "The election key is made up of the trustees' keys and nothing else." },
  {
    id: "credentials",
    sentence: "Public credentials are distinct elements of the group, none neutral, with proper weights.",
  },
  { id: "credentials-order", sentence: "Public credentials are sorted, so their order says nothing about voters." },
  { id: "credentials-certificate", sentence: "The credential authority's certificate fits the public credentials." },
  {
    id: "ballot-canonical",
    sentence: "Every ballot is in the one canonical form: exact fields, canonical numbers and points.",
  },
  { id: "ballot-duplicate", sentence: "No ballot stands twice." },
  { id: "ballot-credential", sentence: "Every ballot's credential is a public credential of this election." },
  { id: "ballot-election", sentence: "Every ballot names this election and its fingerprint." },
  { id: "ballot-signature", sentence: "Every ballot is signed by its credential." },
  { id: "ballot-proofs", sentence: "Every ballot's proofs show that it holds a permitted vote." },
  { id: "tally", sentence: "The encrypted tally is the weighted sum of each voter's last ballot." },
  { id: "tally-size", sentence: "Number and weight of the counted ballots are stated truly." },
  { id: "decryption-owners", sentence: "Every partial decryption comes from a trustee, none from one trustee twice." },
  { id: "decryption-proofs", sentence: "Every partial decryption is proved, choice by choice." },
  { id: "result", sentence: "The result is what the trustees' decryptions of the tally give." },
] as const;

export type ArchiveCheckId = (typeof ARCHIVE_CHECKS)[number]["id"];

export type ArchiveLog = ReportLog<ArchiveCheckId>;
