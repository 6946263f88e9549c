/**
 * Answers that everyone gets alike. Each is immutable for a height of the ledger, so its ETag names the height, a
 * client that has it is told so (304) before any work is done, and any cache in front of the server may keep it.
 */
import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";

/** What one answer depends on besides its address. */
export interface Freshness {
  /** Height (or other version) of the view; the same version always gives the same bytes. */
  readonly version: string | number;
  /** Nothing will ever change these bytes. */
  readonly immutable?: boolean;
}

/** Told of every answer; a metric is made of it. */
export type CacheObserver = (outcome: "hit" | "miss" | "not-modified") => void;

export interface AnswerCache {
  /**
   * Answers the request: 304, bytes kept from before, or what `compute` gives (as JSON). `compute` runs once for many
   * requests that come at the same time.
   */
  answer(
    request: FastifyRequest,
    reply: FastifyReply,
    freshness: Freshness,
    compute: () => unknown | Promise<unknown>,
  ): Promise<FastifyReply>;
}

export interface CacheOptions {
  /** Bytes of answers kept. */
  readonly maxBytes?: number;
  readonly observe?: CacheObserver;
  /** Distinguishes servers whose JSON may differ: version of the program and the ledger. */
  readonly salt: string;
}

/** Seconds for which a moving answer may be shown without asking again. */
const MOVING = "public, max-age=1, stale-while-revalidate=10";
const FOR_EVER = "public, max-age=31536000, immutable";

export function answerCache({ maxBytes = 64 * 2 ** 20, observe = () => {}, salt }: CacheOptions): AnswerCache {
  const kept = new LRUCache<string, Buffer>({ maxSize: maxBytes, sizeCalculation: (body) => body.length + 200 });
  const underWay = new Map<string, Promise<Buffer>>();

  async function bodyOf(key: string, compute: () => unknown | Promise<unknown>): Promise<Buffer> {
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const body = (async () => Buffer.from(JSON.stringify(await compute())))();
    underWay.set(key, body);
    try {
      const done = await body;
      if (done.length < maxBytes / 16) kept.set(key, done);
      return done;
    } finally {
      underWay.delete(key);
    }
  }

  return {
    async answer(request, reply, { version, immutable = false }, compute) {
      const key = `${version} ${request.url}`;
      const etag = `"${createHash("sha256").update(`${salt} ${key}`).digest("base64url").slice(0, 22)}"`;
      reply.header("etag", etag).header("cache-control", immutable ? FOR_EVER : MOVING);
      if (matches(request.headers["if-none-match"], etag)) {
        observe("not-modified");
        return reply.code(304).send();
      }
      const body = kept.get(key);
      observe(body === undefined ? "miss" : "hit");
      try {
        const bytes = body ?? (await bodyOf(key, compute));
        return reply.type("application/json; charset=utf-8").send(bytes);
      } catch (error) {
        reply.removeHeader("etag").removeHeader("cache-control");
        throw error;
      }
    },
  };
}

/** If-None-Match (RFC 9110 §13.1.2): a list of tags, compared weakly, or `*`. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  return header.split(",").some((each) => each.trim().replace(/^W\//, "") === etag);
}
