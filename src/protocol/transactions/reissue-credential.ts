/**
 * reissue-credential: a new credential for a voter who lost the old one before voting (DESIGN §5). The new position
 * stands at the end of the roll with the same weight and becomes valid after the plan's delay; a cast with the old
 * credential before that moment voids it (cast-ballot does so). SPEC 3.7.17
 */

import { toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { isIdentity, pointFromEighth, pointToBytes } from "#crypto/group.js";
import { FRESH_POSITION } from "../effects.js";
import { electionOf, positionOf, reissues, rollIndex, stageOf } from "../election.js";
import { bytes, record, type TypeOf } from "../encoding/shape.js";
import { identifierShape } from "../organisation.js";
import { reject } from "../rejections.js";
import { type Approvals, approvalsShape, type Context, checkOfficers, type Kind } from "../transaction.js";

export const reissueCredentialBody = record({
  uuid: identifierShape,
  /** The credential to be replaced, compressed. */
  old: bytes(32),
  /** The new credential X_e as X_e/8, like the entries of enter-roll. */
  credential: bytes(64),
});
export type ReissueCredential = TypeOf<typeof reissueCredentialBody>;

export const reissueCredential: Kind<ReissueCredential, Approvals> = {
  type: "reissue-credential",
  body: reissueCredentialBody,
  signatures: approvalsShape,
  check: (context, tx) => {
    const { uuid, old } = tx.body;
    const found = electionOf(context.reader, uuid);
    if (found === undefined) return reject("unknown-election", uuid);
    const {
      record: { entry },
      plan,
    } = found;
    const stage = stageOf(entry, plan, context.time);
    if (stage !== "sealed" && stage !== "open") return reject("wrong-stage", stage);
    const position = positionOf(context.reader, entry, old);
    // Only a credential in force is replaced: so at most one re-issue for a voter is pending, and a cast voids it whole.
    if (
      position !== undefined &&
      !position.cancelled &&
      position.activeFrom !== null &&
      context.time < position.activeFrom
    )
      return reject("too-early", `the credential is itself valid from ${formatInstant(position.activeFrom)} on`);
    if (validFrom(context, plan.rules.reissueDelay) >= entry.closesAt)
      return reject("too-late", `it would become valid after the close at ${formatInstant(entry.closesAt)}`);
    if (position === undefined) return reject("not-on-roll", toHex(old));
    if (position.cancelled || position.replacedFrom !== null)
      return reject("credential-revoked", `position ${position.index}`);
    if (position.sequence > 0) return reject("has-voted", `last accepted: ${position.sequence}`);
    if (entry.reissued >= plan.rules.reissueCap) return reject("reissue-limit", `at most ${plan.rules.reissueCap}`);
    const credential = credentialOf(tx.body);
    if (credential !== undefined && positionOf(context.reader, entry, credential) !== undefined)
      return reject("credential-exists", toHex(credential));
    const refused = checkOfficers(context, plan.organisation, tx);
    if (refused !== null) return refused;
    return credential === undefined ? reject("roll-point", "the new credential") : null;
  },
  apply: (effects, context, tx) => {
    const { uuid, old } = tx.body;
    const {
      record: { entry },
      plan,
    } = electionOf(context.reader, uuid) as NonNullable<ReturnType<typeof electionOf>>;
    const position = positionOf(context.reader, entry, old) as NonNullable<ReturnType<typeof positionOf>>;
    const credential = credentialOf(tx.body) as Uint8Array;
    const index = entry.rollCount;
    const from = validFrom(context, plan.rules.reissueDelay);
    effects.setPosition(uuid, { ...position, replacedFrom: from });
    effects.setPosition(uuid, { ...FRESH_POSITION, index, credential, weight: position.weight, activeFrom: from });
    rollIndex.set(effects.draft, index, uuid, toHex(credential));
    reissues.set(effects.draft, index, uuid, position.index);
    effects.updateElection(uuid, { reissued: entry.reissued + 1 });
    effects.appendEvent(uuid, tx.type, tx.id);
  },
};

function validFrom(context: Context, delay: bigint): bigint {
  return context.time + delay;
}

/** The new credential, compressed; `undefined` when it is no element or the neutral one. */
function credentialOf(body: ReissueCredential): Uint8Array | undefined {
  const point = pointFromEighth(body.credential);
  return point === undefined || isIdentity(point) ? undefined : pointToBytes(point);
}
