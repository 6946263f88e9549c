/** Approving somebody else's proposal: the body is decoded here, shown in words, and exactly that is signed. */
import { approveDecoded, decodeProposal, sealFollows } from "#client/approval.js";
import type { Http } from "#client/http.js";
import type { ProposalAnswer, Signer } from "#client/officer.js";
import { replayLedger } from "#client/record.js";
import type { SealElection } from "#protocol/transactions/seal-election.js";
import { ask } from "./code.js";
import { describeValue } from "./inspect-value.js";
import { CommandError, say } from "./terminal.js";

export async function approveProposal(http: Http, signer: Signer, id: string, yes: boolean): Promise<ProposalAnswer> {
  const proposal = await http.request<ProposalAnswer>(`/officer/proposals/${id}`);
  const decoded = decodeProposal(proposal);
  if (decoded === undefined) throw new CommandError("This proposal does not decode; do not approve it.");
  say(`${proposal.type}:`);
  for (const line of describeValue(decoded.body)) say(`  ${line}`);
  if (proposal.type === "seal-election") await checkSeal(http, decoded.body as SealElection);
  if (!yes && (await ask("Approve this? Type yes: ")) !== "yes") throw new CommandError("Nothing was approved.");
  return approveDecoded(http, signer, decoded, id);
}

/** A seal is recomputed before it is approved, whoever proposed it. */
async function checkSeal(http: Http, body: SealElection): Promise<void> {
  const ledger = await replayLedger(http, body.uuid);
  if (!ledger.ok) throw new CommandError(ledger.error);
  if (!(await sealFollows(http, ledger.value, body)))
    throw new CommandError(
      "The proposed seal is not what follows from the ledger and the voters' keys. Do not approve it.",
    );
  say("  Roll, key and manifest were recomputed here and agree.");
}
