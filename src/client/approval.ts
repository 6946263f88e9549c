/** Reading somebody else's proposal before approving it: decoded here, and a seal is recomputed, whoever proposed it. */
import { bytesEqual, fromBase64Url } from "#base/bytes.js";
import type { Shape } from "#protocol/encoding/shape.js";
import { bodyOfAct } from "#protocol/machine.js";
import { sealingOf } from "#protocol/officer.js";
import type { SealElection } from "#protocol/transactions/seal-election.js";
import type { Http } from "./http.js";
import { approveAct, type ProposalAnswer, type Recompute, recomputeRoll, type Signer } from "./officer.js";
import type { ReplayedLedger } from "./record.js";

/** What a proposal would do, decoded by this client. */
export interface DecodedProposal {
  readonly type: string;
  readonly body: unknown;
  readonly shape: Shape<unknown>;
}

/** The proposal's body, or `undefined` when it does not decode: then it must not be approved. */
export function decodeProposal(proposal: ProposalAnswer): DecodedProposal | undefined {
  const bytes = fromBase64Url(proposal.body);
  return bytes === undefined ? undefined : bodyOfAct(proposal.type, bytes);
}

/** Whether a proposed seal is what follows from the replayed ledger and the voters' keys. */
export async function sealFollows(
  http: Http,
  ledger: ReplayedLedger,
  body: SealElection,
  onProgress: (done: number, of: number) => void = () => {},
  recompute: Recompute = recomputeRoll,
): Promise<boolean> {
  const { roll } = await recompute(http, body.uuid, onProgress);
  const own = sealingOf(ledger.state, body.uuid, body);
  return (
    bytesEqual(own.body.manifestHash, body.manifestHash) &&
    bytesEqual(roll.root, body.rollRoot) &&
    roll.count === body.rollCount
  );
}

/** Approves what was decoded and shown: this client signs what it encodes itself. */
export function approveDecoded(
  http: Http,
  signer: Signer,
  decoded: DecodedProposal,
  id: string,
): Promise<ProposalAnswer> {
  return approveAct(http, signer, { type: decoded.type, body: decoded.shape }, decoded.body, id);
}
