/**
 * A trustee's own side of the key ceremony and of the count: from the code and the public record to the next transaction
 * to send. Everything that others contributed is judged again here; the node that showed the record is not believed.
 * Nothing secret is stored: all of it follows from the code. For clients only; no server runs this. SPEC 2.7
 */
import { bytesEqual } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { GENERATOR, multiplySecret, pointToBytes } from "#crypto/group.js";
import type { Random } from "#crypto/scalar.js";
import { type Signature, sign } from "#crypto/schnorr.js";
import {
  type CeremonyRecord,
  type CeremonyTrustee,
  ceremonyContext,
  ceremonyTranscript,
  dealingsFor,
  dealingsTranscript,
  decryptionKeyOf,
  electionKeyOf,
  hasActed,
  memberIndex,
  membersOf,
  missing,
  mustAct,
  ownerPlaces,
  PHASES,
  type Phase,
  placeOfKey,
  revealedMembers,
  revealsTranscript,
} from "./ceremony.js";
import { faultOfCeremony } from "./ceremony-judgement.js";
import type { Identity } from "./identity.js";
import {
  acceptShares as acceptKey,
  type CeremonyContext,
  type Complaint,
  commitmentOf,
  type Dealing,
  dealShares as deal,
  envelopeSecret,
  mandatoryReveal,
  mandatorySecret,
  memberReveal,
  receiveShares,
} from "./suite/belenios-v1/ceremony.js";
import { makePartialDecryption, partialDecryptionToText } from "./suite/belenios-v1/decryption.js";
import { signedMessageToText, trusteeKeyToText } from "./suite/belenios-v1/pki.js";
import { rehearse } from "./suite/belenios-v1/rehearsal.js";
import type { EncryptedTally } from "./suite/belenios-v1/tally.js";
import { encodeTransaction, type Kind, transactionMessage } from "./transaction.js";
import { acceptShares } from "./transactions/accept-shares.js";
import { commitTrustee } from "./transactions/commit-trustee.js";
import { complain } from "./transactions/complain.js";
import { dealShares } from "./transactions/deal-shares.js";
import { rehearseDecryption } from "./transactions/rehearse-decryption.js";
import { revealTrustee } from "./transactions/reveal-trustee.js";
import { shareDecryption } from "./transactions/share-decryption.js";

/** What the ledger says, as far as a trustee needs it. */
export interface TrusteeView {
  readonly chainId: string;
  readonly uuid: string;
  readonly ceremony: CeremonyRecord;
}

/** What is to be done now. */
export type TrusteeAct =
  /** Send these bytes. `accused`: the place of a dealer, when the transaction is a complaint. */
  | { readonly kind: "send"; readonly type: string; readonly wire: Uint8Array; readonly accused?: number }
  /** Others have to act first; after `failed` the officers, by a restart. */
  | { readonly kind: "wait"; readonly phase: Phase; readonly missing: readonly number[] }
  | { readonly kind: "done" };

export interface TrusteeProblem {
  /**
   * `not-a-trustee`: the code belongs to no place of the list. `foreign-act`: something stands in this trustee's name
   * that its code does not give. `bad-record`: what the node shows of others does not hold, so the node or the ledger
   * is not sound. `too-early`: there is no key yet.
   */
  readonly code: "not-a-trustee" | "foreign-act" | "bad-record" | "too-early";
  readonly detail: string;
}

/** Public envelope key of a trustee for one election (32 bytes): what it hands to the officers for the plan. */
export function trusteeKeyOf(code: string, chainId: string, uuid: string): Uint8Array {
  return pointToBytes(envelopeIdentity(code, chainId, uuid).key);
}

/** The envelope key pair itself, for proving to the officers' server that the key is the trustee's own. */
export function envelopeIdentity(code: string, chainId: string, uuid: string): Identity {
  const secret = envelopeSecret(code, chainId, uuid);
  return { secret, key: multiplySecret(GENERATOR, secret) };
}

/** The trustee that holds a code, at its place. */
interface Self {
  readonly code: string;
  readonly view: TrusteeView;
  readonly context: CeremonyContext;
  readonly place: number;
  readonly trustee: CeremonyTrustee;
  /** Index from 1 within the threshold set; 0 for a mandatory trustee. */
  readonly index: number;
}

