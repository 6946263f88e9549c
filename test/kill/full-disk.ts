/**
 * A process whose disk is full for a while: it limits the size of its own files, fills the ledger until a write fails,
 * and lifts the limit again. Prints what it saw as JSON.
 *
 *     full-disk.ts DIRECTORY
 */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "#base/bytes.js";
import { openLedger } from "#ledger/embedded/open.js";
import { LedgerUnavailable } from "#ledger/ledger.js";
import { organisationWire, replayed } from "../ledger-kit.js";

const directory = process.argv[2] as string;
const limitFiles = (bytes: string): void => {
  spawnSync("prlimit", ["--pid", String(process.pid), `--fsize=${bytes}:unlimited`], { stdio: "inherit" });
};
const logged: string[] = [];
const log = { warn: () => {}, error: (_: object, sentence: string) => void logged.push(sentence) };
const ledger = await openLedger(directory, { gatherMs: 0, log });
const { size } = statSync(join(directory, "ledger.mdb"));
limitFiles(String(size + 100_000));

let accepted = 0;
let failure: unknown;
for (let n = 0; failure === undefined && n < 2000; n++) {
  try {
    if ((await ledger.submit(organisationWire(n))).ok) accepted++;
  } catch (error) {
    failure = error;
  }
}
const during = {
  unavailable: failure instanceof LedgerUnavailable,
  stopped: ledger.status().stopped,
  waiting: ledger.status().waiting,
  height: ledger.status().height,
};
limitFiles("unlimited");
const retried = await ledger.submit(organisationWire(accepted)).then(
  (outcome) => outcome.ok,
  (error: Error) => error.message,
);
const root = toHex(ledger.state().root);
const sound = toHex(replayed(ledger).root) === root;
await ledger.close();
const again = await openLedger(directory);
const kept = again.status().height;
await again.close();
process.stdout.write(JSON.stringify({ accepted, logged, during, retried, sound, kept, message: String(failure) }));
