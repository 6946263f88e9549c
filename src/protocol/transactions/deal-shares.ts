/**
 * deal-shares: a member of the threshold set deals an encrypted share of its secret to every member, and signs everything
 * that was revealed, so that no two members have seen different things (row K-03). SPEC 3.7.7
 */
import { bytesEqual } from "#base/bytes.js";
import {
  type CeremonyRecord,
  type CeremonyTrustee,
  dealingsShape,
  memberRevealOf,
  membersOf,
  revealedMember,
  revealsTranscript,
  type StoredDealings,
  storedDealings,
  storedDealingsFields,
  withTrustee,
} from "../ceremony.js";
import { bytes, record, scalar, type TypeOf } from "../encoding/shape.js";
import { type Rejection, reject } from "../rejections.js";
import type { CeremonyContext } from "../suite/belenios-v1/ceremony.js";
import { certificatesMessage, verifyMessage } from "../suite/belenios-v1/pki.js";
import { transactionMessage } from "../transaction.js";
import { otherView, stepRecord, trusteeStep } from "./trustee-step.js";

export const dealBodyShape = stepRecord({
  /** Hash of everything revealed, as the dealer saw it. */
  reveals: bytes(32),
  /** For each member in order, the dealer included. */
  shares: dealingsShape,
  /** The Belenios signature over all certificates and the dealer's own coefficients. */
  signature: record({ challenge: scalar, response: scalar }),
});
export type DealBody = TypeOf<typeof dealBodyShape>;

export const dealShares = trusteeStep<DealBody>({
  type: "deal-shares",
  body: dealBodyShape,
  phase: "deal",
  check: ({ ceremony, context, place }, body) => {
    if (!bytesEqual(body.reveals, revealsTranscript(context, ceremony))) return otherView();
    return judgeDealings(ceremony, place, body);
  },
  effect: ({ ceremony, place }, { shares, signature }, dealSigned) =>
    withTrustee(ceremony, place, { dealings: storedDealings(shares, signature), dealSigned }),
});

const storedBodyShape = stepRecord({ reveals: bytes(32), ...storedDealingsFields });

/** What the envelope signature of dealings covers, made from what the record keeps of them. */
export function dealingsMessage(
  context: CeremonyContext,
  place: number,
  reveals: Uint8Array,
  { shares, signature }: StoredDealings,
): Uint8Array {
  const { chainId, uuid, ceremony } = context;
  const body = { uuid, ceremony, trustee: place, reveals, shares, signature };
  return transactionMessage({ type: dealShares.type, body: storedBodyShape }, chainId, body);
}

/** All that the public can judge of dealings: their number and the signature. What is inside, the recipients judge. */
export function judgeDealings(
  ceremony: CeremonyRecord,
  place: number,
  dealt: { readonly shares: readonly unknown[]; readonly signature: StoredDealings["signature"] },
): Rejection | null {
  const members = membersOf(ceremony);
  if (dealt.shares.length !== members.length)
    return reject("bad-dealing", `${dealt.shares.length} dealings for ${members.length} members`);
  const certificates = members.map(
    (member) => memberRevealOf(ceremony.trustees[member] as CeremonyTrustee).certificate,
  );
  const { verification, commitments } = revealedMember(ceremony.trustees[place] as CeremonyTrustee);
  const message = certificatesMessage(certificates, commitments);
  return verifyMessage(verification, { message, signature: dealt.signature })
    ? null
    : reject("bad-dealing", "the signature over all certificates");
}
