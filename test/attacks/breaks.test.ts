/** The breaks can be done, and their rows and tests are there; whether the tests notice, says `npm run bench -- breaks`. */
import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { editsOf } from "./breaks/break.js";
import { BREAKS } from "./breaks.js";

const board = readFileSync("docs/attacks.md", "utf8");

test.each(BREAKS)(
  "a break of $row in $file stands once, leaves a program, and names a test with the row's id",
  (each) => {
    for (const { file, find, put } of editsOf(each)) {
      const text = readFileSync(file, "utf8");
      expect(text.split(find).length - 1, `${find} in ${file}`).toBe(1);
      expect(put).not.toBe(find);
      const { diagnostics } = ts.transpileModule(
        text.replace(find, () => put),
        {
          reportDiagnostics: true,
          fileName: file,
          compilerOptions: { target: ts.ScriptTarget.ES2023, jsx: ts.JsxEmit.Preserve },
        },
      );
      expect(
        diagnostics?.map(({ messageText }) => messageText),
        file,
      ).toEqual([]);
    }
    expect(board).toContain(`| ${each.row} | `);
    expect(readFileSync(each.test, "utf8"), each.test).toContain(each.row);
  },
);
