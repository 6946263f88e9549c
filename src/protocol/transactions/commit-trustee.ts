/**
 * commit-trustee: a trustee commits to what it will reveal, before anyone has revealed anything (row K-02). SPEC 3.7.5
 */
import { withTrustee } from "../ceremony.js";
import { bytes, type TypeOf } from "../encoding/shape.js";
import { stepRecord, trusteeStep } from "./trustee-step.js";

export const commitBodyShape = stepRecord({
  /** SHA-256 over the ceremony's context and the texts to be revealed. */
  commitment: bytes(32),
});
export type CommitBody = TypeOf<typeof commitBodyShape>;

export const commitTrustee = trusteeStep<CommitBody>({
  type: "commit-trustee",
  body: commitBodyShape,
  phase: "commit",
  check: () => null,
  effect: ({ ceremony, place }, { commitment }) => withTrustee(ceremony, place, { commitment }),
});
