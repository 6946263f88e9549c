import { expect, test } from "vitest";
import { exitCodeOf, MAX_EVIDENCE, reportLog } from "./report.js";

const CHECKS = [
  { id: "one", sentence: "One." },
  { id: "two", sentence: "Two." },
  { id: "three", sentence: "Three." },
] as const;
type Id = (typeof CHECKS)[number]["id"];

const statuses = (log: ReturnType<typeof reportLog<Id>>) =>
  log.report("archive", []).checks.map((check) => check.status);

test("a failure is never taken back, every failure is counted, evidence is limited", () => {
  const log = reportLog<Id>(CHECKS);
  log.pass("one", "fine");
  for (let i = 1; i <= MAX_EVIDENCE + 5; i++) log.fail("one", `failure ${i}`);
  log.pass("one");
  log.skip("one", "no reason");
  const report = log.report("archive", []);
  expect(report.verdict).toBe("invalid");
  expect(report.checks[0]).toMatchObject({ status: "fail", failures: MAX_EVIDENCE + 5 });
  expect(report.checks[0]?.evidence).toHaveLength(MAX_EVIDENCE);
  expect(report.checks[0]?.evidence[0]).toBe("failure 1");
  expect(log.failed("two", "one")).toBe(true);
  expect(log.failed("two", "three")).toBe(false);
});

test("what was not reached is skipped, and only beside a failure; a forgotten check is a programmer's mistake", () => {
  const log = reportLog<Id>(CHECKS);
  log.pass("one");
  expect(() => log.report("archive", [])).toThrow("forgotten");
  log.fail("two", "no");
  expect(statuses(log)).toEqual(["pass", "fail", "skipped"]);
});

test("a check that does not apply is skipped with its reason, and the rest may be valid", () => {
  const log = reportLog<Id>(CHECKS);
  for (const id of ["one", "two"] as const) log.pass(id);
  log.skip("three", "there is none");
  const report = log.report("archive", []);
  expect([report.verdict, report.checks[2]?.evidence]).toEqual(["valid", ["there is none"]]);
});

test("unusable outweighs invalid; exit codes", () => {
  const log = reportLog<Id>(CHECKS);
  log.fail("one", "no");
  log.unusable("two", "unknown kind");
  expect(log.isUnusable()).toBe(true);
  expect(log.report("archive", []).verdict).toBe("unusable");
  expect((["valid", "invalid", "unusable"] as const).map(exitCodeOf)).toEqual([0, 1, 2]);
  expect(() => log.pass("four" as Id)).toThrow("no such check");
});
