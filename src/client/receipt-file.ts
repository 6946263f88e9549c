/**
 * A receipt as a file or text of its own: everything that judging it needs, and nothing of the choice. The same file from
 * the booth and from the command line.
 */
import type { ReceiptJson } from "#api/voting.js";
import { fromBase64Url, fromHex, toHex } from "#base/bytes.js";
import { type JudgedReceipt, judgeReceipt, type ReceiptTrust } from "#verify/receipt.js";
import { receiptFromJson, type TrustedElection } from "./voter.js";

export interface ReceiptFile {
  readonly election_id: string;
  readonly tracker: string;
  readonly fingerprint: string;
  readonly chain_id: string;
  /** Absent in files of older versions: one node. */
  readonly engine?: "embedded" | "cometbft";
  readonly engine_key: string;
  readonly election: string;
  readonly receipt: ReceiptJson;
}

export function receiptFileText(election: TrustedElection, tracker: string, receipt: ReceiptJson): string {
  const file: ReceiptFile = {
    election_id: election.uuid,
    tracker,
    fingerprint: election.fingerprint,
    chain_id: election.chainId,
    engine: election.trust.engine ?? "embedded",
    engine_key: toHex(election.trust.engineKey),
    election: election.electionText,
    receipt,
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/**
 * The file's content, or `undefined` if it is none: texts that decode. By hand: the schemas' library would double what a
 * voter loads.
 */
export function parseReceiptFile(text: string): ReceiptFile | undefined {
  try {
    const file = JSON.parse(text) as ReceiptFile;
    const texts = [file.election_id, file.tracker, file.fingerprint, file.chain_id, file.engine_key, file.election];
    if (!texts.every((each) => typeof each === "string")) return undefined;
    if (![undefined, "embedded", "cometbft"].includes(file.engine)) return undefined;
    if (fromBase64Url(trackerPath(file.tracker)) === undefined || fromHex(file.engine_key) === undefined)
      return undefined;
    const { chain_id, height, time, header, evidence, proof } = file.receipt;
    if (![chain_id, time, header, evidence, proof].every((each) => typeof each === "string")) return undefined;
    if (!Number.isSafeInteger(height)) return undefined;
    receiptFromJson(file.receipt);
    return file;
  } catch {
    return undefined;
  }
}

/** Judges a file that {@link parseReceiptFile} has read, by itself. */
export function judgeReceiptFile(file: ReceiptFile): JudgedReceipt {
  const trust: ReceiptTrust = {
    chainId: file.chain_id,
    engine: file.engine ?? "embedded",
    engineKey: fromHex(file.engine_key) as Uint8Array,
    uuid: file.election_id,
    electionText: file.election,
    fingerprint: file.fingerprint,
  };
  const tracker = fromBase64Url(trackerPath(file.tracker)) as Uint8Array;
  return judgeReceipt(receiptFromJson(file.receipt), trust, { tracker });
}

/** A tracker as it stands in addresses: Base64url. */
export const trackerPath = (tracker: string): string => tracker.replaceAll("+", "-").replaceAll("/", "_");
export const trackerFromPath = (path: string): string => path.replaceAll("-", "+").replaceAll("_", "/");
