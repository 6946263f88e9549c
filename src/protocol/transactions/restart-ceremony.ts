/**
 * restart-ceremony: the officers begin the key ceremony anew, perhaps with other trustees: after a complaint was upheld,
 * after a deadline passed, or because they wish to, as long as the election is not sealed. The new number enters every
 * secret, so nothing of an earlier ceremony can be used again. SPEC 3.7.10
 */
import { ceremonies, MAX_CEREMONIES, restartedCeremony, setCeremony } from "../ceremony.js";
import { electionOf } from "../election.js";
import { type TypeOf, list, record, uint } from "../encoding/shape.js";
import { identifierShape, organisationOf } from "../organisation.js";
import { faultOfTrustees, MAX_TRUSTEES, trusteeShape } from "../plan.js";
import { reject } from "../rejections.js";
import { type Approvals, type Kind, approvalsShape, checkApprovals } from "../transaction.js";
import { ceremonyInProgress } from "./trustee-step.js";

export const restartBodyShape = record({
  uuid: identifierShape,
  /** Number of the new ceremony: one above the present. */
  ceremony: uint(MAX_CEREMONIES, 2),
  trustees: list(trusteeShape, MAX_TRUSTEES, 1),
  threshold: uint(MAX_TRUSTEES),
});
export type RestartBody = TypeOf<typeof restartBodyShape>;

export const restartCeremony: Kind<RestartBody, Approvals> = {
  type: "restart-ceremony",
  body: restartBodyShape,
  signatures: approvalsShape,
  check: (context, tx) => {
    const { uuid, ceremony: number, trustees, threshold } = tx.body;
    const election = electionOf(context.reader, uuid);
    const organisation = election && organisationOf(context.reader, election.plan.organisation);
    if (organisation === undefined) return reject("unknown-election", uuid);
    const fault = faultOfTrustees(trustees, threshold);
    if (fault !== undefined) return reject("bad-threshold", fault);
    const found = ceremonyInProgress(context, uuid);
    if (!found.ok) return found.error;
    const present = found.value.ceremony.number;
    if (number !== present + 1) return reject("wrong-ceremony", `the next one is number ${present + 1}`);
    return checkApprovals(context, organisation, tx.message, tx.signatures);
  },
  apply: (effects, context, tx) => {
    const { uuid, trustees, threshold } = tx.body;
    const before = ceremonies.get(effects.draft, uuid);
    const plan = electionOf(effects.draft, uuid)?.plan;
    if (before === undefined || plan === undefined) throw new Error("an applied restart has no ceremony");
    setCeremony(effects, uuid, restartedCeremony(before, plan, { trustees, threshold }, context.time));
    effects.appendEvent(uuid, "restart-ceremony", tx.id);
  },
};
