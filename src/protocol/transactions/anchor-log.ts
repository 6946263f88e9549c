/**
 * anchor-log: number of entries and head of the registration service's audit log, so that it cannot be rewritten
 * afterwards. Signed by the organisation's registrar key. SPEC 3.7.21
 */
import type { Signature } from "#crypto/schnorr.js";
import { bytes, record, type TypeOf, uint } from "../encoding/shape.js";
import { identifierShape, type OrganisationRecord, organisationOf } from "../organisation.js";
import { reject } from "../rejections.js";
import { checkSignature, type Kind, signatureShape } from "../transaction.js";

export const anchorLogBody = record({ organisation: identifierShape, entries: uint(2 ** 50, 1), head: bytes(32) });
export type AnchorLog = TypeOf<typeof anchorLogBody>;

export const anchorLog: Kind<AnchorLog, Signature> = {
  type: "anchor-log",
  body: anchorLogBody,
  signatures: signatureShape,
  check: (context, tx) => {
    const found = organisationOf(context.reader, tx.body.organisation);
    if (found === undefined) return reject("unknown-organisation", tx.body.organisation);
    const { logEntries, fields } = found.entry;
    if (tx.body.entries <= logEntries) return reject("already-done", `${logEntries} entries are anchored`);
    const holds = checkSignature(context, "log", fields.registrarKey, tx.message, tx.signatures);
    return holds ? null : reject("bad-signature", "of the registration service");
  },
  apply: (effects, context, tx) => {
    const found = organisationOf(context.reader, tx.body.organisation) as OrganisationRecord;
    const entry = { ...found.entry, logEntries: tx.body.entries, logHead: tx.body.head };
    effects.setOrganisation({ ...found, entry });
  },
};
