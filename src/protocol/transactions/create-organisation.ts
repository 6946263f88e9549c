/** create-organisation: a further organisation with officers of its own, approved by the founding one. SPEC 3.7.1 */
import {
  faultOfOfficers,
  type OrganisationFields,
  type OrganisationRecord,
  organisationOf,
  organisationShape,
} from "../organisation.js";
import { reject } from "../rejections.js";
import { type Approvals, approvalsShape, checkApprovals, isPublicKey, type Kind } from "../transaction.js";

export const createOrganisation: Kind<OrganisationFields, Approvals> = {
  type: "create-organisation",
  body: organisationShape,
  signatures: approvalsShape,
  check: (context, tx) => {
    const { id, officers, threshold, registrarKey } = tx.body;
    if (organisationOf(context.reader, id) !== undefined) return reject("organisation-exists", id);
    const fault = faultOfOfficers(officers, threshold);
    if (fault !== undefined) return reject("bad-threshold", fault);
    const founder = organisationOf(context.reader, context.chain.founder) as OrganisationRecord;
    const refused = checkApprovals(context, founder, tx.message, tx.signatures);
    if (refused !== null) return refused;
    const sound = [registrarKey, ...officers.map((officer) => officer.key)].every(isPublicKey);
    return sound ? null : reject("bad-key", "of an officer or of the registration service");
  },
  apply: (effects, _context, tx) => effects.createOrganisation(tx.body),
};
