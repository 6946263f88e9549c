/**
 * Watching several nodes over the public API, as anybody may: each block is judged as it comes (signatures, chain,
 * transactions, root) and remembered; two nodes that show different blocks at one height have broken a promise. Alarms
 * are values; what to do about them is for the caller.
 */
import { parseInstant } from "#api/instant.js";
import type { ElectionSummary } from "#api/management.js";
import { bytesEqual, fromBase64Url, fromHex, toBase64Url, toHex } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { decode, encode } from "#protocol/encoding/shape.js";
import { type Genesis, genesisHash, genesisShape } from "#protocol/genesis.js";
import { type ChainHeader, type ChainJudge, chainJudge, misconductIn } from "#verify/chain.js";
import { type Shown, signersOfFork } from "#verify/compare.js";
import { ApiError, type Http } from "./http.js";
import type { WatchNote, WatchNotes } from "./watch-notes.js";

export type AlarmKind =
  | "unreachable"
  | "other-network"
  | "fork"
  | "unproved"
  | "differing-root"
  | "removed-block"
  | "double-signing"
  | "stalled"
  | "late-close";

export interface Alarm {
  readonly alarm: AlarmKind;
  /** Address of the node that it is about. */
  readonly node: string;
  readonly height: number;
  readonly detail: string;
  /** What others need to judge it for themselves. */
  readonly evidence?: object;
}

