import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { Interned } from "./interned.js";

const wire = (n: number, length = 40) => Uint8Array.from({ length }, (_, i) => (i + 7 * n) & 255);

test("the same bytes are the same array, a copy of what came, and named by their hash", () => {
  const interned = new Interned(1000);
  const first = wire(1);
  const own = interned.of(first);
  expect(own).not.toBe(first);
  first.fill(0);
  expect(own).toEqual(wire(1));
  expect(interned.of(wire(1))).toBe(own);
  expect(interned.of(own)).toBe(own);
  expect(interned.id(own)).toEqual(new Uint8Array(createHash("sha256").update(wire(1)).digest()));
  expect(interned.of(new Uint8Array(0))).toEqual(new Uint8Array(0));
});

test("bytes with the same tail are never taken for one another", () => {
  const interned = new Interned(1000);
  const own = interned.of(wire(1));
  const other = wire(1);
  other[0] = 99;
  expect(interned.of(other)).toEqual(other);
  expect(interned.of(other.slice(1))).toEqual(other.slice(1));
  expect(interned.of(wire(1))).toBe(own);
});

test("what is too much goes, oldest first; what is forgotten comes as a new array", () => {
  const interned = new Interned(100);
  const [a, b] = [interned.of(wire(1)), interned.of(wire(2))];
  const c = interned.of(wire(3));
  expect(interned.of(wire(2))).toBe(b);
  expect(interned.of(wire(3))).toBe(c);
  expect(interned.of(wire(1))).not.toBe(a);
  expect(interned.of(wire(2))).not.toBe(b);
  interned.forget(c);
  expect(interned.of(wire(3))).not.toBe(c);
});
