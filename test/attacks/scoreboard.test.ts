/** docs/attacks.md and the tests say the same: every row of the catalogue is tested, does not apply, or is open. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { BREAKS, WITHOUT } from "./breaks.js";

const root = join(import.meta.dirname, "..", "..");

/** Rows of each part of the catalogue: first letter and how many. */
const PARTS: Readonly<Record<string, number>> = { C: 19, K: 15, T: 18, L: 21, R: 16, E: 12, H: 15, W: 13, O: 12 };
const ROWS = Object.entries(PARTS).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, i) => `${letter}-${String(i + 1).padStart(2, "0")}`),
);

interface Row {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly where: string;
}

const table: readonly Row[] = readFileSync(join(root, "docs/attacks.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const cells = /^\| ([A-Z]-\d\d) \| (.*?) \| (.*?) \| (.*?) \|$/.exec(line);
    return cells === null ? [] : [{ id: cells[1], title: cells[2], status: cells[3], where: cells[4] } as Row];
  });

const testFiles = ["src", "test", "web"]
  .flatMap((room) => {
    try {
      return readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).map((name) => `${room}/${name}`);
    } catch {
      // A room that is not built yet.
      return [];
    }
  })
  .filter((path) => /\.(test|contract)\.tsx?$/.test(path) && path !== "test/attacks/scoreboard.test.ts");

/** Ids in the texts of a test file (names and rows of tables of names); comments do not count. */
function namedIn(path: string): string[] {
  const tree = ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.ES2023, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) {
      for (const [id] of node.text.matchAll(/(?<![A-Za-z0-9-])[A-Z]-\d\d(?![0-9-])/g)) found.push(id);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

const named = new Map<string, Set<string>>();
for (const path of testFiles) for (const id of namedIn(path)) named.set(id, (named.get(id) ?? new Set()).add(path));

test("every row of the catalogue stands in docs/attacks.md, once, in order", () => {
  expect(ROWS).toHaveLength(141);
  expect(table.map((row) => row.id)).toEqual(ROWS);
});

test("every row has words, a known status, and a place or a reason", () => {
  for (const { id, title, status, where } of table) {
    expect(title.length, id).toBeGreaterThan(5);
    expect(["test", "not applicable", "open"], id).toContain(status);
    expect(where.length, id).toBeGreaterThan(status === "test" ? 5 : 30);
  }
});

test("a row that is called tested has a test with its id in the name, in the file that is named", () => {
  const complaints = table
    .filter((row) => row.status === "test")
    .flatMap(({ id, where }) => {
      const files = [...where.matchAll(/`([^`]+\.tsx?)`/g)].map((match) => match[1] as string);
      if (files.length === 0) return [`${id}: names no file`];
      return files.filter((file) => !named.get(id)?.has(file)).map((file) => `${id}: no test of that name in ${file}`);
    });
  expect(complaints).toEqual([]);
});

test("a test names no row that the table does not have, and none that is said not to apply", () => {
  const status = new Map(table.map((row) => [row.id, row.status]));
  const complaints = [...named].flatMap(([id, files]) => {
    if (PARTS[id[0] as string] === undefined) return [];
    const found = status.get(id);
    if (found === undefined) return [`${id} (${[...files].join(", ")}) is no row of docs/attacks.md`];
    return found === "not applicable" ? [`${id} (${[...files].join(", ")}) does not apply, but is tested`] : [];
  });
  expect(complaints).toEqual([]);
});

test("SECURITY.md lists as open by decision only what is open in the table", () => {
  const section =
    /## Open by decision\n([\s\S]*?)\n## /.exec(readFileSync(join(root, "SECURITY.md"), "utf8"))?.[1] ?? "";
  const ids = [...section.matchAll(/^\| ([A-Z]-\d\d(?:, [A-Z]-\d\d)*) \|/gm)].flatMap((match) =>
    (match[1] as string).split(", "),
  );
  expect(ids.length).toBeGreaterThan(2);
  for (const id of ids) expect(`${id} ${table.find((row) => row.id === id)?.status}`).toBe(`${id} open`);
});

test("of every tested row a break is kept, which its test has been seen to notice", () => {
  const kept = new Set(BREAKS.map(({ row }) => row));
  const lacking = table.filter(({ id, status }) => status === "test" && !kept.has(id) && WITHOUT[id] === undefined);
  // Add one to test/attacks/breaks/ and look: ROW=X-00 npm run bench -- breaks. Or say in WITHOUT why there cannot be any.
  expect(lacking.map(({ id }) => id)).toEqual([]);
  const needless = [...kept, ...Object.keys(WITHOUT)].filter(
    (id) => table.find((row) => row.id === id)?.status !== "test",
  );
  expect(needless).toEqual([]);
});

test("the page says how many rows there are of each kind, and of how many a break is kept", () => {
  const count = (status: string): number => table.filter((row) => row.status === status).length;
  const page = readFileSync(join(root, "docs/attacks.md"), "utf8").replace(/\s+/g, " ");
  expect(page).toContain(
    `Of ${ROWS.length} rows ${count("test")} are tested, ${count("not applicable")} do not apply, ${count("open")} are open.`,
  );
  const kept = new Set(BREAKS.map(({ row }) => row)).size;
  expect(page).toContain(`A break is kept of ${kept === count("test") ? "every" : kept} tested row`);
});