function selfOf(code: string, view: TrusteeView): Result<Self, TrusteeProblem> {
  const { chainId, uuid, ceremony } = view;
  const place = placeOfKey(ceremony, trusteeKeyOf(code, chainId, uuid));
  if (place === undefined)
    return fail({ code: "not-a-trustee", detail: "the code belongs to no trustee of this ceremony" });
  const trustee = ceremony.trustees[place] as CeremonyTrustee;
  return ok({
    code,
    view,
    context: ceremonyContext(chainId, uuid, ceremony),
    place,
    trustee,
    index: memberIndex(ceremony, place),
  });
}

/**
 * The trustee's next transaction, a complaint if a share is wrong (K-04), or what is waited for. `code` is in its normal
 * form; for the rehearsal it must have been re-entered from the backup (K-07), which the caller sees to.
 */
export function nextAct(code: string, view: TrusteeView, random: Random): Result<TrusteeAct, TrusteeProblem> {
  const self = selfOf(code, view);
  if (!self.ok) return self;
  const { ceremony } = view;
  const { phase } = ceremony;
  const { trustee } = self.value;
  // What can only wait is judged when there is something to send, or when all is done.
  const waits = phase === "failed" || (phase !== "done" && (!mustAct(trustee, phase) || hasActed(trustee, phase)));
  if (waits) return ok({ kind: "wait", phase, missing: missing(ceremony) });
  const problem = judge(self.value);
  if (problem !== undefined) return fail(problem);
  return ok(phase === "done" ? { kind: "done" } : actIn(phase, self.value, random));
}

function actIn(phase: Exclude<Phase, "done" | "failed">, self: Self, random: Random): TrusteeAct {
  const { code, context, index, view } = self;
  const { ceremony } = view;
  switch (phase) {
    case "commit":
      return send(self, commitTrustee, { commitment: commitmentOf(context, revealOf(self)) }, random);
    case "reveal":
      return send(self, revealTrustee, { reveal: revealTexts(self) }, random);
    case "deal": {
      const { dealings, signature } = deal(code, context, index, revealedMembers(ceremony));
      return send(
        self,
        dealShares,
        { reveals: revealsTranscript(context, ceremony), shares: dealings, signature },
        random,
      );
    }
    case "accept": {
      const received = receiveShares(
        code,
        context,
        index,
        revealedMembers(ceremony),
        dealingsFor(ceremony, index) as Dealing[],
      );
      if (!received.ok) return complainAbout(self, received.error[0] as Complaint, random);
      const verificationKey = trusteeKeyToText(acceptKey(code, context, received.value, self.trustee.name));
      return send(self, acceptShares, { dealings: dealingsTranscript(context, ceremony), verificationKey }, random);
    }
    case "rehearse": {
      const transcript = ceremonyTranscript(context, ceremony);
      const share = rehearse(transcript, electionKeyOf(ceremony), secretOf(self) as bigint, random);
      return send(self, rehearseDecryption, { transcript, ...share }, random);
    }
  }
}

function complainAbout(self: Self, complaint: Complaint, random: Random): TrusteeAct {
  const accused = membersOf(self.view.ceremony)[complaint.dealer - 1] as number;
  const act = send(self, complain, { accused, shared: complaint.shared, proof: complaint.proof }, random);
  return { ...act, accused };
}

type StepFields = { readonly uuid: string; readonly ceremony: number; readonly trustee: number };

function send<B extends StepFields>(
  self: Self,
  kind: Kind<B, Signature>,
  body: Omit<B, keyof StepFields>,
  random: Random,
) {
  const { uuid, ceremony } = self.view;
  const step = { uuid, ceremony: ceremony.number, trustee: self.place };
  const wire = signedTransaction(self, kind, { ...step, ...body } as unknown as B, random);
  return { kind: "send", type: kind.type, wire } as const;
}

