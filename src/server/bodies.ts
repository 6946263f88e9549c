/**
 * How much of requests' bodies is held at a time. Each body has a limit of its own, but nobody limits how many come at
 * once: ten thousand connections with a megabyte each would end the process. Beyond this room a request is turned away
 * before its body is read, with a time to come back; small bodies, ballots among them, are never counted.
 */
import { getHeapStatistics } from "node:v8";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { edgeProblem, ProblemError } from "#api/problem.js";

/** Up to this size a body is no burden: many thousand connections hold less than a few large ones. Ballots of ordinary elections are smaller. */
const SMALL_BYTES = 16 * 1024;

/** A body takes its size several times over while it is read and parsed, so this is a small part of the heap. */
export function roomForBodies(heapLimit: number = getHeapStatistics().heap_size_limit): number {
  return Math.min(256 * 1024 * 1024, Math.floor(heapLimit / 16));
}

/** Turns away large bodies while others fill the room. At least one may always come. */
export function limitBodies(app: FastifyInstance, room: number): void {
  const held = new WeakMap<FastifyRequest, number>();
  let total = 0;
  app.addHook("onRequest", async (request, reply) => {
    const bytes = announcedBytes(request);
    if (bytes <= SMALL_BYTES) return;
    if (total > 0 && total + bytes > room)
      // Nobody keeps the body: what still comes of it is passed over.
      throw new ProblemError(edgeProblem("overloaded"), { headers: { "retry-after": "2" } });
    total += bytes;
    held.set(request, bytes);
    // Answered, cut off or given up: the raw response closes in any case.
    reply.raw.once("close", () => {
      total -= held.get(request) ?? 0;
      held.delete(request);
    });
  });
}

/** What the request says of its body; one that says nothing can be as long as its route allows. */
function announcedBytes(request: FastifyRequest): number {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  const most = request.routeOptions.bodyLimit ?? 0;
  if (encoding !== undefined) return most;
  const bytes = Number(length ?? 0);
  // What is longer than the route allows is refused without being read.
  return Number.isFinite(bytes) && bytes <= most ? bytes : 0;
}
