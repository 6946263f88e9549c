/** What is wrong with a plan, by its sentence: at each border the last good value and the first bad one. */
import { expect, test } from "vitest";
import { HOUR, planOf, START, trustees } from "../../test/protocol-kit.js";
import { faultOfPlan, MAX_ANSWERS_TOTAL, type Plan } from "./plan.js";

const base = planOf(trustees(0, 3), 2);
const fault = (change: Partial<Plan>, now = START): string | undefined => faultOfPlan({ ...base, ...change }, now);
const rules = (change: Partial<Plan["rules"]>): Partial<Plan> => ({ rules: { ...base.rules, ...change } });
const asked = (answers: number, more: object = {}) => ({
  question: "Which?",
  answers: Array.from({ length: answers }, (_, i) => `Answer ${i + 1}`),
  min: 0,
  max: 1,
  blank: false,
  ...more,
});

test("the calendar", () => {
  expect(fault({})).toBeUndefined();
  expect(fault({}, base.opensAt - 1n)).toBeUndefined();
  expect(fault({}, base.opensAt)).toContain("(opens_at) has passed");
  expect(fault({ closesAt: base.opensAt + 1n })).toBeUndefined();
  expect(fault({ closesAt: base.opensAt })).toContain("(closes_at) is not after");
  expect(fault(rules({ latestClose: base.closesAt }))).toBeUndefined();
  expect(fault(rules({ latestClose: base.closesAt - 1n }))).toContain("(latest_close) is before");
  expect(fault(rules({ decryptionPeriod: 1n }))).toBeUndefined();
  expect(fault(rules({ decryptionPeriod: 0n }))).toContain("decryption_seconds is 0");
  expect(fault(rules({ phaseLimit: 1n }))).toBeUndefined();
  expect(fault(rules({ phaseLimit: 0n }))).toContain("phase_seconds is 0");
  expect(HOUR).toBeGreaterThan(0n);
});

test("the questions", () => {
  expect(fault({ questions: [asked(2, { min: 2, max: 2 })] })).toBeUndefined();
  expect(fault({ questions: [asked(2, { min: 2, max: 1 })] })).toContain("min is above max");
  expect(fault({ questions: [asked(2, { max: 3 })] })).toContain("max is above the number of answers");
  expect(fault({ questions: [asked(2, { answers: ["A", "A "] })] })).toContain("an answer stands twice");
  const half = MAX_ANSWERS_TOTAL / 2;
  expect(fault({ questions: [asked(half), asked(half)] })).toBeUndefined();
  expect(fault({ questions: [asked(half), asked(half, { blank: true })] })).toContain("answers in all");
});

test("the trustees: two members at least need one fewer than all, one member needs itself", () => {
  const plan = (members: number, threshold: number) => {
    const { trustees: list } = planOf(trustees(0, members), threshold);
    return fault({ trustees: list, threshold });
  };
  expect([plan(3, 1), plan(3, 2)]).toEqual([undefined, undefined]);
  for (const threshold of [0, 3, 4]) expect(plan(3, threshold), `${threshold} of 3`).toBeDefined();
});
