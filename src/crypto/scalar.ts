/** Integers modulo the group order q: arithmetic, strict text and byte forms, sampling, hashing. */
import { sha512 } from "@noble/hashes/sha2.js";
import { assert } from "#base/assert.js";
import { bigintFromBytes, bigintToBytes, concat, utf8 } from "#base/bytes.js";
import { ORDER } from "./group.js";

/**
 * Source of randomness: n fresh bytes from a cryptographically secure generator. Passed in by the caller, because the
 * pure rooms have none of their own.
 */
export type Random = (length: number) => Uint8Array;

/** Least non-negative residue modulo q. */
export function mod(value: bigint): bigint {
  const rest = value % ORDER;
  return rest < 0n ? rest + ORDER : rest;
}

/** Inverse modulo q of a non-zero scalar (extended Euclid; for public values). */
export function invert(value: bigint): bigint {
  let [a, b] = [mod(value), ORDER];
  let [x, y] = [1n, 0n];
  assert(a !== 0n, "zero has no inverse");
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return mod(x);
}

/** Belenios' text form: decimal without leading zeros, 0 ≤ value < q. `undefined` for anything else. */
export function scalarFromText(text: string): bigint | undefined {
  if (text.length === 0 || text.length > 76 || !/^(0|[1-9][0-9]*)$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < ORDER ? value : undefined;
}

export function scalarToText(scalar: bigint): string {
  return scalar.toString(10);
}

/** 32 big-endian bytes. */
export function scalarToBytes(scalar: bigint): Uint8Array {
  return bigintToBytes(scalar, 32);
}

/** Strict inverse of {@link scalarToBytes}: exactly 32 bytes, below q. */
export function scalarFromBytes(bytes: Uint8Array): bigint | undefined {
  if (bytes.length !== 32) return undefined;
  const value = bigintFromBytes(bytes);
  return value < ORDER ? value : undefined;
}

/** Source of fresh uniform scalars in [0, q). */
export type ScalarSource = () => bigint;

/**
 * A hedged source: scalar k is hash-to-scalar(domain, seed, k), where the seed is hashed from 64 random bytes and from
 * `items` (a secret and everything that tells this use from any other). A broken generator then still never gives two
 * uses the same scalars, nor anyone without the secret their values (row C-15).
 */
export function hedgedScalars(domain: string, random: Random, ...items: readonly Uint8Array[]): ScalarSource {
  const fresh = random(64);
  assert(fresh.length === 64, "random source returned a wrong number of bytes");
  const seed = sha512(framed(`${domain}/seed`, [fresh, ...items]));
  let count = 0n;
  return () => hashToScalar(domain, seed, bigintToBytes(count++, 8));
}

/** Uniform scalar in [0, q): 64 random bytes reduced (bias below 2^-250). */
export function randomScalar(random: Random): bigint {
  const bytes = random(64);
  assert(bytes.length === 64, "random source returned a wrong number of bytes");
  return bigintFromBytes(bytes) % ORDER;
}

/**
 * Hash to scalar for everything outside the Belenios suite: SHA-512 over the length-prefixed domain and items, as a
 * 512-bit big-endian integer mod q (bias below 2^-250). Length prefixes (8 bytes, big-endian) make the
 * concatenation unambiguous (attack rows C-14, C-16, C-17).
 */
export function hashToScalar(domain: string, ...items: readonly Uint8Array[]): bigint {
  return bigintFromBytes(sha512(framed(domain, items))) % ORDER;
}

/** The unambiguous concatenation used by {@link hashToScalar}: domain and items, each behind its length. */
export function framed(domain: string, items: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const item of [utf8(domain), ...items]) parts.push(bigintToBytes(BigInt(item.length), 8), item);
  return concat(...parts);
}
