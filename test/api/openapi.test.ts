import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeApi } from "#server/openapi-text.js";

const committed = readFileSync(join(import.meta.dirname, "..", "..", "openapi.json"), "utf8");

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly required?: boolean; readonly example?: unknown }[];
  readonly requestBody?: { readonly content: Record<string, { readonly example?: unknown }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly example?: unknown }> }>;
}

const { openapi, paths } = JSON.parse(committed) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
);

test("openapi.json is what the routes say (else: npm run openapi -- --routes)", async () => {
  expect(committed).toBe(await describeApi());
});

test("it is OpenAPI 3.1, and every reference leads somewhere", () => {
  expect(openapi).toBe("3.1.0");
  const { components } = JSON.parse(committed) as { components: { schemas: Record<string, unknown> } };
  const names = [...committed.matchAll(/"\$ref": "#\/components\/schemas\/([^"]+)"/g)].map(
    (match) => match[1] as string,
  );
  expect(names.filter((name) => !(name in components.schemas))).toEqual([]);
});

test("every operation has an id of its own, a summary, a tag and the answer of failures", () => {
  const ids = operations.map(([, { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(operations.length);
  const lacking = operations.filter(
    ([, each]) => !each.operationId || !each.summary || !each.tags?.length || !each.responses.default,
  );
  expect(lacking.map(([name]) => name)).toEqual([]);
});

test("every operation has an example: of what it takes, and of what it answers", () => {
  const lacking = operations.filter(([, operation]) => {
    const request = operation.requestBody?.content["application/json"];
    const answers = Object.values(operation.responses).flatMap(({ content }) => content?.["application/json"] ?? []);
    const parameters = (operation.parameters ?? []).filter(({ required }) => required);
    return (
      (request !== undefined && request.example === undefined) ||
      (answers.length > 0 && answers.every(({ example }) => example === undefined)) ||
      parameters.some(({ example }) => example === undefined)
    );
  });
  expect(lacking.map(([name]) => name)).toEqual([]);
});
