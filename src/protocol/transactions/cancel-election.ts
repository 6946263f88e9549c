/** cancel-election: the officers end an election before it opens, and say why. SPEC 3.7.19 */
import { electionOf, stageOf } from "../election.js";
import { humanText, record, type TypeOf } from "../encoding/shape.js";
import { identifierShape } from "../organisation.js";
import { reject } from "../rejections.js";
import { type Approvals, approvalsShape, checkOfficers, type Kind } from "../transaction.js";

export const cancelElectionBody = record({ uuid: identifierShape, reason: humanText(1000, 1) });
export type CancelElection = TypeOf<typeof cancelElectionBody>;

export const cancelElection: Kind<CancelElection, Approvals> = {
  type: "cancel-election",
  body: cancelElectionBody,
  signatures: approvalsShape,
  check: (context, tx) => {
    const { uuid } = tx.body;
    const found = electionOf(context.reader, uuid);
    if (found === undefined) return reject("unknown-election", uuid);
    const stage = stageOf(found.record.entry, found.plan, context.time);
    if (stage === "cancelled" || stage === "lapsed") return reject("wrong-stage", stage);
    if (stage !== "announced" && stage !== "sealed") return reject("too-late", stage);
    return checkOfficers(context, found.plan.organisation, tx);
  },
  apply: (effects, _context, tx) => {
    effects.updateElection(tx.body.uuid, { mark: "cancelled" });
    effects.appendEvent(tx.body.uuid, tx.type, tx.id);
  },
};
