// node scripts/schema.mjs: writes docs/schema.sql from a database with all migrations. test/schema.test.ts fails when
// the file is not up to date.
import { prepare, runSource, say, stop } from "./setup.mjs";

prepare({ build: false });
const write = `
  import { writeFileSync } from "node:fs";
  const { describeSchema } = await import("#server/schema-text.js");
  writeFileSync("docs/schema.sql", await describeSchema());
`;
if (runSource(write) !== 0) stop("docs/schema.sql could not be written (the message is above).");
say("docs/schema.sql written");
