/** Approving somebody else's proposal: the body is decoded here, shown in words, and exactly that is signed. */
import { fromBase64Url } from "#base/bytes.js";
import type { Http } from "#client/http.js";
import { approveAct, type ProposalAnswer, recomputeRoll, type Signer } from "#client/officer.js";
import { replayLedger } from "#client/record.js";
import { bodyOfAct } from "#protocol/machine.js";
import { sealingOf } from "#protocol/officer.js";
import type { SealElection } from "#protocol/transactions/seal-election.js";
import { ask } from "./code.js";
import { describeValue } from "./inspect-value.js";
import { CommandError, say } from "./terminal.js";

export async function approveProposal(http: Http, signer: Signer, id: string, yes: boolean): Promise<ProposalAnswer> {
  const proposal = await http.request<ProposalAnswer>(`/officer/proposals/${id}`);
  const bytes = fromBase64Url(proposal.body);
  const decoded = bytes === undefined ? undefined : bodyOfAct(proposal.type, bytes);
  if (decoded === undefined) throw new CommandError("This proposal does not decode; do not approve it.");
  say(`${proposal.type}:`);
  for (const line of describeValue(decoded.body)) say(`  ${line}`);
  if (proposal.type === "seal-election") await checkSeal(http, decoded.body as SealElection);
  if (!yes && (await ask("Approve this? Type yes: ")) !== "yes") throw new CommandError("Nothing was approved.");
  return approveAct(http, signer, { type: decoded.type, body: decoded.shape }, decoded.body, id);
}

/** A seal is recomputed before it is approved, whoever proposed it. */
async function checkSeal(http: Http, body: SealElection): Promise<void> {
  const ledger = await replayLedger(http, body.uuid);
  if (!ledger.ok) throw new CommandError(ledger.error);
  const { roll } = await recomputeRoll(http, body.uuid);
  const own = sealingOf(ledger.value.state, body.uuid, body);
  const same =
    Buffer.compare(own.body.manifestHash, body.manifestHash) === 0 &&
    Buffer.compare(roll.root, body.rollRoot) === 0 &&
    roll.count === body.rollCount;
  if (!same)
    throw new CommandError(
      "The proposed seal is not what follows from the ledger and the voters' keys. Do not approve it.",
    );
  say("  Roll, key and manifest were recomputed here and agree.");
}
