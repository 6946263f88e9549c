/** Replay and receipts on a CometBFT ledger: what holds, and each lie. Real networks' blocks: test/network. */
import { describe, expect, test } from "vitest";
import { sha256 } from "#crypto/hash.js";
import { listRoot } from "#crypto/merkle.js";
import { type BlockId, type CometHeader, cometHeaderHash, encodeCometHeader } from "#evidence/cometbft/header.js";
import { encodeFinality, encodeRootEvidence } from "#evidence/cometbft/judge.js";
import { validatorsHash } from "#evidence/cometbft/validators.js";
import { plainVerdicts } from "#protocol/ballot.js";
import { stateRoot } from "#protocol/directory.js";
import { applyGenesis } from "#protocol/genesis.js";
import { apply } from "#protocol/machine.js";
import { MemoryState } from "#protocol/state.js";
import { testCommit, testHeader, testValidators } from "../../test/comet-kit.js";
import { organisationWire } from "../../test/ledger-kit.js";
import { genesisOf, SECOND } from "../../test/protocol-kit.js";
import { judgeState } from "./chain.js";
import { type ReplayBlock, replay } from "./replay.js";

const validators = testValidators(["a", "b", "c", "d"]);
const genesis = genesisOf({ engine: "cometbft", engineKey: validatorsHash(validators) });

interface Made extends ReplayBlock {
  readonly parsed: CometHeader;
}

/** A chain of these blocks; `change` alters the header at a height before it is signed. */
function chain(
  blocks: readonly (readonly Uint8Array[])[],
  change: (height: number) => Partial<CometHeader> = () => ({}),
): Made[] {
  const state = new MemoryState();
  state.commit(applyGenesis(genesis).changes());
  let lastBlockId: BlockId = { hash: new Uint8Array(0), partsTotal: 0, partsHash: new Uint8Array(0) };
  return blocks.map((transactions, i) => {
    const height = i + 1;
    const time = genesis.time + BigInt(height) * SECOND;
    const parsed = testHeader(validators, {
      chainId: genesis.chainId,
      height,
      time,
      lastBlockId,
      dataHash: listRoot(transactions.map(sha256)),
      appHash: stateRoot(state),
      ...change(height),
    });
    state.commit(apply(state, { time, transactions }, plainVerdicts).changes);
    const commit = testCommit(parsed, validators);
    lastBlockId = commit.blockId;
    return {
      header: encodeCometHeader(parsed),
      evidence: encodeFinality({
        commit,
        validators: validators.map(({ key, power }) => ({ key, power })),
        changes: [],
      }),
      transactions,
      parsed,
    };
  });
}

const script = [[organisationWire(1)], [], [organisationWire(2), organisationWire(3)], []];
const fault = (blocks: readonly ReplayBlock[], from = genesis) => {
  const outcome = replay(from, blocks);
  return outcome.ok ? undefined : `${outcome.error.code} at ${outcome.error.height}`;
};

describe("a network's blocks", () => {
  test("replay to the root that the next header carries", () => {
    const blocks = chain(script);
    const outcome = replay(genesis, blocks.slice(0, 3));
    expect(outcome).toMatchObject({ ok: true, value: { height: 3, root: blocks[3]?.parsed.appHash } });
    expect(fault(blocks)).toBeUndefined();
  });

  test("a refused transaction in a block changes nothing and is no fault: validators are told so by its code", () => {
    const twice = chain([[organisationWire(1)], [organisationWire(1), organisationWire(2)], []]);
    expect(fault(twice)).toBeUndefined();
  });

  test("L-05: lies that enough validators signed show at the height where they stand", () => {
    const other = sha256(new Uint8Array(1));
    const lie = (change: Partial<CometHeader>) => chain(script, (height) => (height === 3 ? change : {}));
    expect(fault(lie({ appHash: other }))).toBe("state-root at 3");
    expect(fault(lie({ dataHash: other }))).toBe("transactions-root at 3");
    expect(fault(lie({ height: 4 }))).toBe("height-gap at 3");
    expect(fault(lie({ time: genesis.time + SECOND }))).toBe("time-order at 3");
    expect(fault(lie({ chainId: "other-1" }))).toBe("wrong-chain at 3");
    expect(fault(lie({ lastBlockId: { hash: other, partsTotal: 1, partsHash: other } }))).toBe("broken-chain at 3");
    expect(fault(lie({ validatorsHash: other }))).toBe("bad-evidence at 3");
  });

  test("blocks left out, swapped, altered, or of another genesis", () => {
    const [one, two, three] = chain(script) as [Made, Made, Made];
    expect(fault([two])).toBe("height-gap at 1");
    expect(fault([one, three])).toBe("height-gap at 2");
    expect(fault([{ ...one, transactions: [] }])).toBe("transactions-root at 1");
    expect(fault([{ ...one, evidence: two.evidence }])).toBe("bad-evidence at 1");
    expect(fault([{ ...one, evidence: new Uint8Array(3) }])).toBe("bad-evidence at 1");
    expect(fault([one], { ...genesis, engineKey: sha256(new Uint8Array(2)) })).toBe("bad-evidence at 1");
    expect(fault([one], { ...genesis, practice: true })).toBe("state-root at 1");
    expect(fault([one], { ...genesis, engine: "embedded" })).toBe("malformed-header at 1");
  });

  test("a receipt's state is that of its height, by the header above it", () => {
    const [one, two, three] = chain(script) as [Made, Made, Made];
    const judged = judgeState(genesis, one.header, encodeRootEvidence(two.header, two.evidence));
    expect(judged).toEqual({
      ok: true,
      value: { chainId: genesis.chainId, height: 1, time: one.parsed.time, stateRoot: two.parsed.appHash },
    });
    expect(judgeState(genesis, one.header, encodeRootEvidence(three.header, three.evidence)).ok).toBe(false);
    expect(judgeState(genesis, one.header, one.evidence).ok).toBe(false);
    expect(judgeState({ ...genesis, engine: "embedded" }, one.header, one.evidence).ok).toBe(false);
    expect(cometHeaderHash(one.parsed)).toEqual(two.parsed.lastBlockId.hash);
  });
});
