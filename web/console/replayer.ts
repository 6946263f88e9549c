/** The page's side of the office worker: replays and recomputations that would hold the page up. */
import type { SignedMinutes } from "#api/minutes.js";
import { ApiError, type Http, Unreachable } from "#client/http.js";
import { type Recompute, SealingRefused } from "#client/officer.js";
import type { ReplayedLedger } from "#client/record.js";
import type { NotYet, RollSample } from "#client/roll-sample.js";
import { Untrustworthy } from "#client/untrustworthy.js";
import type { AuditReport } from "#protocol/audit-log.js";
import { MemoryState } from "#protocol/state.js";
import type { OfficeAnswer, OfficeOrder } from "../worker/office.js";
import officeUrl from "../worker/office.js?worker&url";
import { ownWorker } from "../worker/own-worker.js";

type Settled = Exclude<OfficeAnswer, { kind: "progress" | "failed" }>;

/** One worker for one order. `signal` ends it, and the promise is then never settled. */
function ask(
  order: OfficeOrder,
  onProgress: (done: number, of: number) => void,
  signal?: AbortSignal,
): Promise<Settled> {
  const worker = ownWorker(officeUrl);
  const end = () => worker.terminate();
  signal?.addEventListener("abort", end);
  const answer = new Promise<Settled>((resolve, reject) => {
    worker.onerror = () => reject(new Error("the office worker failed"));
    worker.onmessage = ({ data }: MessageEvent<OfficeAnswer>) => {
      if (data.kind === "progress") onProgress(data.done, data.of);
      else if (data.kind === "failed") reject(errorFrom(data));
      else resolve(data);
    };
  });
  worker.postMessage(order);
  return answer.finally(end);
}

/** The error that was thrown in the worker, as what it was. */
function errorFrom({ name, message, status, code }: Extract<OfficeAnswer, { kind: "failed" }>): Error {
  if (name === "ApiError") return new ApiError(status ?? 500, code ?? "internal", message);
  if (name === "Unreachable") return new Unreachable(message);
  if (name === "SealingRefused") return new SealingRefused(message);
  return name === "Untrustworthy" ? new Untrustworthy(message) : new Error(message);
}

function unexpected(kind: string): never {
  throw new Error(`the office worker answered ${kind}`);
}

/** The ledger, replayed away from the page. What does not hold is thrown as {@link Untrustworthy}. */
export async function replayAway(
  http: Http,
  uuid: string | undefined,
  onBlock: (height: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<ReplayedLedger> {
  const answer = await ask({ kind: "replay", url: http.url, uuid }, onBlock, signal);
  if (answer.kind !== "ledger") unexpected(answer.kind);
  const { entries, ...rest } = answer.ledger;
  const state = new MemoryState();
  state.commit(entries);
  return { ...rest, state };
}

export const recomputeAway: Recompute = async (http, uuid, onProgress = () => undefined) => {
  const answer = await ask({ kind: "recompute", url: http.url, uuid }, onProgress);
  return answer.kind === "roll" ? answer : unexpected(answer.kind);
};

export async function sampleAway(http: Http, uuid: string, size: number): Promise<RollSample | NotYet> {
  const answer = await ask({ kind: "sample", url: http.url, uuid, size }, () => undefined);
  return answer.kind === "sample" ? answer.sample : unexpected(answer.kind);
}

/** What does not hold about signed minutes, in sentences; none: they follow from the ledger, and the signatures hold. */
export async function minutesFaultsAway(
  http: Http,
  signed: SignedMinutes,
  onBlock: (height: number) => void,
): Promise<readonly string[]> {
  const answer = await ask({ kind: "minutes", url: http.url, signed }, onBlock);
  return answer.kind === "minutes" ? answer.faults : unexpected(answer.kind);
}

/** The log of the organisation's officers, judged whole against the heads on the replayed ledger. */
export async function auditAway(
  http: Http,
  organisation: string,
  onBlock: (height: number) => void,
): Promise<AuditReport> {
  const answer = await ask({ kind: "audit", url: http.url, organisation }, onBlock);
  return answer.kind === "audit" ? answer.report : unexpected(answer.kind);
}
