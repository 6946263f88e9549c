import { Writable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { refuse } from "#api/problem.js";
import { createHttp } from "./http.js";
import { addStatusRoutes } from "./status.js";

const logged: string[] = [];
let app: FastifyInstance;

beforeAll(async () => {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  app = await createHttp({ logger: pino({ level: "info" }, sink), maxBodyBytes: 1_000 });
  addStatusRoutes(app, "1.2.3", async () => ({ database: true }));
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "POST",
    url: "/people/:token",
    schema: { body: z.strictObject({ name: z.string().min(2) }) },
    handler: async (request) => ({ hello: request.body.name }),
  });
  app.get("/refused", async () => refuse("not-allowed", "Only officers may do this."));
  app.get("/broken", async () => {
    throw new Error("connection to 10.0.0.7 failed");
  });
  app.get("/board", async (_request, reply) => reply.header("cache-control", "public, max-age=1").send("for all"));
  app.get("/mine", async (_request, reply) => reply.header("cache-control", "no-store").send("for one"));
  app.get("/limited", { config: { rateLimit: { max: 1, timeWindow: 60_000 } } }, async () => "fine");
});

afterAll(async () => {
  await app.close();
});

function post(payload: string | Buffer, type = "application/json") {
  return app.inject({ method: "POST", url: "/people/secret-token", headers: { "content-type": type }, payload });
}

test("good JSON reaches the route", async () => {
  const answer = await post('{"name":"Ada"}');
  expect([answer.statusCode, answer.json()]).toEqual([200, { hello: "Ada" }]);
});

test.each([
  ["malformed JSON", '{"name":', "application/json", 400, "malformed-json"],
  ["an empty body", "", "application/json", 400, "malformed-json"],
  ["duplicate names", '{"name":"Ada","name":"Eve"}', "application/json", 400, "malformed-json"],
  ["a byte order mark", '\ufeff{"name":"Ada"}', "application/json", 400, "malformed-json"],
  ["NUL", '{"name":"A\\u0000a"}', "application/json", 400, "malformed-json"],
  ["half a surrogate pair", '{"name":"A\\ud800a"}', "application/json", 400, "malformed-json"],
  ["an unknown field", '{"name":"Ada","role":"officer"}', "application/json", 400, "invalid-request"],
  ["a wrong type", '{"name":7}', "application/json", 400, "invalid-request"],
  ["a missing field", "{}", "application/json", 400, "invalid-request"],
  ["another top-level type", "[]", "application/json", 400, "invalid-request"],
  ["a prototype", '{"__proto__":{"name":"Ada"}}', "application/json", 400, "malformed-json"],
  ["an oversized body", `{"name":"${"a".repeat(2_000)}"}`, "application/json", 413, "too-large"],
  ["another content type", "name=Ada", "application/x-www-form-urlencoded", 415, "unsupported-media-type"],
  ["text", '{"name":"Ada"}', "text/plain", 415, "unsupported-media-type"],
  ["another charset", '{"name":"Ada"}', "application/json; charset=utf-16", 415, "unsupported-media-type"],
])("%s is answered with a coded problem", async (_what, body, type, status, code) => {
  const answer = await post(body, type);
  expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
  expect(answer.json()).toMatchObject({ type: `urn:psephos:problem:${code}`, status, title: expect.any(String) });
  expect(answer.json().detail).toMatch(/\S/);
});

test("an invalid request names each faulty place", async () => {
  const answer = await post('{"name":"A"}');
  expect(answer.json().errors).toEqual([{ pointer: "/body/name", detail: "has to have at least 2 characters" }]);
  expect(answer.json().detail).toBe("The field name of the body has to have at least 2 characters.");
  expect((await post('{"name":"Ada","role":1}')).json().detail).toBe(
    "The body has a field that is not known here: role.",
  );
});

test("an unknown path is a problem, too", async () => {
  const answer = await app.inject("/nowhere");
  expect([answer.statusCode, answer.json().code]).toEqual([404, "not-found"]);
});

test.each([
  ["DELETE", "/people/secret-token?x=1", "POST"],
  ["POST", "/health", "GET, HEAD"],
] as const)("H-13: %s on a known address is refused with the methods that it takes", async (method, url, allowed) => {
  const answer = await app.inject({ method, url });
  expect([answer.statusCode, answer.json().code, answer.headers.allow]).toEqual([405, "method-not-allowed", allowed]);
  expect(answer.body).not.toContain("secret-token");
});

test("a refusal inside a handler becomes its problem", async () => {
  const answer = await app.inject("/refused");
  expect([answer.statusCode, answer.json().detail]).toEqual([403, "Only officers may do this."]);
});

test("a failure shows nothing of its cause, but the log does", async () => {
  const answer = await app.inject("/broken");
  expect([answer.statusCode, answer.json().code]).toEqual([500, "internal"]);
  expect(answer.body).not.toMatch(/10\.0\.0\.7|stack|http\.test/);
  expect(logged.join("")).toContain("10.0.0.7");
});

test("a limited route answers 429 with Retry-After", async () => {
  expect((await app.inject("/limited")).statusCode).toBe(200);
  const second = await app.inject("/limited");
  expect([second.statusCode, second.json().code]).toEqual([429, "too-many-requests"]);
  expect(Number(second.headers["retry-after"])).toBeGreaterThan(0);
});

test("log lines hold the route, not what was in the path, nor an address", async () => {
  await post('{"name":"Ada"}');
  const lines = logged.join("");
  expect(lines).toContain("/people/:token");
  expect(lines).not.toContain("secret-token");
  expect(lines).not.toContain("127.0.0.1");
});

test("health, readiness, metrics and the API document answer", async () => {
  expect((await app.inject("/health")).json()).toEqual({ status: "ok", version: "1.2.3" });
  expect((await app.inject("/ready")).json()).toEqual({ status: "ready", checks: { database: true } });
  expect((await app.inject("/metrics")).body).toContain("psephos_http_request_seconds");
  const document = (await app.inject("/openapi.json")).json();
  expect(document.openapi).toBe("3.1.0");
  expect(Object.keys(document.paths)).toContain("/health");
});

test("who has the API document is told so", async () => {
  const first = await app.inject("/openapi.json");
  const etag = first.headers.etag as string;
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const again = await app.inject({ url: "/openapi.json", headers: { "if-none-match": tag } });
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, "", etag]);
  }
  expect((await app.inject({ url: "/openapi.json", headers: { "if-none-match": '"other"' } })).statusCode).toBe(200);
});

test("readiness is 503 while something is missing", async () => {
  const other = await createHttp({ logger: pino({ level: "silent" }) });
  addStatusRoutes(other, "1", async () => ({ database: false, ledger: true }));
  const answer = await other.inject("/ready");
  expect([answer.statusCode, answer.json().status]).toEqual([503, "not-ready"]);
  await other.close();
});

test("pages of others may read what is public, and nothing else", async () => {
  const board = await app.inject("/board");
  expect(board.headers["access-control-allow-origin"]).toBe("*");
  expect(board.headers["access-control-allow-credentials"]).toBeUndefined();
  expect(board.headers["cross-origin-resource-policy"]).toBe("cross-origin");
  for (const url of ["/mine", "/refused"]) {
    const { headers } = await app.inject(url);
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
  }
});
