import { expect, test } from "vitest";
import { describeValue } from "./inspect-value.js";
import { csvCell } from "./officer-sample.js";
import { whyNone } from "./result.js";
import { counted } from "./terminal.js";

test("one is not many", () => {
  expect([0, 1, 2].map((n) => counted(n, "voter"))).toEqual(["0 voters", "1 voter", "2 voters"]);
  expect(counted(2, "entry", "entries")).toBe("2 entries");
});

test("times and spans are shown so that people can read them", () => {
  const lines = describeValue({ opensAt: 1_800_000_000_000_000_000n, phaseLimit: 90_060_000_000_001n, sequence: 5n });
  expect(lines).toEqual([
    "opensAt: 2027-01-15T08:00:00Z (1800000000000000000)",
    "phaseLimit: 1 d 1 h 1 min 1 ns",
    "sequence: 5",
  ]);
  expect(describeValue({ reissueDelay: 0n })).toEqual(["reissueDelay: 0 s"]);
});

test.each([
  ["Ada", "Ada"],
  ['Ada "the first", Lovelace', '"Ada ""the first"", Lovelace"'],
  ["=1+1", "'=1+1"],
  ["@sum", "'@sum"],
])("R-16: a cell of a list is no formula: %s", (text, cell) => {
  expect(csvCell(text)).toBe(cell);
});

const ELECTION = { start_date: "A", end_date: "B", decryption_start: "C", decryption_deadline: "D", shares: 1 };

test.each([
  ["announced", "not sealed yet"],
  ["sealed", "opens at A"],
  ["open", "open until B"],
  ["closed", "between C and D (1 share so far)"],
  ["cancelled", "was cancelled"],
  ["lapsed", "not sealed before"],
  ["withheld", "too few ballots"],
  ["undecided", "too few trustees"],
] as const)("why there is no result: %s", (stage, words) => {
  expect(whyNone({ ...ELECTION, stage })).toContain(words);
});
