// npm run psephos -- COMMAND ...: sets up and runs the command line in this same process. Exit code and stdout are the
// command's own; what the set-up says goes to stderr.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { prepare, root } from "./setup.mjs";

prepare();
const main = join(root, "dist", "cli", "psephos.js");
process.argv = [process.argv[0], main, ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
