/**
 * The demo's server in a process of its own. Its clock can be turned forward by the process that started it, so that
 * nobody has to wait for an opening; there is no other way to reach that clock, and no other program has it.
 */
import { compose } from "#server/compose.js";
import { createLog } from "#server/log.js";
import { parseServerOptions } from "#server/options.js";

let ahead = 0n;
const clock = () => BigInt(Date.now()) * 1_000_000n + ahead;

// Nothing of the environment makes a demo differ, but for what no flag can say: secrets.
const { MAIL_WEBHOOK_SECRET, PSEPHOS_OIDC } = process.env;
const options = parseServerOptions(process.argv.slice(2), { MAIL_WEBHOOK_SECRET, PSEPHOS_OIDC });
if (!options.ok || options.value === "help") throw new Error("the demo starts its server with fixed options");
const server = await compose(options.value, createLog(options.value.logLevel), clock);
process.on("message", (message: { readonly turnTo: string }) => {
  const missing = BigInt(message.turnTo) - clock();
  if (missing > 0n) ahead += missing;
  process.send?.({ now: clock().toString() });
});
const stop = () => void server.close().then(() => process.exit(0));
process.once("disconnect", stop);
process.once("SIGTERM", stop);
process.send?.({ url: server.url, setupToken: server.setupLink?.split("#")[1] });
