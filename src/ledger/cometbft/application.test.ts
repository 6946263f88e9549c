/** The application, driven as CometBFT drives it, and as a Byzantine CometBFT might. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Busy } from "#base/busy.js";
import { concat, toHex, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { judgeBallot } from "#protocol/ballot.js";
import type { Genesis } from "#protocol/genesis.js";
import type { Judge } from "#protocol/judge.js";
import { VerdictCache } from "#protocol/judge.js";
import { testValidators } from "../../../test/comet-kit.js";
import { electionScript, organisationWire, removeDirectory, temporaryDirectory } from "../../../test/ledger-kit.js";
import { ballotWire, genesisOf, SECOND, type TestVoter, UUID } from "../../../test/protocol-kit.js";
import { silentLog } from "../ledger.js";
import type { AbciBlock } from "./abci-messages.js";
import { openAppStore } from "./app-store.js";
import { Application, type ApplicationSettings, CODE_BUSY } from "./application.js";
import { gathered } from "./gathered.js";
import { cometGenesis, engineKeyOf, genesisFromFile } from "./genesis-file.js";

const validators = testValidators(["a", "b", "c", "d"]).map((validator, i) => ({ ...validator, name: `node ${i}` }));
const genesis: Genesis = genesisOf({ engine: "cometbft", engineKey: engineKeyOf(validators) });

let directory: string;
let clock: bigint;
let closers: (() => Promise<void>)[];

beforeEach(async () => {
  directory = await temporaryDirectory();
  clock = genesis.time + SECOND;
  closers = [];
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await removeDirectory(directory);
});

interface Node {
  readonly app: Application;
  readonly store: Awaited<ReturnType<typeof openAppStore>>["store"];
  /** Proposes from these transactions, lets the application judge the proposal, decides and commits it. */
  block(
    candidates: readonly Uint8Array[],
    time?: bigint,
  ): Promise<{ txs: readonly Uint8Array[]; codes: readonly number[]; root: Uint8Array }>;
  close(): Promise<void>;
}

async function node(name = "a", change: Partial<ApplicationSettings> = {}): Promise<Node> {
  const parts = await openAppStore(`${directory}/${name}`, genesis);
  const app = new Application(parts, {
    judge: undefined,
    verdicts: new VerdictCache(1000),
    clock: () => clock,
    log: silentLog,
    onStep: () => {},
    onCommitted: () => {},
    ...change,
  });
  const close = async () => {
    parts.store.release(parts.owner);
    await parts.store.close();
  };
  let open = true;
  const once = async () => {
    if (open) await close();
    open = false;
  };
  closers.push(once);
  return {
    app,
    store: parts.store,
    close: once,
    block: async (candidates, time) => {
      const height = app.snapshot.height + 1;
      const at = time ?? app.snapshot.time + SECOND;
      const { transactions } = await app.handlers["prepare-proposal"]({
        kind: "prepare-proposal",
        maxBytes: 2_000_000,
        transactions: candidates,
        height,
        time: at,
      });
      const block = blockOf(height, at, transactions);
      expect(await app.handlers["process-proposal"]({ kind: "process-proposal", block })).toEqual({ accept: true });
      const { codes, appHash } = await app.handlers["finalize-block"]({ kind: "finalize-block", block });
      await app.handlers.commit({ kind: "commit" });
      return { txs: transactions, codes, root: appHash };
    },
  };
}

function blockOf(height: number, time: bigint, transactions: readonly Uint8Array[]): AbciBlock {
  const hash = sha256(concat(utf8(`${height} ${time}`), ...transactions.map(sha256)));
  return { height, time, transactions, misconduct: [], hash };
}

const checkTx = async (app: Application, transaction: Uint8Array, recheck = false) =>
  (await app.handlers["check-tx"]({ kind: "check-tx", transaction, recheck })).code;
const accepts = async (app: Application, block: AbciBlock) =>
  (await app.handlers["process-proposal"]({ kind: "process-proposal", block })).accept;
const info = (app: Application) => app.handlers.info({ kind: "info", version: "" });

function tampered(wire: Uint8Array, fromEnd = 1): Uint8Array {
  const copy = wire.slice();
  copy[copy.length - fromEnd] = (copy[copy.length - fromEnd] as number) ^ 1;
  return copy;
}

