/** The OpenAPI document out of the routes: one schema a name, the answer of every failure, an example of every operation. */
import { existsSync, readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import { type SessionKind, sessionCookies } from "#api/actor.js";
import { problemContentType } from "#api/problem.js";
import { isOfficeRole, policy } from "./policy.js";

/** A real request and its answer, as test/api/examples.slow.test.ts records and replays them. */
export interface ApiExample {
  readonly operationId: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly request?: unknown;
  readonly status: number;
  readonly response?: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: a JSON tree that others built
type Tree = any;

/** What docs/api/examples.json holds; nothing where the file is not there (it is not needed to run). */
export function storedExamples(): readonly ApiExample[] {
  // From src/server and from dist/server alike, the package's root is two levels up.
  const file = new URL("../../docs/api/examples.json", import.meta.url);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ApiExample[]) : [];
}

/** The document of an application whose routes are all there (`ready`). */
export function apiDocument(app: FastifyInstance, examples: readonly ApiExample[]): object {
  const document: Tree = structuredClone(app.swagger());
  document.servers = [{ url: "/" }];
  nameSchemasOnce(document);
  const byOperation = new Map(examples.map((example) => [example.operationId, example]));
  document.components.securitySchemes = { voter: schemeOf("voter"), officer: schemeOf("officer") };
  for (const [path, item] of Object.entries<Tree>(document.paths)) {
    for (const [method, operation] of Object.entries<Tree>(item)) {
      const access = policy.get(`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`);
      // In OpenAPI 3.1 the names beside a scheme may be roles: the least one that may call.
      operation.security = access === "voter" ? [{ voter: [] }] : isOfficeRole(access) ? [{ officer: [access] }] : [];
      operation.responses.default = problemAnswer;
      const example = byOperation.get(operation.operationId);
      if (example !== undefined) addExample(operation, example);
    }
  }
  return document;
}

function schemeOf(kind: SessionKind) {
  const roles =
    kind === "officer" ? " The role named is the least that may call: observer, registrar, officer, owner." : "";
  const description = `Session of ${kind === "voter" ? "a voter" : "somebody of an organisation"}, set by signing in.${roles}`;
  return { type: "apiKey", in: "cookie", name: sessionCookies[kind], description };
}

const problemAnswer = {
  description: "Refused or failed: a coded sentence that says what to do",
  content: { [problemContentType]: { schema: { $ref: "#/components/schemas/Problem" } } },
};

const schemaPrefix = "#/components/schemas/";

/**
 * Each schema comes in two forms, for requests (`NameInput`) and for answers (`Name`). Nearly always only one of them
 * is used, or both are the same: then there is one, `Name`. What nothing refers to is left out.
 */
function nameSchemasOnce(document: Tree): void {
  const schemas: Record<string, Tree> = document.components?.schemas ?? {};
  const used = reachable(document.paths, schemas).add("Problem");
  const renamed = new Map<string, string>();
  for (const name of used) {
    const plain = name.replace(/Input$/, "");
    const same = withoutInput(schemas[name]) === withoutInput(schemas[plain]);
    if (plain !== name && plain in schemas && (!used.has(plain) || same)) renamed.set(name, plain);
  }
  const rename = (reference: string) =>
    schemaPrefix + (renamed.get(reference.slice(schemaPrefix.length)) ?? reference.slice(schemaPrefix.length));
  const kept: Record<string, Tree> = {};
  for (const name of [...used].sort()) kept[renamed.get(name) ?? name] ??= schemas[name];
  document.components.schemas = kept;
  everyReference(document, (holder) => {
    holder.$ref = rename(holder.$ref);
  });
}

function withoutInput(schema: Tree): string {
  return JSON.stringify(schema ?? null).replaceAll('Input"', '"');
}

function reachable(from: Tree, schemas: Record<string, Tree>): Set<string> {
  const found = new Set<string>();
  const visit = (tree: Tree): void =>
    everyReference(tree, ({ $ref }) => {
      const name = $ref.slice(schemaPrefix.length);
      if (found.has(name) || !(name in schemas)) return;
      found.add(name);
      visit(schemas[name]);
    });
  visit(from);
  return found;
}

function everyReference(tree: Tree, use: (holder: { $ref: string }) => void): void {
  if (typeof tree !== "object" || tree === null) return;
  if (typeof tree.$ref === "string" && tree.$ref.startsWith(schemaPrefix)) use(tree);
  for (const value of Object.values(tree)) everyReference(value, use);
}

function addExample(operation: Tree, example: ApiExample): void {
  for (const parameter of operation.parameters ?? []) {
    const value = example.parameters?.[parameter.name];
    if (value !== undefined) parameter.example = value;
  }
  const body = operation.requestBody?.content?.["application/json"];
  if (body !== undefined && example.request !== undefined) body.example = example.request;
  const answer = operation.responses[example.status]?.content?.["application/json"];
  if (answer !== undefined && example.response !== undefined) answer.example = example.response;
}
