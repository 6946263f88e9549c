/**
 * accept-shares: a member found all its shares right, and shows the public key of their sum. Everyone can compute which
 * key that must be. SPEC 3.7.8
 */
import { bytesEqual } from "#base/bytes.js";
import { pointToText } from "#crypto/group.js";
import { shareKey } from "#crypto/threshold.js";
import {
  type CeremonyRecord,
  type CeremonyTrustee,
  dealingsTranscript,
  revealedMembers,
  trusteeTextShape,
  withTrustee,
} from "../ceremony.js";
import { bytes, type TypeOf } from "../encoding/shape.js";
import { type Rejection, reject } from "../rejections.js";
import { trusteeKeyFromText, verifyMessage, verifyTrusteeKey } from "../suite/belenios-v1/pki.js";
import { otherView, stepRecord, trusteeStep } from "./trustee-step.js";

export const acceptBodyShape = stepRecord({
  /** Hash of everything revealed and dealt, as the member saw it. */
  dealings: bytes(32),
  /** Belenios trustee_public_key: key proof of the share, signature, name. */
  verificationKey: trusteeTextShape,
});
export type AcceptBody = TypeOf<typeof acceptBodyShape>;

export const acceptShares = trusteeStep<AcceptBody>({
  type: "accept-shares",
  body: acceptBodyShape,
  phase: "accept",
  check: ({ ceremony, context, place, index }, body) => {
    if (!bytesEqual(body.dealings, dealingsTranscript(context, ceremony))) return otherView();
    return judgeVerificationKey(ceremony, place, index, body.verificationKey);
  },
  effect: ({ ceremony, place }, { verificationKey }) => withTrustee(ceremony, place, { verificationKey }),
});

/** Name, value, key proof and signature of a verification key. */
export function judgeVerificationKey(
  ceremony: CeremonyRecord,
  place: number,
  index: number,
  text: string,
): Rejection | null {
  const key = trusteeKeyFromText(text, "member");
  if (!key.ok) return reject("bad-share-key", key.error.reason);
  const { name, publicKey, signature } = key.value;
  if (name !== (ceremony.trustees[place] as CeremonyTrustee).name)
    return reject("bad-share-key", "the key bears another name than the list of trustees");
  const members = revealedMembers(ceremony);
  const expected = shareKey(
    members.map((member) => member.commitments),
    index,
  );
  if (!publicKey.equals(expected))
    return reject("bad-share-key", "the key does not follow from the revealed coefficients");
  if (!verifyTrusteeKey(key.value)) return reject("bad-share-key", "knowledge of the share is not proved");
  const own = members[index - 1]?.verification;
  const signed =
    own !== undefined && signature !== undefined && verifyMessage(own, { message: pointToText(expected), signature });
  return signed ? null : reject("bad-share-key", "the signature of the key");
}