function initChain(text = cometGenesis(genesis, validators)) {
  const file = JSON.parse(text);
  return {
    kind: "init-chain",
    time: genesis.time + 1n,
    chainId: file.chain_id as string,
    validators: [...validators].sort((a, b) => Number(b.power - a.power)),
    appState: utf8(JSON.stringify(file.app_state)),
    initialHeight: 1,
  } as const;
}

describe("beginning", () => {
  test("info at height 0, then the genesis gives the first root, as often as it is asked", async () => {
    const { app } = await node();
    expect(info(app)).toEqual({ height: 0, appHash: new Uint8Array(0), appVersion: 1 });
    for (let i = 0; i < 2; i++)
      expect(await app.handlers["init-chain"](initChain())).toEqual({ appHash: app.snapshot.root });
    const found = genesisFromFile(cometGenesis(genesis, validators));
    expect(found).toEqual({ ok: true, value: genesis });
  });

  test("another genesis, chain id, time or set of validators is refused", async () => {
    const { app } = await node();
    const other = genesisOf({ engine: "cometbft", engineKey: engineKeyOf(validators), practice: true });
    for (const change of [
      { chainId: "other-chain" },
      { time: genesis.time },
      { initialHeight: 2 },
      { validators: validators.slice(1) },
      { validators: validators.map((validator) => ({ ...validator, power: 1n })) },
      { appState: initChain(cometGenesis(other, validators)).appState },
      { appState: utf8("{}") },
    ])
      await expect((async () => app.handlers["init-chain"]({ ...initChain(), ...change }))()).rejects.toThrow(
        "genesis",
      );
    expect(() => cometGenesis(genesis, validators.slice(1))).toThrow("another set");
  });
});

describe("blocks", () => {
  test("what takes effect is proposed, accepted, finalized and kept; the same block again is not in it", async () => {
    const { app, block, store } = await node();
    const { txs, codes, root } = await block([organisationWire(1), organisationWire(2), organisationWire(1)]);
    expect(txs).toHaveLength(2);
    expect(codes).toEqual([0, 0]);
    expect(toHex(app.snapshot.root)).toBe(toHex(root));
    expect(info(app)).toMatchObject({ height: 1, appHash: root });
    expect(store.place(sha256(organisationWire(2)))).toEqual({ height: 1, index: 1 });
    // L-11: replayed later.
    expect(await checkTx(app, organisationWire(1))).not.toBe(0);
    expect((await block([organisationWire(1)])).txs).toEqual([]);
  });

  test("an empty block leaves the root unchanged", async () => {
    const { block } = await node();
    const first = await block([organisationWire(1)]);
    expect(toHex((await block([])).root)).toBe(toHex(first.root));
  });

  test("a proposal keeps within its bytes, as CometBFT counts them", async () => {
    const { app } = await node();
    const wires = [1, 2, 3].map(organisationWire);
    const size = (wires[0] as Uint8Array).length + 3;
    const propose = async (maxBytes: number) =>
      (
        await app.handlers["prepare-proposal"]({
          kind: "prepare-proposal",
          maxBytes,
          transactions: wires,
          height: 1,
          time: genesis.time + SECOND,
        })
      ).transactions.length;
    expect(await propose(size * 3)).toBe(3);
    expect(await propose(size * 3 - 1)).toBe(2);
    expect(await propose(size - 1)).toBe(0);
  });

  test("L-10: Byzantine proposals are refused, and change nothing if they are decided all the same", async () => {
    const { app, block, store } = await node();
    await block([organisationWire(1)]);
    const before = toHex(app.snapshot.root);
    const time = app.snapshot.time + SECOND;
    const bad = [
      [tampered(organisationWire(2))],
      [organisationWire(2), organisationWire(2)],
      [organisationWire(1)],
      [organisationWire(2), utf8("nonsense")],
      [new Uint8Array(0)],
      [new Uint8Array(500_000)],
    ];
    for (const transactions of bad) expect(await accepts(app, blockOf(2, time, transactions))).toBe(false);
    expect(await accepts(app, blockOf(3, time, []))).toBe(false);
    expect(await accepts(app, blockOf(2, time, [organisationWire(2)]))).toBe(true);
    const decided = blockOf(2, time, [tampered(organisationWire(2)), organisationWire(3), utf8("nonsense")]);
    const { codes } = await app.handlers["finalize-block"]({ kind: "finalize-block", block: decided });
    expect(codes[0]).toBeGreaterThan(0);
    expect(codes[1]).toBe(0);
    expect(codes[2]).toBeGreaterThan(0);
    await app.handlers.commit({ kind: "commit" });
    expect(store.place(sha256(tampered(organisationWire(2))))).toBeUndefined();
    expect(store.place(sha256(organisationWire(3)))).toEqual({ height: 2, index: 1 });
    const clean = await node("clean");
    await clean.block([organisationWire(1)]);
    expect(toHex(clean.app.snapshot.root)).toBe(before);
    await clean.block([organisationWire(3)]);
    expect(toHex(clean.app.snapshot.root)).toBe(toHex(app.snapshot.root));
  });

  test("L-12: nodes that saw other proposals, or only the decided blocks, have the same root at every height", async () => {
    const one = await node("one");
    const two = await node("two");
    for (let height = 1; height <= 4; height++) {
      const time = genesis.time + BigInt(height) * SECOND;
      const wires = [organisationWire(2 * height), organisationWire(2 * height + 1)];
      // Rounds that were not decided leave nothing behind.
      await accepts(one.app, blockOf(height, time, [organisationWire(100 + height)]));
      await accepts(one.app, blockOf(height, time, [tampered(organisationWire(3))]));
      const decided = blockOf(height, time, wires);
      await accepts(one.app, decided);
      const roots = [];
      for (const { app } of [one, two]) {
        roots.push(toHex((await app.handlers["finalize-block"]({ kind: "finalize-block", block: decided })).appHash));
        await app.handlers.commit({ kind: "commit" });
      }
      expect(roots[0]).toBe(roots[1]);
    }
  });
});

