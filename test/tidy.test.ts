/** The house rules (STYLE.md) as tests. Each message gives the reason; the tables are in house.ts. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import * as house from "./house.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Import {
  readonly from: string;
  readonly typesOnly: boolean;
  readonly line: number;
}

interface Source {
  /** Path from the root, with slashes. */
  readonly path: string;
  readonly room: string;
  readonly isTest: boolean;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

function walk(directory: string): string[] {
  if (!existsSync(join(root, directory))) return [];
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(directory, entry.name);
    // `assembly` is AssemblyScript: another language with another compiler.
    if (["node_modules", "generated", "dist", "assembly"].includes(entry.name)) return [];
    return entry.isDirectory() ? walk(path) : [path];
  });
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

function everyNode(tree: ts.SourceFile, visit: (node: ts.Node) => void): void {
  const step = (node: ts.Node): void => {
    visit(node);
    ts.forEachChild(node, step);
  };
  step(tree);
}

function importsOf(tree: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, literal: ts.Node | undefined, typesOnly: boolean) => {
    if (literal && ts.isStringLiteral(literal)) found.push({ from: literal.text, typesOnly, line: lineOf(tree, node) });
  };
  everyNode(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, onlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node, node.arguments[0], false);
    // Workers: new URL("./worker.js", import.meta.url)
    else if (ts.isNewExpression(node) && node.expression.getText(tree) === "URL" && node.arguments?.length === 2) {
      const [file] = node.arguments;
      if (file && /\.js"$/.test(file.getText(tree))) add(node, file, false);
    }
  });
  return found;
}

function onlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function load(path: string): Source {
  const text = read(path);
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const parts = path.split("/");
  const isTest = /\.(test|contract)\.tsx?$/.test(path);
  const room = parts[0] === "src" ? (parts[1] ?? "") : (parts[0] ?? "");
  return { path, room, isTest, text, tree, imports: importsOf(tree) };
}

const isTypeScript = (path: string) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts");
const sources = [...walk("src"), ...walk("web")].filter(isTypeScript).map(load);
const product = sources.filter((source) => !source.isTest);
const others = [...walk("test"), ...walk("bench")].filter(isTypeScript).map(load);

/** The file an import leads to, if it is one of ours. */
function target(source: Source, from: string): string | undefined {
  if (from.startsWith("#")) return `src/${from.slice(1).replace(/\.js$/, ".ts")}`;
  if (!from.startsWith(".")) return undefined;
  const path = posix.join(posix.dirname(source.path), from).replace(/\.jsx?$/, ".ts");
  return existsSync(join(root, `${path}x`)) ? `${path}x` : path;
}

function packageOf(from: string): string {
  return from
    .split("/")
    .slice(0, from.startsWith("@") ? 2 : 1)
    .join("/");
}

function none(complaints: readonly string[]): void {
  expect(complaints.join("\n")).toBe("");
}

test("every folder under src is a known room, and no folder has an empty name", () => {
  const rooms = readdirSync(join(root, "src"));
  none(
    rooms
      .filter((room) => !(room in house.floors))
      .map((room) => `src/${room}: not a room of the house (test/house.ts)`),
  );
  const folders = new Set(sources.flatMap((source) => source.path.split("/").slice(1, -1)));
  const empty = [...folders].filter((folder) => house.emptyFolderNames.has(folder));
  none(empty.map((folder) => `folder "${folder}": a name should be a word of elections or mathematics`));
});

test("imports go down only", () => {
  const complaints = product.flatMap((source) =>
    source.imports.flatMap((each) => {
      const path = target(source, each.from);
      const room = path?.startsWith("web/") ? "web" : path?.split("/")[1];
      if (room === undefined || room === source.room) return [];
      const at = `${source.path}:${each.line}`;
      const here = house.floors[source.room] ?? 0;
      const there = house.floors[room];
      if (there === undefined) return [`${at}: ${each.from} leads out of the house`];
      if (there > here) return [`${at}: ${source.room} (floor ${here}) may not know ${room} (floor ${there}) above it`];
      if (there === here) return [`${at}: ${source.room} and ${room} are on one floor and may not know each other`];
      const narrow = house.narrowRooms[source.room];
      return narrow && !narrow.includes(room) ? [`${at}: ${source.room} sees only ${narrow.join(" and ")}`] : [];
    }),
  );
  none(complaints);
});

test("other rooms are imported by their # name, files by their full name", () => {
  const complaints = product.flatMap((source) =>
    source.imports.flatMap((each) => {
      const path = target(source, each.from);
      if (path === undefined) return [];
      const leaves = each.from.startsWith(".") && path.split("/")[1] !== source.room && source.room !== "web";
      const at = `${source.path}:${each.line}`;
      if (leaves) return [`${at}: write #room/file.js, so that a reader sees which room it is`];
      return existsSync(join(root, path)) || /\.css$|\?worker&url$/.test(each.from)
        ? []
        : [`${at}: ${each.from} does not exist`];
    }),
  );
  none(complaints);
});

