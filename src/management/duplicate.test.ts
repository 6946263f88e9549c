import { expect, test } from "vitest";
import { parseInstant } from "#api/instant.js";
import { type DraftBody, draftBodySchema } from "#api/management.js";
import { duplicateOf } from "./duplicate.js";

const at = (text: string): bigint => (parseInstant(text) as { value: bigint }).value;

const before = draftBodySchema.parse({
  name: "Board 2026",
  sitting: "autumn",
  questions: [{ question: "Who?", answers: ["Ada", "Bob"], min: 1, max: 1, blank: true }],
  opens_at: "2026-11-02T08:00:00Z",
  closes_at: "2026-11-06T18:30:00Z",
  rules: { latest_close: "2026-11-08T18:30:00Z", max_casts: 7 },
  trustees: [{ name: "Tom", part: "member", email: "tom@x.org" }],
  threshold: 1,
  booth: ["ab".repeat(32)],
});

test("dates move together by whole weeks, to a week from now at the earliest", () => {
  const copy = duplicateOf(before, at("2026-11-24T12:00:00Z"));
  expect(copy).toMatchObject({
    opens_at: "2026-12-07T08:00:00Z",
    closes_at: "2026-12-11T18:30:00Z",
    rules: { latest_close: "2026-12-13T18:30:00Z", max_casts: 7 },
  });
  // Exactly a week ahead is enough; what lies ahead already stays.
  expect(duplicateOf(before, at("2026-11-02T08:00:00Z")).opens_at).toBe("2026-11-09T08:00:00Z");
  expect(duplicateOf(before, at("2026-10-26T08:00:00Z")).opens_at).toBe("2026-11-02T08:00:00Z");
  expect(duplicateOf(before, at("2026-10-26T08:00:01Z")).opens_at).toBe("2026-11-09T08:00:00Z");
});

test("to a date of the officer's choice, the distances stay", () => {
  const copy = duplicateOf(before, 0n, at("2027-03-01T09:00:00+01:00"));
  expect([copy.opens_at, copy.closes_at, copy.rules?.latest_close]).toEqual([
    "2027-03-01T08:00:00Z",
    "2027-03-05T18:30:00Z",
    "2027-03-07T18:30:00Z",
  ]);
});

test("questions, rules and trustees' names stay; sitting and fixed pages do not", () => {
  const copy = duplicateOf(before, 0n);
  expect(copy).toMatchObject({
    name: "Board 2026",
    questions: before.questions,
    trustees: before.trustees,
    threshold: 1,
  });
  expect(Object.keys(copy)).not.toContain("sitting");
  expect(Object.keys(copy)).not.toContain("booth");
});

test("a draft without dates has none afterwards, or the chosen one", () => {
  const bare: DraftBody = { name: "Idea" };
  expect(duplicateOf(bare, 0n)).toEqual({ name: "Idea" });
  expect(duplicateOf(bare, 0n, at("2027-03-01T08:00:00Z"))).toEqual({ name: "Idea", opens_at: "2027-03-01T08:00:00Z" });
});
