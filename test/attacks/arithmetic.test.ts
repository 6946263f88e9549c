/** Rows C-11, C-12, E-09, T-15, T-16: what ciphertexts, questions and counts can and cannot hold. */
import { expect, test } from "vitest";
import { utf8 } from "#base/bytes.js";
import { vectorOf } from "#cli/voter.js";
import { type Ciphertext, encrypt } from "#crypto/elgamal.js";
import { generatorTimes, multiplySecret, type Point, pointEquals } from "#crypto/group.js";
import { hashToScalar, randomScalar } from "#crypto/scalar.js";
import { ballotFromText } from "#protocol/suite/belenios-v1/ballot.js";
import { makePartialDecryption } from "#protocol/suite/belenios-v1/decryption.js";
import { electionFromText, electionToText, type HomomorphicQuestion } from "#protocol/suite/belenios-v1/election.js";
import { computeResult, resultToText } from "#protocol/suite/belenios-v1/result.js";
import { checkOpening, seal, sealingTables } from "#protocol/suite/belenios-v1/seal.js";
import { addBallot, emptyTally } from "#protocol/suite/belenios-v1/tally.js";
import { base58, seededRandom } from "../protocol-kit.js";

const SECRET = hashToScalar("attacks", utf8("election key"));
const KEY = generatorTimes(SECRET);
const random = seededRandom("arithmetic");

function electionOf(questions: readonly HomomorphicQuestion[]) {
  const text = electionToText({ uuid: base58("attacks", 14), name: "E", description: "", publicKey: KEY, questions });
  const read = electionFromText(text);
  if (!read.ok) throw new Error(read.error.reason);
  return { text, election: read.value };
}

const choice = (answers: readonly string[], blank = false): HomomorphicQuestion => ({
  kind: "homomorphic",
  question: "Which?",
  answers,
  blank,
  min: 0,
  max: answers.length,
});

test("C-11: 200 encryptions of 0 and 200 of 1 lie in the prime-order subgroup: no bit shows which is which", () => {
  const inSubgroup = (point: Point) => point.isTorsionFree();
  for (const message of [0n, 1n]) {
    let [alphas, betas] = [0, 0];
    for (let i = 0; i < 200; i++) {
      const { alpha, beta } = encrypt(KEY, message, randomScalar(random));
      if (inSubgroup(alpha)) alphas++;
      if (inSubgroup(beta)) betas++;
    }
    expect([alphas, betas]).toEqual([200, 200]);
  }
});

