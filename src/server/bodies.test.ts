import { connect } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProblemError } from "#api/problem.js";
import { limitBodies, roomForBodies } from "./bodies.js";

const ROOM = 100_000;
let app: FastifyInstance;
let url: string;
/** Requests whose bodies have come, and who wait for the answer. */
let waiting: (() => void)[];

beforeEach(async () => {
  waiting = [];
  app = Fastify({ bodyLimit: 80_000 });
  app.setErrorHandler<Error>((error, _request, reply) => {
    if (!(error instanceof ProblemError)) return reply.code(500).send();
    return reply.code(error.problem.status).headers(error.headers).send(error.problem);
  });
  limitBodies(app, ROOM);
  app.post("/", async () => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return "taken";
  });
  url = await app.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(() => app.close());

const send = (bytes: number) =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify("a".repeat(bytes - 2)),
  });
const answeredBy = async (count: number) => {
  while (waiting.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
};
const release = () => {
  for (const each of waiting.splice(0)) each();
};

test("what does not fit beside the others is told to come again, and fits when they are done", async () => {
  const [first, second] = [send(60_000), send(30_000)];
  await answeredBy(2);
  const refused = await send(50_000);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(await refused.json()).toMatchObject({ code: "overloaded" });
  release();
  expect([(await first).status, (await second).status]).toEqual([200, 200]);
  const again = send(50_000);
  await answeredBy(1);
  release();
  expect((await again).status).toBe(200);
});

test("small bodies always come in; a body that names no length counts as long as it can be", async () => {
  const held = [send(70_000)];
  await answeredBy(1);
  held.push(...Array.from({ length: 20 }, () => send(10_000)));
  await answeredBy(21);
  const stream = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('"short"'));
      controller.close();
    },
  });
  const chunked = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: stream,
    duplex: "half",
  } as RequestInit);
  expect(chunked.status).toBe(503);
  release();
  for (const each of held) expect((await each).status).toBe(200);
});

test("whoever goes away in the middle of a body gives the room back", async () => {
  const { port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 80000\r\n\r\n");
  const refused = async () => (await send(50_000).then((answer) => answer.status)) === 503;
  const other = async () => {
    const asked = send(50_000);
    const outcome = await Promise.race([asked.then(({ status }) => status), answeredBy(1).then(() => 200)]);
    release();
    await asked;
    return outcome;
  };
  // The request has come in when another large one is turned away.
  while ((await other()) === 200) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await refused()).toBe(true);
  socket.destroy();
  while ((await other()) !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
});

test("the room is a small part of the heap, and never more than what a large machine needs", () => {
  expect(roomForBodies(64 * 2 ** 20)).toBe(4 * 2 ** 20);
  expect(roomForBodies(2 ** 40)).toBe(256 * 2 ** 20);
});
