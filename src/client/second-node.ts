/**
 * The second opinion: what one server proves is compared with what another node of the same ledger shows. Whoever shows
 * two people two ledgers must keep them from ever asking the same node (rows L-01, L-02, L-07).
 */
import { parseInstant } from "#api/instant.js";
import type { ReceiptJson } from "#api/voting.js";
import { fromBase64Url, toHex } from "#base/bytes.js";
import { isFresh } from "#evidence/cometbft/judge.js";
import { comparedHeight, compareShown } from "#verify/compare.js";
import { ApiError, type Http } from "./http.js";
import { Untrustworthy } from "./untrustworthy.js";
import type { Compare, LedgerAnchor } from "./voter.js";

interface Status {
  readonly chain_id: string;
  readonly engine: LedgerAnchor["engine"];
  readonly engine_key: string;
  readonly height: number;
  readonly time: string;
}

interface BlockAnswer {
  readonly header: string;
  readonly evidence: string;
}

/** A node of a network may be so much behind another before its answers count as old: nanoseconds. */
const MAX_AGE = 120_000_000_000n;
const TRIES = 20;
const PAUSE_MS = 500;

/** Whether the second node serves the same ledger, and the first is not behind it. Throws {@link Untrustworthy}. */
export async function compareNodes(first: Http, second: Http, anchor: LedgerAnchor): Promise<void> {
  // Not from a browser's store: how old an answer is, is the question here.
  const here = await first.request<Status>("/ledger/status", { fresh: true });
  const there = await second.request<Status>("/ledger/status", { fresh: true });
  const same =
    there.chain_id === anchor.chainId && there.engine === anchor.engine && there.engine_key === toHex(anchor.engineKey);
  if (!same)
    throw new Untrustworthy(
      "The second node serves another ledger than this server. Do not vote here; tell the organiser.",
      undefined,
      evidenceText({ first: first.url, second: second.url, here, there }),
    );
  const [own, other] = [parseInstant(here.time), parseInstant(there.time)];
  // A ledger of one node makes blocks when there is something to record; its time says nothing about its age.
  if (anchor.engine !== "cometbft" || !own.ok || !other.ok || isFresh(own.value, other.value, MAX_AGE)) return;
  throw new Untrustworthy(
    `This server shows the ledger as it was at ${here.time}; the second node is at ${there.time}. Use another server.`,
    undefined,
    evidenceText({ first: first.url, second: second.url, here, there }),
  );
}

/**
 * Asks the second node for the block that a judged receipt rests on, and compares. Waits some seconds for a node that is a
 * little behind. Throws {@link Untrustworthy} with both sides as evidence when they differ.
 */
export async function compareReceipt(
  second: Http,
  anchor: LedgerAnchor,
  receipt: ReceiptJson,
  pause: (ms: number) => Promise<void> = wait,
): Promise<void> {
  const height = comparedHeight(anchor, receipt.height);
  const block = await blockAt(second, height, pause);
  const [header, evidence, theirs, theirEvidence] = [
    receipt.header,
    receipt.evidence,
    block.header,
    block.evidence,
  ].map(fromBase64Url);
  if (header === undefined || evidence === undefined || theirs === undefined || theirEvidence === undefined)
    throw new Untrustworthy("The second node's block is malformed.");
  const outcome = compareShown(anchor, { header, evidence }, { header: theirs, evidence: theirEvidence });
  if (outcome.kind === "same") return;
  const sentence =
    outcome.kind === "fork"
      ? `Two nodes prove two different blocks ${height}: the ledger is forked. Stop, keep the evidence, tell the organiser and the press.`
      : `The second node shows another block ${height} than this server (${outcome.detail}). Stop, and keep the evidence.`;
  const stated = { ...anchor, engineKey: toHex(anchor.engineKey) };
  const both = { anchor: stated, height, outcome, receipt, second: second.url, block };
  throw new Untrustworthy(sentence, undefined, evidenceText(both));
}

/** The comparison that `electionOf` takes: both nodes are asked now, and the second one for each receipt from here on. */
export async function comparing(
  first: Http,
  second: Http,
  anchor: LedgerAnchor,
  pause: (ms: number) => Promise<void> = wait,
): Promise<Compare> {
  await compareNodes(first, second, anchor);
  return (receipt) => compareReceipt(second, anchor, receipt, pause);
}

async function blockAt(second: Http, height: number, pause: (ms: number) => Promise<void>): Promise<BlockAnswer> {
  for (let tries = 1; ; tries++) {
    try {
      return await second.request<BlockAnswer>(`/ledger/blocks/${height}`);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "not-found") throw error;
      if (tries === TRIES)
        throw new Untrustworthy(
          `The second node has no block ${height}, on which this server's proof rests. Ask again later, or ask another node.`,
        );
      await pause(PAUSE_MS);
    }
  }
}

/** Both sides in one file, for whoever is to judge them. */
function evidenceText(parts: object): string {
  return `${JSON.stringify({ kind: "psephos-disagreement", ...parts }, null, 2)}\n`;
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
