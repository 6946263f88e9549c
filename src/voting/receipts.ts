/** Receipts: a proof to the state root of the latest block, with the header and what the engine signed. */

import type { ReceiptJson } from "#api/voting.js";
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

/** What all receipts at one height share, in the form they carry it. */
interface Signed {
  readonly time: string;
  readonly header: string;
  readonly evidence: string;
}

/** A block's ballots are answered together: header and signature are read and written out once for all of them. */
const signed = new WeakMap<LedgerState, Promise<Signed>>();

function signedOf(ledger: Ledger, state: LedgerState): Promise<Signed> {
  const known = signed.get(state);
  if (known !== undefined) return known;
  const read = ledger.evidence(state.height).then(({ header, evidence }) => ({
    time: formatInstant(state.time),
    header: base64Url(header),
    evidence: base64Url(evidence),
  }));
  signed.set(state, read);
  read.catch(() => signed.delete(state));
  return read;
}

async function receiptOf(ledger: Ledger, state: LedgerState, proof: Uint8Array): Promise<ReceiptJson> {
  const { height } = state;
  try {
    const { time, header, evidence } = await signedOf(ledger, state);
    return { chain_id: ledger.status().chainId, height, time, proof: base64Url(proof), header, evidence };
  } catch (error) {
    throw failureOf(error);
  }
}

/** By Node: the same text as the base room's, faster for long inputs. */
function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64url");
}
