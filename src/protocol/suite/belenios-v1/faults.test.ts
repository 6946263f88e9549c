import { expect, test } from "vitest";
import { ballotFault } from "./faults.js";

test("a fault says where it is, counted from 1, as far as that is known", () => {
  const detail = (place: Parameters<typeof ballotFault>[2]) => ballotFault("bad-hash", "no number", place).detail;
  expect(detail(undefined)).toBe("no number");
  expect(detail({ question: 0 })).toBe("question 1: no number");
  expect(detail({ question: 1, choice: 0 })).toBe("question 2, choice 1: no number");
  expect(detail({ question: 1, choice: 2, branch: 0 })).toBe("question 2, choice 3, branch 1: no number");
});
