/**
 * What the five steps of a key ceremony and the complaint have in common: who may act, when, and what follows from it.
 * Each step's own file adds its form and what it checks. SPEC 3.7.5
 */

import { formatInstant } from "#base/instant.js";
import { fail, ok, type Result } from "#base/result.js";
import type { Signature } from "#crypto/schnorr.js";
import {
  advanced,
  type CeremonyRecord,
  type CeremonyTrustee,
  ceremonies,
  ceremonyContext,
  hasActed,
  isOverdue,
  MAX_CEREMONIES,
  memberIndex,
  mustAct,
  PHASES,
  type Phase,
  phaseDeadline,
  setCeremony,
} from "../ceremony.js";
import { electionOf, stageOf } from "../election.js";
import { record, type Shape, uint } from "../encoding/shape.js";
import { identifierShape } from "../organisation.js";
import { MAX_TRUSTEES, type Plan } from "../plan.js";
import { type Rejection, reject } from "../rejections.js";
import type { CeremonyContext } from "../suite/belenios-v1/ceremony.js";
import { type Context, checkSignature, type Kind, signatureShape } from "../transaction.js";

/** The fields with which every step begins. */
export const stepFields = {
  uuid: identifierShape,
  /** Number of the ceremony this belongs to. */
  ceremony: uint(MAX_CEREMONIES, 1),
  /** Place in the ceremony's list of trustees, from 0. */
  trustee: uint(MAX_TRUSTEES - 1),
};

interface StepBody {
  readonly uuid: string;
  readonly ceremony: number;
  readonly trustee: number;
}

/** Where a trustee stands when it acts. */
export interface Standing {
  readonly ceremony: CeremonyRecord;
  readonly context: CeremonyContext;
  readonly place: number;
  readonly trustee: CeremonyTrustee;
  /** Index from 1 within the threshold set; 0 for a mandatory trustee. */
  readonly index: number;
  /** Block time, nanoseconds. */
  readonly time: bigint;
}

type ActivePhase = Exclude<Phase, "done" | "failed">;

export interface Step<B> {
  readonly type: string;
  readonly body: Shape<B>;
  readonly phase: ActivePhase;
  /** What the step says, judged against the record. The signature is checked after it. */
  check(standing: Standing, body: B): Rejection | null;
  /** The record after the step; `signature` is the trustee's own, of the envelope. */
  effect(standing: Standing, body: B, signature: Signature): CeremonyRecord;
}

/** A kind of transaction in which a trustee acts in a phase of the ceremony, once. */
export function trusteeStep<B extends StepBody>(step: Step<B>): Kind<B, Signature> {
  return {
    type: step.type,
    body: step.body,
    signatures: signatureShape,
    check: (context, tx) => {
      const standing = standingOf(context, tx.body, step.phase);
      if (!standing.ok) return standing.error;
      const rejection = step.check(standing.value, tx.body);
      if (rejection !== null) return rejection;
      const signed = checkSignature(context, "trustee", standing.value.trustee.key, tx.message, tx.signatures);
      return signed ? null : reject("bad-signature", "the trustee's signature");
    },
    apply: (effects, context, tx) => {
      const standing = standingOf(context, tx.body, step.phase);
      if (!standing.ok) throw new Error("an applied step has no standing");
      setCeremony(effects, tx.body.uuid, advanced(step.effect(standing.value, tx.body, tx.signatures), context.time));
      effects.appendEvent(tx.body.uuid, step.type, tx.id);
    },
  };
}

/** The record while trustees may act on it: before the election opens or is sealed, cancelled or lapsed. */
export function ceremonyInProgress(
  context: Context,
  uuid: string,
): Result<{ ceremony: CeremonyRecord; plan: Plan }, Rejection> {
  const found = electionOf(context.reader, uuid);
  const ceremony = ceremonies.get(context.reader, uuid);
  if (found === undefined || ceremony === undefined) return fail(reject("unknown-election", uuid));
  const stage = stageOf(found.record.entry, found.plan, context.time);
  if (stage === "cancelled" || stage === "lapsed") return fail(reject("ended", stage));
  if (stage !== "announced") return fail(reject("wrong-stage", `the election is ${stage}`));
  return ok({ ceremony, plan: found.plan });
}

function standingOf(context: Context, body: StepBody, phase: ActivePhase): Result<Standing, Rejection> {
  const found = ceremonyInProgress(context, body.uuid);
  if (!found.ok) return found;
  const { ceremony, plan } = found.value;
  if (ceremony.phase === "failed") return fail(reject("wrong-stage", "the ceremony has failed and must be restarted"));
  if (isOverdue(ceremony, plan, context.time))
    return fail(
      reject(
        "too-late",
        `the phase ended at ${formatInstant(phaseDeadline(ceremony, plan) ?? context.time)}; the ceremony must be restarted`,
      ),
    );
  if (body.ceremony !== ceremony.number)
    return fail(reject("wrong-ceremony", `the present one is number ${ceremony.number}`));
  const trustee = ceremony.trustees[body.trustee];
  if (trustee === undefined || !mustAct(trustee, phase))
    return fail(reject("unknown-trustee", `place ${body.trustee}`));
  if (hasActed(trustee, phase)) return fail(reject("already-done", `place ${body.trustee}, ${phase}`));
  if (PHASES.indexOf(ceremony.phase) < PHASES.indexOf(phase))
    return fail(reject("out-of-order", `the ceremony is in its phase "${ceremony.phase}"`));
  return ok({
    ceremony,
    context: ceremonyContext(context.chain.chainId, body.uuid, ceremony),
    place: body.trustee,
    trustee,
    index: memberIndex(ceremony, body.trustee),
    time: context.time,
  });
}

/** The place names a record whose transcript the sender did not see: an earlier state, or another node's story (K-03). */
export function otherView(): Rejection {
  return reject("wrong-ceremony", "the sender saw something else than the ledger holds");
}

export const stepRecord = <F extends Record<string, Shape<unknown>>>(fields: F) => record({ ...stepFields, ...fields });
