import { expect, test } from "vitest";
import { utf8 } from "#base/bytes.js";
import { equalSecret } from "./equal-secret.js";

test.each([
  ["equal", "abc", "abc", true],
  ["empty", "", "", true],
  ["first byte", "abc", "bbc", false],
  ["last byte", "abc", "abd", false],
  ["shorter", "abc", "ab", false],
  ["longer", "ab", "abc", false],
])("R-03: %s", (_what, a, b, equal) => {
  expect(equalSecret(utf8(a), utf8(b))).toBe(equal);
});
