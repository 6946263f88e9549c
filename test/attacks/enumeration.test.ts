/**
 * at every endpoint that takes a mail address, known and unknown addresses cannot be told apart: by status, body,
 * headers, statements, letters or time. Generated: an operation whose body has an address has to stand below.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, newVoter, type Registry, startRegistry } from "../registration-kit.js";

// biome-ignore lint/suspicious/noExplicitAny: a JSON tree that the routes built
type Tree = any;

/** How each is asked about an address, by somebody who is nobody. */
const asking: Readonly<Record<string, (email: string) => object>> = {
  "POST /register": (email) => ({ name: "Somebody", email }),
  "POST /sessions/letter": (email) => ({ email }),
};

const known = Array.from({ length: 40 }, (_, i) => `known-${i}@x.org`);
const unknown = known.map((email) => email.replace("known", "other"));

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
  for (const email of known) await newVoter(registry, email);
  // The letters of registering are counted for a day.
  registry.time += 86_401n * 1_000_000_000n;
  await registry.module.purge();
}, 120_000);
afterAll(() => registry.close());

/** Whether a schema has, at any depth, a field that is a mail address. */
function takesAddress(tree: Tree, document: Tree, seen = new Set<string>()): boolean {
  if (typeof tree !== "object" || tree === null) return false;
  if (typeof tree.$ref === "string") {
    if (seen.has(tree.$ref)) return false;
    seen.add(tree.$ref);
    return takesAddress(document.components.schemas[tree.$ref.split("/").at(-1)], document, seen);
  }
  const names = Object.keys(tree.properties ?? {});
  if (names.some((name) => /mail|address/i.test(name))) return true;
  return Object.values(tree).some((value) => takesAddress(value, document, seen));
}

test("R-12: every public operation that takes an address stands in this test", () => {
  const document: Tree = JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "openapi.json"), "utf8"));
  const found = Object.entries<Tree>(document.paths).flatMap(([path, item]) =>
    Object.entries<Tree>(item)
      // Officers see their own lists; whether another organisation knows somebody is another test (H-02).
      .filter(([, operation]) => operation.security.length === 0)
      .filter(
        ([, operation]) =>
          takesAddress(operation.requestBody, document) ||
          (operation.parameters ?? []).some((one: Tree) => /mail|address/i.test(one.name)),
      )
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  );
  expect(found.sort()).toEqual(Object.keys(asking).sort());
});

const shape = (value: unknown): unknown =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shape(inner)]))
    : typeof value === "string"
      ? // What is random or a time keeps its form.
        value.replace(/[0-9a-f]/gi, "h").replace(/h+/g, (run) => String(run.length))
      : value;

/** What a stranger sees, with what is fresh each time reduced to its form. */
function seen(answer: Answer): unknown {
  const { date: _date, "x-ratelimit-remaining": _left, "x-ratelimit-reset": _reset, ...headers } = answer.headers;
  const cookie = String(headers["set-cookie"] ?? "").replace(/=[A-Za-z0-9_-]{43};/, "=…;");
  return { status: answer.status, body: shape(answer.body), headers: { ...headers, "set-cookie": cookie } };
}

async function ask(name: string, email: string): Promise<Answer> {
  const [method, url] = name.split(" ") as ["POST", string];
  return registry.send(method, url, { json: (asking[name] as (email: string) => object)(email) });
}

test.each(Object.keys(asking))("R-12: %s answers alike, does the same work and sends one letter", async (name) => {
  const facts = async (email: string) => {
    registry.statements.length = 0;
    const before = (await registry.mail.kept({ to: undefined, limit: 1000 })).length;
    const answer = await ask(name, email);
    const letters = (await registry.mail.kept({ to: undefined, limit: 1000 })).length - before;
    // What the test itself reads of the outbox comes last.
    return { seen: seen(answer), letters, statements: registry.statements.slice(0, -1) };
  };
  const [first, second] = [await facts("known-0@x.org"), await facts("other-0@x.org")];
  expect(second).toEqual(first);
  expect(first.letters).toBe(1);
  expect(first.statements.length).toBeGreaterThan(2);
});

test.each(Object.keys(asking))("R-12: %s, when no letter goes out any more, still answers alike", async (name) => {
  const last = async (email: string) => {
    let answer: Answer | undefined;
    for (let i = 0; i < 7; i++) {
      registry.time += 601n * 1_000_000_000n;
      answer = await ask(name, email);
    }
    const letters = (await registry.mail.kept({ to: email, limit: 100 })).filter(({ subject }) =>
      name.includes("register") ? subject.includes("registration") : subject.includes("Sign in"),
    );
    return { seen: seen(answer as Answer), letters: Math.min(letters.length, 7) };
  };
  const [first, second] = [await last("known-1@x.org"), await last("other-1@x.org")];
  expect(second.seen).toEqual(first.seen);
});

/**
 * Medians of times that were taken in turns, so that a busy machine slows both alike. A difference that a stranger could
 * use shows every time; noise does not, so one quiet round of several is enough.
 */
test.each(Object.keys(asking))("R-12: %s takes the same time", { timeout: 120_000 }, async (name) => {
  const time = async (email: string): Promise<number> => {
    const begun = performance.now();
    await ask(name, email);
    return performance.now() - begun;
  };
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
  const ratios: number[] = [];
  for (let round = 0; round < 4; round++) {
    registry.time += 86_401n * 1_000_000_000n;
    await registry.module.purge();
    const [a, b]: [number[], number[]] = [[], []];
    for (let i = 2; i < known.length; i++) {
      // Who comes first changes, too.
      const pair = [() => time(known[i] as string), () => time(unknown[i] as string)] as const;
      const order = i % 2 === 0 ? [0, 1] : [1, 0];
      for (const which of order) (which === 0 ? a : b).push(await (pair[which] as () => Promise<number>)());
    }
    const ratio = median(a) / median(b);
    ratios.push(ratio);
    if (ratio > 0.85 && ratio < 1.18) return;
  }
  expect.fail(`the medians of known and unknown addresses differ in every round: ${ratios.map((r) => r.toFixed(2))}`);
});
