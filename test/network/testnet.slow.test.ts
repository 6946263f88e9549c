/** A network as people make it: directories prepared, founded by set-up on the first node, joined by the others. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { pointToBytes } from "#crypto/group.js";
import type { Ledger } from "#ledger/ledger.js";
import { type LedgerNode, openLedgerNode } from "#server/ledger-node.js";
import { joinWhenFounded, prepareTestnet } from "../../src/cli/testnet.js";
import { cometBinary } from "../comet-node.js";
import { must, organisationWire, removeDirectory, replayed, temporaryDirectory } from "../ledger-kit.js";
import { CHAIN_ID, genesisOf, REGISTRAR } from "../protocol-kit.js";

const binary = cometBinary();

describe.skipIf(binary === undefined)("testnet", () => {
  test("set-up founds it, the others join, it is there again after a restart", async () => {
    const base = join(await temporaryDirectory(), "net");
    const nodes = await prepareTestnet(base, 3);
    expect(await prepareTestnet(base, 3)).toEqual(nodes);
    await expect(prepareTestnet(base, 4)).rejects.toThrow("testnet of 3");
    const registrarKey = pointToBytes(REGISTRAR.key);
    const opened: (LedgerNode | Ledger)[] = [];
    const open = async (): Promise<LedgerNode> => {
      const node = await openLedgerNode({ directory: nodes[0] as string, registrarKey, engine: {} });
      opened.push(node);
      return node;
    };
    try {
      const first = await open();
      expect(first.current()).toBeUndefined();
      const joining = joinWhenFounded(nodes, () => false);
      const ledger = await first.create({ chainId: CHAIN_ID, founder: genesisOf().founder });
      const others = await joining;
      opened.push(...others);
      expect(ledger.genesis()).toMatchObject({ engine: "cometbft", chainId: CHAIN_ID });
      await expect(first.create({ chainId: "x-1", founder: genesisOf().founder })).rejects.toThrow("already");
      const place = await must(ledger, organisationWire(1));
      for await (const _ of (others[0] as Ledger).follow(place.height, AbortSignal.timeout(60_000))) break;
      expect(toHex(replayed(others[0] as Ledger).root)).toBe(toHex(ledger.state().root));
      await first.close();
      const again = (await open()).current() as Ledger;
      expect(await must(again, organisationWire(1))).toEqual(place);
      await must(again, organisationWire(2));
    } finally {
      await Promise.all(opened.map((each) => each.close()));
      await removeDirectory(join(base, ".."));
    }
  }, 180_000);

  test("a directory that is not ours, or a faulty network file, is refused with a sentence", async () => {
    const base = await temporaryDirectory();
    try {
      await expect(prepareTestnet(base, 2)).rejects.toThrow("is there already");
      const node = join(base, "ledger");
      await mkdir(node);
      const options = { directory: node, registrarKey: pointToBytes(REGISTRAR.key), engine: {} };
      const file = { p2p: "127.0.0.1:1", rpc: "127.0.0.1:2", peers: [], local: true };
      for (const [text, sentence] of [
        ["{", "is not JSON"],
        ["{}", "needs p2p"],
        [JSON.stringify({ ...file, validators: [{ name: "a", key: "00", power: 1 }] }), "64 hexadecimal digits"],
        [JSON.stringify({ ...file, validators: [{ name: "a", key: "00".repeat(32), power: 0 }] }), "at least 1"],
      ] as const) {
        await writeFile(join(node, "network.json"), text);
        await expect(openLedgerNode(options)).rejects.toThrow(sentence);
      }
    } finally {
      await removeDirectory(base);
    }
  });
});
