import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_TOTAL_WEIGHT } from "#base/limits.js";
import { type Ciphertext, encrypt } from "#crypto/elgamal.js";
import { GENERATOR, generatorTimes, IDENTITY, type Point, pointToText } from "#crypto/group.js";
import { mod } from "#crypto/scalar.js";
import { evaluatePolynomial } from "#crypto/threshold.js";
import {
  makePartialDecryption,
  type PartialDecryption,
  partialDecryptionFromText,
  partialDecryptionToText,
  verifyPartialDecryption,
} from "./decryption.js";
import type { HomomorphicQuestion } from "./election.js";
import { computeResult, countsOf, resultFromText, resultToText } from "./result.js";
import {
  addBallot,
  emptyTally,
  encryptedTallyFromText,
  encryptedTallyToText,
  sizedTallyFromText,
  sizedTallyToText,
  subtractBallot,
  tallyEquals,
} from "./tally.js";
import type { CheckedTrustees } from "./trustees.js";

const vectors = JSON.parse(readFileSync("vectors/belenios/vectors.json", "utf8"));
const PHI: string = vectors.election.fingerprint;
const texts = readFileSync("vectors/belenios/minimal-4eUJG2iYJxUzQj.bel", "utf8").split("\0");

let drawn = 0;
/** Not random at all, but never the same twice. */
function random(length: number): Uint8Array {
  drawn++;
  return Uint8Array.from({ length }, (_, i) => (drawn * 31 + i * 7) & 255);
}

function question(answers: number, blank = false): HomomorphicQuestion {
  const labels = Array.from({ length: answers }, (_, i) => `Answer ${i}`);
  return { kind: "homomorphic", question: "?", answers: labels, blank, min: 0, max: answers };
}

/** A mandatory trustee (secret 5) and a 2-of-3 set with polynomial 1000 + 77·j. */
const POLYNOMIAL = [1000n, 77n];
const SECRETS = [5n, ...[1, 2, 3].map((j) => evaluatePolynomial(POLYNOMIAL, j))];
const members = SECRETS.map((secret, i) => ({ owner: i + 1, key: generatorTimes(secret) }));
const TRUSTEES: CheckedTrustees = {
  electionKey: generatorTimes(1005n),
  members,
  groups: [
    { kind: "single", subKey: generatorTimes(5n), threshold: 1, members: members.slice(0, 1) },
    { kind: "pedersen", subKey: generatorTimes(1000n), threshold: 2, members: members.slice(1) },
  ],
};

function ballotOf(votes: readonly (readonly number[])[]): Ciphertext[][] {
  return votes.map((row) => row.map((vote) => encrypt(TRUSTEES.electionKey, BigInt(vote), BigInt(++drawn * 7919))));
}

function partialOf(tally: ReturnType<typeof ballotOf>, owner: number, fingerprint = PHI) {
  return { owner, partial: makePartialDecryption(tally, fingerprint, SECRETS[owner - 1] as bigint, random) };
}

const TALLY = ballotOf([[3, 0, 2], [41]]);
const COUNTS = [[3, 0, 2], [41]];

test("vectors.json and the minimal archive: factor, proof and text", () => {
  const text = texts.find((each) => each.startsWith('{"decryption_factors"')) as string;
  const partial = partialDecryptionFromText(text);
  const tally = encryptedTallyFromText(texts.find((each) => each.startsWith('[[{"alpha"')) as string);
  if (!partial.ok || !tally.ok) throw new Error("vector");
  expect(partialDecryptionToText(partial.value)).toBe(text);
  const secret = BigInt(vectors.trustee.private_key);
  expect(pointToText(partial.value.factors[0]?.[0] as Point)).toBe(vectors.decryption.factor);
  expect(verifyPartialDecryption(tally.value, PHI, generatorTimes(secret), partial.value).ok).toBe(true);
  const mine = makePartialDecryption(tally.value, PHI, secret, random);
  expect(mine.factors.flat().map(pointToText)).toEqual(partial.value.factors.flat().map(pointToText));
  expect(mine.proofs).not.toEqual(partial.value.proofs);
  expect(verifyPartialDecryption(tally.value, PHI, generatorTimes(secret), mine).ok).toBe(true);
});

