/**
 * The process that gets killed: an embedded ledger under load. It prints each acknowledged transaction (one line: id,
 * height, index) only after the ledger has acknowledged it, so every line that the parent reads must survive.
 *
 *     child.ts DIRECTORY SCRIPT [crash-step crash-after]
 *
 * SCRIPT is a JSON file with the transactions in hex. With a crash step the process kills itself at that step of a write.
 */
import { readFileSync } from "node:fs";
import { fromHex, toHex } from "#base/bytes.js";
import { openLedger } from "#ledger/embedded/open.js";
import type { WriteStep } from "#ledger/embedded/store.js";
import type { KillScript } from "./kill.js";

const [directory, scriptFile, crashStep, crashAfter] = process.argv.slice(2);
const script = JSON.parse(readFileSync(scriptFile as string, "utf8")) as KillScript;
let left = Number(crashAfter ?? 0);

const ledger = await openLedger(directory as string, {
  clock: () => BigInt(script.clock) + (process.hrtime.bigint() % 1_000_000_000n),
  gatherMs: 1,
  maxBlockTransactions: 4,
  onStep: (step: WriteStep) => {
    if (step === crashStep && left-- === 0) process.kill(process.pid, "SIGKILL");
  },
});
process.stdout.write(`open ${ledger.status().height} ${toHex(ledger.state().root)}\n`);

let next = 0;
await Promise.all(Array.from({ length: script.parallel }, () => work()));
await ledger.close();
process.stdout.write("done\n");

async function work(): Promise<void> {
  while (next < script.wires.length) {
    const outcome = await ledger.submit(fromHex(script.wires[next++] as string) as Uint8Array);
    if (!outcome.ok) throw new Error(`refused: ${outcome.error.code} (${outcome.error.detail})`);
    const { id, height, index } = outcome.value;
    process.stdout.write(`ack ${toHex(id)} ${height} ${index}\n`);
  }
}
