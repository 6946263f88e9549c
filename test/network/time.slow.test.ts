/**
 * Time on a network of four: the chain is halted across the opening and across the closing, and the clocks of two
 * applications are ten minutes off. (CometBFT's own clock is the machine's: a Go program asks the kernel, not a library
 * that could be replaced, and time namespaces do not shift the calendar.)
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { freePort } from "#ledger/cometbft/free-port.js";
import { nodeKeys } from "#ledger/cometbft/home.js";
import { type CometOptions, openComet } from "#ledger/cometbft/open.js";
import { systemClock } from "#ledger/embedded/open.js";
import type { Ledger } from "#ledger/ledger.js";
import { cometBinary, foundNetwork } from "../comet-node.js";
import { must, RecordingLedger, removeDirectory, replayed, temporaryDirectory } from "../ledger-kit.js";
import { ballotWire, openElection, planOf, type TestVoter, trustees, UUID, votersOf } from "../protocol-kit.js";

const binary = cometBinary();
const SECOND = 1_000_000_000n;
const HOUR = 3600n * SECOND;

describe.skipIf(binary === undefined)("time on four validators", () => {
  let base: string;
  let directories: string[];
  const options: CometOptions[] = [];
  const nodes: (Ledger | undefined)[] = [];
  let memory: RecordingLedger;
  let voters: readonly TestVoter[];
  let [opensAt, closesAt] = [0n, 0n];

  const node = (i: number): Ledger => nodes[i] as Ledger;
  const open = async (i: number): Promise<void> => {
    nodes[i] = await openComet(directories[i] as string, options[i] as CometOptions);
  };
  const close = async (i: number): Promise<void> => {
    await nodes[i]?.close();
    nodes[i] = undefined;
  };
  /** A halted chain says so at its door until blocks come again. */
  const nextBlock = async (): Promise<void> => {
    const { height } = node(0).state();
    for await (const block of node(0).follow(height + 1, AbortSignal.timeout(60_000))) if (block.height > height) break;
  };
  const until = async (instant: bigint): Promise<void> => {
    while (systemClock() < instant) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const ballot = (i: number, sequence = 1): Uint8Array =>
    ballotWire(memory, UUID, voters[i] as TestVoter, [[1, 0]], sequence);

  beforeAll(async () => {
    base = await temporaryDirectory();
    directories = [1, 2, 3, 4].map((n) => join(base, `n${n}`));
    const genesis = await foundNetwork(directories);
    const ids = await Promise.all(directories.map(async (each) => (await nodeKeys(each)).nodeId));
    const addresses: string[] = [];
    for (const _ of directories) addresses.push(`127.0.0.1:${await freePort()}`);
    const offsets = [0n, 0n, -600n * SECOND, 600n * SECOND];
    for (const [i, p2p] of addresses.entries())
      options.push({
        binary: binary as string,
        p2p,
        rpc: `127.0.0.1:${await freePort()}`,
        peers: ids.map((id, k) => `${id}@${addresses[k]}`).filter((_, k) => k !== i),
        local: true,
        blockMs: 200,
        idleMs: 1000,
        clock: () => systemClock() + (offsets[i] as bigint),
      });
    await Promise.all([0, 1, 2, 3].map(open));
    memory = new RecordingLedger("script", genesis);
    voters = votersOf(8, UUID);
    opensAt = systemClock() + 30n * SECOND;
    closesAt = opensAt + 40n * SECOND;
    const rules = { ...planOf(trustees(1, 0), 0).rules, latestClose: opensAt + HOUR };
    openElection(memory, trustees(1, 0), 0, voters, { opensAt, closesAt, rules });
    for (const wire of memory.wires) await must(node(0), wire);
  }, 180_000);

  afterAll(async () => {
    await Promise.all(nodes.map((each) => each?.close()));
    await removeDirectory(base);
  }, 60_000);

  test("halted across the opening: the first ballot after it is recorded; before it none is", async () => {
    expect(systemClock() < opensAt - 5n * SECOND).toBe(true);
    expect(await node(0).submit(ballot(0))).toMatchObject({ ok: false, error: { code: "not-yet-open" } });
    await Promise.all([close(1), close(2)]);
    await until(opensAt + SECOND);
    await Promise.all([open(1), open(2)]);
    await nextBlock();
    const place = await must(node(0), ballot(0));
    expect(place.time >= opensAt).toBe(true);
    // The node whose clock is behind was halted, too: it takes ballots once it has a block from after the opening; the one whose clock is ahead
    // thinks that it is over, and is wrong at its own door only: it follows and votes for blocks like the others.
    const recorded = async (): Promise<boolean> => {
      const answer = await node(2).submit(ballot(1));
      if (!answer.ok) expect(answer.error.code).toBe("not-yet-open");
      return answer.ok;
    };
    while (!(await recorded())) await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await node(3).submit(ballot(2))).toMatchObject({ ok: false, error: { code: "closed" } });
    await must(node(1), ballot(2));
  }, 120_000);

  test("halted across the closing: a ballot after it is refused everywhere, although block time lags", async () => {
    await until(closesAt - 5n * SECOND);
    await must(node(0), ballot(3));
    await Promise.all([close(1), close(2)]);
    await until(closesAt + 8n * SECOND);
    await Promise.all([open(1), open(2)]);
    await nextBlock();
    for (const i of [0, 1, 3])
      expect(await node(i).submit(ballot(4 + i)), `node ${i + 1}`).toMatchObject({
        ok: false,
        error: { code: "closed" },
      });
    const { height } = node(0).state();
    for (const i of [1, 2, 3])
      for await (const block of node(i).follow(height, AbortSignal.timeout(60_000))) if (block.height >= height) break;
    const roots = [0, 1, 2, 3].map((i) => toHex(node(i).block(height)?.root as Uint8Array));
    expect(new Set(roots).size).toBe(1);
    expect(replayed(node(3)).height).toBeGreaterThanOrEqual(height);
  }, 180_000);
});
