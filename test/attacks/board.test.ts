/** The judge of `npm run audit`: a row is green only when each test that it names ran and passed. */
import { join } from "node:path";
import { expect, test } from "vitest";
// @ts-expect-error: a script without types
import { judgeBoard, namedBoard, readBoard } from "../../scripts/audit/board.mjs";
import { BREAKS } from "./breaks.js";

const root = join(import.meta.dirname, "..", "..");
const file = "test/attacks/board.test.ts";
const row = { id: "T-01", title: "a title", status: "test", where: `\`${file}\``, files: [file] };

function outcome(status: string, fullName = "T-01: something", fileStatus = status) {
  return [{ name: join(root, file), status: fileStatus, assertionResults: [{ status, fullName }] }];
}

const red = (rows: unknown[], results: unknown[]): string[] => judgeBoard(rows, results).red;

test("green: the named test passed; red: it failed, was skipped, or its file did not run", () => {
  expect(judgeBoard([row], outcome("passed")).green).toEqual(["T-01"]);
  expect(red([row], outcome("failed"))).toEqual(["T-01"]);
  expect(red([row], outcome("pending", "T-01: something", "passed"))).toEqual(["T-01"]);
  expect(red([row], [])).toEqual(["T-01"]);
  expect(red([{ ...row, files: [] }], outcome("passed"))).toEqual(["T-01"]);
});

test("red: a file in which no test has the row's id, and a table of names in a file that fails", () => {
  const other = { ...row, id: ["K", "77"].join("-") };
  expect(red([other], outcome("passed", "T-011: something else"))).toEqual([other.id]);
  expect(judgeBoard([row], outcome("passed", "a table")).green).toEqual(["T-01"]);
  expect(red([row], outcome("passed", "a table", "failed"))).toEqual(["T-01"]);
});

test("rows that are open or do not apply are counted as that, whatever the tests say", () => {
  const rows = [
    { ...row, status: "open", files: [] },
    { ...row, id: "T-02", status: "not applicable", files: [] },
  ];
  expect(judgeBoard(rows, [])).toMatchObject({ open: ["T-01"], notApplicable: ["T-02"], red: [], green: [] });
});

test("without a run only tests that are not there are red", () => {
  const gone = { ...row, id: "T-02", files: ["test/attacks/gone.test.ts"] };
  const unnamed = { ...row, id: ["K", "77"].join("-") };
  expect(namedBoard([row, gone, unnamed])).toMatchObject({ green: ["T-01"], red: ["T-02", unnamed.id] });
});

test("the page is read whole: 141 rows, each tested one with its files", () => {
  const rows = readBoard();
  expect(rows).toHaveLength(141);
  for (const { id, status, files, breaks } of rows) {
    expect(`${id} ${files.length > 0}`).toBe(`${id} ${status === "test"}`);
    expect(`${id} ${breaks}`).toBe(`${id} ${BREAKS.filter(({ row }) => row === id).length}`);
  }
});
