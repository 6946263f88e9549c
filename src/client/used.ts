/**
 * "Was my credential used?" A voter asks alone, without telling anybody who asks: the answer is her position on the roll,
 * proved against the signed state of the ledger, and can be kept and shown to others (row R-04).
 */
import type { ReceiptJson } from "#api/voting.js";
import { fromHex, toBase64, toHex } from "#base/bytes.js";
import { type Identity, keyBytes } from "#protocol/identity.js";
import { type JudgedCredential, judgeCredentialReceipt, type ReceiptTrust } from "#verify/receipt.js";
import type { Http } from "./http.js";
import { Untrustworthy } from "./untrustworthy.js";
import { credentialFor, receiptFromJson, type TrustedElection } from "./voter.js";

export interface CredentialUse {
  /** Accepted ballots and tests so far; 0: nobody has ever used the credential. */
  readonly lastSequence: number;
  readonly status: NonNullable<JudgedCredential["shows"]>["status"];
  /** Of the ballot that counts; base64. */
  readonly tracker: string | null;
  readonly weight: number;
  readonly height: number;
  /** Of the block that says so, nanoseconds. */
  readonly time: bigint;
  /** Text of a file that proves it to everybody; it names no person and no choice. */
  readonly evidence: string;
}

interface CredentialAnswer {
  readonly receipt: ReceiptJson | null;
}

/** What the ledger proves about the use of this identity's credential; `undefined`: it is not on the roll. */
export async function credentialUse(
  http: Http,
  election: TrustedElection,
  identity: Identity,
): Promise<CredentialUse | undefined> {
  const key = keyBytes(credentialFor(election, identity));
  const path = `/elections/${election.uuid}/credentials/${toHex(key)}`;
  // No cookie goes along: the server need not learn who asks.
  const { receipt } = await http.request<CredentialAnswer>(path, { anonymous: true });
  if (receipt === null) return undefined;
  const judged = judgeCredentialReceipt(receiptFromJson(receipt), election.trust, key);
  if (judged.shows === undefined)
    throw new Untrustworthy("The ledger does not prove what the server says about your credential.", judged.report);
  await election.compare?.(receipt);
  return useOf(judged.shows, useFileText(election, key, receipt));
}

function useOf(shows: NonNullable<JudgedCredential["shows"]>, evidence: string): CredentialUse {
  const { tracker, ...rest } = shows;
  return { ...rest, tracker: tracker === null ? null : toBase64(tracker), evidence };
}

interface UseFile {
  readonly kind: "credential";
  readonly election_id: string;
  readonly credential: string;
  readonly fingerprint: string;
  readonly chain_id: string;
  readonly engine: "embedded" | "cometbft";
  readonly engine_key: string;
  readonly election: string;
  readonly receipt: ReceiptJson;
}

function useFileText(election: TrustedElection, key: Uint8Array, receipt: ReceiptJson): string {
  const file: UseFile = {
    kind: "credential",
    election_id: election.uuid,
    credential: toHex(key),
    fingerprint: election.fingerprint,
    chain_id: election.chainId,
    engine: election.trust.engine ?? "embedded",
    engine_key: toHex(election.trust.engineKey),
    election: election.electionText,
    receipt,
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** Judges a file of {@link CredentialUse.evidence} by itself; `undefined`: it is none. */
export function judgeUseFile(text: string): (JudgedCredential & { readonly credential: string }) | undefined {
  try {
    const file = JSON.parse(text) as UseFile;
    const [credential, engineKey] = [fromHex(file.credential), fromHex(file.engine_key)];
    const texts = [file.chain_id, file.election_id, file.election, file.fingerprint];
    if (file.kind !== "credential" || !texts.every((each) => typeof each === "string")) return undefined;
    if (credential === undefined || engineKey === undefined || !["embedded", "cometbft"].includes(file.engine))
      return undefined;
    const trust: ReceiptTrust = {
      chainId: file.chain_id,
      engine: file.engine,
      engineKey,
      uuid: file.election_id,
      electionText: file.election,
      fingerprint: file.fingerprint,
    };
    const judged = judgeCredentialReceipt(receiptFromJson(file.receipt), trust, credential);
    return { ...judged, credential: file.credential };
  } catch {
    return undefined;
  }
}
