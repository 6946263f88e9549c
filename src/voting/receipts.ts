/** Receipts: a proof to the state root of the latest block, with the header and what the engine signed. */

import type { ReceiptJson } from "#api/voting.js";
import { toBase64Url } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import type { Ledger, LedgerState } from "#ledger/ledger.js";
import {
  ballotProofShape,
  electionProofShape,
  encodeProof,
  positionProofShape,
  proveBallot,
  proveElection,
  provePosition,
} from "#protocol/proof.js";
import { failureOf } from "./submit.js";

/** Of a ballot, by its tracker (32 bytes); `undefined` when the state has none. */
export async function ballotReceipt(
  ledger: Ledger,
  state: LedgerState,
  uuid: string,
  tracker: Uint8Array,
): Promise<ReceiptJson | undefined> {
  const proof = proveBallot(state, uuid, tracker);
  return proof && receiptOf(ledger, state, encodeProof(ballotProofShape, proof));
}

/** Of a credential's place on the roll (compressed key); `undefined` when it has none. */
export async function credentialReceipt(
  ledger: Ledger,
  state: LedgerState,
  uuid: string,
  credential: Uint8Array,
): Promise<ReceiptJson | undefined> {
  const proof = provePosition(state, uuid, credential);
  return proof && receiptOf(ledger, state, encodeProof(positionProofShape, proof));
}

/** Of an election's entry. */
export async function electionReceipt(
  ledger: Ledger,
  state: LedgerState,
  uuid: string,
): Promise<ReceiptJson | undefined> {
  const proof = proveElection(state, uuid);
  return proof && receiptOf(ledger, state, encodeProof(electionProofShape, proof));
}

async function receiptOf(ledger: Ledger, state: LedgerState, proof: Uint8Array): Promise<ReceiptJson> {
  const { height, time } = state;
  try {
    const { header, evidence } = await ledger.evidence(height);
    return {
      chain_id: ledger.status().chainId,
      height,
      time: formatInstant(time),
      proof: toBase64Url(proof),
      header: toBase64Url(header),
      evidence: toBase64Url(evidence),
    };
  } catch (error) {
    throw failureOf(error);
  }
}