export interface WatchLimits {
  /** Without a new block for so long a network's chain has stalled. An embedded ledger makes no empty blocks. */
  readonly stallMs: number;
  /** How long after its closing an election may be shown as open. */
  readonly closeMs: number;
  /** Hash of the genesis, if it is known from elsewhere; else the first node's is believed. */
  readonly genesisHash?: string;
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
  readonly evidence: string;
  readonly root: string;
  readonly transactions: readonly { readonly bytes: string }[];
  readonly misconduct?: readonly string[];
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

type Raise = (alarm: AlarmKind, height: number, detail: string, evidence?: object) => void;

interface Known {
  /** Of the genesis. */
  readonly hash: string;
  readonly memory: Memory;
}

/**
 * Watches the nodes. `random`: a number from 0 up to 1. Of old blocks about 200 bytes each are remembered; with `notes` also
 * beyond this watcher's life: throws when they are of another ledger than the limits name.
 */
export function watchNodes(
  https: readonly Http[],
  limits: WatchLimits,
  random: () => number,
  notes: WatchNotes = { earlier: [], write: () => {} },
): Watch {
  const nodes = https.map((http) => watchedFrom(http, notes.earlier));
  let known = knownFrom(https, notes);
  if (known !== undefined && limits.genesisHash !== undefined && known.hash !== limits.genesisHash)
    throw new Error(`The notes are of another ledger: genesis ${known.hash}, not ${limits.genesisHash}.`);

  async function lookAt(node: Watched, nowMs: number, clock: bigint, raise: Raise): Promise<void> {
    const status = await node.http.request<Status>("/ledger/status", { fresh: true });
    const expected = known?.hash ?? limits.genesisHash;
    if (expected !== undefined && status.genesis_hash !== expected)
      return raise("other-network", status.height, `genesis ${status.genesis_hash}, not ${expected}`);
    if (known === undefined) {
      const genesis = await genesisOf(node.http, status.genesis_hash);
      const bytes = toBase64Url(encode(genesisShape, genesis));
      notes.write([{ note: "ledger", version: 1, node: node.http.url, genesis: bytes }]);
      known = { hash: status.genesis_hash, memory: memoryOf(genesis, https, notes) };
    }
    if (status.height < node.height)
      raise("removed-block", status.height, `it showed height ${node.height} before and shows ${status.height} now`);
    if (status.height > node.height || Number.isNaN(node.grewAt)) node.grewAt = nowMs;
    if (status.height > node.height) notes.write([{ note: "node", node: node.http.url, height: status.height }]);
    node.height = status.height;
    if (status.engine === "cometbft" && nowMs - node.grewAt > limits.stallMs)
      raise("stalled", status.height, `no block for ${Math.round((nowMs - node.grewAt) / 1000)} seconds`);
    await follow(node, status.height, known.memory, raise);
    for (let i = 0; i < SAMPLES && node.compared > 0; i++) {
      const height = 1 + Math.floor(random() * node.compared);
      const block = await blockOf(node.http, height);
      if (block === undefined) raise("removed-block", height, "a block that was shown before is not shown any more");
      else await known.memory.compare(node.http, block, raise);
    }
    for (const late of await lateElections(node.http, status, limits.closeMs, clock))
      raise("late-close", status.height, late);
  }

  return {
    heights: () => nodes.map(({ height }) => height),
    look: async (nowMs, clock) => {
      const alarms: Alarm[] = [];
      for (const node of nodes) {
        const { url } = node.http;
        const raise: Raise = (alarm, height, detail, evidence) =>
          alarms.push({ alarm, node: url, height, detail, ...(evidence === undefined ? {} : { evidence }) });
        try {
          await lookAt(node, nowMs, clock, raise);
        } catch (error) {
          raise("unreachable", node.height, error instanceof Error ? error.message : "it does not answer");
        }
      }
      return alarms;
    },
  };
}

/** A node as the notes leave it; the block that was compared last is compared once more. */
function watchedFrom(http: Http, earlier: readonly WatchNote[]): Watched {
  let [height, compared] = [0, 0];
  for (const each of earlier) {
    if (each.note === "node" && each.node === http.url) height = Math.max(height, each.height);
    if (each.note === "block") compared = Math.max(compared, each.height);
  }
  return { http, height, grewAt: Number.NaN, compared: Math.max(0, Math.min(height, compared) - 1) };
}

function knownFrom(https: readonly Http[], notes: WatchNotes): Known | undefined {
  const [first] = notes.earlier;
  if (first?.note !== "ledger") return undefined;
  const genesis = decode(genesisShape, bytesOf(first.genesis), "genesis");
  if (!genesis.ok) throw new Error(`The genesis in the notes cannot be read: ${genesis.error}.`);
  return { hash: toHex(genesisHash(genesis.value)), memory: memoryOf(genesis.value, https, notes) };
}

/** Compares the blocks that a node has and that were not compared yet; ends at the first that is not what it should be. */
async function follow(node: Watched, height: number, memory: Memory, raise: Raise): Promise<void> {
  for (let page = 0; page < MAX_PAGES && node.compared < height; page++) {
    const path = `/ledger/blocks?from=${node.compared + 1}&limit=${PAGE}`;
    const { blocks } = await node.http.request<{ blocks: readonly ShownBlock[] }>(path, { fresh: true });
    if (blocks.length === 0)
      raise("removed-block", node.compared + 1, `it says height ${height} and shows no such block`);
    if (blocks.length === 0) return;
    for (const block of blocks) {
      if (block.height !== node.compared + 1)
        return raise("unproved", node.compared + 1, `it shows block ${block.height} in the place of the next`);
      if (!(await memory.compare(node.http, block, raise))) return;
      node.compared = block.height;
    }
  }
}

/** The genesis that a node shows; throws when it is not the one with that hash. */
async function genesisOf(http: Http, hash: string): Promise<Genesis> {
  const { genesis } = await http.request<{ genesis: string }>("/ledger/genesis");
  const decoded = decode(genesisShape, bytesOf(genesis), "genesis");
  if (!decoded.ok || toHex(genesisHash(decoded.value)) !== hash)
    throw new Error("its genesis is not the one with the hash that it states");
  return decoded.value;
}

/** Malformed text becomes bytes that no judge accepts. */
function bytesOf(text: string): Uint8Array {
  return fromBase64Url(text) ?? new Uint8Array(0);
}

function hexOf(text: string): Uint8Array {
  return fromHex(text) ?? new Uint8Array(0);
}

/** Blocks that were judged: who showed each first, and what it was. */
interface Memory {
  /** Judges a block that is new, compares one that is not; whether it is the block of its height. */
  compare(http: Http, block: ShownBlock, raise: Raise): Promise<boolean>;
}

interface Remembered {
  /** Address of the node that showed it first; it may not be watched any more. */
  readonly node: string;
  /** SHA-256 of the header's bytes. */
  readonly header: string;
  /** As shown; once a signed header names it, as named there. */
  root: string;
}

function memoryOf(genesis: Genesis, https: readonly Http[], notes: WatchNotes): Memory {
  const seen = new Map<number, Remembered>();
  let last: Extract<WatchNote, { note: "block" }> | undefined;
  for (const each of notes.earlier) {
    if (each.note !== "block") continue;
    seen.set(each.height, { node: each.node, header: each.header, root: each.root });
    if (last === undefined || each.height >= last.height) last = each;
  }
  const judge: ChainJudge = chainJudge(genesis, last === undefined ? undefined : hexOf(last.set));
  let previous = last === undefined ? judge.start : hexOf(last.hash);

  /** The fault of a block that continues the chain, or its header. */
  function judged({ height, header, evidence, transactions }: ShownBlock): ChainHeader | string {
    const outcome = judge.judge(bytesOf(header), bytesOf(evidence));
    if (!outcome.ok) return outcome.error.detail;
    if (outcome.value.height !== height) return `its header is that of height ${outcome.value.height}`;
    if (!bytesEqual(outcome.value.previous, previous)) return "it does not continue the chain";
    if (!outcome.value.fits(transactions.map(({ bytes }) => bytesOf(bytes)))) return "its transactions are others";
    return outcome.value;
  }

  function remember(http: Http, block: ShownBlock, raise: Raise): boolean {
    const header = judged(block);
    if (typeof header === "string") {
      raise("unproved", block.height, header, { shown: block });
      return false;
    }
    previous = header.hash;
    if (header.misconduct) raise("double-signing", block.height, convicted(block), { shown: block });
    const signed = toHex(header.stateRoot);
    const named = header.rootOf === "block" ? block.height : block.height - 1;
    const mine = { node: http.url, header: toHex(sha256(bytesOf(block.header))), root: block.root };
    seen.set(block.height, mine);
    const about = seen.get(named);
    // Whoever showed it first is told of; from here on the signed root counts.
    if (about !== undefined && about.root !== signed) {
      raise("differing-root", named, `${about.node} showed root ${about.root}, the signed one is ${signed}`);
      about.root = signed;
    }
    const { height } = block;
    notes.write([{ note: "block", height, ...mine, hash: toHex(header.hash), set: toHex(judge.signer) }]);
    return true;
  }

  async function differs(http: Http, block: ShownBlock, first: Remembered, raise: Raise): Promise<false> {
    const holder = https.find(({ url }) => url === first.node);
    const own = holder === undefined ? undefined : await blockOf(holder, block.height);
    const below = holder === undefined ? undefined : await blockOf(holder, block.height - 1);
    if (own === undefined || own.header === block.header) {
      raise("removed-block", block.height, `the block that ${first.node} showed before is not there any more`);
      return false;
    }
    const sides = {
      first: { node: first.node, ...own },
      second: { node: http.url, ...block },
      below: below?.header,
    };
    const under = below === undefined ? undefined : bytesOf(below.header);
    const signers = signersOfFork(genesis, under, provedOf(own), provedOf(block));
    const proved = `${first.node} and this node prove two different blocks, signed by both: ${signers?.join(", ")}`;
    if (signers !== null) raise("fork", block.height, proved, sides);
    else raise("unproved", block.height, `it shows another block than ${first.node}, and cannot prove it`, sides);
    return false;
  }

  return {
    compare: async (http, block, raise) => {
      const first = seen.get(block.height);
      if (first === undefined) return remember(http, block, raise);
      if (first.header !== toHex(sha256(bytesOf(block.header)))) return differs(http, block, first, raise);
      if (first.root === block.root) return true;
      raise("differing-root", block.height, `root ${block.root}, but ${first.node} shows ${first.root}`);
      return true;
    },
  };
}

/** Who signed two votes that exclude each other, by a block that was judged. */
function convicted({ header, evidence, misconduct = [] }: ShownBlock): string {
  const judged = misconductIn(bytesOf(header), bytesOf(evidence), misconduct.map(bytesOf));
  if (!judged.ok) return `the network convicted a validator, and this node does not show of what (${judged.error})`;
  const sentences = judged.value.map((each) => {
    if (each.kind === "other") return "misconduct of an unknown kind";
    const { address, step, height, round } = each;
    return `validator ${toHex(address)} signed two ${step}s in round ${round} of height ${height}`;
  });
  return sentences.join("; ");
}

function provedOf({ header, evidence }: ShownBlock): Shown {
  return { header: bytesOf(header), evidence: bytesOf(evidence) };
}

async function blockOf(http: Http, height: number): Promise<ShownBlock | undefined> {
  if (height < 1) return undefined;
  try {
    return await http.request<ShownBlock>(`/ledger/blocks/${height}`, { fresh: true });
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
