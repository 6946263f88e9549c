/** The breaks can be done, and their rows and tests are there; whether the tests notice, says `npm run bench -- breaks`. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BREAKS } from "./breaks.js";

const board = readFileSync("docs/attacks.md", "utf8");

test("each break names a place that stands once in its file, and a test with the row's id", () => {
  for (const { row, file, find, put, test: named } of BREAKS) {
    const text = readFileSync(file, "utf8");
    expect(text.split(find).length - 1, `${row}: ${find} in ${file}`).toBe(1);
    expect(put).not.toBe(find);
    expect(board, row).toContain(`| ${row} | `);
    expect(readFileSync(named, "utf8"), `${named} names ${row}`).toContain(row);
  }
});
