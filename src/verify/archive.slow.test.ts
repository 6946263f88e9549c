import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { verifyArchive } from "./archive.js";

test.each([
  ["five-tz4Y6RbqxByezU.bel", 500],
  ["yesno-pYsz3Gnhyepwe5.bel", 1000],
])("the genuine archive %s with its %i ballots is valid", { timeout: 300_000 }, (name, ballots) => {
  const report = verifyArchive(new Uint8Array(readFileSync(`vectors/belenios/${name}`)));
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
  expect(report.verdict).toBe("valid");
  expect(report.facts.find((fact) => fact.id === "ballots")?.value).toBe(ballots);
});
