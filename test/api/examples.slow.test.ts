/**
 * Every operation of the API has an example, and the examples are true: the tour is taken again, and each request and
 * each answer is the same, byte for byte. To write them anew after a change: npm run openapi.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { ApiExample } from "#server/openapi-document.js";
import { describeApi } from "#server/openapi-text.js";
import { operationIds } from "./recorder.js";
import { takeTour } from "./tour.js";

const file = join(import.meta.dirname, "..", "..", "docs", "api", "examples.json");
let document: Parameters<typeof takeTour>[0];
let taken: ApiExample[];

beforeAll(async () => {
  document = JSON.parse(await describeApi());
  taken = await takeTour(document);
  if (process.env.UPDATE_EXAMPLES) writeFileSync(file, `${JSON.stringify(taken, null, 1)}\n`);
});

test("the tour uses every operation", () => {
  const used = new Set(taken.map(({ operationId }) => operationId));
  expect(operationIds(document).filter((id) => !used.has(id))).toEqual([]);
});

test("each example is what the server takes and answers today", () => {
  const stored = JSON.parse(readFileSync(file, "utf8")) as ApiExample[];
  const byId = new Map(stored.map((example) => [example.operationId, example]));
  for (const example of taken) expect.soft(byId.get(example.operationId), example.operationId).toEqual(example);
  expect(stored.map(({ operationId }) => operationId)).toEqual(taken.map(({ operationId }) => operationId));
});