function signedTransaction<B>(self: Self, kind: Kind<B, Signature>, body: B, random: Random): Uint8Array {
  const { chainId, uuid } = self.view;
  const message = transactionMessage(kind, chainId, body);
  const secret = envelopeSecret(self.code, chainId, uuid);
  const { challenge, response } = sign({ tag: "trustee", chainId }, secret, message, random);
  return encodeTransaction(kind, chainId, body, { challenge, response });
}

function revealOf(self: Self) {
  const { code, context, index, trustee } = self;
  return index === 0 ? mandatoryReveal(code, context, trustee.name) : memberReveal(code, context, index);
}

function revealTexts(self: Self): readonly string[] {
  const reveal = revealOf(self);
  if ("certificate" in reveal)
    return [signedMessageToText(reveal.certificate), signedMessageToText(reveal.coefficients)];
  return [trusteeKeyToText(reveal)];
}

/** The record as a whole, then whether what stands in our name is of this code. */
function judge(self: Self): TrusteeProblem | undefined {
  const { context, index, view } = self;
  const fault = faultOfCeremony(context, view.ceremony);
  if (fault !== undefined) return { code: "bad-record", detail: fault };
  const dealt = index > 0 && PHASES.indexOf(view.ceremony.phase) >= PHASES.indexOf("accept");
  if (dealt && dealingsFor(view.ceremony, index) === undefined)
    return { code: "bad-record", detail: "a dealing is no element of the group" };
  return judgeOwn(self);
}

/** Whether all that stands in this trustee's name comes from its code. */
function judgeOwn(self: Self): TrusteeProblem | undefined {
  const { code, context, trustee, index, view } = self;
  const foreign = (what: string): TrusteeProblem => ({
    code: "foreign-act",
    detail: `the ${what} in this trustee's name is not of this code`,
  });
  if (trustee.commitment !== null && !bytesEqual(trustee.commitment, commitmentOf(context, revealOf(self))))
    return foreign("commitment");
  if (trustee.dealings !== null) {
    const own = deal(code, context, index, revealedMembers(view.ceremony)).dealings;
    const same = own.every((dealing, i) => {
      const there = trustee.dealings?.shares[i];
      return (
        there !== undefined && bytesEqual(there.alpha, pointToBytes(dealing.alpha)) && there.masked === dealing.masked
      );
    });
    if (!same) return foreign("dealing");
  }
  const { phase } = view.ceremony;
  if ((phase === "rehearse" || phase === "done") && secretOf(self) === undefined) return foreign("key");
  return undefined;
}

/** The secret that opens: a mandatory key or a member's final share; `undefined` when it is not that of the public key. */
function secretOf(self: Self): bigint | undefined {
  const { code, context, index, trustee, view } = self;
  const received =
    index === 0
      ? ok(mandatorySecret(code, context))
      : receiveShares(
          code,
          context,
          index,
          revealedMembers(view.ceremony),
          dealingsFor(view.ceremony, index) as Dealing[],
        );
  if (!received.ok) return undefined;
  return multiplySecret(GENERATOR, received.value).equals(decryptionKeyOf(trustee)) ? received.value : undefined;
}

/**
 * The trustee's share of a finished election. The caller vouches for `tally`: recomputed from the ballots of the ledger,
 * final, and the only one ever opened with this code (K-09, K-10). `fingerprint` is that of the sealed election.
 */
export function shareOf(
  code: string,
  view: TrusteeView,
  fingerprint: string,
  tally: EncryptedTally,
  random: Random,
): Result<{ readonly owner: number; readonly wire: Uint8Array }, TrusteeProblem> {
  if (view.ceremony.phase !== "done") return fail({ code: "too-early", detail: "the key ceremony is not finished" });
  const self = selfOf(code, view);
  if (!self.ok) return self;
  const problem = judge(self.value);
  if (problem !== undefined) return fail(problem);
  const owner = ownerPlaces(view.ceremony).indexOf(self.value.place) + 1;
  const share = partialDecryptionToText(
    makePartialDecryption(tally, fingerprint, secretOf(self.value) as bigint, random),
  );
  return ok({ owner, wire: signedTransaction(self.value, shareDecryption, { uuid: view.uuid, owner, share }, random) });
}
