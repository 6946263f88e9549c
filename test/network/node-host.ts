/**
 * A process that runs nodes on demand, because whoever reads a node through its socket stands still meanwhile. A line on
 * standard input opens one: JSON with `directory`, `socket` and `options`; answered with a line.
 */
import { createInterface } from "node:readline";
import { type CometOptions, openComet } from "#ledger/cometbft/open.js";
import { silentLog } from "#ledger/ledger.js";
import { serveNode } from "#ledger/remote/serving.js";

interface Order {
  readonly directory: string;
  readonly socket: string;
  /** Absent: the node of this directory is closed. */
  readonly options?: CometOptions;
}

const open = new Map<string, () => Promise<void>>();
const create = () => Promise.reject(new Error("this network is founded"));

async function obey({ directory, socket, options }: Order): Promise<void> {
  if (options === undefined) {
    await open.get(directory)?.();
    open.delete(directory);
  } else {
    const ledger = await openComet(directory, options);
    const node = { current: () => ledger, founded: Promise.resolve(ledger), create };
    const served = await serveNode(node, { path: socket }, silentLog);
    open.set(directory, async () => {
      await served.close();
      await ledger.close();
    });
  }
  process.stdout.write(`${directory}\n`);
}

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => void obey(JSON.parse(line) as Order));
lines.on("close", async () => {
  for (const close of open.values()) await close();
  process.exit(0);
});