describe("ballots", () => {
  test("door, proposal and block judge a ballot alike; boundaries are the block's, the clock is advice", async () => {
    const { app, block } = await node();
    const script = electionScript(genesis, 4);
    for (const wire of script.preparation) expect((await block([wire])).codes).toEqual([0]);
    const ballot = (voter: number, sequence = 1) =>
      ballotWire(script.memory, UUID, script.voters[voter] as TestVoter, [[1, 0]], sequence);
    const first = ballot(0);
    clock = script.opensAt - 1n;
    expect(await checkTx(app, first)).not.toBe(0);
    clock = script.opensAt;
    // The state is older than the opening: the door does not mind, the block waits.
    expect(app.snapshot.time < script.opensAt).toBe(true);
    expect(await checkTx(app, first)).toBe(0);
    expect(await checkTx(app, first, true)).toBe(0);
    expect((await block([first], script.opensAt - 1n)).txs).toEqual([]);
    expect(await accepts(app, blockOf(app.snapshot.height + 1, script.opensAt - 1n + 0n, [first]))).toBe(false);
    expect((await block([first], script.opensAt)).codes).toEqual([0]);
    // Revotes in the wrong order, and bad proofs, are refused by everyone.
    const [third, second] = [ballot(1, 2), ballot(1, 1)];
    const height = app.snapshot.height + 1;
    const time = app.snapshot.time + SECOND;
    expect(await accepts(app, blockOf(height, time, [third, second]))).toBe(false);
    expect(await accepts(app, blockOf(height, time, [second, third]))).toBe(true);
    const forged = tampered(ballot(2), 200);
    expect(await checkTx(app, forged)).not.toBe(0);
    expect(await accepts(app, blockOf(height, time, [forged]))).toBe(false);
    // One nanosecond decides, and it is the block's.
    const late = ballot(3);
    expect(await accepts(app, blockOf(height, script.closesAt - 1n, [late]))).toBe(true);
    expect(await accepts(app, blockOf(height, script.closesAt, [late]))).toBe(false);
    clock = script.closesAt;
    expect(await checkTx(app, late)).not.toBe(0);
    expect((await block([late], script.closesAt - 1n)).codes).toEqual([0]);
  });

  test("L-15: proofs are judged once, together, and only when everything cheaper holds; a busy judge refuses", async () => {
    const judged: number[] = [];
    let busy = false;
    const judge: Judge = {
      judge: async (tasks) => {
        if (busy) throw new Busy("proof checking", 5);
        judged.push(tasks.length);
        return tasks.map(judgeBallot);
      },
      close: async () => {},
    };
    const { app, block } = await node("judged", { judge: gathered(judge) });
    const script = electionScript(genesis, 4);
    for (const wire of script.preparation) await block([wire]);
    clock = script.opensAt;
    const ballots = [0, 1, 2].map((voter) =>
      ballotWire(script.memory, UUID, script.voters[voter] as TestVoter, [[0, 1]]),
    );
    expect(await Promise.all(ballots.map((wire) => checkTx(app, wire)))).toEqual([0, 0, 0]);
    expect(judged).toEqual([3]);
    await block(ballots, script.opensAt);
    expect(await checkTx(app, ballots[0] as Uint8Array)).not.toBe(0);
    expect(judged).toEqual([3]);
    busy = true;
    const last = ballotWire(script.memory, UUID, script.voters[3] as TestVoter, [[0, 1]]);
    expect(await checkTx(app, last)).toBe(CODE_BUSY);
    // A block is judged all the same: slower, never wrong.
    expect((await block([last], app.snapshot.time + SECOND)).codes).toEqual([0]);
  });
});

