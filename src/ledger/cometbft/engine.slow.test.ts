/** The network engine passes the same contract as the embedded one, with a real CometBFT beside it. */
import { describe } from "vitest";
import { CometJudge } from "#evidence/cometbft/judge.js";
import { cometBinary, foundNetwork } from "../../../test/comet-node.js";
import { organisationWire, removeDirectory, replayed, temporaryDirectory } from "../../../test/ledger-kit.js";
import { ledgerContract } from "../ledger.contract.js";
import type { Ledger } from "../ledger.js";
import { freePort } from "./free-port.js";
import { openComet } from "./open.js";

const binary = cometBinary();

describe.skipIf(binary === undefined)("with CometBFT", () => {
  ledgerContract("cometbft, one validator", async (limits = {}) => {
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
    const open: Ledger[] = [await openComet(directory, options)];
    const judge = new CometJudge({ chainId: genesis.chainId, validatorsHash: genesis.engineKey });
    const wrong = organisationWire(0).slice();
    wrong[wrong.length - 1] = (wrong[wrong.length - 1] as number) ^ 1;
    return {
      ledger: open[0] as Ledger,
      transaction: organisationWire,
      refused: { wire: wrong, code: "bad-signature" },
      judge: ({ header, evidence }) => {
        const judged = judge.root(header, evidence);
        return judged.ok
          ? { height: judged.value.height, time: judged.value.time, root: judged.value.stateRoot }
          : undefined;
      },
      reopen: async () => {
        const again = await openComet(directory, options);
        open.push(again);
        return again;
      },
      replayedRoot: (ledger) => replayed(ledger).root,
      dispose: async () => {
        for (const each of open) await each.close();
        await removeDirectory(directory);
      },
    };
  });
});
