/** Four validators in network namespaces of their own: the cable between them is pulled, and put back. Needs root. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromHex, toHex } from "#base/bytes.js";
import { cometGenesis, engineKeyOf } from "#ledger/cometbft/genesis-file.js";
import { nodeKeys } from "#ledger/cometbft/home.js";
import { NETWORK_FILE, type NetworkConfig } from "#ledger/cometbft/network.js";
import { installGenesis } from "#ledger/cometbft/open.js";
import { systemClock } from "#ledger/embedded/open.js";
import { type Ledger, LedgerUnavailable, silentLog } from "#ledger/ledger.js";
import { RemoteNode } from "#ledger/remote/ledger.js";
import { prepareTestnet } from "../../src/cli/testnet.js";
import { capability } from "../capabilities.js";
import { cometBinary } from "../comet-node.js";
import { must, organisationWire, removeDirectory, temporaryDirectory } from "../ledger-kit.js";
import { genesisOf } from "../protocol-kit.js";
import { type Process, programProcess } from "./processes.js";

const tag = `ps${process.pid % 10_000}`;
const ip = (...args: string[]): boolean => spawnSync("ip", args, { stdio: "ignore" }).status === 0;
/** Whether namespaces and bridges can be made here: root, and a kernel that has them. */
const able =
  cometBinary() !== undefined && capability("network-namespaces") && ip("link", "add", `${tag}br`, "type", "bridge");
const program = join(import.meta.dirname, "..", "..", "dist", "cli", "psephos.js");

describe.skipIf(!able)("a network that is cut", () => {
  let base: string;
  const processes: Process[] = [];
  const remotes: RemoteNode[] = [];
  const ledgers: Ledger[] = [];
  const plug = (n: number): boolean => ip("link", "set", `${tag}v${n}`, "master", `${tag}br`);
  const pull = (n: number): boolean => ip("link", "set", `${tag}v${n}`, "nomaster");
  const node = (n: number): Ledger => ledgers[n - 1] as Ledger;

  beforeAll(async () => {
    base = await temporaryDirectory();
    const directories = await prepareTestnet(join(base, "net"), 4, 200);
    const ids = await Promise.all(directories.map(async (each) => (await nodeKeys(each)).nodeId));
    ip("link", "set", `${tag}br`, "up");
    let genesis = "";
    for (const [i, directory] of directories.entries()) {
      const n = i + 1;
      for (const args of [
        ["netns", "add", `${tag}n${n}`],
        ["link", "add", `${tag}v${n}`, "type", "veth", "peer", "name", "eth0", "netns", `${tag}n${n}`],
        ["link", "set", `${tag}v${n}`, "up"],
        ["-n", `${tag}n${n}`, "addr", "add", `10.207.7.${n}/24`, "dev", "eth0"],
        ["-n", `${tag}n${n}`, "link", "set", "eth0", "up"],
        ["-n", `${tag}n${n}`, "link", "set", "lo", "up"],
      ])
        if (!ip(...args)) throw new Error(`ip ${args.join(" ")} failed`);
      plug(n);
      const file = join(directory, NETWORK_FILE);
      const config = JSON.parse(readFileSync(file, "utf8")) as NetworkConfig;
      const peers = ids.map((id, k) => `${id}@10.207.7.${k + 1}:26656`).filter((_, k) => k !== i);
      writeFileSync(file, JSON.stringify({ ...config, p2p: `10.207.7.${n}:26656`, rpc: "127.0.0.1:26657", peers }));
      const validators = config.validators.map((each) => ({
        name: each.name,
        key: fromHex(each.key) as Uint8Array,
        power: BigInt(each.power),
      }));
      if (genesis === "")
        genesis = cometGenesis(
          genesisOf({ engine: "cometbft", engineKey: engineKeyOf(validators), time: systemClock() - 1_000_000_000n }),
          validators,
        );
      await installGenesis(directory, genesis);
      const place = join(base, `${n}.sock`);
      const args = ["netns", "exec", `${tag}n${n}`, process.execPath, program, "node"];
      processes.push(programProcess(`node ${n}`, "ip", [...args, "--data", join(directory, ".."), "--socket", place]));
      processes[i]?.start();
      await processes[i]?.says(/runs \(/);
      // Files are no network: the sockets of the nodes are reached from here whatever happens to the cables.
      remotes.push(
        new RemoteNode({ nodes: [{ path: place }], log: silentLog, clock: systemClock, patienceMs: 12_000 }),
      );
      await remotes[i]?.start(30_000);
      ledgers.push((await remotes[i]?.founded) as Ledger);
    }
  }, 120_000);

  afterAll(async () => {
    await Promise.all(remotes.map((each) => each.close()));
    await Promise.all(processes.map((each) => each.stop()));
    for (const n of [1, 2, 3, 4]) ip("netns", "del", `${tag}n${n}`);
    ip("link", "del", `${tag}br`);
    await removeDirectory(base);
  }, 60_000);

  test("L-19: one cut off, three go on; two and two, nobody records and nobody says so; healed, all agree", async () => {
    await must(node(1), organisationWire(1));
    expect(pull(4)).toBe(true);
    for (let i = 10; i < 13; i++) await must(node(1 + (i % 3)), organisationWire(i));
    expect(pull(3)).toBe(true);
    const refused = await node(1)
      .submit(organisationWire(20))
      .then(
        () => "recorded",
        (error: unknown) => error,
      );
    expect(refused).toBeInstanceOf(LedgerUnavailable);
    plug(3);
    plug(4);
    const place = await (async () => {
      for (let tries = 0; ; tries++)
        try {
          return await must(node(2), organisationWire(20));
        } catch (error) {
          if (!(error instanceof LedgerUnavailable) || tries === 8) throw error;
        }
    })();
    for (const n of [1, 2, 3, 4])
      for await (const block of node(n).follow(place.height, AbortSignal.timeout(90_000)))
        if (block.height >= place.height) break;
    for (let height = 1; height <= place.height; height++) {
      const headers = [1, 2, 3, 4].map((n) => toHex(node(n).block(height)?.header as Uint8Array));
      expect(new Set(headers).size, `height ${height}`).toBe(1);
    }
    expect(await must(node(4), organisationWire(20))).toEqual(place);
  }, 300_000);
});