describe("crashes", () => {
  test("L-18: before persisting the block comes again, after persisting it is there; never anything between", async () => {
    const reference = await node("reference");
    const blocks = [1, 2, 3].map((height) =>
      blockOf(height, genesis.time + BigInt(height) * SECOND, [organisationWire(height)]),
    );
    const roots = [];
    for (const block of blocks) {
      roots.push(toHex((await reference.app.handlers["finalize-block"]({ kind: "finalize-block", block })).appHash));
      await reference.app.handlers.commit({ kind: "commit" });
    }
    for (const crashAt of ["finalized", "begin", "written", "committed"] as const) {
      const name = `crash-${crashAt}`;
      let armed = false;
      const first = await node(name, {
        onStep: (step) => {
          if (armed && step === crashAt) throw new Error("crash");
        },
      });
      const [one, two] = blocks as [AbciBlock, AbciBlock];
      await first.app.handlers["finalize-block"]({ kind: "finalize-block", block: one });
      await first.app.handlers.commit({ kind: "commit" });
      armed = true;
      await first.app.handlers["finalize-block"]({ kind: "finalize-block", block: two });
      if (crashAt !== "finalized") expect(() => first.app.handlers.commit({ kind: "commit" })).toThrow("crash");
      await first.close();
      const again = await node(name);
      const { height, appHash } = await info(again.app);
      expect(height).toBe(crashAt === "committed" ? 2 : 1);
      expect(toHex(appHash)).toBe(roots[height - 1]);
      for (const block of blocks.slice(height)) {
        const { appHash: root } = await again.app.handlers["finalize-block"]({ kind: "finalize-block", block });
        await again.app.handlers.commit({ kind: "commit" });
        expect(toHex(root)).toBe(roots[block.height - 1]);
      }
    }
  });

  test("CometBFT that restarts alone begins with info: what was finalized and not committed is forgotten", async () => {
    const { app } = await node();
    const block = blockOf(1, genesis.time + SECOND, [organisationWire(1)]);
    await app.handlers["finalize-block"]({ kind: "finalize-block", block });
    expect(info(app)).toMatchObject({ height: 0 });
    expect(() => app.handlers.commit({ kind: "commit" })).toThrow("decided before");
    await app.handlers["finalize-block"]({ kind: "finalize-block", block });
    await app.handlers.commit({ kind: "commit" });
    await expect(async () => app.handlers["finalize-block"]({ kind: "finalize-block", block })).rejects.toThrow(
      "on top of",
    );
  });

  test("data of another genesis, or a second process, is refused", async () => {
    const first = await node();
    await expect(openAppStore(`${directory}/a`, genesis)).rejects.toThrow("in use by process");
    await first.close();
    await expect(openAppStore(`${directory}/a`, { ...genesis, practice: true })).rejects.toThrow("another ledger");
    await expect(openAppStore(`${directory}/b`, genesisOf())).rejects.toThrow("engine embedded");
  });
});

test("snapshots are not offered and not taken; vote extensions stay empty; questions go to the HTTP API", async () => {
  const { app } = await node();
  expect(app.handlers["list-snapshots"]({ kind: "list-snapshots" })).toBeNull();
  expect(app.handlers["offer-snapshot"]({ kind: "offer-snapshot" })).toEqual({ accept: false });
  expect(app.handlers["extend-vote"]({ kind: "extend-vote" })).toBeNull();
  const verify = (extension: Uint8Array) =>
    app.handlers["verify-vote-extension"]({ kind: "verify-vote-extension", extension });
  expect(verify(new Uint8Array(0))).toEqual({ accept: true });
  expect(verify(utf8("x"))).toEqual({ accept: false });
  expect(app.handlers.query({ kind: "query" })).toMatchObject({ code: 1 });
});
