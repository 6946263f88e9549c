/**
 * A network that changes while it runs: a node without a vote, a fifth validator, one that leaves, another version of the
 * rules. Its receipts and its record hold from the genesis on; a broken way from there does not.
 */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { concat, toHex } from "#base/bytes.js";
import { decodeCometHeader } from "#evidence/cometbft/header.js";
import { decodeFinality, encodeFinality, encodeRootEvidence } from "#evidence/cometbft/judge.js";
import { Fields } from "#evidence/cometbft/protobuf.js";
import { freePort } from "#ledger/cometbft/free-port.js";
import { cometGenesis, type NamedValidator } from "#ledger/cometbft/genesis-file.js";
import { nodeKeys } from "#ledger/cometbft/home.js";
import { type CometOptions, installGenesis, openComet } from "#ledger/cometbft/open.js";
import { systemClock } from "#ledger/embedded/open.js";
import type { Block, Ledger } from "#ledger/ledger.js";
import type { Genesis } from "#protocol/genesis.js";
import { RULEBOOK } from "#protocol/machine.js";
import { networkOf } from "#protocol/network.js";
import { upgradeRules } from "#protocol/transactions/upgrade-rules.js";
import { judgeState } from "#verify/chain.js";
import { verifyRecord } from "#verify/record.js";
import { replay } from "#verify/replay.js";
import { recordBytes } from "#voting/record.js";
import { cometBinary } from "../comet-node.js";
import { blocksOf, must, organisationWire, removeDirectory, temporaryDirectory } from "../ledger-kit.js";
import { agreed, changeAt, networkGenesis, SECOND_RULES, validatorOf } from "../network-kit.js";

const binary = cometBinary();
const NODES = [0, 1, 2, 3, 4];
/** The node whose program is not renewed in time. */
const OLD = 1;

