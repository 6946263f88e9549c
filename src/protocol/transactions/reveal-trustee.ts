/**
 * reveal-trustee: certificate and commitments to coefficients of a member, or the public key of a mandatory trustee, both
 * with proof of knowledge (row K-01). Must be what was committed to (row K-02). SPEC 3.7.6
 */
import { bytesEqual } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { type CeremonyRecord, type CeremonyTrustee, revealShape, withTrustee } from "../ceremony.js";
import type { TypeOf } from "../encoding/shape.js";
import { type Rejection, reject } from "../rejections.js";
import { type CeremonyContext, checkReveal, commitmentOf, type MemberReveal } from "../suite/belenios-v1/ceremony.js";
import {
  signedMessageFromText,
  type TrusteePublicKey,
  trusteeKeyFromText,
  verifyTrusteeKey,
} from "../suite/belenios-v1/pki.js";
import { stepRecord, trusteeStep } from "./trustee-step.js";

export const revealBodyShape = stepRecord({ reveal: revealShape });
export type RevealBody = TypeOf<typeof revealBodyShape>;

export const revealTrustee = trusteeStep<RevealBody>({
  type: "reveal-trustee",
  body: revealBodyShape,
  phase: "reveal",
  check: ({ ceremony, context, place, index }, { reveal }) => judgeReveal(context, ceremony, place, index, reveal),
  effect: ({ ceremony, place }, { reveal }, revealSigned) => withTrustee(ceremony, place, { reveal, revealSigned }),
});

/** What a trustee reveals against its commitment and its place. Clients judge the others with it, too. */
export function judgeReveal(
  context: CeremonyContext,
  ceremony: CeremonyRecord,
  place: number,
  index: number,
  texts: readonly string[],
): Rejection | null {
  const trustee = ceremony.trustees[place] as CeremonyTrustee;
  const parsed = parseReveal(trustee.part, texts);
  if (!parsed.ok) return reject("bad-commitment", parsed.error);
  if (trustee.commitment === null || !bytesEqual(commitmentOf(context, parsed.value), trustee.commitment))
    return reject("bad-commitment", `place ${place}`);
  if ("certificate" in parsed.value) {
    const checked = checkReveal(context, index, parsed.value);
    return checked.ok ? null : reject("bad-certificate", checked.error);
  }
  return judgeMandatoryKey(ceremony, place, parsed.value);
}

function parseReveal(
  part: CeremonyTrustee["part"],
  texts: readonly string[],
): Result<MemberReveal | TrusteePublicKey, string> {
  const [first, second] = texts as readonly [string, string?];
  if (part === "mandatory") {
    if (second !== undefined) return fail("a mandatory trustee reveals one key");
    const key = trusteeKeyFromText(first, "mandatory");
    return key.ok ? ok(key.value) : fail(`public key: ${key.error.reason}`);
  }
  if (second === undefined) return fail("a member reveals certificate and coefficients");
  const certificate = signedMessageFromText(first);
  if (!certificate.ok) return fail(`certificate: ${certificate.error.reason}`);
  const coefficients = signedMessageFromText(second);
  if (!coefficients.ok) return fail(`coefficients: ${coefficients.error.reason}`);
  return ok({ certificate: certificate.value, coefficients: coefficients.value });
}

function judgeMandatoryKey(ceremony: CeremonyRecord, place: number, key: TrusteePublicKey): Rejection | null {
  const trustee = ceremony.trustees[place] as CeremonyTrustee;
  if (key.name !== trustee.name)
    return reject("bad-certificate", "the key bears another name than the list of trustees");
  if (!verifyTrusteeKey(key)) return reject("bad-certificate", "knowledge of the secret key is not proved");
  for (const [at, other] of ceremony.trustees.entries()) {
    if (at === place || other.part !== "mandatory" || other.reveal === null) continue;
    const there = trusteeKeyFromText(other.reveal[0] as string, "mandatory");
    if (there.ok && there.value.publicKey.equals(key.publicKey))
      return reject("bad-certificate", `the key is that of place ${at}`);
  }
  return null;
}
