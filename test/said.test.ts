/** Whatever a server refuses with and a verifier says has a translation in every language of the web. */
import { expect, test } from "vitest";
import { edgeProblems } from "#api/problem.js";
import { REJECTIONS } from "#protocol/rejections.js";
import { ARCHIVE_CHECKS } from "#verify/archive-checks.js";
import { BALLOT_CHECKS, POSITION_CHECKS } from "#verify/receipt.js";
import { ELECTION_CHECKS, LEDGER_CHECKS } from "#verify/record-checks.js";
import { en } from "#words/web/en.js";
import { arLater } from "#words/web/later/ar.js";
import { deLater } from "#words/web/later/de.js";
import { esLater } from "#words/web/later/es.js";
import { frLater } from "#words/web/later/fr.js";
import { saidByVerifiers } from "#words/web/later/said.js";

const languages = { de: deLater, fr: frLater, es: esLater, ar: arLater };

test.each(Object.entries(languages))("%s: every reason of a refusal, and no other", (_language, { reasons }) => {
  const codes = new Set<string>([...REJECTIONS.map(({ code }) => code), ...Object.keys(edgeProblems)]);
  // Some are among the words of every page.
  expect([...Object.keys(reasons), ...Object.keys(en.common.problems)].sort()).toEqual([...codes].sort());
});

test.each(Object.entries(languages))("%s: every sentence of a verifier", (_language, { said, reasons }) => {
  expect(Object.keys(said).sort()).toEqual(Object.keys(saidByVerifiers).sort());
  for (const text of [...Object.values(reasons), ...Object.values(said)]) expect(text.trim()).not.toBe("");
});

test("the list of what verifiers say is complete", () => {
  const lists = [BALLOT_CHECKS, POSITION_CHECKS, LEDGER_CHECKS, ELECTION_CHECKS, ARCHIVE_CHECKS];
  const sentences = lists.flatMap((list) => list.map(({ sentence }): string => sentence));
  const known = new Set<string>(Object.values(saidByVerifiers));
  expect(sentences.filter((sentence) => !known.has(sentence))).toEqual([]);
});