describe.skipIf(binary === undefined)("a network that changes", () => {
  let base: string;
  let nodes: Ledger[] = [];
  let genesis: Genesis;
  let keys: { validatorKey: Uint8Array; nodeId: string }[];

  beforeEach(async () => {
    base = await temporaryDirectory();
    const directories = NODES.map((n) => join(base, `n${n}`));
    keys = await Promise.all(directories.map(nodeKeys));
    const first = [0, 1, 2, 3].map((n) => validatorOf(n, keys[n]?.validatorKey as Uint8Array));
    genesis = networkGenesis(first, { time: systemClock() - 1_000_000_000n });
    const named: NamedValidator[] = first.map(({ name, key, power }) => ({ name, key, power: BigInt(power) }));
    for (const directory of directories) await installGenesis(directory, cometGenesis(genesis, named));
    const addresses: string[] = [];
    for (const _ of NODES) addresses.push(`127.0.0.1:${await freePort()}`);
    const options: CometOptions[] = [];
    for (const n of NODES)
      options.push({
        binary: binary as string,
        p2p: addresses[n] as string,
        rpc: `127.0.0.1:${await freePort()}`,
        peers: keys.map(({ nodeId }, k) => `${nodeId}@${addresses[k]}`).filter((_, k) => k !== n),
        local: true,
        blockMs: 150,
        idleMs: 500,
        rulebook: n === OLD ? RULEBOOK : SECOND_RULES,
      });
    nodes = await Promise.all(NODES.map((n) => openComet(directories[n] as string, options[n] as CometOptions)));
  });

  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await removeDirectory(base);
  });

  const node = (n: number): Ledger => nodes[n] as Ledger;
  const keyOf = (n: number): Uint8Array => keys[n]?.validatorKey as Uint8Array;
  const reach = async (n: number, height: number): Promise<void> => {
    for await (const block of node(n).follow(height, AbortSignal.timeout(90_000))) if (block.height >= height) return;
    throw new Error(`node ${n} did not reach height ${height}`);
  };
  const votersAt = (n: number, height: number): string[] => {
    const finality = decodeFinality((node(n).block(height) as Block).evidence);
    return finality.ok ? finality.value.validators.map(({ key }) => toHex(key)) : [];
  };

  test("L-20, L-12: a full node follows and serves; it gets a vote; another leaves; old rules stop at the height", async () => {
    // The fifth node has no vote; it takes transactions and serves proofs like any other.
    const served = await must(node(4), organisationWire(1));
    expect(judgeState(genesis, ...proofOf(await node(4).evidence(served.height))).ok).toBe(true);

    const join = changeAt(node(0).state(), { add: [validatorOf(4, keyOf(4))] }, [0, 1, 2]);
    const joined = await must(node(4), join);
    await Promise.all(NODES.map((n) => reach(n, joined.height + 3)));
    // The block that changes the set and the one above it are signed by the old one.
    expect([0, 1, 2].map((above) => votersAt(2, joined.height + above).length)).toEqual([4, 4, 5]);
    expect(votersAt(0, joined.height + 2)).toContain(toHex(keyOf(4)));

    const left = await must(node(2), changeAt(node(2).state(), { remove: [keyOf(0)] }, [1, 2, 3, 4]));
    const after = await must(node(0), organisationWire(2));
    const last = Math.max(after.height, left.height + 3);
    await Promise.all(NODES.map((n) => reach(n, last)));
    expect(votersAt(3, left.height + 2)).toHaveLength(4);
    expect(votersAt(3, left.height + 2)).not.toContain(toHex(keyOf(0)));

    // A receipt of the latest state carries the way from the genesis; without a part of it nobody believes it.
    const { header, evidence } = await node(3).evidence(last);
    const judged = judgeState(genesis, header, evidence);
    expect(judged.ok && toHex(judged.value.stateRoot)).toBe(toHex(node(1).block(last)?.root as Uint8Array));
    const { above, finality } = partsOf(evidence);
    expect(finality.changes).toHaveLength(2);
    const broken = [[], finality.changes.slice(0, 1), finality.changes.slice(1), [...finality.changes].reverse()];
    for (const changes of broken) {
      const forged = encodeRootEvidence(above, encodeFinality({ ...finality, changes }));
      expect(judgeState(genesis, header, forged)).toMatchObject({ ok: false, error: { code: "bad-evidence" } });
    }
    const early = await node(3).evidence(served.height);
    expect(partsOf(early.evidence).finality.changes).toHaveLength(0);

    await replaceStolenKey();

    // The record needs no such way: each header names the set of the next.
    const height = node(3).state().height;
    const report = verifyRecord(await recordOf(node(3), height));
    expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
    expect(report.verdict).toBe("valid");
    sameRoots(height);

    await upgradeAndHalt();
  }, 300_000);

  /**
   * The fourth node's key of votes is stolen; its operator is not there, and the others agree on another key (that of the
   * first node, which has none in use). The thief goes on voting with the old one, and nobody counts it.
   */
  async function replaceStolenKey(): Promise<void> {
    const fresh = validatorOf(3, keyOf(0));
    const stolen = { act: "replace" as const, remove: [keyOf(3)], add: [fresh] };
    const state = node(1).state();
    // Two of four operators are too few, also for this; and a replacement takes nobody else's place.
    expect(await node(1).submit(changeAt(state, stolen, [1, 2]))).toMatchObject({
      error: { code: "too-little-power" },
    });
    const stranger = { ...stolen, add: [validatorOf(0, keyOf(0))] };
    expect(await node(1).submit(changeAt(state, stranger, [1, 2, 4]))).toMatchObject({
      error: { code: "bad-validators" },
    });
    const replaced = await must(node(1), changeAt(state, stolen, [1, 2, 4]));
    await Promise.all(NODES.map((n) => reach(n, replaced.height + 4)));
    expect(votersAt(2, replaced.height + 1)).toContain(toHex(keyOf(3)));
    for (const above of [2, 3, 4]) {
      expect(votersAt(2, replaced.height + above)).not.toContain(toHex(keyOf(3)));
      expect(votersAt(2, replaced.height + above)).toContain(toHex(keyOf(0)));
    }
    const { header, evidence } = await node(3).evidence(replaced.height + 3);
    expect(judgeState(genesis, header, evidence).ok).toBe(true);
    expect(partsOf(evidence).finality.changes).toHaveLength(3);
  }

  /** Version 2 from an agreed height on: whoever knows it goes on, the other stops there and says why. */
  async function upgradeAndHalt(): Promise<void> {
    const { height, revision } = {
      height: node(2).state().height,
      revision: networkOf(node(2).state())?.revision ?? 0,
    };
    const from = height + 16;
    const agreement = agreed(upgradeRules, { revision, version: 2, height: from }, [2, 3, 4]);
    await must(node(3), agreement);
    await Promise.all([0, 2, 3, 4].map((n) => reach(n, from + 2)));
    expect(await node(4).submit(organisationWire(3))).toMatchObject({
      ok: false,
      error: { detail: "no more of them" },
    });
    const old = node(OLD);
    expect(old.status().stopped).toContain("version 2 of the rules");
    await expect(old.submit(organisationWire(4))).rejects.toThrow("Install a newer one");
    expect(old.state().height).toBeLessThan(from);
    sameRoots(from - 2);
    const header = decodeCometHeader((node(2).block(from) as Block).header);
    const below = decodeCometHeader((node(2).block(from - 1) as Block).header);
    expect([below.ok && below.value.appVersion, header.ok && header.value.appVersion]).toEqual([1n, 2n]);
    // Old heights replay with their rules; who does not know the new ones says so instead of guessing.
    expect(replay(genesis, blocksOf(node(2)), { rulebook: SECOND_RULES }).ok).toBe(true);
    expect(replay(genesis, blocksOf(node(2)))).toMatchObject({
      ok: false,
      error: { code: "unknown-rules", height: from },
    });
  }

  function sameRoots(upTo: number): void {
    for (let height = 1; height <= upTo; height++) {
      const roots = nodes.map((each) => each.block(height)?.root).filter((root) => root !== undefined);
      expect(new Set(roots.map(toHex)).size, `height ${height}`).toBe(1);
    }
  }
});

async function recordOf(ledger: Ledger, height: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of recordBytes(ledger, height)) chunks.push(chunk);
  return concat(...chunks);
}

function proofOf({ header, evidence }: { header: Uint8Array; evidence: Uint8Array }): [Uint8Array, Uint8Array] {
  return [header, evidence];
}

function partsOf(evidence: Uint8Array) {
  const fields = Fields.of(evidence);
  const finality = fields.ok ? decodeFinality(fields.value.blob(2)) : fields;
  if (!fields.ok || !finality.ok) throw new Error("no evidence of a root");
  return { above: fields.value.blob(1), finality: finality.value };
}
