/** A server's view on a node passes the same contract as the engine behind it: through a socket, without a copy. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe } from "vitest";
import { CometJudge } from "#evidence/cometbft/judge.js";
import { cometBinary, foundNetwork } from "../../../test/comet-node.js";
import { organisationWire, removeDirectory, replayed, temporaryDirectory } from "../../../test/ledger-kit.js";
import { freePort } from "../cometbft/free-port.js";
import { systemClock } from "../embedded/open.js";
import { ledgerContract } from "../ledger.contract.js";
import { type Ledger, silentLog } from "../ledger.js";
import { RemoteNode } from "./ledger.js";

const binary = cometBinary();

describe.skipIf(binary === undefined)("in front of a node", () => {
  let host: ChildProcess;
  /** Has the host open a node, or close it. */
  const tell = async (directory: string, options?: object): Promise<void> => {
    const answers = createInterface({ input: host.stdout as NodeJS.ReadableStream });
    host.stdin?.write(`${JSON.stringify({ directory, socket: join(directory, "node.sock"), options })}\n`);
    await once(answers, "line");
    answers.close();
  };

  beforeAll(() => {
    const flags = ["--conditions=psephos-source", "--import", "tsx"];
    const program = join(import.meta.dirname, "..", "..", "..", "test", "network", "node-host.ts");
    host = spawn(process.execPath, [...flags, program], { stdio: ["pipe", "pipe", "inherit"] });
  });
  afterAll(async () => {
    host.stdin?.end();
    await once(host, "exit");
  });

  ledgerContract("remote, a node with CometBFT", async (limits = {}) => {
    const directory = await temporaryDirectory();
    const genesis = await foundNetwork([directory]);
    const options = {
      ...limits,
      binary: binary as string,
      p2p: `127.0.0.1:${await freePort()}`,
      rpc: `127.0.0.1:${await freePort()}`,
      peers: [],
      local: true,
      blockMs: 50,
      idleMs: 500,
    };
    await tell(directory, options);
    const remotes: RemoteNode[] = [];
    // The server ends with its view; the node goes on.
    const open = async (): Promise<Ledger> => {
      const remote = new RemoteNode({
        nodes: [{ path: join(directory, "node.sock") }],
        log: silentLog,
        clock: systemClock,
      });
      remotes.push(remote);
      await remote.start(30_000);
      return remote.founded;
    };
    const judge = new CometJudge({ chainId: genesis.chainId, validatorsHash: genesis.engineKey });
    const wrong = organisationWire(0).slice();
    wrong[wrong.length - 1] = (wrong[wrong.length - 1] as number) ^ 1;
    return {
      ledger: await open(),
      transaction: organisationWire,
      refused: { wire: wrong, code: "bad-signature" },
      judge: ({ header, evidence }) => {
        const judged = judge.root(header, evidence);
        return judged.ok
          ? { height: judged.value.height, time: judged.value.time, root: judged.value.stateRoot }
          : undefined;
      },
      reopen: open,
      replayedRoot: (ledger) => replayed(ledger).root,
      dispose: async () => {
        for (const each of remotes) await each.close();
        await tell(directory);
        await removeDirectory(directory);
      },
    };
  });
});
