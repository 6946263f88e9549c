import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeSchema } from "#server/schema-text.js";

test("docs/schema.sql is what the migrations make (else: node scripts/schema.mjs)", async () => {
  expect(readFileSync(join(import.meta.dirname, "..", "docs", "schema.sql"), "utf8")).toBe(await describeSchema());
});
