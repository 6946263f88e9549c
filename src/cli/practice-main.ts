/**
 * The practice office, in a process of its own: a server over a ledger marked as practice, and one referendum after the
 * other for newcomers. All keys, those of officer, trustees and voters, lie in `keys/practice.json` below its own folder,
 * and nowhere else. Its clock can be turned forward, by its own close button only.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { compose } from "#server/compose.js";
import { createLog } from "#server/log.js";
import { parseServerOptions } from "#server/options.js";
import type { PracticeMessage, PracticeOrder } from "#server/practice.js";
import { type Office, openOffice } from "./practice-office.js";

if (process.env.NODE_ENV === "production")
  throw new Error("There is no practice ledger on a server for real elections.");

const options = parseServerOptions(process.argv.slice(2), {});
if (!options.ok || options.value === "help") throw new Error("the practice ledger is started with fixed options");
const chosen = { ...options.value, practice: "itself", logLevel: "silent" } as const;
mkdirSync(join(chosen.dataDir, "keys"), { recursive: true });
const office: Office = openOffice(join(chosen.dataDir, "keys", "practice.json"));
const server = await compose(chosen, createLog(chosen.logLevel), office.clock);

const tell = (message: PracticeMessage): void => {
  if (process.connected) process.send?.(message);
};
const stop = () => void server.close().then(() => process.exit(0));
process.once("disconnect", stop);
process.once("SIGTERM", stop);
// The terminal's Ctrl-C reaches this process, too; the server beside it ends it in order.
process.on("SIGINT", () => undefined);
process.on("message", ({ number, order }: PracticeOrder) => {
  const outcome = order === "voter" ? office.takeVoter() : office.close();
  tell({ kind: "answer", number, ...outcome });
});
office.begin(server.url, server.setupLink?.split("#")[1], (state) => tell({ kind: "state", url: server.url, state }));
