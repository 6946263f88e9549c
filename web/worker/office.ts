/**
 * What officers and trustees recompute, away from the page: the replay of the whole ledger, the roll from the voters' keys,
 * and the sample that a block drew. No secret comes here.
 */
import type { SignedMinutes } from "#api/minutes.js";
import { auditEntryOf, gatherAnchors, wholeAuditLog } from "#client/audit-log.js";
import { ApiError, createHttp } from "#client/http.js";
import { faultsOfMinutes, gatherMinutes } from "#client/minutes.js";
import { recomputeRoll } from "#client/officer.js";
import { type ReplayedLedger, type ReplayOptions, replayBlocks, replayLedger } from "#client/record.js";
import { type NotYet, type RollSample, sampleRoll } from "#client/roll-sample.js";
import { type AuditReport, judgeAuditLog } from "#protocol/audit-log.js";
import type { RollSum } from "#protocol/officer.js";
import type { MemoryState } from "#protocol/state.js";

export type OfficeOrder =
  /** Without an election: block by block, for what the ledger says of itself. */
  | { readonly kind: "replay"; readonly url: string; readonly uuid: string | undefined }
  | { readonly kind: "recompute"; readonly url: string; readonly uuid: string }
  | { readonly kind: "sample"; readonly url: string; readonly uuid: string; readonly size: number }
  | { readonly kind: "minutes"; readonly url: string; readonly signed: SignedMinutes }
  | { readonly kind: "audit"; readonly url: string; readonly organisation: string };

/** A replayed ledger as it can be sent: the state's entries instead of its reader. */
export interface SentLedger extends Omit<ReplayedLedger, "state"> {
  readonly entries: ReadonlyMap<string, Uint8Array>;
}

export type OfficeAnswer =
  | { readonly kind: "progress"; readonly done: number; readonly of: number }
  | { readonly kind: "ledger"; readonly ledger: SentLedger }
  | { readonly kind: "roll"; readonly roll: RollSum; readonly letters: number }
  | { readonly kind: "sample"; readonly sample: RollSample | NotYet }
  | { readonly kind: "minutes"; readonly faults: readonly string[] }
  | { readonly kind: "audit"; readonly report: AuditReport }
  | {
      readonly kind: "failed";
      readonly name: string;
      readonly message: string;
      readonly status?: number;
      readonly code?: string;
    };

const say = (answer: OfficeAnswer): void => postMessage(answer);

addEventListener("message", ({ data }: MessageEvent<OfficeOrder>) => {
  carryOut(data).then(say, (error: unknown) => say(failureOf(error)));
});

async function carryOut(order: OfficeOrder): Promise<OfficeAnswer> {
  const http = createHttp({ url: order.url });
  switch (order.kind) {
    case "replay":
      return replayed(http, order.uuid);
    case "recompute": {
      const { roll, letters } = await recomputeRoll(http, order.uuid, (done, of) =>
        say({ kind: "progress", done, of }),
      );
      const { count, weight, root } = roll;
      return { kind: "roll", roll: { count, weight, root }, letters };
    }
    case "sample":
      return { kind: "sample", sample: await sampleRoll(http, order.uuid, order.size) };
    case "minutes":
      return faultsOf(http, order.signed);
    case "audit":
      return auditReport(http, order.organisation);
  }
}

type Http = ReturnType<typeof createHttp>;
type OnBlock = NonNullable<ReplayOptions["onBlock"]>;

/** Tells how far the replay is, beside what the caller makes of a block. */
function telling(onBlock: OnBlock): OnBlock {
  return (height, ...rest) => {
    if (height % 20 === 0) say({ kind: "progress", done: height, of: 0 });
    onBlock(height, ...rest);
  };
}

async function faultsOf(http: Http, signed: SignedMinutes): Promise<OfficeAnswer> {
  const { election, ledger } = signed.minutes;
  const gatherer = gatherMinutes(election.id, ledger.height);
  const replay = await replayLedger(http, election.id, { onBlock: telling(gatherer.onBlock) });
  if (!replay.ok) return { kind: "failed", name: "Untrustworthy", message: replay.error };
  return { kind: "minutes", faults: faultsOfMinutes(signed, gatherer.minutes(), replay.value.state) };
}

/** The ledger first: every head that it holds by then is of entries that the log has. */
async function auditReport(http: Http, organisation: string): Promise<OfficeAnswer> {
  const { anchors, onBlock } = gatherAnchors(organisation);
  const replay = await replayBlocks(http, { onBlock: telling(onBlock) });
  if (!replay.ok) return { kind: "failed", name: "Untrustworthy", message: replay.error };
  const entries = await wholeAuditLog(http);
  return { kind: "audit", report: judgeAuditLog(entries.map(auditEntryOf), anchors) };
}

async function replayed(http: ReturnType<typeof createHttp>, uuid: string | undefined): Promise<OfficeAnswer> {
  const onBlock = (height: number) => {
    if (height % 20 === 0) say({ kind: "progress", done: height, of: 0 });
  };
  const ledger = await (uuid === undefined ? replayBlocks(http, { onBlock }) : replayLedger(http, uuid, { onBlock }));
  if (!ledger.ok) return { kind: "failed", name: "Untrustworthy", message: ledger.error };
  const { state, ...rest } = ledger.value;
  return { kind: "ledger", ledger: { ...rest, entries: (state as MemoryState).entries } };
}

function failureOf(error: unknown): OfficeAnswer {
  if (!(error instanceof Error)) return { kind: "failed", name: "Error", message: String(error) };
  const { name, message } = error;
  if (error instanceof ApiError) return { kind: "failed", name, message, status: error.status, code: error.code };
  return { kind: "failed", name, message };
}
