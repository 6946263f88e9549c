import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "#base/bytes.js";
import { GENERATOR, generatorTimes, multiplyPublic, ORDER, pointFromText, pointToText } from "../group.js";
import { mod } from "../scalar.js";
import {
  type EqualityStatement,
  framedEqualityHash,
  proveEquality,
  proveEqualityWithNonce,
  suiteEqualityHash,
  verifyEquality,
} from "./equality.js";

const vectors = JSON.parse(readFileSync("vectors/belenios/vectors.json", "utf8"));
const zeros = (length: number) => new Uint8Array(length);
const scalar = fc.bigInt({ min: 1n, max: ORDER - 1n });

function statementFor(secret: bigint, exponent: bigint): EqualityStatement {
  const base = generatorTimes(exponent);
  return { base, key: generatorTimes(secret), image: multiplyPublic(base, secret) };
}

test("the decryption proof of vectors.json, value by value", () => {
  const v = vectors.decryption;
  const base = pointFromText(v.alpha);
  const image = pointFromText(v.factor);
  const key = pointFromText(vectors.trustee.public_key);
  if (!base || !image || !key) throw new Error("vector");
  const hash = suiteEqualityHash(`decrypt|${vectors.election.fingerprint}|${vectors.trustee.public_key}|`);
  const seen: string[] = [];
  const proof = proveEqualityWithNonce(
    { base, key, image },
    BigInt(vectors.trustee.private_key),
    (statement, a, b) => {
      seen.push(pointToText(a), pointToText(b));
      return hash(statement, a, b);
    },
    BigInt(v.nonce),
  );
  expect(seen).toEqual([v.A, v.B]);
  expect(proof).toEqual({ challenge: BigInt(v.challenge), response: BigInt(v.response) });
  expect(verifyEquality({ base, key, image }, proof, hash)).toBe(true);
});

test("what is proved verifies; any other exponent, challenge or response does not", () => {
  fc.assert(
    fc.property(scalar, scalar, fc.constantFrom("suite", "framed"), (secret, exponent, kind) => {
      const hash = kind === "suite" ? suiteEqualityHash("x|") : framedEqualityHash("psephos/test", utf8("context"));
      const statement = statementFor(secret, exponent);
      const proof = proveEquality(statement, secret, hash, zeros);
      expect(verifyEquality(statement, proof, hash)).toBe(true);
      const wrong = { ...statement, image: statement.image.add(GENERATOR) };
      expect(verifyEquality(wrong, proof, hash)).toBe(false);
      expect(verifyEquality(statement, { ...proof, challenge: mod(proof.challenge + 1n) }, hash)).toBe(false);
      expect(verifyEquality(statement, { ...proof, response: mod(proof.response + 1n) }, hash)).toBe(false);
    }),
    { numRuns: 15 },
  );
});

test("C-16: a proof under one domain, context or prefix fails under another", () => {
  const statement = statementFor(5n, 7n);
  const proof = proveEquality(statement, 5n, framedEqualityHash("psephos/rehearsal", utf8("a")), zeros);
  expect(verifyEquality(statement, proof, framedEqualityHash("psephos/rehearsal", utf8("a")))).toBe(true);
  expect(verifyEquality(statement, proof, framedEqualityHash("psephos/rehearsal", utf8("b")))).toBe(false);
  expect(verifyEquality(statement, proof, framedEqualityHash("psephos/complaint", utf8("a")))).toBe(false);
  expect(verifyEquality(statement, proof, suiteEqualityHash("decrypt|"))).toBe(false);
});

test("C-15: with a constant random source two statements still get different commitments", () => {
  const commitments = new Set<string>();
  for (const exponent of [3n, 4n, 5n]) {
    const hash = suiteEqualityHash("x|");
    proveEquality(
      statementFor(9n, exponent),
      9n,
      (statement, a, b) => {
        commitments.add(pointToText(a));
        return hash(statement, a, b);
      },
      zeros,
    );
  }
  expect(commitments.size).toBe(3);
});
