// The attack scoreboard: what docs/attacks.md says, against what the tests say.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "../setup.mjs";

/** How many breaks are kept of each row (test/attacks/breaks). */
function readBreaks() {
  const directory = join(root, "test", "attacks", "breaks");
  const kept = new Map();
  for (const name of readdirSync(directory))
    for (const [, id] of readFileSync(join(directory, name), "utf8").matchAll(/^ {4}row: "([A-Z]-\d\d)",$/gm))
      kept.set(id, (kept.get(id) ?? 0) + 1);
  return kept;
}

/** Rows of docs/attacks.md: id, title, status, text of the last column, the test files that it names, and kept breaks. */
export function readBoard() {
  const breaks = readBreaks();
  const text = readFileSync(join(root, "docs", "attacks.md"), "utf8");
  return [...text.matchAll(/^\| ([A-Z]-\d\d) \| (.*?) \| (.*?) \| (.*?) \|$/gm)].map(
    ([, id, title, status, where]) => ({
      id,
      title,
      status,
      where,
      breaks: breaks.get(id) ?? 0,
      files: status === "test" ? [...where.matchAll(/`([^`]+\.test\.tsx?)`/g)].map(([, file]) => file) : [],
    }),
  );
}

/** Without running anything: a tested row is red when a file that it names is not there or holds no test of that id. */
export function namedBoard(rows) {
  const results = [...new Set(rows.flatMap((row) => row.files))]
    .filter((file) => existsSync(join(root, file)))
    .map((file) => ({
      name: join(root, file),
      status: "passed",
      assertionResults: [{ status: "passed", fullName: "" }],
    }));
  return judgeBoard(rows, results);
}

/**
 * `results`: vitest's JSON, by file. A tested row is green when each file that it names ran, has a passed test with the
 * row's id in its name, and no failed one; a file whose tests are named by a table counts by its own outcome.
 */
export function judgeBoard(rows, results) {
  const byFile = new Map(results.map((file) => [relative(root, file.name), file]));
  const judged = rows.map(({ id, title, status, where, files, breaks = 0 }) => {
    if (status !== "test")
      return { id, title, status: status === "open" ? "open" : "notApplicable", why: where, breaks };
    const faults = files.flatMap((file) => faultOf(id, file, byFile.get(file)));
    if (files.length === 0) faults.push("names no test file");
    return { id, title, status: faults.length === 0 ? "green" : "red", why: faults.join("; ") || where, breaks };
  });
  const ids = (status) => judged.filter((row) => row.status === status).map((row) => row.id);
  const broken = judged.filter((row) => row.breaks > 0).map((row) => row.id);
  return {
    rows: judged,
    broken,
    green: ids("green"),
    notApplicable: ids("notApplicable"),
    open: ids("open"),
    red: ids("red"),
  };
}

function faultOf(id, file, outcome) {
  if (outcome === undefined) return [`${file} did not run`];
  const tests = outcome.assertionResults;
  const named = tests.filter((test) => new RegExp(`(?<![A-Za-z0-9-])${id}(?![0-9-])`).test(test.fullName));
  if (named.some((test) => test.status === "failed")) return [`${file} fails`];
  if (named.length > 0 && !named.some((test) => test.status === "passed")) return [`${file}: its tests were skipped`];
  if (named.length > 0) return [];
  // The id stands in the rows of a table inside the test: then every test of the file must have passed.
  const source = readFileSync(join(root, file), "utf8");
  if (!source.includes(id)) return [`${file} has no test of that name`];
  return outcome.status === "passed" && tests.some((test) => test.status === "passed") ? [] : [`${file} fails`];
}
