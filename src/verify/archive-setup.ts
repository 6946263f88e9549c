/** Judges what stands in an archive before the first ballot: election, trustees, credentials and their certificate. */
import type { Chapter } from "#archive/read.js";
import { compareBytes } from "#base/bytes.js";
import { MAX_TOTAL_WEIGHT, MAX_UUID_LENGTH, MIN_UUID_LENGTH } from "#base/limits.js";
import { isIdentity, type Point, pointFromText, pointToBytes, pointToText } from "#crypto/group.js";
import { sha256Hex } from "#crypto/hash.js";
import {
  type ElectionObject,
  electionFromText,
  type HomomorphicQuestion,
  homomorphicQuestions,
} from "#protocol/suite/belenios-v1/election.js";
import {
  arrayOf,
  faultText,
  fields,
  hashOf,
  integerOf,
  isUuid,
  keyOf,
  readJson,
  refuse,
  stringOf,
  writeJson,
} from "#protocol/suite/belenios-v1/json.js";
import { type SignedMessage, signedMessageOf, verifyMessage } from "#protocol/suite/belenios-v1/pki.js";
import { type CheckedTrustees, trusteesFromText, verifyTrustees } from "#protocol/suite/belenios-v1/trustees.js";
import type { ArchiveLog } from "./archive-checks.js";

/** What the later checks stand on. */
export interface ArchiveSetup {
  readonly election: ElectionObject;
  readonly questions: readonly HomomorphicQuestion[];
  /** Absent if the trustees do not hold: then no decryption can be judged. */
  readonly trustees?: CheckedTrustees;
  /** Public credential (text form) → weight. */
  readonly weights: ReadonlyMap<string, number>;
}

/** Judges the Setup chapter. `undefined` if there is nothing to judge ballots by; the log says why. */
export function judgeSetup(log: ArchiveLog, chapter: Chapter): ArchiveSetup | undefined {
  const [electionText, trusteesText, credentialsText, certificateText] = [
    ...chapter.objects.slice(0, -1).map((object) => object.text),
  ] as [string, string, string, string | undefined];
  const election = judgeElection(log, electionText);
  if (election === undefined) return undefined;
  const trustees = judgeTrustees(log, trusteesText, election.election);
  const weights = judgeCredentials(log, credentialsText);
  judgeCertificate(log, certificateText, credentialsText, weights?.size, election.election.uuid);
  if (weights === undefined || log.isUnusable()) return undefined;
  return { ...election, weights, ...(trustees && { trustees }) };
}

function judgeElection(
  log: ArchiveLog,
  text: string,
): { readonly election: ElectionObject; readonly questions: readonly HomomorphicQuestion[] } | undefined {
  const election = electionFromText(text);
  if (!election.ok) {
    const { code } = election.error;
    const unsupported = code === "unsupported-group" || code === "unsupported-version";
    if (unsupported) log.unusable("supported", faultText(election.error));
    else log.fail("election", faultText(election.error));
    return undefined;
  }
  log.pass("election", `“${election.value.name}”, ${election.value.uuid}`);
  const questions = homomorphicQuestions(election.value.questions);
  if (!questions.ok) {
    log.unusable("supported", `question ${questions.error.question + 1}: ${questions.error.reason}`);
    return undefined;
  }
  return { election: election.value, questions: questions.value };
}

function judgeTrustees(log: ArchiveLog, text: string, election: ElectionObject): CheckedTrustees | undefined {
  const read = trusteesFromText(text);
  if (!read.ok) {
    log.fail("trustees", faultText(read.error));
    return undefined;
  }
  const checked = verifyTrustees(read.value);
  if (!checked.ok) {
    const { code, owner, detail } = checked.error;
    log.fail("trustees", `${owner > 0 ? `trustee ${owner}: ` : ""}${detail} (${code})`);
    return undefined;
  }
  log.pass("trustees", describe(checked.value));
  if (checked.value.electionKey.equals(election.publicKey)) log.pass("election-key", pointToText(election.publicKey));
  else log.fail("election-key", `the trustees' keys make ${pointToText(checked.value.electionKey)}`);
  return checked.value;
}

function describe(trustees: CheckedTrustees): string {
  const parts = trustees.groups.map((group) =>
    group.kind === "single" ? "1 mandatory" : `${group.threshold} of ${group.members.length}`,
  );
  return parts.join(", ");
}

