/**
 * Four validators on one machine, none like another: language, time zone and Node's major version differ. They come to the
 * same root at every height, and a frozen record is judged alike by both versions of Node.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromHex, toHex } from "#base/bytes.js";
import { cometGenesis, engineKeyOf } from "#ledger/cometbft/genesis-file.js";
import { type NetworkConfig, readNetwork } from "#ledger/cometbft/network.js";
import { installGenesis } from "#ledger/cometbft/open.js";
import { systemClock } from "#ledger/embedded/open.js";
import { type Ledger, silentLog } from "#ledger/ledger.js";
import { RemoteNode } from "#ledger/remote/ledger.js";
import { elections } from "#protocol/election.js";
import { prepareTestnet } from "../../src/cli/testnet.js";
import { capability } from "../capabilities.js";
import { cometBinary } from "../comet-node.js";
import { must, RecordingLedger, removeDirectory, temporaryDirectory } from "../ledger-kit.js";
import { otherNode } from "../other-node.js";
import {
  ballotWire,
  genesisOf,
  HOUR,
  openElection,
  planOf,
  SECOND,
  type TestVoter,
  trustees,
  UUID,
  votersOf,
} from "../protocol-kit.js";
import { momentAfter } from "./live-kit.js";
import { type Process, programProcess } from "./processes.js";

const able = cometBinary() !== undefined && capability("other-node");
const program = join(import.meta.dirname, "..", "..", "dist", "cli", "psephos.js");

describe.skipIf(!able)("nodes that are set up differently", () => {
  let base: string;
  const processes: Process[] = [];
  const remotes: RemoteNode[] = [];
  const ledgers: Ledger[] = [];
  let memory: RecordingLedger;
  const node = (n: number): Ledger => ledgers[n] as Ledger;

  beforeAll(async () => {
    base = await temporaryDirectory();
    const directories = await prepareTestnet(join(base, "net"), 4, 100);
    const { validators } = (await readNetwork(directories[0] as string)) as NetworkConfig;
    const named = validators.map(({ name, key, power }) => ({
      name,
      key: fromHex(key) as Uint8Array,
      power: BigInt(power),
    }));
    const genesis = genesisOf({ engine: "cometbft", engineKey: engineKeyOf(named), time: systemClock() - SECOND });
    memory = new RecordingLedger("script", genesis);
    const other = otherNode() as string;
    // The letters, digits and calendars of these are not each other's.
    const kinds = [
      { node: process.execPath, LC_ALL: "C", TZ: "UTC" },
      { node: process.execPath, LC_ALL: "tr_TR.UTF-8", TZ: "America/St_Johns" },
      { node: other, LC_ALL: "ar_EG.UTF-8", TZ: "Pacific/Kiritimati" },
      { node: other, LC_ALL: "th_TH.UTF-8", TZ: "Asia/Kathmandu" },
    ];
    for (const [i, { node: chosen, LC_ALL, TZ }] of kinds.entries()) {
      const directory = directories[i] as string;
      await installGenesis(directory, cometGenesis(genesis, named));
      const args = [program, "node", "--data", join(directory, ".."), "--socket", join(base, `${i}.sock`)];
      const started = programProcess(`node ${i + 1}`, chosen, args, { LC_ALL, LANG: LC_ALL, TZ });
      processes.push(started);
      started.start();
    }
    for (const [i, each] of processes.entries()) {
      await each.says(/runs \(/);
      const remote = new RemoteNode({ nodes: [{ path: join(base, `${i}.sock`) }], log: silentLog, clock: systemClock });
      remotes.push(remote);
      await remote.start(30_000);
      ledgers.push(await remote.founded);
    }
  }, 240_000);

  afterAll(async () => {
    await Promise.all(remotes.map((each) => each.close()));
    await Promise.all(processes.map((each) => each.stop()));
    await removeDirectory(base);
  }, 60_000);

  test("L-12: languages, time zones and versions of Node differ, the roots do not", async () => {
    const voters = votersOf(8, UUID);
    const opensAt = await momentAfter(node(0), 9);
    const rules = { ...planOf(trustees(1, 0), 0).rules, latestClose: opensAt + 2n * HOUR };
    openElection(memory, trustees(1, 0), 0, voters, { opensAt, closesAt: opensAt + HOUR, rules });
    for (const wire of memory.wires) await must(node(0), wire);
    while (systemClock() < opensAt) await new Promise((resolve) => setTimeout(resolve, 50));
    const ballot = (i: number, sequence: number, type: "cast-ballot" | "spoil-ballot" = "cast-ballot") =>
      ballotWire(memory, UUID, voters[i] as TestVoter, [[i % 2, 1 - (i % 2)]], sequence, type);
    await must(node(0), ballot(7, 1));
    await Promise.all([0, 1, 2, 3].map((i) => must(node(i), ballot(i, 1))));
    await Promise.all([4, 5, 6].map((i) => must(node(i % 4), ballot(i, 1, "spoil-ballot"))));
    const last = await must(node(3), ballot(0, 2));

    for (const each of ledgers)
      for await (const block of each.follow(last.height, AbortSignal.timeout(60_000)))
        if (block.height >= last.height) break;
    for (let height = 1; height <= last.height; height++) {
      const roots = ledgers.map((each) => toHex(each.block(height)?.root as Uint8Array));
      expect(new Set(roots).size, `height ${height}`).toBe(1);
    }
    expect(elections.get(node(2).state(), UUID)).toMatchObject({ entry: { counted: 5 } });
  }, 120_000);

  test("L-12: the frozen network record is judged alike", async () => {
    const record = join(import.meta.dirname, "..", "..", "vectors", "network", "record-1.psephos");
    const said: string[] = [];
    for (const [chosen, LC_ALL, TZ] of [
      [process.execPath, "C", "UTC"],
      [otherNode() as string, "tr_TR.UTF-8", "Pacific/Kiritimati"],
    ] as const) {
      const verify = programProcess("verify", chosen, [program, "verify", record, "--json"], { LC_ALL, TZ });
      verify.start();
      await verify.ends();
      said.push(verify.said.join(""));
    }
    expect(JSON.parse(said[0] as string)).toMatchObject({ verdict: "valid" });
    expect(said[1]).toBe(said[0]);
    expect(readFileSync(record).length).toBeGreaterThan(1000);
  }, 60_000);
});
