/**
 * share-decryption: a trustee's partial decryption of the final sum. Proofs are checked here (rows C-07, C-13, K-06,
 * K-08); a bad one is refused and its owner named. With the first sufficient set the machine computes the result. SPEC 3.7.20
 */

import { formatInstant } from "#base/instant.js";
import { fail, ok, type Result } from "#base/result.js";
import { sha256 } from "#crypto/hash.js";
import type { Signature } from "#crypto/schnorr.js";
import { type CeremonyRecord, type CeremonyTrustee, ceremonies, ownerPlaces } from "../ceremony.js";
import {
  decryptionStart,
  type ElectionEntry,
  electionOf,
  resultShape,
  results,
  type Sealed,
  sealeds,
  shares,
  stageOf,
  tallies,
} from "../election.js";
import { encode, record, type TypeOf, text, uint } from "../encoding/shape.js";
import { identifierShape } from "../organisation.js";
import { MAX_TRUSTEES, type Plan } from "../plan.js";
import { type Rejection, reject } from "../rejections.js";
import type { StateReader } from "../state.js";
import { partialDecryptionFromText, verifyPartialDecryption } from "../suite/belenios-v1/decryption.js";
import type { EncryptedTally } from "../suite/belenios-v1/tally.js";
import { type AcceptedShare, encryptedTallyOf, resultOf, sealedTrustees } from "../tally.js";
import { type Context, checkSignature, type Kind, signatureShape } from "../transaction.js";

export const shareBodyShape = record({
  uuid: identifierShape,
  /** Owner number, from 1: mandatory trustees first, then the members of the threshold set. */
  owner: uint(MAX_TRUSTEES, 1),
  /** Belenios partial decryption, canonical; at most 100 ciphertexts of 300 characters. */
  share: text(100_000, 1),
});
export type ShareBody = TypeOf<typeof shareBodyShape>;

export const shareDecryption: Kind<ShareBody, Signature> = {
  type: "share-decryption",
  body: shareBodyShape,
  signatures: signatureShape,
  check: (context, tx) => {
    const { uuid, owner, share } = tx.body;
    const opening = openingOf(context, uuid);
    if (!opening.ok) return opening.error;
    const { ceremony } = opening.value;
    const place = ownerPlaces(ceremony)[owner - 1];
    if (place === undefined) return reject("unknown-trustee", `owner ${owner}`);
    if (shares.get(context.reader, uuid, owner) !== undefined) return reject("already-done", `owner ${owner}`);
    const { key } = ceremony.trustees[place] as CeremonyTrustee;
    if (!checkSignature(context, "trustee", key, tx.message, tx.signatures))
      return reject("bad-signature", "the trustee's signature");
    return judgeShare(opening.value, owner, share);
  },
  apply: (effects, context, tx) => {
    const { uuid, owner, share } = tx.body;
    const opening = openingOf(context, uuid);
    if (!opening.ok) throw new Error("an applied share has no election to open");
    const { entry, ceremony, sealed, tally } = opening.value;
    shares.set(effects.draft, { owner, text: share }, uuid, owner);
    effects.updateElection(uuid, { shares: entry.shares + 1 });
    effects.appendEvent(uuid, "share-decryption", tx.id);
    const accepted = acceptedShares(effects.draft, uuid, ownerPlaces(ceremony).length);
    const result = resultOf(tally, entry.countedWeight, sealedTrustees(sealed.trusteesText), accepted);
    // Either more shares are needed, or a sum is no count: proofs exclude that, and if they did not, the election would
    // end undecided rather than the ledger stop.
    if (result === undefined) return;
    results.set(effects.draft, result, uuid);
    effects.updateElection(uuid, { mark: "tallied", resultHash: sha256(encode(resultShape, result)) });
  },
};

/** Everything that a share is judged against. */
interface Opening {
  readonly entry: ElectionEntry;
  readonly ceremony: CeremonyRecord;
  readonly sealed: Sealed;
  readonly fingerprint: string;
  readonly tally: EncryptedTally;
}

/** The election if its sum may be opened now. */
function openingOf(context: Context, uuid: string): Result<Opening, Rejection> {
  const { reader, time } = context;
  const found = electionOf(reader, uuid);
  if (found === undefined) return fail(reject("unknown-election", uuid));
  const { entry } = found.record;
  const refusal = stageRefusal(entry, found.plan, time);
  if (refusal !== null) return fail(refusal);
  const [ceremony, sealed, tally] = [
    ceremonies.get(reader, uuid),
    sealeds.get(reader, uuid),
    tallies.get(reader, uuid),
  ];
  if (ceremony === undefined || sealed === undefined || tally === undefined)
    throw new Error("a closed election has a key and a tally");
  const encrypted = encryptedTallyOf(found.plan.questions, tally.sums);
  return ok({ entry, ceremony, sealed, fingerprint: sealed.fingerprint, tally: encrypted });
}

function stageRefusal(entry: ElectionEntry, plan: Plan, time: bigint): Rejection | null {
  const stage = stageOf(entry, plan, time);
  switch (stage) {
    case "cancelled":
    case "lapsed":
      return reject("ended", stage);
    case "undecided":
      return reject("too-late", "the time for shares is over");
    case "withheld":
      return reject("not-decrypted", `${entry.counted} ballots, at least ${plan.rules.privacyFloor} are needed`);
    case "closed":
      return time < decryptionStart(entry, plan)
        ? reject("too-early", `shares are accepted from ${formatInstant(decryptionStart(entry, plan))} on`)
        : null;
    default:
      return reject("wrong-stage", `the election is ${stage}`);
  }
}

/** Form, membership of the factors, and every proof, under the key that was sealed. */
function judgeShare(opening: Opening, owner: number, share: string): Rejection | null {
  const partial = partialDecryptionFromText(share);
  if (!partial.ok) return reject("bad-factor", `owner ${owner}: ${partial.error.path} ${partial.error.reason}`);
  const member = sealedTrustees(opening.sealed.trusteesText).members[owner - 1];
  if (member === undefined) return reject("bad-factor", `owner ${owner} holds no key`);
  const judged = verifyPartialDecryption(opening.tally, opening.fingerprint, member.key, partial.value);
  if (judged.ok) return null;
  const { code, question, answer } = judged.error;
  return reject("bad-factor", `owner ${owner}: ${code} at question ${question + 1}, choice ${answer + 1}`);
}

function acceptedShares(reader: StateReader, uuid: string, owners: number): AcceptedShare[] {
  const out: AcceptedShare[] = [];
  for (let owner = 1; owner <= owners; owner++) {
    const share = shares.get(reader, uuid, owner);
    if (share !== undefined) out.push(share);
  }
  return out;
}
