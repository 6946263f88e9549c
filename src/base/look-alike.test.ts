import { expect, test } from "vitest";
import { lookOf, mixesScripts } from "./look-alike.js";

test.each([
  ["Anna", false],
  ["Анна Петрова", false],
  ["Ελένη (Helen)", false],
  ["Anna Иванова", false],
  ["Аnna", true],
  ["Sοphia", true],
  ["pаypal@example.org", true],
  ["木村 Müller-Łoś", false],
])("E-07: a word of two scripts is noticed: %s", (text, mixed) => {
  expect(mixesScripts(text)).toBe(mixed);
});

test("E-07: texts that look alike have one look", () => {
  // The second of each pair has letters of another script.
  for (const [a, b] of [
    ["CAHO", "САНО"],
    ["Anna", "Аnnа"],
    ["Eva", "Εva"],
    ["Yes", " yes "],
  ] as const)
    expect(lookOf(a)).toBe(lookOf(b));
  expect(lookOf("Anna")).not.toBe(lookOf("Anja"));
  expect(lookOf("Да")).not.toBe(lookOf("Нет"));
});
