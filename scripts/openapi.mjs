// node scripts/openapi.mjs: writes openapi.json from the routes and docs/api-examples.json. test/api/openapi.test.ts
// fails when the file is not up to date.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { prepare, root, say } from "./setup.mjs";

prepare();
const { describeApi } = await import(pathToFileURL(join(root, "dist", "server", "openapi-text.js")).href);
writeFileSync(join(root, "openapi.json"), await describeApi());
say("openapi.json written");
