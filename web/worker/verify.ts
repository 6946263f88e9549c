/**
 * Verifies a record or an archive away from the page. The replay runs here; proofs are asked of the page, which has them
 * judged by a pool of workers: a worker's own workers would need a second way around the content policy.
 */
import { createHttp } from "#client/http.js";
import { computeSwiftly } from "#pool/browser-ballots.js";
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import { VerdictCache } from "#protocol/judge.js";
import { archiveVerifier } from "#verify/archive.js";
import { type RecordStep, recordVerifier } from "#verify/record.js";
import type { RecordReport } from "#verify/record-checks.js";
import type { Report } from "#verify/report.js";

export type VerifyOrder =
  | { readonly kind: "file"; readonly file: File }
  | { readonly kind: "address"; readonly url: string }
  | { readonly kind: "verdicts"; readonly verdicts: readonly BallotVerdict[] };

export type VerifyAnswer =
  | { readonly kind: "progress"; readonly bytes: number; readonly total: number; readonly ballots: number }
  | { readonly kind: "tasks"; readonly tasks: readonly BallotTask[] }
  | { readonly kind: "report"; readonly report: Report | RecordReport }
  | { readonly kind: "failed"; readonly detail: string };

const say = (answer: VerifyAnswer): void => postMessage(answer);

let heard: (verdicts: readonly BallotVerdict[]) => void = () => undefined;

addEventListener("message", ({ data }: MessageEvent<VerifyOrder>) => {
  if (data.kind === "verdicts") heard(data.verdicts);
  else
    verify(data).catch((error: unknown) =>
      say({ kind: "failed", detail: error instanceof Error ? error.message : String(error) }),
    );
});

async function verify(source: Exclude<VerifyOrder, { kind: "verdicts" }>): Promise<void> {
  computeSwiftly();
  const { stream, total } = await opened(source);
  const verdicts = new VerdictCache(50_000);
  let verifier: ReturnType<typeof recordVerifier> | ReturnType<typeof archiveVerifier> | undefined;
  let bytes = 0;
  let shown = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    verifier ??= startsAsRecord(value) ? recordVerifier({ verdicts }) : archiveVerifier();
    bytes += value.length;
    for (const step of verifier.push(value)) {
      await judge((step as Partial<RecordStep>).tasks ?? [], verdicts);
      if (performance.now() - shown < 100) continue;
      shown = performance.now();
      say({ kind: "progress", bytes, total, ballots: step.ballots });
    }
  }
  say({ kind: "report", report: (verifier ?? archiveVerifier()).finish() });
}

async function judge(tasks: readonly BallotTask[], cache: VerdictCache): Promise<void> {
  if (tasks.length === 0) return;
  const verdicts = await new Promise<readonly BallotVerdict[]>((resolve) => {
    heard = resolve;
    say({ kind: "tasks", tasks });
  });
  for (const [i, task] of tasks.entries()) cache.remember(task.id, verdicts[i] as BallotVerdict);
}

async function opened(source: Exclude<VerifyOrder, { kind: "verdicts" }>) {
  if (source.kind === "file") return { stream: source.file.stream(), total: source.file.size };
  // A busy server asks to come again, and this client does.
  const response = await createHttp({ url: source.url }).raw("", { anonymous: true });
  if (response.body === null) throw new Error("the server sent nothing");
  return { stream: response.body, total: Number(response.headers.get("content-length") ?? 0) };
}

const MAGIC = "psephos-record";

function startsAsRecord(chunk: Uint8Array): boolean {
  return [...MAGIC].every((letter, i) => chunk[i] === letter.charCodeAt(0));
}
