/** remove-officer: one officer less, and the threshold that holds from then on. SPEC 3.7.3 */
import { bytesEqual } from "#base/bytes.js";
import { bytes, record, type TypeOf, uint } from "../encoding/shape.js";
import {
  faultOfOfficers,
  identifierShape,
  isOfficer,
  MAX_OFFICERS,
  type Officer,
  type OrganisationRecord,
  organisationOf,
  withOfficers,
} from "../organisation.js";
import { reject } from "../rejections.js";
import { type Approvals, approvalsShape, checkApprovals, type Kind } from "../transaction.js";

export const removeOfficerBody = record({
  organisation: identifierShape,
  /** As in appoint-officer. */
  revision: uint(2 ** 40),
  key: bytes(32),
  threshold: uint(MAX_OFFICERS, 1),
});
export type RemoveOfficer = TypeOf<typeof removeOfficerBody>;

export const removeOfficer: Kind<RemoveOfficer, Approvals> = {
  type: "remove-officer",
  body: removeOfficerBody,
  signatures: approvalsShape,
  check: (context, tx) => {
    const { organisation, revision, key, threshold } = tx.body;
    const found = organisationOf(context.reader, organisation);
    if (found === undefined) return reject("unknown-organisation", organisation);
    if (revision !== found.entry.revision)
      return reject("stale-revision", `the organisation is at ${found.entry.revision}`);
    if (!isOfficer(found, key)) return reject("unknown-officer", "nobody to remove");
    const fault = faultOfOfficers(without(found, key), threshold);
    if (fault !== undefined) return reject("bad-threshold", fault);
    return checkApprovals(context, found, tx.message, tx.signatures);
  },
  apply: (effects, context, tx) => {
    const found = organisationOf(context.reader, tx.body.organisation) as OrganisationRecord;
    effects.setOrganisation(withOfficers(found, without(found, tx.body.key), tx.body.threshold));
  },
};

function without(organisation: OrganisationRecord, key: Uint8Array): readonly Officer[] {
  return organisation.entry.fields.officers.filter((officer) => !bytesEqual(officer.key, key));
}
