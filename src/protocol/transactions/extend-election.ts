/** extend-election: a later closing time, before the present one has passed and within what the plan allows. SPEC 3.7.18 */
import { formatInstant } from "#base/instant.js";
import { electionOf, stageOf } from "../election.js";
import { record, type TypeOf, u64 } from "../encoding/shape.js";
import { identifierShape } from "../organisation.js";
import { reject } from "../rejections.js";
import { type Approvals, approvalsShape, checkOfficers, type Kind } from "../transaction.js";

export const extendElectionBody = record({ uuid: identifierShape, closesAt: u64 });
export type ExtendElection = TypeOf<typeof extendElectionBody>;

export const extendElection: Kind<ExtendElection, Approvals> = {
  type: "extend-election",
  body: extendElectionBody,
  signatures: approvalsShape,
  check: (context, tx) => {
    const { uuid, closesAt } = tx.body;
    const found = electionOf(context.reader, uuid);
    if (found === undefined) return reject("unknown-election", uuid);
    const { entry } = found.record;
    const stage = stageOf(entry, found.plan, context.time);
    if (stage === "announced" || stage === "cancelled" || stage === "lapsed") return reject("wrong-stage", stage);
    if (stage !== "sealed" && stage !== "open") return reject("too-late", stage);
    if (closesAt <= entry.closesAt)
      return reject("extension-limit", `it is not after the present closing time, ${formatInstant(entry.closesAt)}`);
    const { latestClose } = found.plan.rules;
    if (closesAt > latestClose)
      return reject("extension-limit", `it is after the latest that the plan allows, ${formatInstant(latestClose)}`);
    return checkOfficers(context, found.plan.organisation, tx);
  },
  apply: (effects, _context, tx) => {
    effects.updateElection(tx.body.uuid, { closesAt: tx.body.closesAt });
    effects.appendEvent(tx.body.uuid, tx.type, tx.id);
  },
};