test("C-12: nobody can supply a second generator: there is no place for one, and questions that need one are refused", () => {
  const { text } = electionOf([choice(["Yes", "No"])]);
  const trapdoored = generatorTimes(7n).toHex();
  for (const name of ["h", "generator", "g", "commitment_key", "group_parameters"]) {
    const extended = text.replace('"public_key":', `"${name}":"${trapdoored}","public_key":`);
    expect(extended).not.toBe(text);
    expect(electionFromText(extended)).toMatchObject({ ok: false, error: { code: "bad-form" } });
  }
  const mixed = text.replace(
    '"questions":[',
    '"questions":[{"type":"NonHomomorphic","value":{"answers":["X","Y"],"question":"?"}},',
  );
  const read = electionFromText(mixed);
  if (!read.ok) throw new Error(read.error.reason);
  expect(
    seal(
      read.value,
      5n,
      [
        [1, 0],
        [1, 0],
      ],
      random,
    ),
  ).toMatchObject({
    ok: false,
    error: { code: "unsupported-question" },
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

test("E-09: in all orders of up to five answers, the number typed beside an answer marks that answer", () => {
  const names = ["Ada", "Bob", "Cy", "Dot", "Eve"];
  let checked = 0;
  for (let n = 1; n <= names.length; n++) {
    for (const answers of permutations(names.slice(0, n))) {
      for (const blank of n < 4 ? [false, true] : [checked % 2 === 0]) {
        const { election } = electionOf([choice(answers, blank)]);
        const typed = (checked % n) + 1;
        const vector = vectorOf({ ...choice(answers, blank), max: n }, String(typed), 0);
        const labels = blank ? ["(blank)", ...answers] : answers;
        expect(labels.filter((_, place) => vector[place] === 1)).toEqual([answers[typed - 1]]);
        // The whole way through sealing and opening: of every eighth order, for time.
        if (checked % 8 === 0)
          expect(markedThrough(election, vector).map((place) => labels[place])).toEqual([answers[typed - 1]]);
        checked++;
      }
    }
  }
  expect(checked).toBe(2 * (1 + 2 + 6) + 24 + 120);
});

/** Seals, reads the canonical text back, and opens it: the places that hold 1. */
function markedThrough(election: Parameters<typeof seal>[0], vector: number[]): number[] {
  const sealed = seal(election, 5n, [vector], random, sealingTablesOf(election));
  if (!sealed.ok) throw new Error(sealed.error.detail);
  const ballot = ballotFromText(sealed.value.text);
  if (!ballot.ok) throw new Error(ballot.error.reason);
  expect(checkOpening(election, ballot.value, [vector], sealed.value.randomness)).toBe(true);
  return marksOf(ballot.value.answers[0]?.choices ?? []);
}

/** Tables of the one key, made once. */
let tables: ReturnType<typeof sealingTables> | undefined;
function sealingTablesOf(election: Parameters<typeof sealingTables>[0]) {
  tables ??= sealingTables(election);
  return tables;
}

/** Places whose ciphertext holds 1, opened with the election's secret key. */
function marksOf(choices: readonly Ciphertext[]): number[] {
  const one = generatorTimes(1n);
  return choices.flatMap(({ alpha, beta }, place) =>
    pointEquals(beta.subtract(multiplySecret(alpha, SECRET)), one) ? [place] : [],
  );
}

const trustee = {
  electionKey: KEY,
  members: [{ owner: 1, key: KEY }],
  groups: [{ kind: "single" as const, subKey: KEY, threshold: 1, members: [{ owner: 1, key: KEY }] }],
};

test("T-15: the one counting method is the sum; of random profiles, ties included, it is that of an independent count", () => {
  const draw = (below: number) => (random(1)[0] as number) % below;
  // One encryption of each mark, used again: what is tested is the counting.
  const [zero, one] = [encrypt(KEY, 0n, randomScalar(random)), encrypt(KEY, 1n, randomScalar(random))];
  for (let profile = 0; profile < 20; profile++) {
    const options = 2 + draw(4);
    const question = choice(Array.from({ length: options }, (_, i) => `Option ${i}`));
    const voters = Array.from({ length: draw(40) }, () => ({
      marks: Array.from({ length: options }, () => draw(2)),
      weight: 1 + draw(3),
    }));
    // Every third profile is a tie of all options.
    if (profile % 3 === 0) for (const voter of voters) voter.marks.fill(1);
    let tally = emptyTally([question]);
    for (const { marks, weight } of voters)
      tally = addBallot(tally, [marks.map((mark) => (mark === 1 ? one : zero))], weight);
    const expected = Array.from({ length: options }, () => 0);
    for (const { marks, weight } of voters)
      for (const [i, mark] of marks.entries()) expected[i] = (expected[i] as number) + mark * weight;
    const partial = makePartialDecryption(tally.ciphertexts, "phi", SECRET, random);
    const { result } = computeResult(tally.ciphertexts, tally.weight, "phi", trustee, [{ owner: 1, partial }]);
    expect(result).toEqual({ ok: true, value: [expected] });
  }
});

test("T-16: two electorates with the same sums, one of them with a recognisable pattern, give the same bytes as result", () => {
  const question = choice(["A", "B", "C", "D"]);
  const resultOf = (votes: readonly (readonly number[])[]) => {
    let tally = emptyTally([question]);
    for (const marks of votes)
      tally = addBallot(tally, [marks.map((mark) => encrypt(KEY, BigInt(mark), randomScalar(random)))], 1);
    const partial = makePartialDecryption(tally.ciphertexts, "phi", SECRET, random);
    const { result } = computeResult(tally.ciphertexts, tally.weight, "phi", trustee, [{ owner: 1, partial }]);
    if (!result.ok) throw new Error(result.error.code);
    return resultToText(result.value);
  };
  const patterned = [
    [1, 0, 1, 0],
    [0, 1, 0, 1],
    [1, 1, 0, 0],
  ];
  const other = [
    [1, 1, 1, 1],
    [1, 1, 0, 0],
    [0, 0, 0, 0],
  ];
  expect(resultOf(patterned)).toBe(resultOf(other));
});
