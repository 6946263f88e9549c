// node scripts/schema.mjs: writes docs/schema.sql from a database with all migrations. test/schema.test.ts fails when
// the file is not up to date.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { prepare, root, say } from "./setup.mjs";

prepare();
const { describeSchema } = await import(pathToFileURL(join(root, "dist", "server", "schema-text.js")).href);
writeFileSync(join(root, "docs", "schema.sql"), await describeSchema());
say("docs/schema.sql written");
