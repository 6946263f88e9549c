import { describe, expect, test } from "vitest";
import { toBase64Url, toHex, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { listRoot } from "#crypto/merkle.js";
import { cometHeaderHash, encodeCometHeader } from "#evidence/cometbft/header.js";
import { encodeFinality } from "#evidence/cometbft/judge.js";
import { validatorsHash } from "#evidence/cometbft/validators.js";
import { encode } from "#protocol/encoding/shape.js";
import { genesisHash, genesisShape } from "#protocol/genesis.js";
import { testCommit, testHeader, testValidators } from "../../test/comet-kit.js";
import { genesisOf } from "../../test/protocol-kit.js";
import { ApiError, type Http, Unreachable } from "./http.js";
import { type Watch, watchNodes } from "./watch.js";
import { noteLines, notesFrom, type WatchNote, type WatchNotes } from "./watch-notes.js";

const validators = testValidators(["a", "b", "c", "d"]);
const set = validators.map(({ key, power }) => ({ key, power }));
const genesis = genesisOf({ engine: "cometbft", engineKey: validatorsHash(validators) });

interface FakeBlock {
  height: number;
  header: string;
  evidence: string;
  root: string;
  transactions: { bytes: string }[];
  /** Hash of the header. */
  hash: Uint8Array;
}

const rootOf = (height: number): Uint8Array => sha256(utf8(`root ${height}`));
const EMPTY = { hash: new Uint8Array(0), partsTotal: 0, partsHash: new Uint8Array(0) };

/** The block above `below`, signed by all but the validators that are absent. */
function blockAbove(
  below: FakeBlock | undefined,
  change: Parameters<typeof testHeader>[1] = {},
  flags: readonly ("block" | "absent")[] = [],
): FakeBlock {
  const height = (below?.height ?? 0) + 1;
  const transaction = utf8(`transaction ${height}`);
  const header = testHeader(validators, {
    height,
    chainId: genesis.chainId,
    lastBlockId: below === undefined ? EMPTY : { hash: below.hash, partsTotal: 1, partsHash: sha256(utf8("parts")) },
    dataHash: listRoot([sha256(transaction)]),
    appHash: rootOf(height - 1),
    evidenceHash: listRoot([]),
    ...change,
  });
  const commit = testCommit(header, validators, flags);
  return {
    height,
    header: toBase64Url(encodeCometHeader(header)),
    evidence: toBase64Url(encodeFinality({ commit, validators: set, changes: [] })),
    root: toHex(rootOf(height)),
    transactions: [{ bytes: toBase64Url(transaction) }],
    hash: cometHeaderHash(header),
  };
}

const chain: FakeBlock[] = [];
for (let height = 1; height <= 56; height++) chain.push(blockAbove(chain.at(-1)));
const blocksTo = (height: number): FakeBlock[] => chain.slice(0, height).map((block) => ({ ...block }));

interface FakeNode {
  genesis: string;
  engine: string;
  blocks: FakeBlock[];
  elections: { id: string; stage: string; end_date: string }[];
  down: boolean;
}

const soundNode = (height: number): FakeNode => ({
  genesis: toHex(genesisHash(genesis)),
  engine: "cometbft",
  blocks: blocksTo(height),
  elections: [],
  down: false,
});

function httpOf(name: string, node: FakeNode): Http {
  const answer = (path: string): unknown => {
    if (node.down) throw new Unreachable("it does not answer");
    if (path === "/ledger/status")
      return {
        genesis_hash: node.genesis,
        engine: node.engine,
        height: node.blocks.length,
        time: "2027-01-01T00:00:00Z",
      };
    if (path === "/ledger/genesis") return { genesis: toBase64Url(encode(genesisShape, genesis)) };
    if (path.startsWith("/elections")) return { elections: node.elections, next: null };
    const one = /^\/ledger\/blocks\/(\d+)$/.exec(path);
    if (one !== null) {
      const block = node.blocks[Number(one[1]) - 1];
      if (block === undefined) throw new ApiError(404, "not-found", "There is no such block yet.");
      return block;
    }
    const from = Number(/from=(\d+)/.exec(path)?.[1]);
    return { blocks: node.blocks.slice(from - 1, from + 49).filter((block) => block !== undefined), next: null };
  };
  return {
    url: name,
    request: async <T>(path: string) => answer(path) as T,
    raw: () => Promise.reject(new Error("not used")),
    forget: () => {},
  };
}

const JANUARY = 1_798_761_600n * 1_000_000_000n;

/** Notes in memory: what one watcher wrote, for the next. */
function notebook(): { next(): WatchNotes; text: string } {
  const book = {
    text: "",
    next: (): WatchNotes => {
      const read = notesFrom(book.text);
      if (!read.ok) throw new Error(read.error);
      const write = (notes: readonly WatchNote[]): void => {
        book.text += noteLines(notes);
      };
      return { earlier: read.value, write };
    },
  };
  return book;
}

const kinds = async (watch: Watch): Promise<string[]> =>
  (await watch.look(0, JANUARY)).map(({ alarm, node, height }) => `${alarm} ${node} ${height}`);

function watching(limits: { genesisHash?: string }, ...nodes: FakeNode[]) {
  return watchNodes(
    nodes.map((node, i) => httpOf(`node ${i + 1}`, node)),
    { stallMs: 30_000, closeMs: 60_000, ...limits },
    () => 0,
  );
}

function watched(...nodes: FakeNode[]) {
  const watch = watching({}, ...nodes);
  return async (nowMs: number, clock = JANUARY) =>
    (await watch.look(nowMs, clock)).map(({ alarm, node }) => `${alarm} ${node}`);
}

test("sound nodes raise nothing, also when one is behind and catches up", async () => {
  const [a, b] = [soundNode(56), soundNode(30)];
  const look = watched(a, b);
  expect(await look(0)).toEqual([]);
  Object.assign(b, soundNode(56));
  expect(await look(1000)).toEqual([]);
});

test("O-10: a fork, with both sides to judge for oneself; another network", async () => {
  const b = soundNode(12);
  b.blocks[9] = blockAbove(b.blocks[8], { consensusHash: sha256(utf8("another")) });
  const alarms = await watching({}, soundNode(12), b).look(0, JANUARY);
  expect(alarms.map(({ alarm, node, height }) => [alarm, node, height])).toEqual([["fork", "node 2", 10]]);
  expect(alarms[0]?.evidence).toMatchObject({
    first: { node: "node 1", header: chain[9]?.header },
    second: { node: "node 2", header: b.blocks[9]?.header },
    below: chain[8]?.header,
  });
  const first = soundNode(1);
  first.blocks[0] = blockAbove(undefined, { consensusHash: sha256(utf8("another")) });
  expect(await watched(soundNode(1), first)(0)).toContain("fork node 2");
  const d = soundNode(3);
  d.genesis = "bb".repeat(32);
  expect(await watched(soundNode(12), d)(0)).toEqual(["other-network node 2"]);
  const known = watching({ genesisHash: "bb".repeat(32) }, soundNode(3));
  expect((await known.look(0, JANUARY)).map(({ alarm }) => alarm)).toEqual(["other-network"]);
  // A genesis that does not have the hash that the node states.
  expect(await watched(d)(0)).toEqual(["unreachable node 1"]);
});

test("O-10: a block that two thirds did not sign, that does not continue the chain, or has other transactions", async () => {
  const unsigned = blockAbove(chain[8], {}, ["absent", "absent"]);
  const apart = blockAbove(chain[8], { lastBlockId: { ...EMPTY, hash: sha256(utf8("elsewhere")), partsTotal: 1 } });
  const others = { ...(chain[9] as FakeBlock), transactions: [{ bytes: toBase64Url(utf8("another")) }] };
  const skipped = { ...(chain[10] as FakeBlock), height: 10 };
  for (const block of [unsigned, apart, others, skipped, { ...others, header: "!" }]) {
    const b = soundNode(12);
    b.blocks[9] = block;
    expect(await watched(b)(0)).toEqual(["unproved node 1"]);
    // What one node cannot prove is not held against the other.
    const look = watched(b, soundNode(12));
    expect(await look(0)).toEqual(["unproved node 1"]);
  }
  // Against a block that was proved before, one that is not: no fork, and said of who shows it.
  const c = soundNode(12);
  c.blocks[9] = blockAbove(chain[8], { consensusHash: sha256(utf8("another")) }, ["absent", "absent"]);
  expect(await watched(soundNode(12), c)(0)).toEqual(["unproved node 2"]);
});

test("O-10: a root that the next header does not name; a root that differs between nodes", async () => {
  const b = soundNode(12);
  Object.assign(b.blocks[2] as FakeBlock, { root: toHex(sha256(utf8("another"))) });
  expect(await watched(b)(0)).toEqual(["differing-root node 1"]);
  expect(await watched(soundNode(12), b)(0)).toEqual(["differing-root node 2"]);
  // The node that lied was asked first; the other one is not blamed.
  expect(await watched(b, soundNode(12))(0)).toEqual(["differing-root node 1"]);
});

test("O-10: a removed block: the height falls, an old block is another one, or is promised and not there", async () => {
  const [a, b] = [soundNode(10), soundNode(10)];
  const look = watched(a, b);
  expect(await look(0)).toEqual([]);
  Object.assign(b, soundNode(8));
  expect(await look(1000)).toContain("removed-block node 2");
  a.blocks[0] = blockAbove(undefined, { consensusHash: sha256(utf8("rewritten")) });
  expect((await look(2000)).filter((each) => each.endsWith("node 1"))).toContain("removed-block node 1");
  const c = soundNode(10);
  const holey = watched(c);
  expect(await holey(0)).toEqual([]);
  c.blocks.length = 12;
  expect(await holey(1000)).toContain("removed-block node 1");
});

test("O-10: a stalled height, a node that does not answer, an election that does not close", async () => {
  const [a, b] = [soundNode(10), soundNode(10)];
  const look = watched(a, b);
  expect(await look(0)).toEqual([]);
  Object.assign(a, soundNode(11));
  expect(await look(31_000)).toEqual(["stalled node 2"]);
  b.down = true;
  expect(await look(32_000)).toEqual(["unreachable node 2"]);
  b.down = false;
  Object.assign(b, soundNode(11));
  b.elections.push({ id: "e", stage: "open", end_date: "2026-12-31T23:59:30Z" });
  expect(await look(33_000)).toEqual([]);
  expect(await look(34_000, JANUARY + 31_000_000_000n)).toEqual(["late-close node 2"]);
  a.engine = "embedded";
  expect(await look(90_000)).toEqual(["stalled node 2"]);
});

describe("O-10: what a watcher saw outlives it", () => {
  const limits = { stallMs: 30_000, closeMs: 60_000 };
  const started = (book: ReturnType<typeof notebook>, ...nodes: FakeNode[]): Watch =>
    watchNodes(
      nodes.map((node, i) => httpOf(`node ${i + 1}`, node)),
      limits,
      () => 0,
      book.next(),
    );

  test("a next one goes on where it ended, and a new node is compared with all that was seen", async () => {
    const book = notebook();
    expect(await kinds(started(book, soundNode(20)))).toEqual([]);
    expect(await kinds(started(book, soundNode(30), soundNode(56)))).toEqual([]);
    const { length } = book.text.split("\n");
    expect(await kinds(started(book, soundNode(56), soundNode(56)))).toEqual([]);
    // Nothing is noted twice but the height that one node came to.
    expect(book.text.split("\n").length).toBe(length + 1);
  });

  test("a block that is another one, a height that fell and a root that changed while nobody looked are alarms", async () => {
    const seen = async (): Promise<ReturnType<typeof notebook>> => {
      const book = notebook();
      expect(await kinds(started(book, soundNode(12), soundNode(12)))).toEqual([]);
      return book;
    };
    // The node that everybody asks shows another end of the chain than before, and signs it.
    const rewritten = soundNode(12);
    rewritten.blocks[11] = blockAbove(rewritten.blocks[10], { consensusHash: sha256(utf8("another")) });
    expect(await kinds(started(await seen(), rewritten))).toEqual(["removed-block node 1 12"]);
    // The other one still has it: a fork, with both sides.
    expect(await kinds(started(await seen(), soundNode(12), rewritten))).toEqual(["fork node 2 12"]);
    expect(await kinds(started(await seen(), soundNode(8)))).toContain("removed-block node 1 8");
    const lying = soundNode(12);
    Object.assign(lying.blocks[11] as FakeBlock, { root: toHex(sha256(utf8("another"))) });
    expect(await kinds(started(await seen(), lying))).toEqual(["differing-root node 1 12"]);
    // Who first showed a block is not watched any more.
    const book = await seen();
    book.text = book.text.replaceAll('"node 1"', '"a node of long ago"');
    expect(await kinds(started(book, rewritten))).toEqual(["removed-block node 1 12"]);
    // Without notes nobody can know.
    expect(await kinds(started(notebook(), rewritten))).toEqual([]);
    const other = soundNode(12);
    other.genesis = "bb".repeat(32);
    expect(await kinds(started(await seen(), other))).toEqual(["other-network node 1 12"]);
    const again = (await seen()).next();
    expect(() => watchNodes([], { ...limits, genesisHash: "cc".repeat(32) }, () => 0, again)).toThrow("another ledger");
  });

  test("a line that was being written is left out; anything else is no notes", async () => {
    const book = notebook();
    await kinds(started(book, soundNode(3)));
    const whole = notesFrom(book.text);
    expect(notesFrom(`${book.text}{"note":"blo`)).toEqual(whole);
    expect(notesFrom("")).toEqual({ ok: true, value: [] });
    const first = book.text.slice(0, book.text.indexOf("\n") + 1);
    for (const text of ["{}", "{}\n", "\n", `${book.text}\n`, `${first}${first}`, book.text.slice(first.length)])
      expect(notesFrom(text).ok, text.slice(0, 40)).toBe(false);
    for (const bad of [{ version: 2 }, { genesis: 1 }, { node: null }])
      expect(notesFrom(`${JSON.stringify({ ...JSON.parse(first), ...bad })}\n`).ok).toBe(false);
  });
});
