/** What a pasted or opened receipt says: judged here, first by itself, then against the ledger as it is now. */

import { fromBase64Url } from "#base/bytes.js";
import { ApiError, type Http, Unreachable } from "#client/http.js";
import {
  judgeReceiptFile,
  parseReceiptFile,
  type ReceiptFile,
  trackerFromPath,
  trackerPath,
} from "#client/receipt-file.js";
import { Untrustworthy } from "#client/untrustworthy.js";
import { findBallot } from "#client/voter.js";
import type { Report } from "#verify/report.js";
import { seenAnchor } from "./anchor.js";
import { electionOrAlone } from "./second.js";

export interface Claim {
  /** Absent: a bare code, the election must be chosen. */
  readonly uuid: string | undefined;
  readonly tracker: string;
  readonly file: ReceiptFile | undefined;
}

/** What was typed, pasted, scanned or opened; `undefined` if it is nothing of the kind. */
export function claimOf(text: string): Claim | undefined {
  const trimmed = text.trim();
  const file = trimmed.startsWith("{") ? parseReceiptFile(trimmed) : undefined;
  if (file !== undefined) return { uuid: file.election_id, tracker: file.tracker, file };
  const after = trimmed.includes("#") ? (trimmed.split("#")[1] ?? "") : trimmed;
  const [first = "", second] = after.split(".");
  const code = trackerPath((second ?? first).replace(/[\s=]/g, ""));
  if (fromBase64Url(code)?.length !== 32) return undefined;
  return { uuid: second === undefined ? undefined : first, tracker: trackerFromPath(code), file: undefined };
}

export type Answer =
  | { readonly kind: "counted" | "superseded" | "spoiled"; readonly time: bigint; readonly later: bigint | undefined }
  | { readonly kind: "missing" }
  | { readonly kind: "invalid"; readonly detail: string }
  /** Only the receipt itself could be judged. */
  | { readonly kind: "offline"; readonly time: bigint; readonly status: string };

export interface Found {
  readonly answer: Answer;
  readonly report: Report | undefined;
  /** The second node that did not answer, so that this is one server's proof only. */
  readonly silent?: string | undefined;
}

export async function lookUp(http: Http, uuid: string, claim: Claim): Promise<Found> {
  const own = claim.file === undefined ? undefined : judgeReceiptFile(claim.file);
  if (claim.file !== undefined && own?.shows === undefined)
    return { answer: { kind: "invalid", detail: "" }, report: own?.report };
  try {
    const { anchor } = await seenAnchor(http);
    const { election, silent } = await electionOrAlone(http, uuid, anchor, claim.file?.fingerprint);
    const { judged, supersededBy } = await findBallot(http, election, claim.tracker);
    if (judged.shows === undefined) return { answer: { kind: "invalid", detail: "" }, report: judged.report };
    const { status } = judged.shows;
    const later =
      status === "superseded" && supersededBy !== null ? await recordedAt(http, uuid, supersededBy) : undefined;
    const time = (await recordedAt(http, uuid, claim.tracker)) ?? judged.shows.time;
    return { answer: { kind: status, time, later }, report: judged.report, silent };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { answer: { kind: "missing" }, report: own?.report };
    if (error instanceof Untrustworthy)
      return { answer: { kind: "invalid", detail: error.message }, report: error.report };
    if (error instanceof Unreachable && own?.shows !== undefined)
      return { answer: { kind: "offline", time: own.shows.time, status: own.shows.status }, report: own.report };
    throw error;
  }
}

/** Time of the block that took a ballot, by the board; the proof is about the standing, not about this sentence's time. */
async function recordedAt(http: Http, uuid: string, tracker: string): Promise<bigint | undefined> {
  const { time } = await http.request<{ time: string }>(`/elections/${uuid}/ballots/${trackerPath(tracker)}`);
  const at = Date.parse(time);
  return Number.isNaN(at) ? undefined : BigInt(at) * 1_000_000n;
}