test("tally: sums of weighted ballots; what was taken out never was in; order does not matter", () => {
  const ballots = fc.array(
    fc.record({
      votes: fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 })),
      weight: fc.integer({ min: 1, max: 9 }),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(ballots, fc.integer({ min: 0, max: 5 }), (list, out) => {
      const cast = list.map(({ votes, weight }) => ({ choices: ballotOf([votes]), votes, weight }));
      let tally = emptyTally([question(2)]);
      for (const each of cast) tally = addBallot(tally, each.choices, each.weight);
      const gone = cast[out];
      if (gone !== undefined) tally = subtractBallot(tally, gone.choices, gone.weight);
      const kept = cast.filter((each) => each !== gone).reverse();
      let other = emptyTally([question(2)]);
      for (const each of kept) other = addBallot(other, each.choices, each.weight);
      expect(tallyEquals(tally.ciphertexts, other.ciphertexts)).toBe(true);
      expect([tally.ballots, tally.weight]).toEqual([other.ballots, other.weight]);
      expect(encryptedTallyToText(tally.ciphertexts)).toBe(encryptedTallyToText(other.ciphertexts));
      const partials = [1, 2, 4].map((owner) => partialOf(tally.ciphertexts as never, owner));
      const { result } = computeResult(tally.ciphertexts, tally.weight, PHI, TRUSTEES, partials);
      const expected = [0, 1].map((i) =>
        kept.reduce((total, each) => total + each.weight * (each.votes[i] as number), 0),
      );
      expect(result).toEqual({ ok: true, value: [expected] });
    }),
    { numRuns: 8 },
  );
});

test("any t members with the mandatory trustee give the same result; fewer are refused, saying who is missing", () => {
  const partials = [1, 2, 3, 4].map((owner) => partialOf(TALLY, owner));
  for (const [a, b] of [
    [1, 2],
    [1, 3],
    [2, 3],
  ] as const) {
    const some = [partials[b], partials[0], partials[a]] as typeof partials;
    expect(computeResult(TALLY, 50, PHI, TRUSTEES, some)).toEqual({ result: { ok: true, value: COUNTS }, refused: [] });
  }
  expect(computeResult(TALLY, 50, PHI, TRUSTEES, partials).result).toEqual({ ok: true, value: COUNTS });
  expect(computeResult(TALLY, 50, PHI, TRUSTEES, partials.slice(1)).result).toEqual({
    ok: false,
    error: { code: "missing-factor", owner: 1 },
  });
  expect(computeResult(TALLY, 50, PHI, TRUSTEES, partials.slice(0, 2)).result).toEqual({
    ok: false,
    error: { code: "too-few-factors", have: 1, need: 2 },
  });
});

test("K-06: 2-of-3, one of them garbage: the right result, and the culprit named", () => {
  const good = [1, 2, 4].map((owner) => partialOf(TALLY, owner));
  const garbage = { owner: 3, partial: makePartialDecryption(TALLY, PHI, 666n, random) };
  const first = { owner: 2, partial: garbage.partial };
  expect(computeResult(TALLY, 50, PHI, TRUSTEES, [garbage, ...good])).toEqual({
    result: { ok: true, value: COUNTS },
    refused: [{ owner: 3, fault: { code: "bad-proof", question: 0, answer: 0 } }],
  });
  const { result, refused } = computeResult(TALLY, 50, PHI, TRUSTEES, [
    first,
    good[0],
    good[2],
    partialOf(TALLY, 3),
  ] as typeof good);
  expect(result).toEqual({ ok: true, value: COUNTS });
  expect(refused.map((each) => each.owner)).toEqual([2]);
});

test("unknown and repeated owners do not count", () => {
  const good = [1, 2, 3].map((owner) => partialOf(TALLY, owner));
  const extra = [
    { owner: 9, partial: good[0]?.partial as PartialDecryption },
    { owner: 0, partial: good[0]?.partial as PartialDecryption },
    partialOf(TALLY, 2),
  ];
  const { result, refused } = computeResult(TALLY, 50, PHI, TRUSTEES, [...good, ...extra]);
  expect(result.ok).toBe(true);
  expect(refused.map(({ owner, fault }) => [owner, fault.code])).toEqual([
    [9, "unknown-owner"],
    [0, "unknown-owner"],
    [2, "duplicate-owner"],
  ]);
});

test("K-08: a partial decryption for election A proves nothing in election B with the same trustees and tally", () => {
  const { partial } = partialOf(TALLY, 1, "AnotherElectionsFingerprintAnotherElectionsF");
  expect(verifyPartialDecryption(TALLY, PHI, members[0]?.key as Point, partial)).toEqual({
    ok: false,
    error: { code: "bad-proof", question: 0, answer: 0 },
  });
});

test("C-13: a decryption proof for tally T fails for T′ and for another trustee's key", () => {
  const { partial } = partialOf(TALLY, 1);
  const key = members[0]?.key as Point;
  expect(verifyPartialDecryption(TALLY, PHI, key, partial).ok).toBe(true);
  expect(verifyPartialDecryption(ballotOf(COUNTS), PHI, key, partial).ok).toBe(false);
  expect(verifyPartialDecryption(TALLY, PHI, members[1]?.key as Point, partial).ok).toBe(false);
  const swapped = [[TALLY[0]?.[0], TALLY[0]?.[2], TALLY[0]?.[1]], TALLY[1]] as typeof TALLY;
  expect(verifyPartialDecryption(swapped, PHI, key, partial)).toEqual({
    ok: false,
    error: { code: "bad-proof", question: 0, answer: 1 },
  });
});

