/** Secrets that prove who somebody is: mailed links, challenges, session cookies. The database holds their hashes only. */
import { assert } from "#base/assert.js";
import { fromBase64Url, toBase64Url } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import type { Random } from "#crypto/scalar.js";

/** 256 bits: nobody guesses one, so wrong tries need no counting (rows ). */
export const tokenBytes = 32;

export interface Token {
  /** Base64url, 43 characters: what its owner gets. */
  readonly text: string;
  readonly hash: Buffer;
}

export function newToken(random: Random): Token {
  const bytes = random(tokenBytes);
  return { text: toBase64Url(bytes), hash: hashOf(bytes) };
}

/**
 * The hash under which a token is looked up; `undefined` for text that is no token. Looking up a hash leaks nothing that
 * helps to guess the token, so no comparison of secrets is needed (row R-03).
 */
export function hashOfToken(text: string): Buffer | undefined {
  const bytes = fromBase64Url(text);
  return bytes?.length === tokenBytes ? hashOf(bytes) : undefined;
}

function hashOf(bytes: Uint8Array): Buffer {
  return Buffer.from(sha256(bytes));
}

/** Bytes drawn in one go, to be handed out in pieces: for many ids at once, asking the system for each takes longest. */
export function drawnOnce(random: Random, length: number): Random {
  const drawn = random(length);
  let at = 0;
  return (count) => {
    assert(at + count <= length, "no more is taken than was drawn");
    at += count;
    return drawn.subarray(at - count, at);
  };
}

export const uuidBytes = 16;
export const digitalIdBytes = 20;

/** A random UUID (RFC 9562, version 4). */
export function newUuid(random: Random): string {
  const bytes = Buffer.from(random(uuidBytes));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** A voter's digital identity: 0x and 40 hex digits, random, of no meaning. */
export function newDigitalId(random: Random): string {
  return `0x${Buffer.from(random(digitalIdBytes)).toString("hex")}`;
}
