/** The page's side of verifying: one worker replays, a pool of workers judges proofs. */
import { browserJudge, type PoolWorker } from "#pool/browser.js";
import type { RecordReport } from "#verify/record-checks.js";
import type { Report } from "#verify/report.js";
import judgeUrl from "../worker/judge.js?worker&url";
import { ownWorker } from "../worker/own-worker.js";
import type { VerifyAnswer, VerifyOrder } from "../worker/verify.js";
import verifyUrl from "../worker/verify.js?worker&url";

export type Source = Exclude<VerifyOrder, { kind: "verdicts" }>;

export interface Progressed {
  readonly bytes: number;
  readonly total: number;
  readonly ballots: number;
}

export interface Running {
  readonly report: Promise<Report | RecordReport>;
  stop(): void;
}

/** Has the browser hold the workers' files: from then on a file can be verified without a network. */
export function holdVerifier(): void {
  for (const url of [verifyUrl, judgeUrl])
    void fetch(url).then(
      (file) => file.text(),
      () => undefined,
    );
}

/** Starts a verification; `stop` ends its workers, and its report is never settled then. */
export function startVerifying(source: Source, onProgress: (progress: Progressed) => void): Running {
  const workers = Math.max(1, Math.min(8, (navigator.hardwareConcurrency || 2) - 1));
  const judge = browserJudge({ workers, start: () => ownWorker(judgeUrl) as PoolWorker });
  const replay = ownWorker(verifyUrl);
  const stop = () => {
    replay.terminate();
    void judge.close();
  };
  const send = (order: VerifyOrder) => replay.postMessage(order);
  const report = new Promise<Report | RecordReport>((resolve, reject) => {
    replay.onerror = () => reject(new Error("the verifying worker failed"));
    replay.onmessage = ({ data }: MessageEvent<VerifyAnswer>) => {
      if (data.kind === "progress") onProgress(data);
      else if (data.kind === "tasks")
        judge.judge(data.tasks).then((verdicts) => send({ kind: "verdicts", verdicts }), reject);
      else if (data.kind === "report") resolve(data.report);
      else reject(new Error(data.detail));
    };
  });
  send(source);
  return { report: report.finally(stop), stop };
}
