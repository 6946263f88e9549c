/**
 * rehearse-decryption: with the code just re-entered from its backup, each trustee decrypts a public test ciphertext. It
 * shows that the trustee can open the sum later, and with it every trustee, mandatory ones included, signs the whole
 * ceremony. SPEC 3.7.11
 */
import { bytesEqual } from "#base/bytes.js";
import { ceremonyTranscript, decryptionKeyOf, electionKeyOf, withTrustee } from "../ceremony.js";
import { bytes, element, record, scalar, type TypeOf } from "../encoding/shape.js";
import { reject } from "../rejections.js";
import { verifyRehearsal } from "../suite/belenios-v1/rehearsal.js";
import { otherView, stepRecord, trusteeStep } from "./trustee-step.js";

export const rehearseBodyShape = stepRecord({
  /** Hash of the whole ceremony, as the trustee saw it; the test ciphertext follows from it. */
  transcript: bytes(32),
  factor: element,
  proof: record({ challenge: scalar, response: scalar }),
});
export type RehearseBody = TypeOf<typeof rehearseBodyShape>;

export const rehearseDecryption = trusteeStep<RehearseBody>({
  type: "rehearse-decryption",
  body: rehearseBodyShape,
  phase: "rehearse",
  check: ({ ceremony, context, trustee }, body) => {
    const transcript = ceremonyTranscript(context, ceremony);
    if (!bytesEqual(body.transcript, transcript)) return otherView();
    const holds = verifyRehearsal(transcript, electionKeyOf(ceremony), decryptionKeyOf(trustee), body);
    return holds ? null : reject("bad-rehearsal", "factor or proof");
  },
  effect: ({ ceremony, place }) => withTrustee(ceremony, place, { rehearsed: true }),
});
