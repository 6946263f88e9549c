/** Four validators on this machine, each with its own CometBFT: what goes on, what stops, and that nothing is lost. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { CometJudge } from "#evidence/cometbft/judge.js";
import { freePort } from "#ledger/cometbft/free-port.js";
import { appDirectory, cometHome, nodeKeys } from "#ledger/cometbft/home.js";
import { type CometOptions, openComet } from "#ledger/cometbft/open.js";
import { type Ledger, LedgerUnavailable } from "#ledger/ledger.js";
import type { Genesis } from "#protocol/genesis.js";
import { cometBinary, foundNetwork } from "../comet-node.js";
import { blocksOf, must, organisationWire, removeDirectory, replayed, temporaryDirectory } from "../ledger-kit.js";

const binary = cometBinary();

describe.skipIf(binary === undefined)("four validators", () => {
  let base: string;
  let directories: string[];
  let options: CometOptions[];
  let nodes: (Ledger | undefined)[];
  let genesis: Genesis;

  beforeEach(async () => {
    base = await temporaryDirectory();
    directories = [1, 2, 3, 4].map((n) => join(base, `n${n}`));
    genesis = await foundNetwork(directories);
    const ids = await Promise.all(directories.map(async (directory) => (await nodeKeys(directory)).nodeId));
    const addresses: string[] = [];
    for (const _ of directories) addresses.push(`127.0.0.1:${await freePort()}`);
    options = [];
    for (const [i, p2p] of addresses.entries())
      options.push({
        binary: binary as string,
        p2p,
        rpc: `127.0.0.1:${await freePort()}`,
        peers: ids.map((id, k) => `${id}@${addresses[k]}`).filter((_, k) => k !== i),
        local: true,
        blockMs: 200,
        idleMs: 1000,
        patienceMs: 6000,
      });
    nodes = [undefined, undefined, undefined, undefined];
    await Promise.all([0, 1, 2, 3].map(open));
  });

  afterEach(async () => {
    await Promise.all(nodes.map((node) => node?.close()));
    await removeDirectory(base);
  });

  const open = async (i: number): Promise<void> => {
    nodes[i] = await openComet(directories[i] as string, options[i] as CometOptions);
  };
  const close = async (i: number): Promise<void> => {
    await nodes[i]?.close();
    nodes[i] = undefined;
  };
  const node = (i: number): Ledger => nodes[i] as Ledger;
  const reach = async (i: number, height: number): Promise<void> => {
    for await (const block of node(i).follow(height, AbortSignal.timeout(60_000))) if (block.height >= height) return;
    throw new Error(`node ${i + 1} did not reach height ${height}`);
  };

  test("L-19: one down, it goes on; two down, nobody is told a lie; back again, once; wiped data comes back", async () => {
    const submitted = await Promise.all([0, 1, 2, 3].map((i) => must(node(i), organisationWire(i))));
    expect(new Set(submitted.map((place) => `${place.height}/${place.index}`)).size).toBe(4);

    await close(3);
    for (let n = 10; n < 14; n++) await must(node(n % 3), organisationWire(n));

    await close(2);
    const refused = await node(0)
      .submit(organisationWire(20))
      .then(
        () => "recorded",
        (error: unknown) => error,
      );
    expect(refused).toBeInstanceOf(LedgerUnavailable);
    expect(node(0).place(sha256(organisationWire(20)))).toBeUndefined();

    // One comes back as it was, the other without its application's data and its copy of the blocks.
    const lost = directories[3] as string;
    await rm(appDirectory(lost), { recursive: true });
    for (const name of ["blockstore.db", "state.db", "cs.wal", "evidence.db"])
      await rm(join(cometHome(lost), "data", name), { recursive: true, force: true });
    await Promise.all([open(2), open(3)]);
    const place = await must(node(0), organisationWire(20));
    expect(await must(node(1), organisationWire(20))).toEqual(place);
    const seen = [...blocksOf(node(0))].flatMap((block) => block.transactions.map(toHex));
    expect(seen.filter((wire) => wire === toHex(organisationWire(20)))).toHaveLength(1);

    // L-12: the same root on every node at every height; and each shows the same final block.
    await Promise.all([0, 1, 2, 3].map((i) => reach(i, place.height)));
    for (let height = 1; height <= place.height; height++) {
      const blocks = [0, 1, 2, 3].map((i) => node(i).block(height));
      expect(new Set(blocks.map((block) => toHex(block?.root as Uint8Array))).size, `height ${height}`).toBe(1);
      expect(new Set(blocks.map((block) => toHex(block?.header as Uint8Array))).size, `height ${height}`).toBe(1);
    }
    expect(replayed(node(3)).height).toBeGreaterThanOrEqual(place.height);
    const judge = new CometJudge({ chainId: genesis.chainId, validatorsHash: genesis.engineKey });
    for (const i of [0, 3]) {
      const { header, evidence } = await node(i).evidence(place.height);
      const judged = judge.root(header, evidence);
      expect(judged).toMatchObject({ ok: true, value: { height: place.height, time: place.time } });
      expect(judged.ok && toHex(judged.value.stateRoot)).toBe(toHex(node(1).block(place.height)?.root as Uint8Array));
    }
  }, 240_000);
});