test("each package is imported only where docs/decisions/dependencies.md says", () => {
  const complaints = product
    .filter((source) => source.room !== "web")
    .flatMap((source) =>
      source.imports.flatMap((each) => {
        if (/^[.#]/.test(each.from)) return [];
        const at = `${source.path}:${each.line}`;
        if (each.from.startsWith("node:")) {
          return house.pureRooms.has(source.room) ? [`${at}: ${source.room} is pure: it may not know Node`] : [];
        }
        const name = packageOf(each.from);
        const allowed = house.packages[name];
        if (allowed === undefined) return [`${at}: ${name} has no row in test/house.ts`];
        if (allowed.includes(source.room) || (each.typesOnly && allowed.includes(`${source.room}:types`))) return [];
        return [`${at}: ${name} belongs to ${allowed.join(", ")}; a second owner makes it hard to replace`];
      }),
    );
  none(complaints);
});

test("every dependency has its line in docs/decisions/dependencies.md, and every line its dependency", () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
  const names = [...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})];
  const lines = [...read("docs/decisions/dependencies.md").matchAll(/^\| `([^`]+)` \|/gm)].map(
    (match) => match[1] ?? "",
  );
  none(
    names.filter((name) => !lines.includes(name)).map((name) => `${name}: say why, who imports it, what replaces it`),
  );
  none(lines.filter((name) => !names.includes(name)).map((name) => `${name}: described, but no longer a dependency`));
  const unowned = Object.keys(house.packages).filter((name) => !(name in (dependencies ?? {})));
  none(unowned.map((name) => `${name}: has a row in test/house.ts, but is not a runtime dependency`));
});

test("pure rooms use no clock, randomness, platform or locale; Math.random is banned everywhere", () => {
  const complaints: string[] = [];
  for (const { path, room, tree } of product) {
    const pure = house.pureRooms.has(room);
    everyNode(tree, (node) => {
      if (!ts.isIdentifier(node)) return;
      const at = `${path}:${lineOf(tree, node)}`;
      const parent = node.parent;
      const member =
        ts.isPropertyAccessExpression(parent) && parent.name === node ? parent.expression.getText(tree) : undefined;
      if (member === "Math" && node.text === "random")
        complaints.push(`${at}: Math.random is predictable; nothing here may use it`);
      if (node.text === "WebAssembly" && !path.startsWith("src/crypto/kernel/"))
        complaints.push(`${at}: only crypto/kernel names WebAssembly`);
      // A property that happens to be called like a global (`options.process`) is not the global.
      const own =
        member !== undefined && !/^(globalThis|crypto)$/.test(member) && !/^(localeCompare|toLocale)/.test(node.text);
      const declares = ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) ? parent.name === node : false;
      // The officers' console among the words is not the browser's.
      if (room === "words" && node.text === "console") return;
      if (pure && !own && !declares && Object.hasOwn(house.impureNames, node.text)) {
        complaints.push(`${at}: ${node.text}: ${house.impureNames[node.text]}`);
      }
    });
  }
  none(complaints);
});

test("no secret enters the kernel: only what judges public bytes may import it", () => {
  const complaints = product.flatMap((source) => {
    if (source.path.startsWith("src/crypto/kernel/") || house.kernelUsers.has(source.path)) return [];
    return source.imports
      .filter((each) => target(source, each.from)?.startsWith("src/crypto/kernel/"))
      .map((each) => `${source.path}:${each.line}: the kernel is for public data; secrets go through noble`);
  });
  none(complaints);
});

test("no barrels, no default exports", () => {
  const complaints = product.flatMap(({ path, tree }) => {
    if (/\/index\.tsx?$/.test(path))
      return [`${path}: import the file that has the thing; index files hide where it is`];
    const defaults = tree.statements.filter((statement) => ts.isExportAssignment(statement));
    const isDefault = (node: ts.Node) =>
      ts.canHaveModifiers(node) && node.modifiers?.some((each) => each.kind === ts.SyntaxKind.DefaultKeyword);
    const named = defaults.length === 0 && !tree.statements.some(isDefault);
    const onlyForwards =
      tree.statements.length > 0 &&
      tree.statements.every((each) => ts.isExportDeclaration(each) && each.moduleSpecifier);
    if (!named) return [`${path}: default exports get a different name in every file`];
    return onlyForwards ? [`${path}: only passes on what others export`] : [];
  });
  none(complaints);
});

function linesOf(tree: ts.SourceFile, node: ts.Node): number {
  const lineAt = (position: number) => tree.getLineAndCharacterOfPosition(position).line;
  return lineAt(node.end) - lineAt(node.getStart(tree)) + 1;
}

/** Lines of the named functions inside a function, as of a class's methods: each is measured by itself. */
function innerFunctionLines(tree: ts.SourceFile, outer: ts.Node): number {
  let lines = 0;
  const step = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node)) lines += linesOf(tree, node);
    else ts.forEachChild(node, step);
  };
  ts.forEachChild(outer, step);
  return lines;
}

test("files and functions stay short enough to read", () => {
  const found: string[] = [];
  for (const { path, text, tree } of product) {
    const lines = text.split("\n").length - 1;
    if (lines > house.maxFileLines && !house.tooLong.has(path)) found.push(`${path}: ${lines} lines; is it one idea?`);
    everyNode(tree, (node) => {
      if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return;
      const from = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line;
      const length = linesOf(tree, node) - innerFunctionLines(tree, node);
      const name = `${path} ${node.name?.getText(tree) ?? `line ${from + 1}`}`;
      if (length > house.maxFunctionLines && !house.tooLong.has(name))
        found.push(`${name}: ${length} lines; give a part a name`);
    });
  }
  none(found);
});

test("every file is reached from an entry point, not only from tests", () => {
  const byPath = new Map(product.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const reach = (path: string): void => {
    const source = byPath.get(path);
    if (source === undefined || reached.has(path)) return;
    reached.add(path);
    for (const { from } of source.imports) reach(target(source, from) ?? "");
  };
  for (const path of [...house.entryPoints, ...product.filter(({ room }) => room === "web").map(({ path }) => path)])
    reach(path);
  const dead = product.filter(({ path }) => !reached.has(path));
  none(
    dead.map(({ path }) => `${path}: nothing that runs reaches it; delete it or use it (or name it in test/house.ts)`),
  );
  none(
    [...house.entryPoints]
      .filter((path) => !byPath.has(path))
      .map((path) => `${path}: an entry point that is not there`),
  );
});

test("no unfinished marks, no paths or hosts of one machine, one word per thing", () => {
  const everywhere = [...sources, ...others].map(({ path, text }) => ({ path, text }));
  const prose = [
    ...walk("docs"),
    ...walk("scripts"),
    ...walk(".ci"),
    ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ];
  const texts = [...everywhere, ...prose.map((path) => ({ path, text: read(path) }))];
  const self = relative(root, fileURLToPath(import.meta.url));
  const complaints: string[] = [];
  for (const { path, text } of texts.filter((each) => each.path !== self && each.path !== "test/house.ts")) {
    for (const [index, line] of text.split("\n").entries()) {
      const at = `${path}:${index + 1}`;
      const mark = /\b(TODO|FIXME|XXX|HACK)\b|not implemented|coming soon/i.exec(line)?.[0];
      if (mark && /[A-Z]{3}|not|coming/.test(mark))
        complaints.push(`${at}: "${mark}": finish it or write it into an issue`);
      if (/(^|[\s"'`(=])\/(work|home\/[a-z]+|Users\/[a-z]+)\/|\.\.\/shared|https?:\/\/[^\s/]*registry\./.test(line))
        complaints.push(`${at}: names a place that exists on one machine only`);
      if (!path.startsWith("src/") && !path.startsWith("web/")) continue;
      for (const [word, better] of Object.entries(house.synonyms)) {
        if (new RegExp(`\\b${word}s?\\b`, "i").test(line))
          complaints.push(`${at}: "${word}": we say "${better}" (GLOSSARY.md)`);
      }
    }
  }
  none(complaints);
});

