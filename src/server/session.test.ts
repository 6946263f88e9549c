import type { FastifyInstance, FastifyRequest } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Actor, sessionCookies } from "#api/actor.js";
import { createHttp } from "./http.js";
import { actorOf, addSessions } from "./session.js";

const voter: Actor = { kind: "voter", voterId: "v1", method: "key" };
const own = "https://vote.example";
const asked: string[] = [];
let app: FastifyInstance;

beforeAll(async () => {
  app = await createHttp({ logger: pino({ level: "silent" }) });
  const answer = async (request: FastifyRequest) => ({ actor: actorOf(request) });
  const lookup = async (token: string) => {
    asked.push(token);
    return token === "good" ? voter : null;
  };
  await app.register(async (scope) => {
    addSessions(scope, lookup, () => own);
    scope.get("/me", answer);
    scope.post("/me", answer);
    scope.delete("/me", answer);
  });
  await app.register(async (scope) => {
    scope.post("/vote", answer);
  });
});
afterAll(() => app.close());

function send(method: "GET" | "POST" | "DELETE", url: string, token?: string, headers: Record<string, string> = {}) {
  return app.inject({
    method,
    url,
    headers,
    ...(token === undefined ? {} : { cookies: { [sessionCookies.voter]: token } }),
  });
}

test.each([
  ["no token", undefined, null],
  ["an unknown token", "bad", null],
  ["a good token", "good", voter],
])("with %s the actor is right", async (_what, token, actor) => {
  expect((await send("GET", "/me", token)).json()).toEqual({ actor });
});

test("a route outside the scope never learns of the session", async () => {
  asked.length = 0;
  expect((await send("POST", "/vote", "good")).json()).toEqual({ actor: null });
  expect(asked).toEqual([]);
});

test.each([
  ["POST", { origin: own }, 200],
  ["POST", {}, 200],
  ["POST", { "sec-fetch-site": "same-origin" }, 200],
  ["POST", { "sec-fetch-site": "none" }, 200],
  ["POST", { origin: "https://evil.example" }, 403],
  ["POST", { origin: "null" }, 403],
  ["POST", { "sec-fetch-site": "cross-site" }, 403],
  ["POST", { "sec-fetch-site": "same-site" }, 403],
  ["DELETE", { origin: "https://evil.example" }, 403],
  ["GET", { origin: "https://evil.example" }, 200],
] as const)("H-03: %s with %j and a good cookie answers %i", async (method, headers, status) => {
  expect((await send(method, "/me", "good", headers)).statusCode).toBe(status);
});

test("one request's actor does not leak into the next", async () => {
  await send("GET", "/me", "good");
  expect((await send("GET", "/me")).json()).toEqual({ actor: null });
});
