/**
 * restart-ceremony: the officers begin the key ceremony anew, perhaps with other trustees: after a complaint was upheld,
 * after a deadline passed, or because they wish to, as long as the election is not sealed. The new number enters every
 * secret, so nothing of an earlier ceremony can be used again. SPEC 3.7.10
 */
import { ceremonies, MAX_CEREMONIES, restartedCeremony, setCeremony } from "../ceremony.js";
import { electionOf } from "../election.js";
import { list, record, type TypeOf, uint } from "../encoding/shape.js";
import { identifierShape } from "../organisation.js";
import { faultOfTrustees, MAX_TRUSTEES, trusteeShape } from "../plan.js";
import { reject } from "../rejections.js";
import { type Approvals, approvalsShape, checkOfficers, isPublicKey, type Kind } from "../transaction.js";
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
    if (electionOf(context.reader, uuid) === undefined) return reject("unknown-election", uuid);
    const fault = faultOfTrustees(trustees, threshold);
    if (fault !== undefined) return reject("bad-threshold", fault);
    const found = ceremonyInProgress(context, uuid);
    if (!found.ok) return found.error;
    const present = found.value.ceremony.number;
    if (number !== present + 1) return reject("wrong-ceremony", `the next one is number ${present + 1}`);
    const refused = checkOfficers(context, found.value.plan.organisation, tx);
    if (refused !== null) return refused;
    const bad = trustees.find((trustee) => !isPublicKey(trustee.key));
    return bad === undefined ? null : reject("bad-key", `of the trustee ${bad.name}`);
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