test("package-lock.json names no registry, and nothing large is committed", () => {
  expect(read("package-lock.json")).not.toMatch(/"resolved": "https?:/);
  const listed = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  const large = listed.filter(
    (path) => existsSync(join(root, path)) && statSync(join(root, path)).size > house.maxBlobBytes,
  );
  none(large.map((path) => `${path}: larger than ${house.maxBlobBytes} bytes; a clone should stay quick`));
});

test("the numbers of docs/spec and the SPEC numbers cited in src are the same", () => {
  const spec = walk("docs/spec").filter((path) => path.endsWith(".md"));
  const sections = spec.flatMap((path) =>
    [...read(path).matchAll(/^#{1,6} (\d+(?:\.\d+)*)\.? /gm)].map((match) => match[1] ?? ""),
  );
  const citations = sources.flatMap(({ text }) => [
    ...text.matchAll(/\bSPEC (\d+(?:\.\d+)*(?:(?:, | and )\d+(?:\.\d+)+)*)/g),
  ]);
  const cited = new Set(citations.flatMap((match) => match[1]?.split(/, | and /) ?? []));
  const twice = sections.filter((number, index) => sections.indexOf(number) !== index);
  none(twice.map((number) => `SPEC ${number} is the number of two sections`));
  none(
    [...cited]
      .filter((number) => !sections.includes(number))
      .map((number) => `SPEC ${number} is cited in src, but docs/spec has no such section`),
  );
  const answered = (number: string) => [...cited].some((each) => each === number || each.startsWith(`${number}.`));
  none(
    sections
      .filter((number) => !answered(number))
      .map((number) => `SPEC ${number}: no file in src says that it carries this out`),
  );
});
