// npm run openapi: writes docs/api/examples.json by taking the tour of the API (test/api/tour.ts), then openapi.json from
// the routes and the examples. Tests in test/api fail when either file is not up to date. With --routes: only openapi.json.
import { prepare, runSource, runTool, say, stop } from "./setup.mjs";

const routesOnly = process.argv.includes("--routes");
prepare({ build: !routesOnly });
const write = `
  import { writeFileSync } from "node:fs";
  const { describeApi } = await import("#server/openapi-text.js");
  writeFileSync("openapi.json", await describeApi());
`;
if (!routesOnly) {
  const env = { ...process.env, UPDATE_EXAMPLES: "1" };
  if (runTool("vitest/vitest.mjs", ["run", "test/api/examples.slow.test.ts"], { env }) !== 0)
    stop("The tour of the API did not succeed (the message is above).");
}
if (runSource(write) !== 0) stop("openapi.json could not be written (the message is above).");
say(routesOnly ? "openapi.json written" : "docs/api/examples.json and openapi.json written");
