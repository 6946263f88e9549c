/**
 * A validator that can be made to die: `node-child.ts DIRECTORY SOCKET` with the node's options as JSON in NODE_OPTIONS_JSON
 * and, in DIE_AT, the call of CometBFT at which it kills itself: at the first block with transactions after a SIGUSR2.
 */
import type { AbciHandlers } from "#ledger/cometbft/abci-messages.js";
import type { CometOptions } from "#ledger/cometbft/open.js";
import { silentLog } from "#ledger/ledger.js";
import { serveNode } from "#ledger/remote/serving.js";
import { openWith } from "./live-kit.js";

export type DieAt = "finalize" | "before-persisting" | "after-persisting";

const [directory, path] = process.argv.slice(2) as [string, string];
const dieAt = process.env.DIE_AT as DieAt | undefined;
let armed = false;
process.on("SIGUSR2", () => {
  armed = true;
});
const die = (): never => {
  process.kill(process.pid, "SIGKILL");
  // The signal takes this thread before anything is answered.
  for (;;);
};

const mortal = (honest: AbciHandlers): AbciHandlers => {
  let loaded = false;
  return {
    ...honest,
    "finalize-block": async (request) => {
      loaded = armed && request.block.transactions.length > 0;
      const answer = await honest["finalize-block"](request);
      if (loaded && dieAt === "finalize") die();
      return answer;
    },
    commit: async (request) => {
      if (loaded && dieAt === "before-persisting") die();
      const answer = await honest.commit(request);
      if (loaded && dieAt === "after-persisting") die();
      return answer;
    },
  };
};

const options = JSON.parse(process.env.NODE_OPTIONS_JSON ?? "{}") as CometOptions;
const ledger = await openWith(directory, options, mortal);
const create = () => Promise.reject(new Error("this network is founded"));
const socket = await serveNode(
  { current: () => ledger, founded: Promise.resolve(ledger), create },
  { path },
  silentLog,
);
process.stdout.write("runs\n");
process.once("SIGTERM", async () => {
  await socket.close();
  await ledger.close();
  process.exit(0);
});
