import { expect, test } from "vitest";
import { type Http, Unreachable } from "./http.js";
import { watchNodes } from "./watch.js";

interface FakeNode {
  genesis: string;
  engine: string;
  headers: string[];
  roots: string[];
  elections: { id: string; stage: string; end_date: string }[];
  down: boolean;
}

const soundNode = (blocks: number): FakeNode => ({
  genesis: "aa",
  engine: "cometbft",
  headers: Array.from({ length: blocks }, (_, i) => `header ${i + 1}`),
  roots: Array.from({ length: blocks }, (_, i) => `root ${i + 1}`),
  elections: [],
  down: false,
});

function httpOf(name: string, node: FakeNode): Http {
  const block = (height: number) => ({ height, header: node.headers[height - 1], root: node.roots[height - 1] });
  const answer = (path: string): unknown => {
    if (node.down) throw new Unreachable("it does not answer");
    if (path === "/ledger/status")
      return {
        genesis_hash: node.genesis,
        engine: node.engine,
        height: node.headers.length,
        time: "2027-01-01T00:00:00Z",
      };
    if (path.startsWith("/elections")) return { elections: node.elections, next: null };
    const one = /^\/ledger\/blocks\/(\d+)$/.exec(path);
    if (one !== null) return block(Number(one[1]));
    const from = Number(/from=(\d+)/.exec(path)?.[1]);
    return { blocks: node.headers.slice(from - 1, from + 49).map((_, i) => block(from + i)), next: null };
  };
  return {
    url: name,
    request: async <T>(path: string) => answer(path) as T,
    raw: () => Promise.reject(new Error("not used")),
    forget: () => {},
  };
}

const JANUARY = 1_798_761_600n * 1_000_000_000n;

function watched(...nodes: FakeNode[]) {
  const watch = watchNodes(
    nodes.map((node, i) => httpOf(`node ${i + 1}`, node)),
    { stallMs: 30_000, closeMs: 60_000 },
    () => 0,
  );
  return async (nowMs: number, clock = JANUARY) =>
    (await watch.look(nowMs, clock)).map(({ alarm, node }) => `${alarm} ${node}`);
}

test("sound nodes raise nothing, also when one is behind and catches up", async () => {
  const [a, b] = [soundNode(120), soundNode(60)];
  const look = watched(a, b);
  expect(await look(0)).toEqual([]);
  Object.assign(b, soundNode(120));
  expect(await look(1000)).toEqual([]);
});

test("a fork, a differing root, another network", async () => {
  const b = soundNode(60);
  b.headers[54] = "another";
  expect(await watched(soundNode(60), b)(0)).toEqual(["fork node 2"]);
  const c = soundNode(60);
  c.roots[2] = "another";
  expect(await watched(soundNode(60), c)(0)).toEqual(["differing-root node 2"]);
  const d = soundNode(3);
  d.genesis = "bb";
  expect(await watched(soundNode(60), d)(0)).toEqual(["other-network node 2"]);
});

test("a removed block: the height falls, or an old block is another one now", async () => {
  const [a, b] = [soundNode(10), soundNode(10)];
  const look = watched(a, b);
  expect(await look(0)).toEqual([]);
  Object.assign(b, soundNode(8));
  expect(await look(1000)).toContain("removed-block node 2");
  a.headers[0] = "rewritten";
  expect(await look(2000)).toContain("fork node 1");
});

test("a stalled height, a node that does not answer, an election that does not close", async () => {
  const [a, b] = [soundNode(10), soundNode(10)];
  const look = watched(a, b);
  expect(await look(0)).toEqual([]);
  a.headers.push("header 11");
  a.roots.push("root 11");
  expect(await look(31_000)).toEqual(["stalled node 2"]);
  b.down = true;
  expect(await look(32_000)).toEqual(["unreachable node 2"]);
  b.down = false;
  b.headers.push("header 11");
  b.roots.push("root 11");
  b.elections.push({ id: "e", stage: "open", end_date: "2026-12-31T23:59:30Z" });
  expect(await look(33_000)).toEqual([]);
  expect(await look(34_000, JANUARY + 31_000_000_000n)).toEqual(["late-close node 2"]);
  a.engine = "embedded";
  expect(await look(90_000)).toEqual(["stalled node 2"]);
});
