/**
 * Watching several nodes over the public API, as anybody may: each remembered block is a promise, and two nodes that
 * show different blocks at one height have broken it. Alarms are values; what to do about them is for the caller.
 */
import { parseInstant } from "#api/instant.js";
import type { ElectionSummary } from "#api/management.js";
import { ApiError, type Http } from "./http.js";

export type AlarmKind =
  | "unreachable"
  | "other-network"
  | "fork"
  | "differing-root"
  | "removed-block"
  | "stalled"
  | "late-close";

export interface Alarm {
  readonly alarm: AlarmKind;
  /** Address of the node that it is about. */
  readonly node: string;
  readonly height: number;
  readonly detail: string;
}

export interface WatchLimits {
  /** Without a new block for so long a network's chain has stalled. An embedded ledger makes no empty blocks. */
  readonly stallMs: number;
  /** How long after its closing an election may be shown as open. */
  readonly closeMs: number;
}

interface Status {
  readonly genesis_hash: string;
  readonly engine: "embedded" | "cometbft";
  readonly height: number;
  readonly time: string;
}

interface ShownBlock {
  readonly height: number;
  readonly header: string;
  readonly root: string;
}

interface Watched {
  readonly http: Http;
  height: number;
  /** Monotonic milliseconds at which the height grew last. */
  grewAt: number;
  /** Highest block that was compared. */
  compared: number;
}

export interface Watch {
  /** Looks at every node once; gives what is wrong. `nowMs`: monotonic; `clock`: nanoseconds since 1970. */
  look(nowMs: number, clock: bigint): Promise<readonly Alarm[]>;
  /** Heights of the nodes as they were seen last. */
  heights(): readonly number[];
}

/** Blocks asked for at a time, and at most in one look: a watcher that was away catches up step by step. */
const PAGE = 50;
const MAX_PAGES = 20;
/** Heights below the top that are asked for again, at random, so that an old block cannot vanish unseen. */
const SAMPLES = 2;

/** Watches the nodes. `random`: a number from 0 up to 1. Of old blocks about 100 bytes each are remembered. */
export function watchNodes(https: readonly Http[], limits: WatchLimits, random: () => number): Watch {
  const nodes: Watched[] = https.map((http) => ({ http, height: 0, grewAt: Number.NaN, compared: 0 }));
  /** Who showed which block first. */
  const seen = new Map<number, { readonly node: string; readonly header: string; readonly root: string }>();
  let network: { readonly node: string; readonly hash: string } | undefined;

  async function lookAt(node: Watched, nowMs: number, clock: bigint): Promise<Alarm[]> {
    const { url } = node.http;
    const alarms: Alarm[] = [];
    const raise = (alarm: AlarmKind, height: number, detail: string) =>
      alarms.push({ alarm, node: url, height, detail });
    const status = await node.http.request<Status>("/ledger/status");
    network ??= { node: url, hash: status.genesis_hash };
    if (status.genesis_hash !== network.hash) {
      raise("other-network", status.height, `genesis ${status.genesis_hash}, but ${network.node} has ${network.hash}`);
      return alarms;
    }
    if (status.height < node.height)
      raise("removed-block", status.height, `it showed height ${node.height} before and shows ${status.height} now`);
    if (status.height > node.height || Number.isNaN(node.grewAt)) node.grewAt = nowMs;
    node.height = status.height;
    if (status.engine === "cometbft" && nowMs - node.grewAt > limits.stallMs)
      raise("stalled", status.height, `no block for ${Math.round((nowMs - node.grewAt) / 1000)} seconds`);
    const compare = ({ height, header, root }: ShownBlock): void => {
      const first = seen.get(height);
      if (first === undefined) seen.set(height, { node: url, header, root });
      else if (first.header !== header)
        raise("fork", height, `header ${header.slice(0, 40)}… differs from that of ${first.node}`);
      else if (first.root !== root)
        raise("differing-root", height, `root ${root}, but ${first.node} shows ${first.root}`);
    };
    for (let page = 0; page < MAX_PAGES && node.compared < status.height; page++) {
      const path = `/ledger/blocks?from=${node.compared + 1}&limit=${PAGE}`;
      const { blocks } = await node.http.request<{ blocks: readonly ShownBlock[] }>(path);
      if (blocks.length === 0) break;
      for (const block of blocks) compare(block);
      node.compared = (blocks.at(-1) as ShownBlock).height;
    }
    for (let i = 0; i < SAMPLES && node.compared > 0; i++) {
      const height = 1 + Math.floor(random() * node.compared);
      const block = await blockOf(node.http, height);
      if (block === undefined) raise("removed-block", height, "a block that was shown before is not shown any more");
      else compare(block);
    }
    for (const late of await lateElections(node.http, status, limits.closeMs, clock))
      raise("late-close", status.height, late);
    return alarms;
  }

  return {
    heights: () => nodes.map(({ height }) => height),
    look: async (nowMs, clock) => {
      const alarms: Alarm[] = [];
      for (const node of nodes) {
        try {
          alarms.push(...(await lookAt(node, nowMs, clock)));
        } catch (error) {
          const detail = error instanceof Error ? error.message : "it does not answer";
          alarms.push({ alarm: "unreachable", node: node.http.url, height: node.height, detail });
        }
      }
      return alarms;
    },
  };
}

async function blockOf(http: Http, height: number): Promise<ShownBlock | undefined> {
  try {
    return await http.request<ShownBlock>(`/ledger/blocks/${height}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Elections that are shown as open although their time is over, by the chain's clock or by ours. */
async function lateElections(http: Http, status: Status, closeMs: number, clock: bigint): Promise<readonly string[]> {
  const late: string[] = [];
  const chain = parseInstant(status.time);
  const limit = BigInt(closeMs) * 1_000_000n;
  let after: string | null = "";
  for (let page = 0; page < MAX_PAGES && after !== null; page++) {
    const path: string = after === "" ? "/elections" : `/elections?after=${encodeURIComponent(after)}`;
    const answer: { elections: readonly ElectionSummary[]; next: string | null } = await http.request(path);
    for (const { id, stage, end_date } of answer.elections) {
      const closes = parseInstant(end_date);
      if (stage !== "open" || !closes.ok) continue;
      const now = chain.ok && chain.value > clock ? chain.value : clock;
      if (now > closes.value + limit) late.push(`election ${id} is shown as open; it closed at ${end_date}`);
    }
    after = answer.next;
  }
  return late;
}
