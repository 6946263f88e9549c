import { sha512 } from "@noble/hashes/sha2.js";
import { expect, test } from "vitest";
import { utf8 } from "#base/bytes.js";
import type { Ciphertext } from "#crypto/elgamal.js";
import type { Random } from "#crypto/scalar.js";
import { verifyBallot } from "./ballot.js";
import type { Answer } from "./ballot-object.js";
import { compareCredentials, credentialSecret, publicCredential } from "./credential.js";
import { type ElectionObject, electionFromText, electionToText, type HomomorphicQuestion } from "./election.js";
import { type Choices, checkOpening, choicesFault, type Randomness, seal, sealingTables } from "./seal.js";

const QUESTIONS: readonly HomomorphicQuestion[] = [
  { kind: "homomorphic", question: "Q1?", answers: ["A", "B", "C"], blank: false, min: 1, max: 2 },
  { kind: "homomorphic", question: "Q2?", answers: ["A", "B"], blank: true, min: 1, max: 1 },
];

function electionOf(questions: readonly HomomorphicQuestion[]): ElectionObject {
  const publicKey = publicCredential(31337n);
  const text = electionToText({ uuid: "4eUJG2iYJxUzQj", name: "n", description: "d", publicKey, questions });
  const election = electionFromText(text);
  if (!election.ok) throw new Error(election.error.reason);
  return election.value;
}

const ELECTION = electionOf(QUESTIONS);
const LEGAL: Choices = [
  [1, 0, 1],
  [1, 0, 0],
];
const random: Random = (length) => sha512(utf8("seal")).slice(0, length);

test("illegal selections are named, not sealed", () => {
  const cases: readonly [Choices, string, number | undefined][] = [
    [[[1, 0, 0]], "answer-count", undefined],
    [
      [
        [1, 0],
        [1, 0, 0],
      ],
      "choice-count",
      0,
    ],
    [
      [
        [1, 0, 0],
        [1, 0],
      ],
      "choice-count",
      1,
    ],
    [
      [
        [2, 0, 0],
        [1, 0, 0],
      ],
      "not-zero-or-one",
      0,
    ],
    [
      [
        [0.5, 0.5, 0],
        [1, 0, 0],
      ],
      "not-zero-or-one",
      0,
    ],
    [
      [
        [-1, 1, 1],
        [1, 0, 0],
      ],
      "not-zero-or-one",
      0,
    ],
    [
      [
        [Number.NaN, 1, 0],
        [1, 0, 0],
      ],
      "not-zero-or-one",
      0,
    ],
    [
      [
        [0, 0, 0],
        [1, 0, 0],
      ],
      "too-few",
      0,
    ],
    [
      [
        [1, 1, 1],
        [1, 0, 0],
      ],
      "too-many",
      0,
    ],
    [
      [
        [1, 0, 0],
        [1, 1, 0],
      ],
      "blank-with-choices",
      1,
    ],
    [
      [
        [1, 0, 0],
        [0, 0, 0],
      ],
      "too-few",
      1,
    ],
  ];
  for (const [choices, code, question] of cases) {
    const outcome = seal(ELECTION, 5n, choices, random);
    expect(outcome.ok ? "sealed" : outcome.error.code).toBe(code);
    expect(choicesFault(QUESTIONS, choices)?.question).toBe(question);
  }
  expect(choicesFault(QUESTIONS, LEGAL)).toBeNull();
});

test("tables change the speed, not the ballot", () => {
  const slow = seal(ELECTION, 5n, LEGAL, random);
  const fast = seal(ELECTION, 5n, LEGAL, random, sealingTables(ELECTION));
  if (!slow.ok || !fast.ok) throw new Error("must seal");
  expect(fast.value.wire).toEqual(slow.value.wire);
  expect(fast.value.text).toBe(slow.value.text);
  expect(verifyBallot(ELECTION, fast.value.ballot)).toBeNull();
});

test("the second device: opens with the right choices and randomness only", () => {
  const made = seal(ELECTION, 5n, LEGAL, random);
  if (!made.ok) throw new Error(made.error.detail);
  const { ballot, randomness } = made.value;
  expect(checkOpening(ELECTION, ballot, LEGAL, randomness)).toBe(true);
  const otherChoices: readonly Choices[] = [
    [
      [1, 0, 0],
      [1, 0, 0],
    ],
    [
      [0, 1, 1],
      [1, 0, 0],
    ],
    [
      [1, 0, 1],
      [0, 1, 0],
    ],
    [[1, 0, 1]],
    [],
  ];
  for (const choices of otherChoices) expect(checkOpening(ELECTION, ballot, choices, randomness)).toBe(false);
  const [first, second] = randomness as [readonly bigint[], readonly bigint[]];
  const otherRandomness: readonly Randomness[] = [
    [first.map((r) => r + 1n), second],
    [first.toReversed(), second],
    [first, second.slice(1)],
    [first],
    [first, second.map(() => 0n)],
    [],
  ];
  for (const scalars of otherRandomness) expect(checkOpening(ELECTION, ballot, LEGAL, scalars)).toBe(false);
  // An α that does not belong to its β: no honest booth makes it, and no proof would hold for it.
  const { alpha, beta } = (ballot.answers[0] as Answer).choices[0] as Ciphertext;
  for (const lie of [
    { alpha: alpha.add(beta), beta },
    { alpha, beta: beta.add(alpha) },
  ]) {
    const [answer, ...rest] = ballot.answers as [Answer, ...Answer[]];
    const lying = { ...answer, choices: [lie, ...answer.choices.slice(1)] };
    expect(checkOpening(ELECTION, { ...ballot, answers: [lying, ...rest] }, LEGAL, randomness)).toBe(false);
  }
  const renamed = electionOf(QUESTIONS.map((question) => ({ ...question, question: "Another?" })));
  expect(checkOpening(renamed, ballot, LEGAL, randomness)).toBe(false);
});

test("the order on the roll is that of the little-endian bytes", () => {
  const points = [1n, 2n, 3n, 4n, 5n].map(publicCredential).sort(compareCredentials);
  const last = points.map((point) => point.toBytes());
  for (let at = 1; at < last.length; at++) {
    expect(Buffer.compare(last[at - 1] as Uint8Array, last[at] as Uint8Array)).toBeLessThan(0);
  }
});

test("a credential code must have its form", () => {
  expect(() => credentialSecret("4eUJG2iYJxUzQj", "YeVqM1PjcGA7VqkcK3nuSu")).toThrow("code");
});
