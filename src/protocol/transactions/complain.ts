/**
 * complain: a member lays open what a dealing to it decrypts to, with proof, because it is not the share that the dealer
 * committed to (row K-04). If that is so, the dealer is named and the ceremony has failed; if not, the complaint is
 * refused and changes nothing. SPEC 3.7.9
 */
import { type CeremonyRecord, dealingsFor, failedCeremony, membersOf, revealedMembers } from "../ceremony.js";
import { element, record, scalar, type TypeOf, uint } from "../encoding/shape.js";
import { MAX_TRUSTEES } from "../plan.js";
import { type Rejection, reject } from "../rejections.js";
import { type CeremonyContext, type Dealing, judgeComplaint } from "../suite/belenios-v1/ceremony.js";
import { stepRecord, trusteeStep } from "./trustee-step.js";

export const complainBodyShape = stepRecord({
  /** Place of the dealer. */
  accused: uint(MAX_TRUSTEES - 1),
  /** α^dk of the dealing. */
  shared: element,
  /** That log_α(shared) is the complainer's decryption secret. */
  proof: record({ challenge: scalar, response: scalar }),
});
export type ComplainBody = TypeOf<typeof complainBodyShape>;

export const complain = trusteeStep<ComplainBody>({
  type: "complain",
  body: complainBodyShape,
  phase: "accept",
  check: ({ ceremony, context, index }, body) => judge(context, ceremony, index, body),
  effect: ({ ceremony, time }, { accused }) => failedCeremony(ceremony, accused, "bad-dealing", time),
});

function judge(
  context: CeremonyContext,
  ceremony: CeremonyRecord,
  recipient: number,
  body: ComplainBody,
): Rejection | null {
  const dealer = membersOf(ceremony).indexOf(body.accused) + 1;
  if (dealer === 0) return reject("bad-complaint", `place ${body.accused} has dealt nothing`);
  const dealing = dealingsFor(ceremony, recipient)?.[dealer - 1] as Dealing;
  const complaint = { dealer, recipient, shared: body.shared, proof: body.proof };
  const verdict = judgeComplaint(context, complaint, revealedMembers(ceremony), dealing);
  return verdict === "dealer-guilty"
    ? null
    : reject("bad-complaint", verdict === "invalid" ? "the proof does not hold" : "the share is right");
}
