/** create-election: officers announce an election; its plan never changes from then on. SPEC 3.7.4 */
import { EMPTY_ROOT } from "#crypto/merkle.js";
import { newCeremony, setCeremony } from "../ceremony.js";
import { type ElectionEntry, elections, plans } from "../election.js";
import { planHash } from "../manifest.js";
import { organisationOf } from "../organisation.js";
import { faultOfPlan, type Plan, planShape } from "../plan.js";
import { reject } from "../rejections.js";
import { type Approvals, approvalsShape, checkApprovals, isPublicKey, type Kind } from "../transaction.js";

export const createElection: Kind<Plan, Approvals> = {
  type: "create-election",
  body: planShape,
  signatures: approvalsShape,
  check: (context, tx) => {
    const plan = tx.body;
    const organisation = organisationOf(context.reader, plan.organisation);
    if (organisation === undefined) return reject("unknown-organisation", plan.organisation);
    if (elections.get(context.reader, plan.uuid) !== undefined) return reject("election-exists", plan.uuid);
    const fault = faultOfPlan(plan, context.time);
    if (fault !== undefined) return reject("invalid-plan", fault);
    const refused = checkApprovals(context, organisation, tx.message, tx.signatures);
    if (refused !== null) return refused;
    if (!isPublicKey(plan.rollKey)) return reject("bad-key", "of the roll");
    const bad = plan.trustees.find((trustee) => !isPublicKey(trustee.key));
    return bad === undefined ? null : reject("bad-key", `of the trustee ${bad.name}`);
  },
  apply: (effects, context, tx) => {
    const plan = tx.body;
    effects.createElection(entryOf(plan));
    plans.set(effects.draft, plan, plan.uuid);
    setCeremony(effects, plan.uuid, newCeremony(plan, context.time));
    effects.appendEvent(plan.uuid, tx.type, tx.id);
  },
};

/** An election of which nothing has happened yet. */
function entryOf(plan: Plan): ElectionEntry {
  return {
    kind: "election",
    uuid: plan.uuid,
    planHash: planHash(plan),
    mark: "announced",
    opensAt: plan.opensAt,
    closesAt: plan.closesAt,
    ceremonyHash: new Uint8Array(32),
    manifestHash: null,
    rollCount: 0,
    rollWeight: 0,
    rollRoot: EMPTY_ROOT,
    ballotCount: 0,
    ballotRoot: EMPTY_ROOT,
    eventCount: 0,
    eventRoot: EMPTY_ROOT,
    counted: 0,
    countedWeight: 0,
    spoiled: 0,
    mismatches: 0,
    reissued: 0,
    tallyHash: new Uint8Array(32),
    shares: 0,
    resultHash: null,
  };
}
