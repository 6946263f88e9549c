import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_RULE, type Decision, type DecisionRule, decide, ruleLine, rulesIn } from "./decision.js";

type Row = [
  name: string,
  rule: Partial<DecisionRule>,
  answers: number[],
  blank: number,
  roll: number,
  expected: Partial<Decision>,
];
const decided = (...elected: number[]): Partial<Decision> => ({ outcome: "decided", elected, tied: [] });

const table: Row[] = [
  ["the most wins, also with less than half", { majority: "most" }, [40, 35, 25], 0, 1000, decided(0)],
  ["nobody wins with nothing", { majority: "most" }, [0, 0], 5, 10, { outcome: "no-majority", elected: [] }],
  [
    "a tie is stated, not decided",
    { majority: "most" },
    [50, 50],
    0,
    100,
    { outcome: "tie", elected: [], tied: [0, 1] },
  ],
  ["a tie below the winner does not matter", { majority: "most" }, [50, 20, 20], 0, 100, decided(0)],

  ["simple: one more than half", { majority: "simple" }, [51, 49], 0, 200, { ...decided(0), needed: 51 }],
  [
    "simple: exactly half is not enough",
    { majority: "simple" },
    [50, 50],
    0,
    200,
    { outcome: "no-majority", needed: 51 },
  ],
  ["simple: half of an odd number", { majority: "simple" }, [50, 49], 0, 200, { ...decided(0), needed: 50 }],
  ["simple of votes: blanks do not count", { majority: "simple" }, [50, 40], 10, 200, { ...decided(0), needed: 46 }],
  [
    "simple of ballots: blanks count",
    { majority: "simple", of: "ballots" },
    [50, 40],
    10,
    200,
    { outcome: "no-majority", needed: 51 },
  ],
  ["simple of many, nobody above half", { majority: "simple" }, [40, 35, 25], 0, 200, { outcome: "no-majority" }],

  ["absolute: half of the roll and one", { majority: "absolute" }, [101, 4], 0, 200, { ...decided(0), needed: 101 }],
  [
    "absolute: all who came, but too few came",
    { majority: "absolute" },
    [100, 0],
    0,
    200,
    { outcome: "no-majority", needed: 101 },
  ],

  ["two-thirds: exactly", { majority: "two-thirds" }, [66, 33], 0, 200, { ...decided(0), needed: 66 }],
  ["two-thirds: one too few", { majority: "two-thirds" }, [65, 34], 0, 200, { outcome: "no-majority", needed: 66 }],
  ["two-thirds of 100 are 67", { majority: "two-thirds" }, [66, 34], 0, 200, { outcome: "no-majority", needed: 67 }],
  [
    "two-thirds of ballots with blanks",
    { majority: "two-thirds", of: "ballots" },
    [66, 23],
    10,
    200,
    { ...decided(0), needed: 66 },
  ],
  ["three-quarters: exactly", { majority: "three-quarters" }, [75, 25], 0, 200, { ...decided(0), needed: 75 }],
  ["three-quarters of nothing", { majority: "three-quarters" }, [0, 0], 3, 200, { outcome: "no-majority", needed: 1 }],

  ["quorum: reached exactly", { quorum: { a: 1, b: 2 } }, [60, 40], 0, 200, { ...decided(0), quorumNeeded: 100 }],
  [
    "quorum: one too few",
    { quorum: { a: 1, b: 2 } },
    [60, 39],
    0,
    200,
    { outcome: "no-quorum", elected: [], quorumNeeded: 100 },
  ],
  ["quorum: blank votes take part", { quorum: { a: 1, b: 2 } }, [60, 20], 20, 200, decided(0)],
  [
    "quorum of an odd roll is rounded up",
    { quorum: { a: 1, b: 2 } },
    [100, 0],
    0,
    201,
    { outcome: "no-quorum", quorumNeeded: 101 },
  ],
  ["quorum of a third of 200", { quorum: { a: 1, b: 3 } }, [66, 0], 0, 200, { outcome: "no-quorum", quorumNeeded: 67 }],

  ["seats: the first three", { seats: 3 }, [10, 40, 30, 20], 0, 200, decided(1, 2, 3)],
  ["seats: fewer have votes than there are seats", { seats: 3 }, [10, 0, 0, 20], 0, 200, decided(3, 0)],
  [
    "seats: a tie for the last seat",
    { seats: 2 },
    [40, 20, 20, 5],
    0,
    200,
    { outcome: "tie", elected: [0], tied: [1, 2] },
  ],
  ["seats: a tie within the seats decides nothing", { seats: 2 }, [40, 40, 20], 0, 200, decided(0, 1)],
  [
    "seats with simple majority: who lacks it gets none",
    { seats: 2, majority: "simple" },
    [60, 45, 20],
    0,
    200,
    { ...decided(0) },
  ],
];

