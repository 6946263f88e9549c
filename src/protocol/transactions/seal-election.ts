/**
 * seal-election: officers approve key, roll and manifest; from here on only ballots, re-issues and an extension change
 * anything. The machine computes the manifest itself and compares it with what was approved. SPEC 3.7.13
 */
import { bytesEqual, toHex } from "#base/bytes.js";
import { sha256Base64 } from "#crypto/hash.js";
import { electionOf, rollProgresses, sealeds, stageOf } from "../election.js";
import { bool, bytes, record, type TypeOf, uint } from "../encoding/shape.js";
import {
  ciphertextCount,
  electionKeysOf,
  electionTextOf,
  manifestBytes,
  manifestHash,
  manifestOf,
} from "../manifest.js";
import { identifierShape } from "../organisation.js";
import { MAX_ROLL, MAX_TOTAL_WEIGHT } from "../plan.js";
import { reject } from "../rejections.js";
import { type Approvals, approvalsShape, checkOfficers, type Kind } from "../transaction.js";

export const sealElectionBody = record({
  uuid: identifierShape,
  /** What the officers' clients recomputed from (digital_id, X, h) of every voter (DESIGN §5). */
  rollCount: uint(MAX_ROLL, 1),
  rollWeight: uint(MAX_TOTAL_WEIGHT, 1),
  rollRoot: bytes(32),
  manifestHash: bytes(32),
  /** How many identity keys came by letter. */
  letters: uint(MAX_ROLL),
  /** Override: weights that only one voter has are accepted, although the result then reveals those votes. */
  uniqueWeights: bool,
});
export type SealElection = TypeOf<typeof sealElectionBody>;

export const sealElection: Kind<SealElection, Approvals> = {
  type: "seal-election",
  body: sealElectionBody,
  signatures: approvalsShape,
  check: (context, tx) => {
    const { body } = tx;
    const found = electionOf(context.reader, body.uuid);
    if (found === undefined) return reject("unknown-election", body.uuid);
    const {
      record: { entry },
      plan,
    } = found;
    const stage = stageOf(entry, plan, context.time);
    if (stage !== "announced") return reject("wrong-stage", stage);
    if (electionKeysOf(context.reader, entry) === undefined)
      return reject("out-of-order", "the key ceremony is not done");
    if (entry.rollCount < plan.rules.privacyFloor)
      return reject("roll-too-small", `${entry.rollCount} of at least ${plan.rules.privacyFloor}`);
    const unique = rollProgresses.get(context.reader, body.uuid)?.unique ?? 0;
    if (unique > 0 && !body.uniqueWeights) return reject("unique-weight", `${unique} weights have one voter each`);
    const sameRoll =
      entry.rollCount === body.rollCount &&
      entry.rollWeight === body.rollWeight &&
      bytesEqual(entry.rollRoot, body.rollRoot);
    if (!sameRoll)
      return reject(
        "roll-mismatch",
        `${entry.rollCount} entries of weight ${entry.rollWeight}, ${toHex(entry.rollRoot)}`,
      );
    if (body.letters > entry.rollCount) return reject("roll-mismatch", "more keys by letter than entries");
    const hash = manifestHash(manifestOf(context.reader, body.uuid, body));
    if (!bytesEqual(hash, body.manifestHash)) return reject("manifest-mismatch", toHex(hash));
    return checkOfficers(context, plan.organisation, tx);
  },
  apply: (effects, context, tx) => {
    const { uuid } = tx.body;
    const manifest = manifestOf(context.reader, uuid, tx.body);
    const {
      record: { entry },
      plan,
    } = electionOf(context.reader, uuid) as NonNullable<ReturnType<typeof electionOf>>;
    const { trusteesText } = electionKeysOf(context.reader, entry) as NonNullable<ReturnType<typeof electionKeysOf>>;
    const electionText = electionTextOf(manifest);
    const fingerprint = sha256Base64(electionText);
    sealeds.set(effects.draft, { manifest: manifestBytes(manifest), electionText, fingerprint, trusteesText }, uuid);
    effects.updateElection(uuid, { mark: "sealed", manifestHash: tx.body.manifestHash });
    effects.startTally(uuid, ciphertextCount(plan));
    effects.appendEvent(uuid, tx.type, tx.id);
  },
};
