import { expect, test } from "vitest";
import { plural } from "./plural.js";

const forms = { zero: "0", one: "1", two: "2", few: "few", many: "many", other: "other" };

test("each language takes its own forms", () => {
  const row = (language: string) => [0, 1, 2, 3, 10, 11, 99, 100, 103].map((n) => plural(language, n, forms)).join(" ");
  expect(row("en")).toBe("other 1 other other other other other other other");
  expect(row("fr")).toBe("1 1 other other other other other other other");
  expect(row("ar")).toBe("0 1 2 few few many many other few");
});

test("a form that is not given is the common one", () => {
  expect(plural("ar", 2, { one: "x", other: "y" })).toBe("y");
});
