// npm start -- [--port N] [--host H] [--data DIR] [--reset]: sets up and runs the server in this same process, so that
// a signal reaches it directly.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { prepare, root } from "./setup.mjs";

prepare();
const main = join(root, "dist", "server", "main.js");
// A newcomer finds a practice ledger; the server itself refuses it with NODE_ENV=production.
process.argv = [process.argv[0], main, "--practice", ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
