/** appoint-officer: one more officer, and the threshold that holds from then on. SPEC 3.7.2 */
import { compareBytes } from "#base/bytes.js";
import { record, type TypeOf, uint } from "../encoding/shape.js";
import {
  faultOfOfficers,
  identifierShape,
  isOfficer,
  MAX_OFFICERS,
  type Officer,
  type OrganisationRecord,
  officerShape,
  organisationOf,
  withOfficers,
} from "../organisation.js";
import { reject } from "../rejections.js";
import { type Approvals, approvalsShape, checkApprovals, isPublicKey, type Kind } from "../transaction.js";

export const appointOfficerBody = record({
  organisation: identifierShape,
  /** The organisation's revision that the approvals are for: an old approval cannot be used again (row L-11). */
  revision: uint(2 ** 40),
  officer: officerShape,
  threshold: uint(MAX_OFFICERS, 1),
});
export type AppointOfficer = TypeOf<typeof appointOfficerBody>;

export const appointOfficer: Kind<AppointOfficer, Approvals> = {
  type: "appoint-officer",
  body: appointOfficerBody,
  signatures: approvalsShape,
  check: (context, tx) => {
    const { organisation, revision, officer, threshold } = tx.body;
    const found = organisationOf(context.reader, organisation);
    if (found === undefined) return reject("unknown-organisation", organisation);
    if (revision !== found.entry.revision)
      return reject("stale-revision", `the organisation is at ${found.entry.revision}`);
    if (isOfficer(found, officer.key)) return reject("officer-exists", officer.name);
    const officers = withOfficer(found, officer);
    const fault = officers.length > MAX_OFFICERS ? `${officers.length} officers` : faultOfOfficers(officers, threshold);
    if (fault !== undefined) return reject("bad-threshold", fault);
    const refused = checkApprovals(context, found, tx.message, tx.signatures);
    if (refused !== null) return refused;
    return isPublicKey(officer.key) ? null : reject("bad-key", "of the new officer");
  },
  apply: (effects, context, tx) => {
    const found = organisationOf(context.reader, tx.body.organisation) as OrganisationRecord;
    effects.setOrganisation(withOfficers(found, withOfficer(found, tx.body.officer), tx.body.threshold));
  },
};

function withOfficer(organisation: OrganisationRecord, officer: Officer): readonly Officer[] {
  return [...organisation.entry.fields.officers, officer].sort((a, b) => compareBytes(a.key, b.key));
}
