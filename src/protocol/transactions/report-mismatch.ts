/**
 * report-mismatch: the owner of a spoiled ballot says that it does not contain what the device showed. Counted, not
 * judged; once per spoiled ballot. SPEC 3.7.16
 */
import { toHex } from "#base/bytes.js";
import type { Signature } from "#crypto/schnorr.js";
import { type BallotRecord, ballots, electionOf, stageOf } from "../election.js";
import { bytes, oneOf, record, type TypeOf } from "../encoding/shape.js";
import { identifierShape } from "../organisation.js";
import { reject } from "../rejections.js";
import { checkSignature, type Kind, signatureShape } from "../transaction.js";

export const MISMATCH_KINDS = [
  /** The opened ballot holds another choice than the one made. */
  "other-choice",
  /** The ballot paper shown had other words than the manifest's. */
  "other-words",
  /** The device would not open the ballot, or what it gave does not open it. */
  "not-opened",
] as const;

export const reportMismatchBody = record({ uuid: identifierShape, tracker: bytes(32), kind: oneOf(MISMATCH_KINDS) });
export type ReportMismatch = TypeOf<typeof reportMismatchBody>;

export const reportMismatch: Kind<ReportMismatch, Signature> = {
  type: "report-mismatch",
  body: reportMismatchBody,
  signatures: signatureShape,
  check: (context, tx) => {
    const { uuid } = tx.body;
    const found = electionOf(context.reader, uuid);
    if (found === undefined) return reject("unknown-election", uuid);
    const stage = stageOf(found.record.entry, found.plan, context.time);
    if (stage !== "open" && stage !== "closed") return reject("wrong-stage", stage);
    const tracker = toHex(tx.body.tracker);
    const ballot = ballots.get(context.reader, uuid, tracker);
    if (ballot?.mismatch === true) return reject("already-done", tracker);
    if (ballot === undefined) return reject("unknown-tracker", tracker);
    if (ballot.leaf.kind !== "spoiled") return reject("not-spoiled", tracker);
    const holds = checkSignature(context, "voter", ballot.leaf.credential, tx.message, tx.signatures);
    return holds ? null : reject("bad-signature", "of the ballot's credential");
  },
  apply: (effects, context, tx) => {
    const { uuid } = tx.body;
    const tracker = toHex(tx.body.tracker);
    const ballot = ballots.get(context.reader, uuid, tracker) as BallotRecord;
    ballots.set(effects.draft, { ...ballot, mismatch: true }, uuid, tracker);
    const { entry } = (electionOf(context.reader, uuid) as NonNullable<ReturnType<typeof electionOf>>).record;
    effects.updateElection(uuid, { mismatches: entry.mismatches + 1 });
    effects.appendEvent(uuid, tx.type, tx.id);
  },
};
