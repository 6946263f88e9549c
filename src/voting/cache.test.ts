import Fastify, { type FastifyInstance } from "fastify";
import { beforeEach, expect, test } from "vitest";
import { answerCache } from "./cache.js";

let app: FastifyInstance;
let height: number;
let computed: number;
let seen: string[];

beforeEach(() => {
  app = Fastify();
  height = 7;
  computed = 0;
  seen = [];
  const cache = answerCache({ salt: "a-ledger", observe: (outcome) => seen.push(outcome) });
  app.get("/moving", (request, reply) =>
    cache.answer(request, reply, { version: height }, async () => {
      computed++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { height };
    }),
  );
  app.get("/fixed", (request, reply) =>
    cache.answer(request, reply, { version: 1, immutable: true }, () => ({ fixed: true })),
  );
  app.get("/broken", (request, reply) =>
    cache.answer(request, reply, { version: height }, () => {
      throw new Error("no");
    }),
  );
});

test("one computation serves many simultaneous and later requests of a height", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.inject("/moving")));
  expect(new Set(answers.map((each) => each.body))).toEqual(new Set(['{"height":7}']));
  await app.inject("/moving");
  expect(computed).toBe(1);
  expect(seen.at(-1)).toBe("hit");
});

test("a client that has the answer is told so without work; the next height is a new answer", async () => {
  const first = await app.inject("/moving");
  const etag = first.headers.etag as string;
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  const ask = (tag: string) => app.inject({ url: "/moving", headers: { "if-none-match": tag } });
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const again = await ask(tag);
    expect([again.statusCode, again.body]).toEqual([304, ""]);
  }
  expect(computed).toBe(1);
  height++;
  const next = await ask(etag);
  expect([next.statusCode, next.json()]).toEqual([200, { height: 8 }]);
  expect(next.headers.etag).not.toBe(etag);
});

test("only what never changes is called immutable", async () => {
  expect((await app.inject("/fixed")).headers["cache-control"]).toContain("immutable");
  expect((await app.inject("/moving")).headers["cache-control"]).not.toContain("immutable");
});

test("another query is another answer", async () => {
  const [a, b] = await Promise.all([app.inject("/moving?after=1"), app.inject("/moving?after=2")]);
  expect(a.headers.etag).not.toBe(b.headers.etag);
});

test("a failure is neither kept nor cacheable", async () => {
  const answer = await app.inject("/broken");
  expect(answer.statusCode).toBe(500);
  expect([answer.headers.etag, answer.headers["cache-control"]]).toEqual([undefined, undefined]);
});
