/** Replay: an honest ledger holds, and each kind of lie is named with its height. */
import { describe, expect, test } from "vitest";
import { toHex, utf8 } from "#base/bytes.js";
import { ed25519Key } from "#crypto/ed25519.js";
import { listRoot } from "#crypto/merkle.js";
import { decodeHeader, type EmbeddedHeader, encodeHeader, headerHash, signHeader } from "#evidence/embedded.js";
import { stateRoot } from "#protocol/directory.js";
import { applyGenesis, type Genesis, genesisHash } from "#protocol/genesis.js";
import { apply } from "#protocol/machine.js";
import { MemoryState } from "#protocol/state.js";
import { anchorLog } from "#protocol/transactions/anchor-log.js";
import { FOUNDER, genesisOf, REGISTRAR, SECOND, signed } from "../../test/protocol-kit.js";
import { type ReplayBlock, replay, startReplay } from "./replay.js";

const secret = new Uint8Array(32).fill(5);
const genesis: Genesis = genesisOf({ engineKey: ed25519Key(secret) });

const anchor = (entries: number) =>
  signed(
    anchorLog,
    { organisation: FOUNDER, entries, head: new Uint8Array(32).fill(entries) },
    "log",
    REGISTRAR.secret,
  );

/** Three honest blocks; `lie` may change a header before it is signed, or the transactions beside it. */
function blocks(
  lie: (height: number, header: EmbeddedHeader) => EmbeddedHeader = (_, header) => header,
): ReplayBlock[] {
  const state = new MemoryState();
  state.commit(applyGenesis(genesis).changes());
  let previous = genesisHash(genesis);
  return [[anchor(1), anchor(2)], [], [anchor(3)]].map((transactions, i) => {
    const time = genesis.time + BigInt(i + 1) * SECOND;
    const applied = apply(
      state,
      { time, transactions },
      { ballot: () => ({ ok: false, error: { code: "bad-proof", detail: "" } }) },
    );
    state.commit(applied.changes);
    const honest: EmbeddedHeader = {
      chainId: genesis.chainId,
      height: i + 1,
      time,
      previous,
      transactionsRoot: listRoot(transactions),
      stateRoot: applied.root,
    };
    const header = encodeHeader(lie(i + 1, honest));
    previous = headerHash(header);
    return { header, evidence: signHeader(secret, header), transactions };
  });
}

const fault = (given: Iterable<ReplayBlock>, from: Genesis = genesis) => {
  const outcome = replay(from, given);
  return outcome.ok ? undefined : `${outcome.error.code} at ${outcome.error.height}`;
};

test("an honest ledger replays to its root, and says how far it is", () => {
  const heights: number[] = [];
  const outcome = replay(genesis, blocks(), {}, (height) => heights.push(height));
  if (!outcome.ok) throw new Error(outcome.error.detail);
  expect(heights).toEqual([1, 2, 3]);
  expect(outcome.value).toMatchObject({ height: 3, time: genesis.time + 3n * SECOND });
  expect(toHex(outcome.value.root)).toBe(toHex(stateRoot(outcome.value.reader)));
  const last = decodeHeader(blocks()[2]?.header as Uint8Array);
  expect(last.ok && toHex(last.value.stateRoot)).toBe(toHex(outcome.value.root));
});

describe("lies", () => {
  const changed = (height: number, change: Partial<EmbeddedHeader>) =>
    blocks((at, header) => (at === height ? { ...header, ...change } : header));

  test.each([
    ["a height that jumps", changed(2, { height: 3 }), "height-gap at 2"],
    ["a header that points elsewhere", changed(3, { previous: new Uint8Array(32) }), "broken-chain at 3"],
    ["a time that stands still", changed(2, { time: genesis.time + SECOND }), "time-order at 2"],
    ["a time before the genesis", changed(1, { time: genesis.time }), "time-order at 1"],
    ["another state root", changed(3, { stateRoot: new Uint8Array(32) }), "state-root at 3"],
    ["another root of transactions", changed(1, { transactionsRoot: new Uint8Array(32) }), "transactions-root at 1"],
    ["another chain", changed(1, { chainId: "test-chain-2" }), "wrong-chain at 1"],
  ])("%s", (_name, given, expected) => {
    expect(fault(given)).toBe(expected);
  });

  test("a block left out, swapped, repeated, or with its transactions changed", () => {
    const [one, two, three] = blocks() as [ReplayBlock, ReplayBlock, ReplayBlock];
    expect(fault([one, three])).toBe("height-gap at 2");
    expect(fault([two, one])).toBe("height-gap at 1");
    expect(fault([one, one])).toBe("height-gap at 2");
    expect(fault([{ ...one, transactions: [...one.transactions].reverse() }])).toBe("transactions-root at 1");
    expect(fault([{ ...one, transactions: one.transactions.slice(1) }])).toBe("transactions-root at 1");
    expect(fault([{ ...one, evidence: two.evidence }])).toBe("bad-evidence at 1");
    expect(fault([{ ...one, header: one.header.subarray(1) }])).toBe("malformed-header at 1");
  });

  test("a signed block with a transaction that has no effect", () => {
    const state = new MemoryState();
    state.commit(applyGenesis(genesis).changes());
    for (const wire of [anchor(0), utf8("noise")]) {
      const header = encodeHeader({
        chainId: genesis.chainId,
        height: 1,
        time: genesis.time + 1n,
        previous: genesisHash(genesis),
        transactionsRoot: listRoot([wire]),
        stateRoot: stateRoot(state),
      });
      const block = { header, evidence: signHeader(secret, header), transactions: [wire] };
      expect(fault([block])).toBe("rejected-transaction at 1");
    }
  });

  test("another node's key, another genesis, another engine", () => {
    expect(fault(blocks(), genesisOf({ engineKey: ed25519Key(new Uint8Array(32).fill(6)) }))).toBe("bad-evidence at 1");
    expect(fault(blocks(), { ...genesis, practice: true })).toBe("broken-chain at 1");
    expect(fault(blocks(), { ...genesis, engine: "cometbft" })).toBe("malformed-header at 1");
    expect(fault([], { ...genesis, founder: { ...genesis.founder, threshold: 9 } })).toBe("bad-genesis at 0");
  });

  test("after a fault nothing has changed, and the right block may follow", () => {
    const [one, two] = blocks() as [ReplayBlock, ReplayBlock];
    const started = startReplay(genesis);
    if (!started.ok) throw new Error(started.error.detail);
    expect(started.value.next(two)?.code).toBe("height-gap");
    expect(started.value.next({ ...one, evidence: two.evidence })?.code).toBe("bad-evidence");
    expect(started.value.next(one)).toBeNull();
    expect(started.value.next(two)).toBeNull();
    expect(started.value.height).toBe(2);
  });
});