function judgeCredentials(log: ArchiveLog, text: string): ReadonlyMap<string, number> | undefined {
  const read = readJson(text, "canonical", (node) => arrayOf(node, (item) => stringOf(item, 200)));
  if (!read.ok) {
    log.fail("credentials", faultText(read.error));
    return undefined;
  }
  const weights = new Map<string, number>();
  let total = 0;
  let before: Uint8Array | undefined;
  for (const [i, entry] of read.value.entries()) {
    const credential = readCredential(entry);
    if (typeof credential === "string") {
      log.fail("credentials", `credential ${i + 1}: ${credential}`);
      continue;
    }
    const { key, weight } = credential;
    const name = pointToText(key);
    if (weights.has(name)) log.fail("credentials", `credential ${i + 1}: stands twice`);
    weights.set(name, weight);
    total += weight;
    const bytes = pointToBytes(key);
    if (before !== undefined && compareBytes(before, bytes) > 0) {
      log.fail("credentials-order", `credential ${i + 1} is out of order`);
    }
    before = bytes;
  }
  log.pass("credentials", `${weights.size} credentials, weight ${total} together`);
  log.pass("credentials-order");
  if (total > MAX_TOTAL_WEIGHT) {
    log.unusable("supported", `a total weight of ${total} is not supported; at most ${MAX_TOTAL_WEIGHT} is`);
  } else log.pass("supported", "Ed25519, homomorphic questions");
  return weights;
}

/** `element` or `element,weight`. A string says what is wrong. */
function readCredential(entry: string): { readonly key: Point; readonly weight: number } | string {
  const [element, weightText, ...rest] = entry.split(",") as [string, ...string[]];
  if (rest.length > 0) return "a third field; only the authority's own file has one";
  const key = pointFromText(element);
  if (key === undefined) return "not a canonical element of the group";
  if (isIdentity(key)) return "the neutral element is not a credential";
  if (weightText === undefined) return { key, weight: 1 };
  if (!/^[1-9][0-9]{0,14}$/.test(weightText)) return "not a proper weight";
  return { key, weight: Number(weightText) };
}

function judgeCertificate(
  log: ArchiveLog,
  text: string | undefined,
  credentialsText: string,
  voters: number | undefined,
  uuid: string,
): void {
  if (text === undefined) {
    log.skip("credentials-certificate", "the archive has none");
    return;
  }
  const read = readJson(text, "canonical", (node) => {
    const object = fields(
      node,
      "uuid",
      "voter_list_length",
      "public_creds_hash",
      "verification_key",
      "encryption_key",
      "signature?",
    );
    const named = stringOf(object.uuid);
    if (!isUuid(named, MIN_UUID_LENGTH, MAX_UUID_LENGTH)) refuse(object.uuid, "not a uuid");
    return {
      uuid: named,
      voters: integerOf(object.voter_list_length),
      hash: hashOf(object.public_creds_hash),
      verification: keyOf(object.verification_key),
      encryption: keyOf(object.encryption_key),
      signature: object.signature && signedMessageOf(object.signature),
    };
  });
  if (!read.ok) {
    log.fail("credentials-certificate", faultText(read.error));
    return;
  }
  const certificate = read.value;
  if (certificate.uuid !== uuid) log.fail("credentials-certificate", "names another election");
  if (certificate.voters !== voters) log.fail("credentials-certificate", `speaks of ${certificate.voters} voters`);
  if (certificate.hash !== sha256Hex(credentialsText)) log.fail("credentials-certificate", "names other credentials");
  const unsigned = writeJson({
    uuid: certificate.uuid,
    voter_list_length: certificate.voters,
    public_creds_hash: certificate.hash,
    verification_key: pointToText(certificate.verification),
    encryption_key: pointToText(certificate.encryption),
  });
  if (!isSigned(certificate.signature, sha256Hex(unsigned), certificate.verification)) {
    log.fail("credentials-certificate", "is not signed with the key it names");
  }
  log.pass("credentials-certificate", `${certificate.voters} voters`);
}

function isSigned(signature: SignedMessage | undefined, message: string, key: Point): boolean {
  return signature !== undefined && signature.message === message && verifyMessage(key, signature);
}