test("each factor and each proof is checked in its own place, and the shape too", () => {
  const { partial } = partialOf(TALLY, 1);
  const key = members[0]?.key as Point;
  const places = TALLY.flatMap((row, q) => row.map((_, a) => [q, a] as const));
  for (const [question, answer] of places) {
    const at = <T>(table: readonly (readonly T[])[], change: (old: T) => T) =>
      table.map((row, q) => row.map((old, a) => (q === question && a === answer ? change(old) : old)));
    const bad = { code: "bad-proof", question, answer };
    const factors = { ...partial, factors: at(partial.factors, (old) => old.add(GENERATOR)) };
    expect(verifyPartialDecryption(TALLY, PHI, key, factors)).toEqual({ ok: false, error: bad });
    const proofs = { ...partial, proofs: at(partial.proofs, (old) => ({ ...old, response: mod(old.response + 1n) })) };
    expect(verifyPartialDecryption(TALLY, PHI, key, proofs)).toEqual({ ok: false, error: bad });
  }
  const short = { factors: partial.factors.slice(0, 1), proofs: partial.proofs.slice(0, 1) };
  expect(verifyPartialDecryption(TALLY, PHI, key, short)).toMatchObject({
    error: { code: "wrong-shape", question: 1 },
  });
  const long = {
    factors: [...partial.factors, [GENERATOR]],
    proofs: [...partial.proofs, partial.proofs[1]],
  } as PartialDecryption;
  expect(verifyPartialDecryption(TALLY, PHI, key, long)).toMatchObject({ error: { code: "wrong-shape", question: 2 } });
  expect(verifyPartialDecryption(TALLY, PHI, IDENTITY, partial)).toMatchObject({ error: { code: "neutral-key" } });
});

test("C-07: a factor outside the group is refused where it is read", () => {
  const text = partialDecryptionToText(partialOf(TALLY, 1).partial);
  const outside = [
    "0000000000000000000000000000000000000000000000000000000000000000", // order 4
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec", // order 2
    "0000000000000000000000000000000000000000000000000000000000000002", // not on the curve
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee", // the neutral element, not canonical
    pointToText(GENERATOR).toUpperCase().replaceAll("6", "A"),
  ];
  for (const point of outside) {
    const bad = text.replace(/"[0-9a-f]{64}"/, `"${point}"`);
    expect(partialDecryptionFromText(bad), point).toMatchObject({
      ok: false,
      error: { path: "decryption_factors[0][0]" },
    });
  }
});

test("an empty tally decrypts to zeros", () => {
  const { ciphertexts, weight } = emptyTally([question(2, true)]);
  const partials = [1, 2, 3].map((owner) => partialOf(ciphertexts as never, owner));
  expect(computeResult(ciphertexts, weight, PHI, TRUSTEES, partials).result).toEqual({ ok: true, value: [[0, 0, 0]] });
});

test("T-12: the documented maximum of total weight is counted right, and nothing above is taken in", () => {
  const choices = ballotOf([[1, 0]]);
  const full = addBallot(emptyTally([question(2)]), choices, MAX_TOTAL_WEIGHT);
  const partials = [1, 2, 3].map((owner) => partialOf(full.ciphertexts as never, owner));
  expect(computeResult(full.ciphertexts, full.weight, PHI, TRUSTEES, partials).result).toEqual({
    ok: true,
    value: [[MAX_TOTAL_WEIGHT, 0]],
  });
  expect(() => addBallot(full, choices, 1)).toThrow("limited");
});

test("T-13: a sum beyond the total weight is an error naming question and answer, never 0", () => {
  const tally = ballotOf([
    [1, 2],
    [3, 51],
  ]);
  const partials = [1, 2, 3].map((owner) => partialOf(tally, owner));
  const fault = { ok: false, error: { code: "out-of-range", question: 1, answer: 1 } };
  expect(computeResult(tally, 50, PHI, TRUSTEES, partials).result).toEqual(fault);
  expect(countsOf([[GENERATOR], [IDENTITY.subtract(GENERATOR)]], 5)).toMatchObject({
    error: { question: 1, answer: 0 },
  });
});

test("D: decode∘encode: tallies, sizes, results; counts above 2^30−1 are strings", () => {
  const text = encryptedTallyToText(TALLY);
  const back = encryptedTallyFromText(text);
  expect(back.ok && encryptedTallyToText(back.value)).toBe(text);
  expect(encryptedTallyFromText(`${text} `).ok).toBe(false);
  const counts = fc.array(fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(counts, (value) => {
      expect(resultFromText(resultToText(value))).toEqual({ ok: true, value });
    }),
  );
  expect(resultToText([[1073741823, 1073741824]])).toBe('{"result":[[1073741823,"1073741824"]]}');
  expect(resultFromText('{"result":[["5"]]}').ok).toBe(false);
  const sized = { numTallied: 3, totalWeight: 2 ** 31, encryptedTally: "ab".repeat(32) };
  expect(sizedTallyFromText(sizedTallyToText(sized))).toEqual({ ok: true, value: sized });
  expect(sizedTallyToText(sized)).toContain('"total_weight":"2147483648"');
});
