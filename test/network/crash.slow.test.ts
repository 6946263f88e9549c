/**
 * One validator of four is a process that dies inside a call of CometBFT, or finds that its data and CometBFT's are of
 * different ages. The others go on, and it comes back to the same state.
 */
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { appDirectory, cometHome } from "#ledger/cometbft/home.js";
import { systemClock } from "#ledger/embedded/open.js";
import { type Ledger, silentLog } from "#ledger/ledger.js";
import { RemoteNode } from "#ledger/remote/ledger.js";
import { cometBinary } from "../comet-node.js";
import { must, organisationWire } from "../ledger-kit.js";
import { type LiveNetwork, liveNetwork } from "./live-kit.js";
import type { DieAt } from "./node-child.js";
import { type Process, programProcess } from "./processes.js";

const binary = cometBinary();
const CHILD = join(import.meta.dirname, "node-child.ts");
/** What CometBFT keeps, besides the note of what it signed, which is never put back. */
const DATABASES = ["blockstore.db", "state.db", "cs.wal", "evidence.db"];

describe.skipIf(binary === undefined)("a validator that dies and comes back", () => {
  let network: LiveNetwork;
  let child: Process | undefined;
  let remote: RemoteNode | undefined;
  let sent = 0;

  const directory = (): string => network.directories[3] as string;
  const place = (): string => join(network.base, "child.sock");
  const send = (): Promise<unknown> => must(network.node(sent % 3), organisationWire(sent++));

  /** Starts the fourth node, and gives its ledger as a server sees it. */
  const start = async (dieAt?: DieAt): Promise<Ledger> => {
    const env = {
      NODE_OPTIONS_JSON: JSON.stringify(network.options[3]),
      ...(dieAt === undefined ? {} : { DIE_AT: dieAt }),
    };
    const flags = ["--conditions=psephos-source", "--import", "tsx"];
    child = programProcess("the fourth node", process.execPath, [...flags, CHILD, directory(), place()], env);
    child.start();
    await child.says(/runs/);
    remote = new RemoteNode({ nodes: [{ path: place() }], log: silentLog, clock: systemClock });
    await remote.start(30_000);
    return remote.founded;
  };
  const stop = async (): Promise<void> => {
    await remote?.close();
    await child?.stop();
  };
  /** It has every block that the others have, with their roots. */
  const caughtUp = async (ledger: Ledger): Promise<void> => {
    const { height } = network.node(0).state();
    for await (const block of ledger.follow(height, AbortSignal.timeout(60_000))) if (block.height >= height) break;
    for (let at = 1; at <= height; at++)
      expect(toHex(ledger.block(at)?.root as Uint8Array), `height ${at}`).toBe(
        toHex(network.node(0).block(at)?.root as Uint8Array),
      );
  };

  beforeAll(async () => {
    network = await liveNetwork(binary as string, 4, { blockMs: 100, stallMs: 15_000 });
    await Promise.all([0, 1, 2].map((i) => network.open(i)));
  }, 120_000);
  afterAll(async () => {
    await stop();
    await network.dispose();
  }, 60_000);

  test("L-18: killed in FinalizeBlock, before and after persisting: the others go on, it comes back to the same state", async () => {
    for (const dieAt of ["finalize", "before-persisting", "after-persisting"] as const) {
      await caughtUp(await start(dieAt));
      child?.signal("SIGUSR2");
      await send();
      await child?.ends();
      await remote?.close();
      await send();
    }
    await caughtUp(await start());
    await send();
    await caughtUp((await remote?.founded) as Ledger);
    await stop();
  }, 180_000);

  test("L-18: an application older than CometBFT catches up; a newer one is told of, and replays when it is removed", async () => {
    const old = join(network.base, "old");
    cpSync(appDirectory(directory()), join(old, "application"), { recursive: true });
    for (const name of DATABASES)
      cpSync(join(cometHome(directory()), "data", name), join(old, name), { recursive: true });
    await caughtUp(await start());
    await send();
    await caughtUp((await remote?.founded) as Ledger);
    await stop();

    // Behind: last week's backup of the application's data.
    rmSync(appDirectory(directory()), { recursive: true });
    cpSync(join(old, "application"), appDirectory(directory()), { recursive: true });
    await caughtUp(await start());
    await stop();

    // Ahead: last week's blocks under today's application.
    for (const name of DATABASES) {
      const path = join(cometHome(directory()), "data", name);
      rmSync(path, { recursive: true, force: true });
      if (existsSync(join(old, name))) cpSync(join(old, name), path, { recursive: true });
    }
    const ahead = await start();
    for (const limit = performance.now() + 90_000; ahead.status().stopped === null && performance.now() < limit; )
      await new Promise((resolve) => setTimeout(resolve, 200));
    expect(ahead.status().stopped).toMatch(/CometBFT ended/);
    await stop();
    rmSync(appDirectory(directory()), { recursive: true });
    await send();
    await caughtUp(await start());
  }, 180_000);
});
