import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomScalar } from "#crypto/scalar.js";
import { seededRandom } from "../../test/protocol-kit.js";
import {
  keyHex,
  newVoter,
  type Registry,
  type RegistryOptions,
  startRegistry,
  voterIdentity,
} from "../../test/registration-kit.js";
import { openRollSecret, sealRollSecret } from "./sealed-secret.js";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

/** Another server on the same database. */
const beside = (options: RegistryOptions) => startRegistry({ ...options, database: registry.database });

test("R-14: the development outbox is there in development and not in production", async () => {
  await newVoter(registry, "ada@x.org");
  const { body } = await registry.send("GET", "/dev/outbox?to=ADA@x.org");
  expect(body).toEqual({ mails: [] });
  const mine = (await registry.send("GET", "/dev/outbox?to=ada@X.ORG&limit=1")).body.mails;
  expect(mine).toEqual([
    expect.objectContaining({
      to: "ada@x.org",
      subject: "Confirm your registration",
      links: [expect.stringContaining("/confirm#")],
    }),
  ]);
  expect(registry.app.printRoutes()).toContain("dev/outbox");
  const production = await beside({ production: true });
  const routes = production.app.printRoutes();
  expect(routes).toContain("register");
  expect(routes).not.toContain("outbox");
  for (const query of ["", "?to=ada@x.org", "?debug=1", "?production=false"])
    expect((await production.send("GET", `/dev/outbox${query}`)).status).toBe(404);
  for (const header of ["x-debug", "x-test", "x-environment"])
    expect((await production.send("GET", "/dev/outbox", { headers: { [header]: "development" } })).status).toBe(404);
  await production.close();
});

test("before set-up one can register; what needs the ledger says what to do", async () => {
  const fresh = await beside({ notSetUp: true });
  expect((await fresh.send("POST", "/register", { json: { name: "Ada", email: "ada@x.org" } })).status).toBe(201);
  const asked = await fresh.send("POST", "/sessions/challenge", {
    json: { public_key: keyHex(voterIdentity("a")) },
  });
  expect([asked.status, asked.body.code]).toEqual([503, "not-set-up"]);
  expect(asked.body.detail).toContain("set-up link");
  expect((await fresh.send("GET", "/session")).body).toEqual({ actor: null, method: null, expires_at: null });
  await fresh.close();
});

test("H-13: every route of officers and voters refuses who is not signed in", async () => {
  const id = "00000000-0000-4000-8000-000000000000";
  const uuid = "11111111111111";
  const routes = [
    ["GET", "/me"],
    ["GET", "/me/elections"],
    ["POST", "/me/organisations"],
    ["POST", "/me/key/letter"],
    ["PUT", "/me/key"],
    ["GET", "/me/passkeys"],
    ["POST", "/me/passkeys/options"],
    ["POST", "/me/passkeys"],
    ["DELETE", "/me/passkeys/AAAA"],
    ["GET", "/officer/organisations"],
    ["GET", "/officer/members"],
    ["PUT", `/officer/members/${"a".repeat(64)}`],
    ["DELETE", `/officer/members/${"a".repeat(64)}`],
    ["GET", "/officer/voters"],
    ["POST", `/officer/voters/${id}/approve`],
    ["POST", `/officer/voters/${id}/reject`],
    ["POST", `/officer/voters/${id}/suspend`],
    ["DELETE", `/officer/voters/${id}`],
    ["POST", "/officer/voters/approve-all"],
    ["POST", "/officer/voters/import"],
    ["GET", "/officer/voters/export"],
    ["POST", `/officer/elections/${uuid}/roll-key`],
    ["POST", `/officer/elections/${uuid}/roll`],
    ["GET", `/officer/elections/${uuid}/roll/recomputation`],
    ["POST", `/officer/elections/${uuid}/reissue`],
    ["GET", "/me/export"],
    ["GET", `/officer/voters/${id}/export`],
    ["GET", `/officer/voters/${id}/letters`],
    ["POST", `/officer/voters/${id}/letters`],
    ["POST", "/officer/letters/preview"],
    ["GET", `/officer/elections/${uuid}/mailings`],
    ["POST", `/officer/elections/${uuid}/mailings`],
    ["DELETE", `/officer/elections/${uuid}/mailings/${id}`],
    ["GET", "/officer/findings"],
    ["GET", "/officer/voters/constituencies"],
    ["GET", "/officer/voters/doubles"],
    ["POST", `/officer/voters/${id}/merge`],
    ["POST", "/officer/voters/import/preview"],
    ["POST", "/officer/voters/import/faulty"],
    ["GET", "/officer/admission"],
    ["PUT", "/officer/admission/domains"],
    ["PUT", "/officer/admission/claims"],
    ["GET", "/officer/letters"],
    ["GET", "/officer/admission/addresses"],
    ["POST", "/officer/admission/addresses"],
    ["GET", `/officer/elections/${uuid}/roll/check`],
  ] as const;
  for (const [method, url] of routes) {
    const json = method === "POST" || method === "PUT" ? { json: {} } : {};
    for (const session of [undefined, "A".repeat(43), "x"])
      expect([url, (await registry.send(method, url, { ...json, session })).status]).toEqual([url, 401]);
  }
  // A route that is added has to be added above, too: whom it is for is decided on purpose.
  const document = registry.app.swagger() as { paths: Record<string, object> };
  const forPeople = Object.entries(document.paths).flatMap(([path, methods]) =>
    /^\/(me|officer)\b/.test(path) ? Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`) : [],
  );
  const form = (route: string) => route.replace(/\{\w+\}|a{64}|[0-9a-f-]{36}|1{14}|AAAA/g, "X");
  expect(forPeople.map(form).sort()).toEqual(routes.map(([method, url]) => form(`${method} ${url}`)).sort());
});

test("R-03: secrets are compared through the one helper, or looked up by their hash", () => {
  const room = dirname(fileURLToPath(import.meta.url));
  const files = readdirSync(room, { recursive: true, encoding: "utf8" }).filter((name) =>
    /(?<!\.test)\.ts$/.test(name),
  );
  const complaints = files.flatMap((name) => {
    const lines = readFileSync(join(room, name), "utf8").split("\n");
    return lines.flatMap((line, i) =>
      /(token|hash|secret|challenge|cookie|session)\w*(\.\w+|\("?\w*"?\)|\[\w+\])*\s*[!=]==? (?! |undefined|null|"|`|0n?\b)|timingSafeEqual|Buffer\.compare\(.*(token|hash|secret)|\.equals\(.*(token|hash|secret)|(token|hash|secret)\w*\.equals\(/i.test(
        line,
      )
        ? [`${name}:${i + 1}: ${line.trim()}`]
        : [],
    );
  });
  expect(complaints).toEqual([]);
});

test("an election's secret opens under the registrar's key and for its election only", () => {
  const random = seededRandom("sealed");
  const registrar = { secret: randomScalar(random), key: new Uint8Array(32) };
  const secret = randomScalar(random);
  const sealed = sealRollSecret(registrar, "election-a", secret, random);
  expect(openRollSecret(registrar, "election-a", sealed)).toBe(secret);
  expect(() => openRollSecret(registrar, "election-b", sealed)).toThrow();
  expect(() => openRollSecret({ ...registrar, secret: randomScalar(random) }, "election-a", sealed)).toThrow();
  for (let at = 0; at < sealed.length; at += 7) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] as number) ^ 1;
    expect(() => openRollSecret(registrar, "election-a", changed)).toThrow();
  }
  expect(sealRollSecret(registrar, "election-a", secret, random).equals(sealed)).toBe(false);
});
