/**
 * Every role at every officer's route, generated from the policy: what the guard answers, and that the table people read
 * (docs/operate/roles.md) says the same. After a deliberate change: UPDATE_ROLES=1 npx vitest run src/server/policy.test.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Actor, mayActAs, officeRoles } from "#api/actor.js";
import { type OfficeAct, officeActs } from "#api/office-acts.js";
import { people as words } from "#words/web/en/people.js";
import { createHttp } from "./http.js";
import { guardRoutes, isOfficeRole, policy } from "./policy.js";

const file = join(import.meta.dirname, "..", "..", "docs", "operate", "roles.md");

const people: Readonly<Record<string, Actor | null>> = {
  nobody: null,
  voter: { kind: "voter", voterId: "v1", method: "key" },
  ...Object.fromEntries(
    officeRoles.map((role) => [role, { kind: "officer", organisation: "o1", key: "00", name: "N", role } as const]),
  ),
};

const forPeople = [...policy].filter(([, access]) => access === "voter" || isOfficeRole(access));
const officeRoutes = forPeople.filter(([, access]) => access !== "voter").map(([name]) => name);

let app: FastifyInstance;
beforeAll(async () => {
  app = await createHttp({ logger: pino({ level: "silent" }) });
  guardRoutes(app, (request) => people[String(request.headers["x-person"])] ?? null);
  for (const [name] of forPeople) {
    const [method, url] = name.split(" ") as ["GET", string];
    app.route({ method, url, handler: async () => ({ reached: true }) });
  }
});
afterAll(() => app.close());

async function ask(name: string, person: string): Promise<{ status: number; code: unknown }> {
  const [method, path] = name.split(" ") as ["GET", string];
  const answer = await app.inject({ method, url: path.replace(/:\w+/g, "x"), headers: { "x-person": person } });
  return { status: answer.statusCode, code: (answer.json() as { code?: unknown }).code };
}

const cases = forPeople.flatMap(([name]) => Object.keys(people).map((person) => [name, person] as const));

test.each(cases)("%s as %s", async (name, person) => {
  const access = policy.get(name);
  const actor = people[person] as Actor | null;
  const may = actor?.kind === "officer" ? isOfficeRole(access) && mayActAs(actor.role, access) : access === actor?.kind;
  const refused = actor === null ? { status: 401, code: "not-signed-in" } : { status: 403, code: "not-allowed" };
  expect(await ask(name, person)).toEqual(may ? { status: 200, code: undefined } : refused);
});

test("an observer changes nothing, and what links people to credentials is for officers", async () => {
  // Shows what a letter would say; sends and stores nothing.
  const looks = new Set(["POST /officer/letters/preview"]);
  for (const name of officeRoutes.filter((each) => !each.startsWith("GET ") && !looks.has(each)))
    expect(await ask(name, "observer"), name).toMatchObject({ status: 403 });
  for (const person of ["observer", "registrar"])
    expect((await ask("GET /officer/elections/:uuid/roll/recomputation", person)).status).toBe(403);
});

test("only owners give and take roles", async () => {
  for (const name of officeRoutes.filter((each) => /^(POST|PUT|DELETE) \/officer\/members/.test(each)))
    expect([(await ask(name, "officer")).status, (await ask(name, "owner")).status]).toEqual([403, 200]);
});

test("docs/operate/roles.md has the table", async () => {
  const rows = await Promise.all(
    officeRoutes.map(async (name) => {
      const marks = officeRoles.map(async (role) => ((await ask(name, role)).status === 200 ? "yes" : "–"));
      return `| \`${name}\` | ${(await Promise.all(marks)).join(" | ")} |`;
    }),
  );
  const table = [`| route | ${officeRoles.join(" | ")} |`, "|---|---|---|---|---|", ...rows].join("\n");
  const text = readFileSync(file, "utf8");
  const marked = /(<!-- generated: src\/server\/policy.test.ts -->\n)[\s\S]*?(\n<!-- end -->)/;
  if (process.env.UPDATE_ROLES)
    writeFileSync(
      file,
      text.replace(marked, (_, a, b) => `${a}${table}${b}`),
    );
  expect(marked.exec(readFileSync(file, "utf8"))?.[0]).toContain(`\n${table}\n`);
});

test("every officer's route is one of the acts that the console explains, and the acts' roles are the policy's", () => {
  const acts = Object.keys(officeActs) as OfficeAct[];
  expect(acts.flatMap((act) => officeActs[act]).sort()).toEqual([...officeRoutes].sort());
  expect(Object.keys(words.acts).sort()).toEqual([...acts].sort());
  const lines = acts.map((act) => {
    const roles = new Set(officeActs[act].map((name) => policy.get(name)));
    expect([act, roles.size]).toEqual([act, 1]);
    return `  ${act}: "${[...roles].join()}",`;
  });
  const table = `{\n  // generated: src/server/policy.test.ts\n${lines.join("\n")}\n  // end\n}`;
  const path = join(import.meta.dirname, "..", "api", "office-acts.ts");
  const marked = /\{\n {2}\/\/ generated[\s\S]*?\/\/ end\n\}/;
  if (process.env.UPDATE_ROLES) writeFileSync(path, readFileSync(path, "utf8").replace(marked, table));
  expect(marked.exec(readFileSync(path, "utf8"))?.[0]).toBe(table);
});
