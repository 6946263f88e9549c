/**
 * A ceremony's record judged by someone who does not believe the node that shows it: whether it can be what the machine
 * made of transactions that hold. What a trustee would act upon (reveals, whose keys it deals to, and dealings, which it
 * may complain about) must bear the envelope signature of whoever it is said to come from: a dealing to a false key, or a
 * complaint about a false dealing, would lay secrets open although the machine refuses it. SPEC 3.6.3
 */
import { pointFromBytes } from "#crypto/group.js";
import { type Signature, verifySignature } from "#crypto/schnorr.js";
import {
  assembledTrustees,
  type CeremonyRecord,
  type CeremonyTrustee,
  hasActed,
  memberIndex,
  membersOf,
  mustAct,
  PHASES,
  revealsTranscript,
} from "./ceremony.js";
import { faultOfTrustees } from "./plan.js";
import type { Rejection } from "./rejections.js";
import type { CeremonyContext } from "./suite/belenios-v1/ceremony.js";
import { trusteeKeyFromText } from "./suite/belenios-v1/pki.js";
import { transactionMessage } from "./transaction.js";
import { judgeVerificationKey } from "./transactions/accept-shares.js";
import { dealingsMessage, judgeDealings } from "./transactions/deal-shares.js";
import { judgeReveal, revealTrustee } from "./transactions/reveal-trustee.js";

/** What is wrong with a record, in words and with the trustee's name, or `undefined`. Total: any record of the shape. */
export function faultOfCeremony(context: CeremonyContext, ceremony: CeremonyRecord): string | undefined {
  return (
    faultOfTrustees(ceremony.trustees, ceremony.threshold) ??
    faultOfProgress(ceremony) ??
    faultOfReveals(context, ceremony) ??
    // Once all have accepted, the trustees object as a whole says more than its parts.
    (ceremony.phase === "rehearse" || ceremony.phase === "done"
      ? faultOfWhole(ceremony)
      : faultOfDealings(context, ceremony))
  );
}

/** Everybody has acted in the phases before the present one, and nobody in those after it. */
function faultOfProgress(ceremony: CeremonyRecord): string | undefined {
  const present = PHASES.indexOf(ceremony.phase);
  for (const [at, phase] of PHASES.entries()) {
    if (phase === "done" || phase === "failed") continue;
    for (const trustee of ceremony.trustees) {
      const acted = hasActed(trustee, phase);
      if (at < present && mustAct(trustee, phase) && !acted)
        return `${trustee.name} is missing in the phase "${phase}"`;
      if (acted && (at > present || !mustAct(trustee, phase)))
        return `${trustee.name} cannot have acted in the phase "${phase}"`;
    }
  }
  return undefined;
}

/** K-01, K-02; and that each trustee signed its own. */
function faultOfReveals(context: CeremonyContext, ceremony: CeremonyRecord): string | undefined {
  for (const [place, trustee] of ceremony.trustees.entries()) {
    const { reveal } = trustee;
    if (reveal === null) continue;
    const rejection = judgeReveal(context, ceremony, place, memberIndex(ceremony, place), reveal);
    if (rejection !== null) return told(trustee, rejection);
    const body = { uuid: context.uuid, ceremony: ceremony.number, trustee: place, reveal };
    const message = transactionMessage(revealTrustee, context.chainId, body);
    if (!hasSigned(context, trustee, message, trustee.revealSigned)) return `${trustee.name} has not signed its reveal`;
  }
  return undefined;
}

/** K-03; what is inside the dealings only their recipients can judge (K-04). */
function faultOfDealings(context: CeremonyContext, ceremony: CeremonyRecord): string | undefined {
  const dealt = ceremony.trustees.some((trustee) => trustee.dealings !== null);
  const reveals = dealt ? revealsTranscript(context, ceremony) : undefined;
  for (const [place, trustee] of ceremony.trustees.entries()) {
    const { dealings, verificationKey } = trustee;
    if (dealings === null || reveals === undefined) continue;
    const index = memberIndex(ceremony, place);
    const rejection =
      judgeDealings(ceremony, place, dealings) ??
      (verificationKey === null ? null : judgeVerificationKey(ceremony, place, index, verificationKey));
    if (rejection !== null) return told(trustee, rejection);
    const message = dealingsMessage(context, place, reveals, dealings);
    if (!hasSigned(context, trustee, message, trustee.dealSigned)) return `${trustee.name} has not signed its dealings`;
  }
  return undefined;
}

/** The trustees object, and that it bears the names of the list. */
function faultOfWhole(ceremony: CeremonyRecord): string | undefined {
  const members = membersOf(ceremony);
  for (const place of members) {
    const { name, dealings, verificationKey } = ceremony.trustees[place] as CeremonyTrustee;
    const key = trusteeKeyFromText(verificationKey as string, "member");
    if (!key.ok || key.value.name !== name || dealings?.shares.length !== members.length)
      return `${name}: verification key or dealings out of form`;
  }
  const { checked } = assembledTrustees(ceremony);
  return checked.ok ? undefined : `the trustees together: ${checked.error.detail}`;
}

function hasSigned(
  context: CeremonyContext,
  trustee: CeremonyTrustee,
  message: Uint8Array,
  signature: Signature | null,
): boolean {
  const key = pointFromBytes(trustee.key);
  const { chainId } = context;
  return (
    key !== undefined && signature !== null && verifySignature({ tag: "trustee", chainId }, key, message, signature)
  );
}

function told(trustee: CeremonyTrustee, rejection: Rejection): string {
  return `${trustee.name}: ${rejection.code}, ${rejection.detail}`;
}