test.each(table)("%s", (_name, rule, answers, blank, roll, expected) => {
  const sum = answers.reduce((total, weight) => total + weight, 0);
  // In the last row each ballot may choose two.
  const counted = answers.join() === "60,45,20" ? 110 : sum + blank;
  expect(decide({ ...DEFAULT_RULE, ...rule }, { answers, blank }, { roll, counted })).toMatchObject(expected);
});

test("laws: the order of answers does not matter, nobody below the line is in, seats are never exceeded", () => {
  const rule = fc.record({
    majority: fc.constantFrom("most", "simple", "absolute", "two-thirds", "three-quarters") as fc.Arbitrary<
      DecisionRule["majority"]
    >,
    of: fc.constantFrom("votes", "ballots") as fc.Arbitrary<DecisionRule["of"]>,
    quorum: fc.constantFrom(null, { a: 1, b: 2 }),
    seats: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(rule, fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }), fc.nat(10), (given, answers, blank) => {
      const counted = answers.reduce((a, b) => a + b, 0) + blank;
      const part = { roll: counted + 10, counted };
      const forward = decide(given, { answers, blank }, part);
      const backward = decide(given, { answers: [...answers].reverse(), blank }, part);
      const weights = (of: readonly number[], list: readonly number[]) => list.map((i) => of[i]).sort();
      expect(backward.outcome).toBe(forward.outcome);
      expect(weights([...answers].reverse(), backward.elected)).toEqual(weights(answers, forward.elected));
      expect(forward.elected.length).toBeLessThanOrEqual(given.seats);
      for (const i of [...forward.elected, ...forward.tied]) expect(answers[i]).toBeGreaterThanOrEqual(forward.needed);
      if (forward.outcome === "tie") expect(forward.elected.length + forward.tied.length).toBeGreaterThan(given.seats);
    }),
  );
});

test("rules are read from the description, and written back the same", () => {
  const rule: DecisionRule = { majority: "two-thirds", of: "ballots", quorum: { a: 1, b: 4 }, seats: 2 };
  const text = `The town asks.\n${ruleLine(2, rule)}\npsephos-decision 1: quorum=1/2`;
  const rules = rulesIn(text, [2, 3]);
  expect(rules.ok && rules.value).toEqual(
    new Map([
      [2, rule],
      [1, { ...DEFAULT_RULE, quorum: { a: 1, b: 2 } }],
    ]),
  );
  expect(rulesIn("No rule.", [2])).toEqual({ ok: true, value: new Map() });
});

test.each([
  ["psephos-decision: majority=simple", /is not of the form/],
  ["psephos-decision 3: majority=simple", /no question 3/],
  ["psephos-decision 1: majority=half", /majority is most, simple/],
  ["psephos-decision 1: majority=simple majority=most", /stands twice/],
  ["psephos-decision 1: seats=3", /from 1 to 2/],
  ["psephos-decision 1: quorum=3/2", /fraction like 1\/2/],
  ["psephos-decision 1: quorum=50", /fraction like 1\/2/],
  ["psephos-decision 1: chair decides", /“chair” is not known/],
  ["psephos-decision 1: seats=1\npsephos-decision 1: seats=2", /two rules/],
])("“%s” is told", (text, fault) => {
  const rules = rulesIn(text, [2, 2]);
  expect(rules.ok ? "" : rules.error).toMatch(fault);
});
