/**
 * A trustee's acts: the envelope key for an invitation, the steps of the ceremony, the share of the tally. The code is
 * the only secret; everything else is judged from the replayed ledger.
 */
import type { SignatureJson } from "#api/management.js";
import { toBase64Url, toHex, utf8 } from "#base/bytes.js";
import { sha256Hex } from "#crypto/hash.js";
import type { Random } from "#crypto/scalar.js";
import { ceremonies } from "#protocol/ceremony.js";
import { electionOf, sealeds, stageOf, tallies } from "#protocol/election.js";
import { keyBytes } from "#protocol/identity.js";
import { encryptedTallyToText } from "#protocol/suite/belenios-v1/tally.js";
import { encryptedTallyOf } from "#protocol/tally.js";
import { envelopeIdentity, nextAct, shareOf, type TrusteeAct, type TrusteeProblem } from "#protocol/trustee.js";
import { ApiError, type Http } from "./http.js";
import type { ReplayedLedger } from "./record.js";
import { signJson } from "./session.js";

export interface InvitationAnswer {
  readonly uuid: string;
  readonly chain_id: string;
  readonly election: string;
  readonly organisation: string;
  readonly trustee: string;
  readonly part: "mandatory" | "member";
  readonly registered: boolean;
}

/** What an invitation is for. */
export function readInvitation(http: Http, token: string): Promise<InvitationAnswer> {
  return http.request(`/trustee/invitations/${token}`);
}

/** Registers the envelope key that follows from the code, for the election of the invitation. */
export async function acceptInvitation(
  http: Http,
  token: string,
  code: string,
  random: Random,
): Promise<InvitationAnswer> {
  const invitation = await readInvitation(http, token);
  const identity = envelopeIdentity(code, invitation.chain_id, invitation.uuid);
  const signature: SignatureJson = signJson("confirm", invitation.chain_id, identity, utf8(`trustee|${token}`), random);
  await http.request(`/trustee/invitations/${token}`, {
    method: "POST",
    json: { key: toHex(keyBytes(identity)), signature },
  });
  return invitation;
}

/** A trustee's step failed for a reason that the code or the record gives. */
export class TrusteeStop extends Error {
  override readonly name = "TrusteeStop";
  readonly code: TrusteeProblem["code"] | "not-final" | "other-tally" | "unknown-election";

  constructor(code: TrusteeStop["code"], detail: string) {
    super(detail);
    this.code = code;
  }
}

/** The next step of the ceremony, judged on the replayed ledger. Nothing is sent. */
export function ceremonyStep(ledger: ReplayedLedger, uuid: string, code: string, random: Random): TrusteeAct {
  const ceremony = ceremonies.get(ledger.state, uuid);
  if (ceremony === undefined)
    throw new TrusteeStop("unknown-election", "The ledger knows no election with this identifier.");
  const act = nextAct(code, { chainId: ledger.genesis.chainId, uuid, ceremony }, random);
  if (!act.ok) throw new TrusteeStop(act.error.code, act.error.detail);
  return act.value;
}

/** What a trustee opened before: kept by the client, so that a second, different sum of the same election is never opened. */
export interface OpenedNotes {
  get(uuid: string): string | undefined;
  set(uuid: string, tallyHash: string): void;
}

/**
 * The trustee's share of the sum. The ledger was replayed, so the sum follows from the ballots (row K-10); it must be
 * final, and the only one this client ever opens for the election (row K-09).
 */
export function decryptionShare(
  ledger: ReplayedLedger,
  uuid: string,
  code: string,
  opened: OpenedNotes,
  random: Random,
): { readonly owner: number; readonly wire: Uint8Array; readonly tallyHash: string } {
  const found = electionOf(ledger.state, uuid);
  const ceremony = ceremonies.get(ledger.state, uuid);
  const sealed = sealeds.get(ledger.state, uuid);
  const sums = tallies.get(ledger.state, uuid)?.sums;
  if (found === undefined || ceremony === undefined)
    throw new TrusteeStop("unknown-election", "The ledger knows no election with this identifier.");
  if (sealed === undefined || sums === undefined) throw new TrusteeStop("not-final", "The election is not sealed yet.");
  const stage = stageOf(found.record.entry, found.plan, ledger.time);
  if (stage !== "closed" && stage !== "tallied")
    throw new TrusteeStop(
      "not-final",
      `The election is ${stage} at the latest block; only a closed election is opened.`,
    );
  const tally = encryptedTallyOf(found.plan.questions, sums);
  const tallyHash = sha256Hex(encryptedTallyToText(tally));
  const before = opened.get(uuid);
  if (before !== undefined && before !== tallyHash)
    throw new TrusteeStop(
      "other-tally",
      "This client has opened another sum of this election before. Do not go on; tell the other trustees.",
    );
  const view = { chainId: ledger.genesis.chainId, uuid, ceremony };
  const share = shareOf(code, view, sealed.fingerprint, tally, random);
  if (!share.ok) throw new TrusteeStop(share.error.code, share.error.detail);
  opened.set(uuid, tallyHash);
  return { ...share.value, tallyHash };
}

/** Sends a transaction. Repeating the same bytes is safe. */
export async function submit(http: Http, wire: Uint8Array): Promise<{ id: string; height: number; time: string }> {
  return http.request("/transactions", { method: "POST", json: { transaction: toBase64Url(wire) }, repeat: true });
}

/** Whether an error says that the step stands on the ledger already: a repetition, not a failure. */
export function isAlreadyDone(error: unknown): boolean {
  return error instanceof ApiError && error.code === "already-done";
}
