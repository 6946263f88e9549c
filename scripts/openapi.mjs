// node scripts/openapi.mjs: writes openapi.json from the routes and docs/api-examples.json. test/api/openapi.test.ts
// fails when the file is not up to date.
import { prepare, runSource, say, stop } from "./setup.mjs";

prepare({ build: false });
const write = `
  import { writeFileSync } from "node:fs";
  const { describeApi } = await import("#server/openapi-text.js");
  writeFileSync("openapi.json", await describeApi());
`;
if (runSource(write) !== 0) stop("openapi.json could not be written (the message is above).");
say("openapi.json written");
